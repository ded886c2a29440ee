"""The Watch service: all watches of a client on one stream, read by one thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import SupportsIndex, cast

from etcdlearn._rpc import rpc_pb2
from etcdlearn.client import _methods as methods
from etcdlearn.client import _wire as wire
from etcdlearn.client._call import DEFAULT, Caller, Connection, Timeout
from etcdlearn.client._channel import Stream, TransportError
from etcdlearn.client._ranges import END_OF_KEYS, as_int64, as_range
from etcdlearn.client._retry import reason
from etcdlearn.client._server_errors import server_error
from etcdlearn.client._text import show
from etcdlearn.client.kv import KV
from etcdlearn.client.watch import Watch
from etcdlearn.errors import ClientClosedError, CompactedError, DeadlineError, EtcdError, UnavailableError


@dataclass(slots=True)
class _Open:
    """The open stream: its watches by id, the one that waits for its "created", the thread that reads."""

    connection: Connection
    stream: Stream
    watches: dict[int, Watch] = field(default_factory=dict)
    creating: Watch | None = None
    answered: threading.Event = field(default_factory=threading.Event)
    refusal: EtcdError | None = None
    over: bool = False


class Watcher:
    """Changes as they happen. The stream is opened by the first watch and shared by all of them."""

    def __init__(self, caller: Caller, kv: KV) -> None:
        self._caller = caller
        self._kv = kv
        self._ids = count(1)  # 0 would ask the server to choose; our own ids tell its answers apart
        self._lock = threading.Lock()  # over _open and what is in it
        self._creating = threading.Lock()  # one "created" is awaited at a time, as in clientv3
        self._open: _Open | None = None

    def watch(
        self,
        key: str | bytes,
        *,
        prefix: bool = False,
        from_key: bool = False,
        range_end: str | bytes | None = None,
        start_revision: SupportsIndex = 0,
        prev_kv: bool = False,
        timeout: Timeout = DEFAULT,
    ) -> Watch:
        """Watch a key or a range; returns once the server has confirmed the watch, so nothing after that is missed.

        A watch from now starts at an exact revision: the store is asked for its revision R first, and the watch is
        created at R + 1. (The "created" answer names no safe start: servers since 3.5.33 stamp it after registering.)

        Args:
            key, prefix, from_key, range_end: the range, as in ``get``.
            start_revision: the first revision to deliver, in the past, now or in the future; 0 for the next one.
            prev_kv: events carry what was there before.
            timeout: seconds until the server must have confirmed the watch; left out, the client's.

        Raises:
            ValueError, TypeError: an argument that etcd could not use, or an empty range; nothing was sent.
            PermissionDeniedError: the user may not read the range.
            UnavailableError: no endpoint reached for about a second.
            DeadlineError: not confirmed within ``timeout``.
            ClientClosedError: the client is closed.
        """
        first, end = as_range(key, prefix=prefix, from_key=from_key, range_end=range_end)
        if end not in (b"", END_OF_KEYS) and end <= first:
            raise ValueError(f"the range from {show(first)} to {show(end)} is empty: no key could ever be in it")
        start = as_int64(start_revision, "start_revision")
        seconds = self._caller.seconds(timeout)
        until = None if seconds is None else monotonic() + seconds
        if not start:
            start = self._kv.get(first or END_OF_KEYS, count_only=True, timeout=seconds).header.revision + 1
        watch = Watch(self, next(self._ids), first, end, start)
        request = self._caller.namespace.enter(wire.encode_watch(watch._id, first, end, start, prev_kv))
        with self._creating:
            self._create(watch, request, until)
        return watch

    def watch_store(self, start_revision: int) -> Watch:
        """Watch the whole store: ``watch.revision`` tells how far it was seen, whatever keys the changes were of.

        A client with a namespace gets no events of keys outside of it, but a response without events for them. Pictures
        need that: of its own keys alone a client cannot know that nothing more happened up to a revision.
        """
        seconds = self._caller.timeout
        watch = Watch(self, next(self._ids), END_OF_KEYS, END_OF_KEYS, start_revision)
        request = wire.encode_watch(watch._id, watch.key, watch.range_end, start_revision, prev_kv=False)
        with self._creating:
            self._create(watch, request, None if seconds is None else monotonic() + seconds)
        return watch

    def _create(self, watch: Watch, request: rpc_pb2.WatchRequest, until: float | None) -> None:
        """Send the request and wait for the server's word on it."""
        left = None if until is None else max(until - monotonic(), 0.001)
        opened = self._opened(left)
        while not self._register(opened, watch):  # it broke since it was opened
            opened = self._opened(left)
        opened.stream.send(request)
        try:
            confirmed = opened.answered.wait(None if until is None else max(until - monotonic(), 0.001))
        except BaseException:  # an interrupt: nobody will ever read this watch
            self.forget(watch._id)
            raise
        if not confirmed:
            self.forget(watch._id)
            raise DeadlineError(f"watch of {show(watch.key)}", left, hint="The watch was not confirmed.")
        if opened.refusal is not None:
            raise opened.refusal
        if watch._error is not None:
            raise watch._error
        if self._caller.closed:
            raise ClientClosedError("the client was closed during the call")

    def _register(self, opened: _Open, watch: Watch) -> bool:
        """Let the thread know of a watch that waits for its answer; False when the stream is over."""
        with self._lock:
            if opened.over:
                return False
            opened.creating, opened.refusal = watch, None
            opened.answered.clear()
            opened.watches[watch._id] = watch
        return True

    def _opened(self, seconds: float | None) -> _Open:
        """The open stream, opened now when there is none."""
        with self._lock:
            if self._open is not None and not self._open.over:
                return self._open
        connection, stream = self._caller.stream(methods.WATCH, seconds)
        opened = _Open(connection, stream)
        with self._lock:
            self._open = opened
        threading.Thread(target=self._read, args=(opened,), name="etcdlearn-watch", daemon=True).start()
        return opened

    def _read(self, opened: _Open) -> None:
        """The thread: hand every answer to its watch until the stream ends."""
        error: EtcdError | None = None
        try:
            for message in opened.stream:
                self._dispatch(opened, cast(rpc_pb2.WatchResponse, message))
        except TransportError as broken:
            opened.connection.proven = False
            error = self._why(opened, broken)
        with self._lock:
            opened.over = True
            watches, opened.watches = list(opened.watches.values()), {}
        closed = self._caller.closed
        for watch in watches:
            watch._fail(None if closed else error or ClientClosedError("the stream was closed"))
        opened.answered.set()

    def _why(self, opened: _Open, broken: TransportError) -> EtcdError:
        name = opened.connection.endpoint.name
        if broken.code in ("UNAVAILABLE", "CANCELLED"):
            error: EtcdError = UnavailableError(
                {name: reason(broken)}, fact="the connection broke, and this watch with it"
            )
        else:
            error = server_error(broken.code, broken.details, method="Watch")
        error.rpc_error = broken.cause
        return error

    def _dispatch(self, opened: _Open, message: rpc_pb2.WatchResponse) -> None:
        with self._lock:
            creating = opened.creating
            # A refused watch comes back with the id -1 (0 from 3.5.1): it can only be the one that waits.
            refused = message.created and message.canceled
            watch = creating if refused else opened.watches.get(message.watch_id)
            if message.created and watch is creating:  # not a late answer to a watch that was given up
                opened.creating = None
            if message.canceled and watch is not None:
                del opened.watches[watch._id]
        if watch is None:
            return
        if message.events:
            seen = self._caller.namespace.leave(message)
            watch._deliver(wire.decode_watch(seen), message.events[-1].kv.mod_revision)
        if message.canceled:
            self._canceled(opened, watch, message, refused)
        if message.created:
            opened.answered.set()

    def _canceled(self, opened: _Open, watch: Watch, message: rpc_pb2.WatchResponse, refused: bool) -> None:
        error = wire.decode_watch_cancel(message)
        if refused:
            opened.refusal = error
            return
        if isinstance(error, CompactedError):
            # Without it a newer server counts the watch as behind and answers no progress request on this stream.
            opened.stream.send(wire.encode_watch_cancel(watch._id))
        watch._fail(error)

    def forget(self, watch_id: int) -> None:
        """Cancel a watch on the server. Its late answers find no reader and are dropped."""
        with self._lock:
            opened = self._open
            if opened is None or opened.over or opened.watches.pop(watch_id, None) is None:
                return
        opened.stream.send(wire.encode_watch_cancel(watch_id))

    def close(self) -> None:
        """End every watch; their readers end silently. Harmless when repeated."""
        with self._lock:
            opened, self._open = self._open, None
        if opened is not None:
            for watch in list(opened.watches.values()):
                watch._fail(None)
            opened.stream.close()
