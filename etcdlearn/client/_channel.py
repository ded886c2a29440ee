"""The seam to the wire: the only module that imports grpc.

Everything above speaks to a ``Transport``: one unary call, one stream, close. Tests put scripted transports here.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any, Protocol

# gRPC's C core writes warnings to stderr, which in a notebook is the learner's cell. Its support of fork() stops the
# parent's threads at every fork, a notebook's "!ls" too, and has broken connections in mid-call (grpcio 1.85, one fork
# in 150); the child is told not to use them anyway. Both variables count only when they are set before the first
# import; a value that the user chose stays.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

import grpc
from google.protobuf.message import Message

from etcdlearn.client._endpoints import Endpoint
from etcdlearn.client._interrupts import Held
from etcdlearn.client._methods import Method

WAIT = 0.025  # seconds that a probe waits for a connection that is being made
Metadata = tuple[tuple[str, str], ...]
HEALTH = "/grpc.health.v1.Health/Check"
_NOT_SENT = ("failed to connect to all addresses", "connections to all backends failing", "DNS resolution failed")
_CLOSED = "Cannot invoke RPC"  # on a channel that was closed before
# The code for a connection that ended in noise is UNKNOWN; grpc-go's is UNAVAILABLE, as for any that broke.
_BROKEN = ("Stream removed", "Failed parsing HTTP/2")

# Silence is noticed within 20 s: a ping after 10 s, 5 s for its answer (etcd allows a ping every 5 s). Answers have no
# size limit (clientv3 has none). Proxies are for the outside world, not for an etcd. gRPC itself repeats nothing: what
# may be repeated is decided in _call.py. A subchannel pool of our own keeps clients from sharing a connection.
_OPTIONS = (
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.ping_timeout_ms", 5_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.max_receive_message_length", -1),
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.min_reconnect_backoff_ms", 5_000),  # despite its name: how long one attempt to connect may take
)


AFTER_FORK = (
    '{} before fork(), and gRPC does not work in the child: start the process by multiprocessing\'s "spawn" or by '
    "subprocess, and make a client there"
)
_used_in: int | None = None  # the process in which gRPC was first used; what it needs is not copied by a fork


class TransportError(Exception):
    """A call that brought no answer.

    Attributes:
        code: gRPC's status name.
        details: its words.
        cause: gRPC's own error, None where a script plays the transport.
    """

    def __init__(self, code: str, details: str, cause: BaseException | None = None) -> None:
        super().__init__(f"{code}: {details}")
        self.code = code
        self.details = details
        self.cause = cause

    @property
    def not_sent(self) -> bool:
        """True when gRPC says that there was no connection to send anything on."""
        if self.code == "CANCELLED":
            return self.details.startswith(_CLOSED)
        return self.code == "UNAVAILABLE" and self.details.startswith(_NOT_SENT)

    @property
    def broken(self) -> bool:
        """True when the connection, or the server behind it, cannot be counted on any more."""
        if self.code == "UNKNOWN":
            return self.details.startswith(_BROKEN)
        return self.code in ("UNAVAILABLE", "CANCELLED")


class Stream(Protocol):
    """An open stream in both directions."""

    def send(self, message: Message) -> None:
        """Queue one request; never blocks."""

    def __iter__(self) -> Iterator[Message]:
        """Answers as they come; ends when the stream is closed, raises ``TransportError`` when it breaks."""

    def close(self) -> None:
        """End the stream; a blocked iteration ends too. Harmless when repeated."""


class Transport(Protocol):
    """The connection to one endpoint."""

    def unary(self, method: Method, request: Message, timeout: float | None) -> Message:
        """One call, one answer. Raises ``TransportError``."""

    def stream(self, method: Method, metadata: Metadata = ()) -> Stream:
        """Open a stream. Its errors come from iterating."""

    def first(self, method: Method, request: Message, timeout: float | None) -> Message:
        """The first answer to one request on a stream of its own. Raises ``TransportError``."""

    def probe(self, timeout: float | None) -> None:
        """Return when the endpoint answers anything at all. Raises ``TransportError``; sends nothing of the user's."""

    def close(self) -> None:
        """Close the connection and end every call on it."""


