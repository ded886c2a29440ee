"""What a failed attempt means and whether the call is made again: decided here, without I/O.

The rules are clientv3's (``retry.go``, ``retry_interceptor.go``): what was never sent may always be sent; what may have
arrived is repeated only where the table of RPCs says ``repeatable``, and only when the connection broke or etcd says
UNAVAILABLE.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from time import monotonic, sleep

from etcdlearn.client._channel import TransportError
from etcdlearn.client._methods import Method
from etcdlearn.client._server_errors import says_etcd, server_error
from etcdlearn.errors import ClientClosedError, DeadlineError, EtcdError, UnavailableError

PATIENCE = 1.0  # seconds for which a call that reaches nobody keeps asking; a server that restarts is back by then
MAX_ATTEMPTS = 100  # as clientv3's
WAIT = 0.025  # seconds between two rounds over the endpoints, as clientv3's
CONNECT_LIMIT = 5.0  # seconds that one endpoint gets to answer its first probe


class Failure(Enum):
    """What is known after an attempt that brought no answer of the wanted kind."""

    NOT_SENT = auto()
    BROKEN = auto()
    DEADLINE = auto()
    REFUSED_FOR_NOW = auto()
    REFUSED = auto()


def classify(failure: TransportError, *, probing: bool) -> Failure:
    """What one failed attempt means. While probing, nothing of the user's had left."""
    if probing or failure.not_sent:
        return Failure.NOT_SENT
    if failure.broken and not says_etcd(failure.details):
        return Failure.BROKEN  # CANCELLED: the channel was closed under the call
    if failure.code == "UNAVAILABLE":
        return Failure.REFUSED_FOR_NOW
    return Failure.DEADLINE if failure.code == "DEADLINE_EXCEEDED" else Failure.REFUSED


def may_repeat(method: Method, failure: Failure) -> bool:
    """Whether the call may be sent once more after ``failure``."""
    if failure is Failure.NOT_SENT:
        return True
    return method.repeatable and failure in (Failure.BROKEN, Failure.REFUSED_FOR_NOW)


def reason(failure: TransportError, *, probing: bool = False) -> str:
    """The end of gRPC's sentence, which is the part that says why: "Connection refused"."""
    if probing and failure.code == "DEADLINE_EXCEEDED":
        return "no answer to the first contact in time"
    words = failure.details.strip().rsplit(": ", 1)[-1]
    return re.sub(r" \(\d+\)$", "", words) or failure.code


class Trial:
    """One call from its first attempt to its answer or its error."""

    __slots__ = ("_attempts", "_connections", "_method", "_patience", "_reasons", "_seconds", "_sent", "_started")

    def __init__(self, method: Method, seconds: float | None, connections: int, *, patience: float = PATIENCE) -> None:
        self._method = method
        self._seconds = seconds
        self._connections = connections
        self._patience = patience
        self._started = monotonic()
        self._attempts = 0
        self._sent = False
        self._reasons: dict[str, str] = {}

    def left(self) -> float | None:
        """Seconds until the deadline, never below 1 ms; None for no deadline."""
        if self._seconds is None:
            return None
        return max(self._seconds - (monotonic() - self._started), 0.001)

    def probe_time(self) -> float:
        """Seconds that one endpoint gets for its first answer."""
        left = self.left()
        return CONNECT_LIMIT if left is None else min(left, CONNECT_LIMIT)

    def failed(self, endpoint: str, error: TransportError, *, probing: bool, closed: bool) -> None:
        """Take note of a failed attempt: return to try again, or raise what the user shall see."""
        failure = classify(error, probing=probing)
        self._attempts += 1
        self._reasons[endpoint] = reason(error, probing=probing)
        self._sent |= failure is not Failure.NOT_SENT
        if closed or not (may_repeat(self._method, failure) and self._has_time(failure)):
            final = (
                ClientClosedError("the client was closed during the call") if closed else self._final(failure, error)
            )
            final.rpc_error = error.cause
            raise final
        if self._attempts % self._connections == 0:
            sleep(WAIT)

    def _has_time(self, failure: Failure) -> bool:
        spent = monotonic() - self._started
        if self._seconds is not None and spent + WAIT >= self._seconds:
            return False
        if failure is Failure.REFUSED_FOR_NOW:
            return self._attempts < MAX_ATTEMPTS
        return spent < self._patience or self._attempts < self._connections

    def _final(self, failure: Failure, error: TransportError) -> EtcdError:
        if failure in (Failure.NOT_SENT, Failure.BROKEN):
            return UnavailableError(self._reasons, sent=self._sent)
        if failure is Failure.DEADLINE:
            return DeadlineError(self._method.name, self._seconds)
        return server_error(error.code, error.details, method=self._method.name)
