"""What a WatchTape knows: what a watch received, what etcd wrote, and the breaks between them. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from etcdlearn.client import Event

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
