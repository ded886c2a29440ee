"""The one place that makes unary calls and opens streams, on whichever endpoint answers."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from time import perf_counter
from typing import Final, TypeVar

from google.protobuf.message import Message

from etcdlearn.client._channel import AFTER_FORK, GrpcTransport, Metadata, Stream, Transport, TransportError
from etcdlearn.client._endpoints import Endpoint
from etcdlearn.client._methods import RANGE, Method
from etcdlearn.client._namespace import Namespace
from etcdlearn.client._retry import PATIENCE, Trial
from etcdlearn.errors import ClientClosedError

_T = TypeVar("_T")


class _Default:
    """The type of DEFAULT: no time given, so the client's own counts (``None`` already means "no deadline")."""

    def __repr__(self) -> str:
        return "<the client's timeout>"


DEFAULT: Final = _Default()
Timeout = float | None | _Default


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt at a unary call, as an observer sees it.

    Attributes:
        method: the RPC.
        endpoint: whom it was sent to, as the user wrote it.
        request: the message sent.
        response: the answer; None when there was none.
        error: why there was no answer; None when there was one.
        seconds: from sending to the answer or the error.
    """

    method: Method
    endpoint: str
    request: Message
    response: Message | None
    error: TransportError | None
    seconds: float


Observer = Callable[[Call], None]


class Connection:
    """One endpoint with its transport. ``proven``: it has answered since it was last found broken."""

    __slots__ = ("endpoint", "proven", "transport")

    def __init__(self, endpoint: Endpoint, transport: Transport) -> None:
        self.endpoint = endpoint
        self.transport = transport
        self.proven = False


class Caller:
    """Makes the calls of one client; safe to share between threads."""

    def __init__(
        self,
        endpoints: tuple[Endpoint, ...],
        timeout: float | None,
        open_transport: Callable[[Endpoint], Transport] = GrpcTransport,
        *,
        namespace: bytes = b"",
    ) -> None:
        self.timeout = timeout
        self.namespace = Namespace(namespace)
        self.observers: tuple[Observer, ...] = ()
        self.closed = False
        self._open_transport = open_transport
        self._turn = count()
        self._process = os.getpid()
        self._connections: tuple[Connection, ...] = ()
        self.connect(endpoints)

    def connect(self, endpoints: tuple[Endpoint, ...]) -> None:
        """Use these endpoints from now on. Nothing is sent: a transport connects with its first call.

        The connection to an endpoint that stays is kept, with all that goes on on it.
        """
        former = list(self._usable())
        self._connections = tuple(self._connection(each, former) for each in endpoints)
        for connection in former:
            connection.transport.close()

    def _connection(self, endpoint: Endpoint, former: list[Connection]) -> Connection:
        kept = next((each for each in former if each.endpoint == endpoint), None)
        if kept is None:
            return Connection(endpoint, self._open_transport(endpoint))
        former.remove(kept)
        return kept

    def close(self) -> None:
        """End every call and stream; harmless when repeated, and in a child of fork, which must not touch them."""
        self.closed = True
        if not self.forked:
            for connection in self._connections:
                connection.transport.close()

    @property
    def forked(self) -> bool:
        """True in a child of fork: threads and connections are the parent's, and so may be any lock's holder."""
        return os.getpid() != self._process

    def check_process(self) -> None:
        """Raise ``RuntimeError`` in a child of fork, where waiting would last for ever."""
        if self.forked:
            raise RuntimeError(AFTER_FORK.format("this client was made"))

    def seconds(self, timeout: Timeout) -> float | None:
        """The deadline of one call, in seconds from now; None for none. ``ValueError`` for 0 or less."""
        return self.timeout if isinstance(timeout, _Default) else checked_timeout(timeout)

    def unary(self, method: Method, request: Message, timeout: Timeout = DEFAULT) -> Message:
        """Call and return the answer.

        Raises:
            ServerError: etcd refused.
            UnavailableError: nobody reached for about a second, or the connection broke after sending.
            DeadlineError: no answer within ``timeout``.
            ClientClosedError: the client is closed.
        """
        inside = self.namespace.enter(request)

        def once(connection: Connection, seconds: float | None) -> Message:
            if self.observers:
                return self._observed(connection, method, inside, seconds)
            return connection.transport.unary(method, inside, seconds)

        return self.namespace.leave(self._try(method, once, self.seconds(timeout)))

    def stream(self, method: Method, timeout: Timeout = DEFAULT, metadata: Metadata = ()) -> tuple[Connection, Stream]:
        """Open a stream on an endpoint that answers; errors as ``unary``, but those of the stream come from it."""
        return self._try(
            method, lambda where, _: (where, where.transport.stream(method, metadata)), self.seconds(timeout)
        )

    def first(self, method: Method, request: Message, timeout: Timeout = DEFAULT) -> Message:
        """The first answer to one request on a stream of its own; errors as ``unary``."""

        return self._try(
            method, lambda where, left: where.transport.first(method, request, left), self.seconds(timeout)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The endpoints as the user wrote them."""
        return tuple(connection.endpoint.name for connection in self._connections)

    def ready(self, seconds: float) -> None:
        """Return when one endpoint has answered. Raises ``UnavailableError`` after ``seconds``."""
        self._try(RANGE, lambda _where, _seconds: None, seconds, patience=seconds)

    def _try(
        self,
        method: Method,
        once: Callable[[Connection, float | None], _T],
        seconds: float | None,
        *,
        patience: float = PATIENCE,
    ) -> _T:
        """Make attempts until one succeeds or ``Trial`` says that it is over."""
        trial = Trial(method, seconds, len(self._usable()), patience=patience)
        while True:
            connections = self._connections  # the endpoints may have been changed since the last attempt
            connection = connections[next(self._turn) % len(connections)]
            probing = not connection.proven
            try:
                if probing:
                    connection.transport.probe(trial.probe_time())
                    connection.proven, probing = True, False
                return once(connection, trial.left())
            except TransportError as error:
                connection.proven &= not error.broken
                failed = error
            trial.failed(connection.endpoint.name, failed, probing=probing, closed=self.closed)

    def _usable(self) -> tuple[Connection, ...]:
        if self.closed:
            raise ClientClosedError("this client is closed; make a new one")
        self.check_process()
        return self._connections

    def _observed(self, connection: Connection, method: Method, request: Message, seconds: float | None) -> Message:
        started = perf_counter()
        answer: Message | None = None
        failure: TransportError | None = None
        try:
            answer = connection.transport.unary(method, request, seconds)
            return answer
        except TransportError as error:
            failure = error
            raise
        finally:
            spent = perf_counter() - started
            for observer in self.observers:
                observer(Call(method, connection.endpoint.name, request, answer, failure, spent))


def checked_timeout(timeout: float | None) -> float | None:
    """``timeout`` in seconds, or None for no deadline. Raises ``TypeError`` or ``ValueError`` for anything else."""
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be a number of seconds or None, not {type(timeout).__name__}")
    if not (timeout > 0 and math.isfinite(timeout)):
        raise ValueError(f"timeout must be above 0 seconds (None means no deadline), not {timeout}")
    return float(timeout)
