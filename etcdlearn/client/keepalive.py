"""A lease that is being renewed, as its holder sees it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from threading import Condition
from types import TracebackType
from typing import Self

from etcdlearn.client._call import Caller, checked_timeout
from etcdlearn.client._text import show_id
from etcdlearn.client.types import LeaseKeepAliveResponse
from etcdlearn.errors import EtcdError

MOST_UNREAD = 16  # responses, as clientv3's channel; older ones are dropped, renewing goes on


class KeepAlive:
    """A lease that is renewed until it is lost or this is closed; made by ``client.keep_alive``.

    Iterate over it for the answers; the iteration ends when the lease is lost, or here closed, and never raises. Nobody
    has to read them: the newest 16 are kept.

    Attributes:
        id: the lease's.
    """

    def __init__(self, lease: int, forget: Callable[[KeepAlive], None], caller: Caller) -> None:
        self.id = lease
        self._forget = forget
        self._caller = caller
        self._arrived: deque[LeaseKeepAliveResponse] = deque(maxlen=MOST_UNREAD)
        self._lost: EtcdError | None = None
        self._closed = False
        self._changed = Condition()

    @property
    def alive(self) -> bool:
        """True while it is being renewed and was not lost."""
        return not self._over()

    @property
    def lost(self) -> EtcdError | None:
        """Why the lease is lost, ``None`` while it is not, and after ``close``.

        ``LeaseNotFoundError``: it was never there, was revoked or has expired. ``UnavailableError``: no contact for as
        long as it lives without being renewed, or none at all for a second longer than the client has to reach anybody.
        """
        return self._lost

    def wait_lost(self, timeout: float | None = None) -> EtcdError | None:
        """Wait until the lease is lost, and return why; ``None`` when it is closed, or after ``timeout`` seconds.

        Raises:
            RuntimeError: in a child of ``fork()``; iterating does so, too.
        """
        self._caller.check_process()
        seconds = checked_timeout(timeout)
        with self._changed:
            self._changed.wait_for(self._over, seconds)
            return self._lost

    def _over(self) -> bool:
        return self._closed or self._lost is not None

    def __iter__(self) -> Iterator[LeaseKeepAliveResponse]:
        return self

    def __next__(self) -> LeaseKeepAliveResponse:
        self._caller.check_process()
        with self._changed:
            self._changed.wait_for(lambda: self._arrived or self._over())
            if not self._arrived or self._closed:
                raise StopIteration
            return self._arrived.popleft()

    def close(self) -> None:
        """Stop renewing. The lease stays until its TTL is over: ``revoke`` ends it at once. Harmless when repeated."""
        if not self._caller.forked:
            self._end(None)
            self._forget(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "lost" if self._lost else "closed" if self._closed else "alive"
        return f"KeepAlive(lease {show_id(self.id)}, {state})"

    # Called by the threads that renew.

    def _deliver(self, response: LeaseKeepAliveResponse) -> None:
        with self._changed:
            self._arrived.append(response)
            self._changed.notify_all()

    def _end(self, why: EtcdError | None) -> None:
        """The lease is lost, or nobody renews it any more (``None``)."""
        with self._changed:
            if not self._over():
                self._lost = why
                self._closed = why is None
            self._changed.notify_all()
