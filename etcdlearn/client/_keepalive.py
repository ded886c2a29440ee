"""When a lease is renewed next, and when it counts as lost: a schedule without I/O. Times are monotonic seconds.

Source of the rules: clientv3's ``lease.go``. A beat comes at a third of the TTL after the last answer; until the first
answer a lease has the time that a client has to reach somebody; after one, its TTL.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

SHARE = 3  # of the TTL between two beats
AGAIN = 0.5  # seconds after which a beat that brought no answer is sent again
TOGETHER = 0.05  # seconds: beats that are due so soon go with those that are due now


@dataclass(slots=True, eq=False)
class Beat:
    """The rhythm of one lease.

    Attributes:
        id: the lease's.
        due: when to send next.
        deadline: when it is lost, unless an answer comes before.
        answered: an answer has come at least once.
        left: when the request left whose answer is waited for; None when none is.
    """

    id: int
    due: float
    deadline: float
    answered: bool = False
    left: float | None = None

    def sent(self, now: float) -> None:
        self.due = now + AGAIN
        self.left = now if self.left is None else self.left

    def heard(self, now: float, ttl: int) -> None:
        """An answer with the TTL that the lease has now, above 0."""
        self.answered = True
        self.left = None
        self.due = now + ttl / SHARE
        self.deadline = now + ttl


class Schedule:
    """The beats of all leases by id, and what is next."""

    def __init__(self) -> None:
        self._beats: dict[int, Beat] = {}
        self._heap: list[tuple[float, int, Beat]] = []  # entries of beats that have moved on are passed over
        self._order = count()

    def __contains__(self, lease: int) -> bool:
        return lease in self._beats

    def __len__(self) -> int:
        return len(self._beats)

    def add(self, lease: int, now: float, patience: float) -> None:
        """Renew a lease from now on; ``patience`` is the time for its first answer."""
        self._beats[lease] = Beat(lease, now, now + patience)
        self._push(self._beats[lease])

    def remove(self, lease: int) -> None:
        self._beats.pop(lease, None)

    def heard(self, lease: int, now: float, ttl: int) -> float | None:
        """Take an answer; when its request left, None where that is not known."""
        beat = self._beats.get(lease)
        if beat is None:
            return None
        left = beat.left
        beat.heard(now, ttl)
        self._push(beat)
        return left

    def reconnected(self, now: float) -> None:
        """A new stream: everything is due, since nobody knows what the old one still carried."""
        for beat in self._beats.values():
            beat.due = now
            self._push(beat)

    def next(self) -> float | None:
        """When there is something to do; None for never."""
        while self._heap:
            when, _, beat = self._heap[0]
            if self._beats.get(beat.id) is beat and when == min(beat.due, beat.deadline):
                return when
            heapq.heappop(self._heap)
        return None

    def take(self, now: float, *, connected: bool) -> Iterator[tuple[Beat, bool]]:
        """Beats to send now, and beats that are lost now (True). Without a connection a beat waits for its deadline."""
        while (when := self.next()) is not None and when <= now + (TOGETHER if connected else 0):
            beat = heapq.heappop(self._heap)[2]
            if beat.deadline <= now:
                del self._beats[beat.id]
                yield beat, True
                continue
            if connected:
                beat.sent(now)
                yield beat, False
            else:
                beat.due = beat.deadline
            self._push(beat)

    def _push(self, beat: Beat) -> None:
        heapq.heappush(self._heap, (min(beat.due, beat.deadline), next(self._order), beat))
