"""The Watch service: all watches of a client on one stream, read by one thread."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from time import monotonic
from typing import SupportsIndex

from etcdlearn.client._call import DEFAULT, Caller, Timeout
from etcdlearn.client._ranges import END_OF_KEYS, as_int64, as_range
from etcdlearn.client._resume import Request
from etcdlearn.client._text import show
from etcdlearn.client._watch_stream import WatchStream
from etcdlearn.client.kv import KV
from etcdlearn.client.types import Header
from etcdlearn.client.watch import Watch
from etcdlearn.errors import ClientClosedError, DeadlineError

FILTERS = ("noput", "nodelete")


class Watcher:
    """Changes as they happen. The stream is opened by the first watch and shared by all of them.

    Those with ``require_leader`` have a stream of their own: it is a property of a stream.
    """

    def __init__(self, caller: Caller, kv: KV) -> None:
        self._caller = caller
        self._kv = kv
        self._lock = threading.Lock()
        self._streams: dict[bool, WatchStream] = {}

    def watch(
        self,
        key: str | bytes,
        *,
        prefix: bool = False,
        from_key: bool = False,
        range_end: str | bytes | None = None,
        start_revision: SupportsIndex = 0,
        prev_kv: bool = False,
        filters: Iterable[str] = (),
        progress_notify: bool = False,
        fragment: bool = False,
        require_leader: bool = False,
        timeout: Timeout = DEFAULT,
    ) -> Watch:
        """Watch a key or a range; returns once the server has confirmed the watch, so nothing after that is missed.

        A watch from now starts at an exact revision: the store is asked for its revision R first, and the watch is
        created at R + 1. (The "created" answer names no safe start: servers since 3.5.33 stamp it after registering.)

        Args:
            key, prefix, from_key, range_end: the range, as in ``get``.
            start_revision: the first revision to deliver, in the past, now or in the future; 0 for the next one.
            prev_kv: events carry what was there before.
            filters: what not to send: ``"noput"``, ``"nodelete"``.
            progress_notify: while nothing happens, etcd says now and then (every 10 minutes, unless it was told
                otherwise) how far it has come, by a response without events; of a watch from now, newer ones only when
                something has changed since, whatever key it was.
            fragment: let etcd split large answers on the wire; they are put together here.
            require_leader: end the watch with ``NoLeaderError`` when its member has no leader. Without it, it waits.
            timeout: seconds until the server must have confirmed the watch; left out, the client's.

        Raises:
            ValueError, TypeError: an argument that etcd could not use, or an empty range; nothing was sent.
            PermissionDeniedError: the user may not read the range.
            NoLeaderError: with ``require_leader``, and there is none.
            UnavailableError: no endpoint reached for about a second.
            DeadlineError: not confirmed within ``timeout``.
            ClientClosedError: the client is closed.
        """
        self._caller.check_process()
        first, end = as_range(key, prefix=prefix, from_key=from_key, range_end=range_end)
        if end not in (b"", END_OF_KEYS) and end <= first:
            raise ValueError(f"the range from {show(first)} to {show(end)} is empty: no key could ever be in it")
        asked = Request(first, end, bool(prev_kv), as_filters(filters), bool(progress_notify), bool(fragment))
        start = as_int64(start_revision, "start_revision")
        seconds = self._caller.seconds(timeout)
        until = None if seconds is None else monotonic() + seconds
        if not start:
            start = self._kv.get(first or END_OF_KEYS, count_only=True, timeout=seconds).header.revision + 1
        return self._create(asked, start, seconds, until, require_leader=bool(require_leader))

    def watch_store(self, start_revision: int) -> Watch:
        """Watch the whole store: ``watch.revision`` tells how far it was seen, whatever keys the changes were of.

        A client with a namespace gets no events of keys outside of it, but a response without events for them. Pictures
        need that: of its own keys alone a client cannot know that nothing more happened up to a revision.
        """
        self._caller.check_process()
        seconds = self._caller.timeout
        until = None if seconds is None else monotonic() + seconds
        return self._create(Request(END_OF_KEYS, END_OF_KEYS, whole_store=True), start_revision, seconds, until)

    def _create(
        self, asked: Request, start: int, seconds: float | None, until: float | None, *, require_leader: bool = False
    ) -> Watch:
        stream = self._stream(require_leader)
        watch = Watch(stream, asked.key, asked.range_end, start)
        place = stream.add(watch, asked)
        try:
            settled = place.settled.wait(None if until is None else max(until - monotonic(), 0.001))
        except BaseException:  # an interrupt: nobody will ever read this watch
            watch.close()
            raise
        if not place.confirmed:
            self._refuse(watch, settled, seconds)
        return watch

    def _refuse(self, watch: Watch, settled: bool, seconds: float | None) -> None:
        """Raise why there is no watch."""
        if watch._error is not None:
            raise watch._error
        if self._caller.closed:
            raise ClientClosedError("the client was closed during the call")
        watch.close()
        if not settled:
            raise DeadlineError(f"watch of {show(watch.key)}", seconds, hint="The watch was not confirmed.")

    def _stream(self, require_leader: bool) -> WatchStream:
        with self._lock:
            if require_leader not in self._streams:
                made = WatchStream(self._caller, self._header, require_leader=require_leader)
                self._streams[require_leader] = made
            return self._streams[require_leader]

    def _header(self, timeout: Timeout = DEFAULT) -> Header:
        """A linearizable read of nothing: how far the store has come, for sure."""
        return self._kv.get(END_OF_KEYS, count_only=True, timeout=timeout).header

    def close(self) -> None:
        """End every watch; their readers end silently. Harmless when repeated."""
        with self._lock:
            streams = list(self._streams.values())
        for stream in streams:
            stream.close()

    def join(self) -> None:
        """Wait a moment for the threads to end, once the connections are closed."""
        for stream in list(self._streams.values()):
            stream.join()


def as_filters(filters: Iterable[str]) -> tuple[str, ...]:
    """``filters`` checked. Raises ``TypeError`` for a text, ``ValueError`` for an unknown one."""
    if isinstance(filters, str):
        raise TypeError(f"filters must be a sequence, as in ({filters!r},)")
    found = tuple(filters)
    if unknown := [name for name in found if name not in FILTERS]:
        raise ValueError(f"a filter is one of {', '.join(FILTERS)}, not {unknown[0]!r}")
    return found