class GrpcTransport:
    """A ``Transport`` over one gRPC channel; it connects with the first call.

    Raises:
        RuntimeError: in a child of fork whose parent used gRPC: a call there would hang, seldom enough to puzzle.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        global _used_in
        if _used_in not in (None, os.getpid()):
            raise RuntimeError(AFTER_FORK.format("a client was made"))
        _used_in = os.getpid()
        self._endpoint = endpoint
        self._closed = False
        self._process = os.getpid()
        with Held():
            self._open()

    def _open(self) -> None:
        if self._endpoint.secure:
            self._channel = grpc.secure_channel(self._endpoint.target, grpc.ssl_channel_credentials(), _OPTIONS)
        else:
            self._channel = grpc.insecure_channel(self._endpoint.target, _OPTIONS)
        self._calls: dict[str, Any] = {}
        self._health: Any = self._channel.unary_unary(HEALTH, bytes, bytes)

    def _renew(self) -> None:
        """End every call on the channel and go on with a new one: an interrupted call cannot be ended alone."""
        former = self._channel
        if not self._closed:
            self._open()
            former.close()

    def unary(self, method: Method, request: Message, timeout: float | None) -> Message:
        with Held(self._renew):
            call = self._calls.get(method.name) or self._prepare(method)
            try:
                answer: Message = call(request, timeout)
            except grpc.RpcError as exc:
                raise _translate(exc) from None
            except ValueError as exc:  # "Cannot invoke RPC on closed channel!"
                raise TransportError("CANCELLED", str(exc)) from None
            return answer

    def _prepare(self, method: Method) -> Any:
        call = self._channel.unary_unary(method.path, method.request.SerializeToString, method.response.FromString)
        return self._calls.setdefault(method.name, call)

    def stream(self, method: Method, metadata: Metadata = ()) -> Stream:
        with Held():
            return _GrpcStream(self._channel, method, metadata)

    def first(self, method: Method, request: Message, timeout: float | None) -> Message:
        with Held(self._renew):
            stream = _GrpcStream(self._channel, method, timeout=timeout)
            try:
                stream.send(request)
                return next(iter(stream))
            except StopIteration:
                raise TransportError("UNAVAILABLE", "the server ended the stream") from None
            finally:
                stream.close()

    def probe(self, timeout: float | None) -> None:
        try:
            with Held(self._renew):
                self._health(b"", timeout)
        except grpc.RpcError as exc:
            failure = _translate(exc)
            if _is_silence(failure) and not self._reconnects(timeout):
                raise failure from None
        except ValueError as exc:
            raise TransportError("CANCELLED", str(exc)) from None

    def _reconnects(self, timeout: float | None) -> bool:
        """Wait a moment for the connection.

        Up to grpcio 1.78 a broken channel works on its connection only while some call waits for it; calls that fail at
        once, with pauses between, would never find a server that is back.
        """
        try:
            with Held():
                self._health(b"", min(timeout or WAIT, WAIT), wait_for_ready=True)
        except grpc.RpcError as exc:
            return not _is_silence(_translate(exc))
        except ValueError:  # closed meanwhile; the attempt itself says so
            return False
        return True

    def close(self) -> None:
        self._closed = True
        with Held():
            self._channel.close()

    def __del__(self) -> None:
        # Here and not in Client: a method of a client, `server.client().put`, may outlive it.
        # In a child of fork it is the parent's.
        if not getattr(self, "_closed", True) and self._process == os.getpid():
            warnings.warn(
                f"a client of {self._endpoint.name} was never closed", ResourceWarning, source=self, stacklevel=2
            )
            self.close()


class _GrpcStream:
    def __init__(self, channel: Any, method: Method, metadata: Metadata = (), timeout: float | None = None) -> None:
        self._requests: SimpleQueue[Message | None] = SimpleQueue()
        self._closed = False
        open_stream = channel.stream_stream(method.path, method.request.SerializeToString, method.response.FromString)
        try:
            self._answers = open_stream(iter(self._requests.get, None), timeout, metadata or None)
        except ValueError as exc:
            raise TransportError("CANCELLED", str(exc)) from None

    def send(self, message: Message) -> None:
        self._requests.put(message)

    def __iter__(self) -> Iterator[Message]:
        try:
            yield from self._answers
        except grpc.RpcError as exc:
            if not self._closed:
                raise _translate(exc) from None
        finally:
            self._requests.put(None)  # gRPC's own thread waits here for the next request

    def close(self) -> None:
        self._closed = True
        with Held():
            self._answers.cancel()
        self._requests.put(None)


def _is_silence(failure: TransportError) -> bool:
    """False when something answered: a server without the health service refuses, which is an answer all the same."""
    return failure.broken or failure.code == "DEADLINE_EXCEEDED"


def _translate(exc: grpc.RpcError) -> TransportError:
    return TransportError(exc.code().name, exc.details() or "", exc)
