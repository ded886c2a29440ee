"""What a WatchTape knows: what a watch received, what etcd wrote, and the breaks between them. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from etcdlearn.client import Event, WatchResponse

MOST_KEPT = 10_000  # events; a tape that runs for a day must not eat the kernel's memory
FILTERED = {"noput": "PUT", "nodelete": "DELETE"}


@dataclass(frozen=True, slots=True)
class Step:
    """All events of one revision."""

    revision: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """A notification: everything up to ``revision`` was handed over."""

    revision: int


@dataclass(frozen=True, slots=True)
class Gap:
    """The watch was away: its connection broke, or it was paused because its reader lagged.

    Attributes:
        next: the first revision that had not been received; the watch goes on with it.
        back: the store's revision when the watch was created again; 0 while it is away.
        paused: it was paused.
        why: why the connection broke, in gRPC's words.
        seconds: how long; 0 where that is not said.
    """

    next: int
    back: int = 0
    paused: bool = False
    why: str = ""
    seconds: float = 0

    @property
    def open(self) -> bool:
        return not self.back


@dataclass(frozen=True, slots=True)
class Ended:
    """The server ended the watch.

    Attributes:
        compacted: the oldest revision from which another watch could go on; 0 when it ended for another reason.
        known, now: the store's revision before and after it lost its data; 0 when it did not.
        words: the error's own words.
    """

    compacted: int = 0
    known: int = 0
    now: int = 0
    words: str = ""


Item = Step | Progress | Gap


@dataclass(frozen=True, slots=True)
class Tape:
    """Everything that the picture of one moment is drawn from.

    Attributes:
        key, end: the range that is watched, as on the wire.
        how: how it was asked for: ``one``, ``prefix``, ``from_key`` or ``range``.
        start: the first revision that the watch delivers.
        next: the first that it has not delivered.
        now: the newest revision of the store that was heard of; 0 for none.
        filters: what it asked etcd not to send.
        received: in order of arrival.
        wrote: what the second watcher saw, in order.
        expired: the revisions and keys of deletes that were the end of a lease.
        ended: None while the watch goes on.
        second: the second watcher has a connection of its own.
        second_lost: it cannot be heard.
        left_out: what came before this revision was dropped, so that memory stays bounded; 0 for nothing.
    """

    key: bytes = b""
    end: bytes = b""
    how: str = "one"
    start: int = 1
    next: int = 1
    now: int = 0
    filters: tuple[str, ...] = ()
    received: tuple[Item, ...] = ()
    wrote: tuple[Step, ...] = ()
    expired: frozenset[tuple[int, bytes]] = frozenset()
    ended: Ended | None = None
    second: bool = False
    second_lost: bool = False
    left_out: int = 0

    @property
    def steps(self) -> list[Step]:
        """What was received, without the rest."""
        return [item for item in self.received if isinstance(item, Step)]

    @property
    def gaps(self) -> list[Gap]:
        return [item for item in self.received if isinstance(item, Gap)]

    @property
    def away(self) -> Gap | None:
        """The gap that is open now."""
        last = self.received[-1] if self.received else None
        return last if isinstance(last, Gap) and last.open and not self.ended else None

    def kind(self, revision: int, event: Event) -> str:
        """PUT, DELETE or EXPIRED."""
        return "EXPIRED" if (revision, event.kv.key) in self.expired else event.type

    def passes(self, step: Step) -> bool:
        """Whether the filters let anything of it through."""
        return passes(step, self.filters)

    @property
    def written(self) -> list[Step]:
        """What etcd wrote, by either watcher; what was received was written."""
        known = {step.revision: step for step in self.steps} | {step.revision: step for step in self.wrote}
        return [known[revision] for revision in sorted(known)]

    @property
    def outstanding(self) -> list[Step]:
        """Written and newer than all that was received: on its way, or lost with the watch."""
        last = max((step.revision for step in self.steps), default=0)
        return [step for step in self.wrote if step.revision > last and self.passes(step)]

    @property
    def missed(self) -> list[Step]:
        """Written, and overtaken by a newer revision that was received."""
        got = {step.revision for step in self.steps}
        last = max(got, default=0)
        return [s for s in self.wrote if s.revision < last and s.revision not in got and self.passes(s)]

    @property
    def in_order(self) -> bool:
        """Whether each revision was received once, and each after those before it."""
        revisions = [step.revision for step in self.steps]
        return revisions == sorted(set(revisions))

    def without_times(self) -> Tape:
        """The same, whenever it happened: what a stored picture shows."""
        items = tuple(replace(item, seconds=0) if isinstance(item, Gap) else item for item in self.received)
        return replace(self, received=items)


def passes(step: Step, filters: Sequence[str]) -> bool:
    """Whether a watch with these filters gets anything of a revision."""
    hidden = {FILTERED[name] for name in filters}
    return any(event.type not in hidden for event in step.events)


def steps(events: Iterable[Event]) -> list[Step]:
    """Events by revision."""
    return [Step(revision, tuple(found)) for revision, found in groupby(events, lambda event: event.kv.mod_revision)]


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
