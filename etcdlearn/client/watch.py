"""One watch, as its reader holds it: a queue that the watcher's thread fills."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from threading import Condition
from types import TracebackType
from typing import Protocol, Self

from etcdlearn.client._call import checked_timeout
from etcdlearn.client._text import show
from etcdlearn.client.types import Event, WatchResponse
from etcdlearn.errors import ClientClosedError, DeadlineError, EtcdError


class Hub(Protocol):
    """What a watch needs of the watcher that made it."""

    def forget(self, watch_id: int) -> None:
        """Cancel the watch on the server."""


class Watch:
    """Changes of a key or a range, from an exact revision on; made by ``client.watch``.

    Iterate over it for ``WatchResponse`` values, over ``.events()`` for single events, or call ``get``. Close it, or
    use it in a ``with``. One reader at a time gets each response.

    Attributes:
        key: the key, or where the range begins.
        range_end: the end of the range; ``b""`` for the one key.
        start_revision: the first revision that it delivers.
    """

    def __init__(self, hub: Hub, watch_id: int, key: bytes, range_end: bytes, start_revision: int) -> None:
        self.key = key
        self.range_end = range_end
        self.start_revision = start_revision
        self._hub = hub
        self._id = watch_id
        self._revision = start_revision
        self._arrived: deque[tuple[WatchResponse, int]] = deque()
        self._pending = 0
        self._error: EtcdError | None = None
        self._told = False
        self._closed = False
        self._changed = Condition()

    @property
    def revision(self) -> int:
        """The first revision that was not handed out yet. It only grows."""
        return self._revision

    @property
    def pending(self) -> int:
        """Events that arrived and were not taken yet."""
        return self._pending

    def get(self, timeout: float | None = None) -> WatchResponse:
        """The next response; waits for it, for ever or ``timeout`` seconds.

        Raises:
            DeadlineError: nothing came in time; the watch goes on.
            ClientClosedError: the watch, or its client, is closed.
            CompactedError: events of this watch are compacted; ``.compact_revision`` is the oldest one readable. Raised
                again by every further ``get``, as all that follow.
            UnavailableError: the connection broke. (Watches do not survive that yet.)
            ServerError: etcd ended the watch for another reason.
        """
        seconds = checked_timeout(timeout)
        with self._changed:
            if not self._changed.wait_for(self._has_news, seconds):
                hint = "A watch waits for changes: nobody made one. It goes on."
                raise DeadlineError(f"watch of {show(self.key)}", seconds, hint=hint)
            if self._arrived and not self._closed:
                return self._take()
            self._told = True
            raise self._error or ClientClosedError("this watch is closed")

    def _has_news(self) -> bool:
        return bool(self._arrived) or self._closed or self._error is not None

    def _take(self) -> WatchResponse:
        response, last = self._arrived.popleft()
        self._pending -= len(response.events)
        self._revision = max(self._revision, last + 1)
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
        with self._changed:
            former, self._closed = self._closed, True
            self._changed.notify_all()
        if not former and self._error is None:
            self._hub.forget(self._id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        end = f", range_end={show(self.range_end)}" if self.range_end else ""
        state = "closed" if self._closed else "ended" if self._error else "open"
        return f"Watch({show(self.key)}{end}, from revision {self.start_revision}, {state})"

    # Called by the watcher's thread.

    def _deliver(self, response: WatchResponse, last: int) -> None:
        """Hand over a response that brings the watch up to the revision ``last``."""
        with self._changed:
            self._arrived.append((response, last))
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
