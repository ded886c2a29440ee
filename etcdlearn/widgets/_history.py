"""What a RevisionTimeline knows: the history of keys, from what the server said and nothing else. Pure data."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from etcdlearn.client import Event, KeyValue

MOST_KEPT = 20_000  # marks; a picture that is left open for a day must not eat the kernel's memory


@dataclass(frozen=True, slots=True)
class Mark:
    """One change of one key: a put with what it stored, a delete, or a delete because its lease expired."""

    revision: int
    type: Literal["PUT", "DELETE", "EXPIRED"]
    kv: KeyValue

    @property
    def leased(self) -> bool:
        return bool(self.kv.lease)


@dataclass(frozen=True, slots=True)
class Lane:
    """The marks of one key, oldest first."""

    key: bytes
    marks: tuple[Mark, ...]

    def at(self, revision: int) -> Mark | None:
        """The last mark at or before ``revision``."""
        return next((mark for mark in reversed(self.marks) if mark.revision <= revision), None)

    def after(self, revision: int) -> Mark | None:
        """The first mark after ``revision``."""
        return next((mark for mark in self.marks if mark.revision > revision), None)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that the picture of one moment is drawn from.

    Attributes:
        prefix: the keys shown begin with it.
        lanes: one for each key, in the order of keys.
        now: the store's newest revision seen.
        compacted: the oldest revision that can be read, 0 when nothing is compacted.
        cursor: the revision that is read, None for now.
        answers: what the server answered at the cursor, None before the first answer.
        left_out: marks before this revision were dropped, so that memory stays bounded; 0 for none.
        newer: revisions that came while the cursor stayed in the past.
        lost: why the server cannot be heard, "" while it can.
        silent: whole seconds for which it could not.
        back: the revisions that had come when it was heard again, first and last; None when it never was lost.
        lost_data: the store's revision before and after it lost its data; None when it did not.
        stopped: the cursor was asked below the compaction and stopped at its edge.
    """

    prefix: bytes = b""
    lanes: tuple[Lane, ...] = ()
    now: int = 1
    compacted: int = 0
    cursor: int | None = None
    answers: tuple[KeyValue, ...] | None = None
    left_out: int = 0
    newer: int = 0
    lost: str = ""
    silent: int = 0
    back: tuple[int, int] | None = None
    lost_data: tuple[int, int] | None = None
    stopped: bool = False

    @property
    def at(self) -> int:
        """The revision that is read."""
        return self.now if self.cursor is None else self.cursor

    @property
    def oldest(self) -> int:
        """The oldest revision that can be read."""
        return max(self.compacted, 1)


@dataclass(slots=True)
class History:
    """Collects events; ``timeline`` is a picture's worth of it."""

    prefix: bytes
    now: int = 1
    compacted: int = 0
    left_out: int = 0
    lanes: dict[bytes, list[Mark]] = field(default_factory=dict)
    _kept: int = 0

    def start(self, compacted: int, alive: Iterable[KeyValue]) -> None:
        """Begin anew with the keys that were alive at the compaction; 0 and nothing for a store that has all."""
        self.compacted = compacted
        self.now = max(self.now, compacted, 1)
        self.lanes = {kv.key: [Mark(kv.mod_revision, "PUT", kv)] for kv in alive}
        self._kept, self.left_out = len(self.lanes), 0

    def add(self, events: Iterable[Event], seen: int = 0) -> dict[int, list[Event]]:
        """Take events in; those of other keys only move ``now``. An event seen before changes nothing.

        ``seen`` is the revision up to which they tell everything, where that is more than their own. What comes back
        are the deletes of keys that leases held, by lease: ``expired`` says so once it is proved.
        """
        self.now = max(self.now, seen)
        leases: dict[int, list[Event]] = {}
        for event in events:
            revision = event.kv.mod_revision
            self.now = max(self.now, revision)
            if event.kv.key.startswith(self.prefix):
                lane = self.lanes.setdefault(event.kv.key, [])
                if not lane or lane[-1].revision < revision:
                    if event.type == "DELETE" and lane and lane[-1].leased:
                        leases.setdefault(lane[-1].kv.lease, []).append(event)
                    lane.append(Mark(revision, event.type, event.kv))
                    self._kept += 1
        if self._kept > MOST_KEPT:
            revisions = sorted(mark.revision for marks in self.lanes.values() for mark in marks)
            self.left_out = revisions[len(revisions) // 2]
            self._forget(self.left_out)
        return leases

    def expired(self, lease: int, revisions: Container[int]) -> None:
        """The deletes at ``revisions`` of keys that ``lease`` held were its end."""
        for marks in self.lanes.values():
            if len(marks) > 1 and marks[-1].revision in revisions and marks[-2].kv.lease == lease:
                marks[-1] = replace(marks[-1], type="EXPIRED")

    def compact(self, revision: int) -> None:
        """Forget what the store forgot: before ``revision`` only the put that a key lived by then is left."""
        self.compacted = revision
        self._forget(revision)

    def _forget(self, revision: int) -> None:
        kept = {key: _survivors(marks, revision) for key, marks in self.lanes.items()}
        self.lanes = {key: marks for key, marks in kept.items() if marks}
        self._kept = sum(map(len, self.lanes.values()))

    def timeline(self) -> Timeline:
        """The picture of now."""
        lanes = tuple(Lane(key, tuple(marks)) for key, marks in sorted(self.lanes.items()))
        left_out = self.left_out if self.left_out > self.compacted else 0
        return Timeline(self.prefix, lanes, self.now, self.compacted, left_out=left_out)


def _survivors(marks: list[Mark], compacted: int) -> list[Mark]:
    older = [mark for mark in marks if mark.revision <= compacted]
    last = older[-1:] if older and (older[-1].type == "PUT" or older[-1].revision == compacted) else []
    return last + marks[len(older) :]
