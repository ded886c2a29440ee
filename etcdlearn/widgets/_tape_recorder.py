"""How a WatchTape comes to be: what both watchers tell, put in order. Without I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from etcdlearn.client import WatchResponse
from etcdlearn.widgets._tape import Ended, Gap, Item, Progress, Step, passes, steps

MOST_KEPT = 10_000  # events; a tape that runs for a day must not eat the kernel's memory


@dataclass(slots=True)
class Recorder:
    """Collects what both watchers tell; ``tape`` is a picture's worth of it."""

    start: int
    filters: tuple[str, ...] = ()
    items: list[Item] = field(default_factory=list)
    wrote: list[Step] = field(default_factory=list)
    expired: set[tuple[int, bytes]] = field(default_factory=set)
    ended: Ended | None = None
    left_out: int = 0
    received_to: int = 0  # the newest revision received
    expected: int = 0  # the newest one written that the watch must receive
    _kept: int = 0

    @property
    def away(self) -> Gap | None:
        last = self.items[-1] if self.items else None
        return last if isinstance(last, Gap) and last.open and not self.ended else None

    def receive(self, response: WatchResponse) -> None:
        """A response of the watch."""
        if response.is_progress_notify:
            if self.items and isinstance(self.items[-1], Progress):
                self.items.pop()  # the newer one says all that the older said
            self.items.insert(len(self.items) - bool(self.away), Progress(response.header.revision))
        for step in steps(response.events):
            self._insert(step)
            self.received_to = max(self.received_to, step.revision)
            self._kept += len(step.events)
        self._bound()

    def _insert(self, step: Step) -> None:
        """At the end; but what was on its way to the reader when the connection broke came before the gap."""
        at = len(self.items)
        while at and isinstance(gap := self.items[at - 1], Gap) and gap.next > step.revision:
            at -= 1
        self.items.insert(at, step)

    def leave(self, gap: Gap) -> None:
        """The watch is away. One that broke again before anything came is away all the same: it is one gap."""
        if self.items and isinstance(last := self.items[-1], Gap):
            self.items[-1] = replace(last, back=0)
        else:
            self.items.append(gap)

    def come_back(self, revision: int, seconds: float) -> None:
        """It was created again, on a store at ``revision``."""
        if gap := self.away:
            self.items[-1] = replace(gap, back=revision, seconds=seconds)

    def write(self, written: Iterable[Step]) -> None:
        """What the second watcher saw."""
        for step in written:
            if step.revision >= self.start and (not self.wrote or self.wrote[-1].revision < step.revision):
                self.wrote.append(step)
                self._kept += len(step.events)
                self.expected = step.revision if passes(step, self.filters) else self.expected
        self._bound()

    def _bound(self) -> None:
        """Drop the older half of what is too much."""
        if self._kept <= 2 * MOST_KEPT:
            return
        revisions = sorted({step.revision for step in (*self.wrote, *self.items) if isinstance(step, Step)})
        self.left_out = revisions[len(revisions) // 2]
        self.wrote = [step for step in self.wrote if step.revision >= self.left_out]
        self.items = [item for item in self.items if _reaches(item) >= self.left_out]
        self.expired = {found for found in self.expired if found[0] >= self.left_out}
        self._kept = sum(len(step.events) for step in (*self.wrote, *self.items) if isinstance(step, Step))


def _reaches(item: Item) -> int:
    return item.next if isinstance(item, Gap) else item.revision
