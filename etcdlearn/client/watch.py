"""One watch, as its reader holds it: a queue that the watcher's thread fills."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from threading import Condition
from time import monotonic
from types import TracebackType
from typing import Protocol, Self

from etcdlearn.client._call import checked_timeout
from etcdlearn.client._text import show
from etcdlearn.client.types import Event, Header, WatchResponse
from etcdlearn.errors import ClientClosedError, DeadlineError, EtcdError

MOST_UNREAD = 10_000  # events; past it the watch is paused on the server
RESUME_AT = MOST_UNREAD // 2
ASK_AGAIN = 0.25  # seconds; etcd drops a progress request while any watch of the stream lags, and says nothing

Listener = Callable[[str, "Header | int | str"], None]


class Hub(Protocol):
    """What a watch needs of the stream that feeds it."""

    def forget(self, watch: Watch) -> None:
        """Cancel the watch on the server."""

    def drained(self, watch: Watch) -> None:
        """The reader of a paused watch has caught up."""

    def ask_progress(self, watch: Watch) -> None:
        """Ask the server how far the stream has come."""

    def ask_progress_again(self, watch: Watch, patience: float) -> None:
        """The server has not answered that; this may take ``patience`` seconds."""

    @property
    def forked(self) -> bool:
        """True in a child of fork."""

    def check_process(self) -> None:
        """Raise ``RuntimeError`` in a child of fork, which the thread that fills the watch did not follow."""


class Watch:
    """Changes of a key or a range, from an exact revision on; made by ``client.watch``.

    Iterate over it for ``WatchResponse`` values, over ``.events()`` for single events, or call ``get``. Close it, or
    use it in a ``with``. One reader at a time gets each response.

    It goes on through every break of the connection: each event comes once, in order. A reader that lags loses nothing:
    past 10,000 unread events the watch is paused on the server, and goes on from its revision when they were read.

    Attributes:
        key: the key, or where the range begins.
        range_end: the end of the range; ``b""`` for the one key.
        start_revision: the first revision that it delivers.
    """

    def __init__(self, hub: Hub, key: bytes, range_end: bytes, start_revision: int) -> None:
        self.key = key
        self.range_end = range_end
        self.start_revision = start_revision
        self._hub = hub
        self._revision = start_revision
        self._arrived: deque[tuple[WatchResponse, int]] = deque()
        self._pending = 0
        self._taken = 0  # responses; a picture that reads the watch tells by it whether it has handled all of them
        self._error: EtcdError | None = None
        self._told = False
        self._closed = False
        self._paused = False
        self._asking = False
        self._changed = Condition()
        self._listeners: tuple[Listener, ...] = ()

    @property
    def revision(self) -> int:
        """The first revision that was not handed out yet. It only grows."""
        return self._revision

    @property
    def pending(self) -> int:
        """Events that arrived and were not taken yet."""
        return self._pending

    def request_progress(self) -> None:
        """Ask how far the watch has come; the answer is a response without events (``is_progress_notify``).

        It comes when every watch of the client has caught up, and the revision at which each starts has happened; etcd
        3.5.7 and older answer at once, also too early.

        Raises:
            ClientClosedError: the watch is closed or has ended.
            RuntimeError: in a child of ``fork()``.
        """
        self._hub.check_process()
        with self._changed:
            if self._closed or self._error is not None:
                raise ClientClosedError("this watch is closed")
            self._asking = True
        self._hub.ask_progress(self)

    def get(self, timeout: float | None = None) -> WatchResponse:
        """The next response; waits for it, for ever or ``timeout`` seconds.

        Raises:
            DeadlineError: nothing came in time; the watch goes on.
            ClientClosedError: the watch, or its client, is closed.
            CompactedError: events of this watch are compacted; ``.compact_revision`` is the oldest one readable. Raised
                again by every further ``get``, as all that follow.
            RevisionWentBackError: the server lost its data, or another one answers.
            NoLeaderError: the member has no leader, and the watch was made with ``require_leader``.
            ServerError: etcd ended the watch for another reason.
            RuntimeError: in a child of ``fork()``.
        """
        self._hub.check_process()
        seconds = checked_timeout(timeout)
        with self._changed:
            if not self._wait(seconds):
                hint = "A watch waits for changes: nobody made one. It goes on."
                raise DeadlineError(f"watch of {show(self.key)}", seconds, hint=hint)
            if not self._arrived or self._closed:
                self._told = True
                raise self._error or ClientClosedError("this watch is closed")
            response = self._take()
            resume = self._paused and not self._is_behind()
            if resume:
                self._paused = False
        if resume:
            self._hub.drained(self)
        return response

    def _wait(self, seconds: float | None) -> bool:
        """Until there is news. Holds the lock, but lets go of it to ask for progress again."""
        until = None if seconds is None else monotonic() + seconds
        while not self._has_news():
            left = None if until is None else until - monotonic()
            if left is not None and left <= 0:
                return False
            if not self._asking or (left is not None and left <= ASK_AGAIN):
                self._changed.wait(left)
            elif not self._changed.wait(ASK_AGAIN):
                self._changed.release()
                try:
                    self._hub.ask_progress_again(self, ASK_AGAIN if left is None else min(left - ASK_AGAIN, ASK_AGAIN))
                finally:
                    self._changed.acquire()
        return True

    def _has_news(self) -> bool:
        return bool(self._arrived) or self._closed or self._error is not None

    def _take(self) -> WatchResponse:
        response, following = self._arrived.popleft()
        self._taken += 1
        self._pending -= len(response.events)
        self._revision = max(self._revision, following)
        return response

    def __iter__(self) -> Iterator[WatchResponse]:
        return self

    def __next__(self) -> WatchResponse:
        """The next response. The error that ended the watch is raised once; then, and after ``close``, it ends."""
        if self._told or self._closed:
            raise StopIteration
        try:
            return self.get()
        except ClientClosedError:
            raise StopIteration from None

    def events(self) -> Iterator[Event]:
        """Single events, in order; ends and raises as the iteration over responses does."""
        for response in self:
            yield from response.events

    def close(self) -> None:
        """End the watch here and on the server; a reader that waits ends too. Harmless when repeated."""
        if self._hub.forked:  # the lock may be held by a thread that is not here, for ever
            self._closed = True
            return
        with self._changed:
            former, self._closed = self._closed, True
            self._changed.notify_all()
        if not former and self._error is None:
            self._hub.forget(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        end = f", range_end={show(self.range_end)}" if self.range_end else ""
        state = "closed" if self._closed else "ended" if self._error else "open"
        return f"Watch({show(self.key)}{end}, from revision {self.start_revision}, {state})"

    # Called by the stream's thread.

    def _deliver(self, response: WatchResponse, following: int = 0) -> None:
        """Hand over a response, after which ``following`` is the first revision that was not."""
        with self._changed:
            if response.is_progress_notify:
                self._asking = False
                if self._arrived and self._arrived[-1][0].is_progress_notify:
                    self._arrived.pop()  # the newer one says all that the older said
            self._arrived.append((response, following))
            self._pending += len(response.events)
            self._changed.notify_all()

    def _fail(self, error: EtcdError | None) -> None:
        """End the watch: with an error for the reader, or silently when the client is closed (``None``)."""
        with self._changed:
            if error is None:
                self._closed = True
            elif not self._closed:
                self._error = self._error or error
            self._changed.notify_all()

    def _is_behind(self) -> bool:
        return self._pending > RESUME_AT

    def _happened(self, what: str, detail: Header | int | str) -> None:
        """``created`` and ``resumed`` (the header), ``broke`` (why), ``paused`` (the next revision)."""
        if what == "paused":
            with self._changed:
                self._paused = True
        for listener in self._listeners:
            listener(what, detail)
