"""What a client knows of leases by its own doing: etcd has no events for them. Times are monotonic seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

MOST_REMEMBERED = 1000  # grants


@dataclass(frozen=True, slots=True)
class LeaseNews:
    """One thing that this client did with a lease, and what the server answered.

    Attributes:
        what: ``granted``, ``beat`` (it has ``ttl`` seconds again), ``revoked``; of a keep-alive ``kept`` (it began),
            ``closed`` (it was ended here) and ``lost``.
        id: the lease's.
        since, until: it happened on the server between these: when the request left, when the answer was here.
        ttl: seconds that it has from then on; with ``granted`` and ``beat``.
        asked: seconds that were asked for; with ``granted``.
        revision: with ``revoked``, the store's after it.
    """

    what: Literal["granted", "beat", "revoked", "kept", "closed", "lost"]
    id: int
    since: float
    until: float
    ttl: int = 0
    asked: int = 0
    revision: int = 0


Listener = Callable[[LeaseNews], None]


class LeaseLog:
    """Hands news on, on the thread that has it, and remembers the newest grants: what was asked, nobody else knows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grants: dict[int, LeaseNews] = {}
        self._listeners: tuple[Listener, ...] = ()

    def listen(self, listener: Listener) -> None:
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def leave(self, listener: Listener) -> None:
        with self._lock:
            self._listeners = tuple(each for each in self._listeners if each != listener)

    def tell(self, news: LeaseNews) -> None:
        with self._lock:
            if news.what == "granted":
                self._grants[news.id] = news
                if len(self._grants) > MOST_REMEMBERED:
                    del self._grants[next(iter(self._grants))]
        for listener in self._listeners:
            listener(news)

    def grant(self, lease: int) -> LeaseNews | None:
        """How this client was granted a lease; ``None`` when it was not, or a thousand grants ago."""
        with self._lock:
            return self._grants.get(lease)
