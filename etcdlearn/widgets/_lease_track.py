"""What is known of one lease, from answers that tell whole seconds, cut off: each one narrows when it will end."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Literal

from etcdlearn.client import Event, LeaseTimeToLiveResponse
from etcdlearn.widgets._burn import EXACT, Burn, End, Refill

MOST_REFILLS = 200
MOST_KEYS = 4  # names that are kept; the others are counted
SLACK = 0.05  # seconds: two clocks need not tick alike


@dataclass(slots=True)
class Track:
    """What is known of one lease.

    Attributes:
        low, high: it has burned down between these, unless it is refilled.
        heard: when the server last said that it lives.
        asked_at: the store's revision when its keys were asked for; 0 for never.
        deleted: the last deletes of its keys: when they were heard of, and at which revision. It was its end if the
            lease is gone then.
        revoked_at: the store's revision after this client revoked it: that of the deletes, if it held a key.
    """

    id: int
    granted: int = 0
    asked: int | None = None
    low: float = 0.0
    high: float = 0.0
    heard: float = 0.0
    asked_at: int = 0
    beats: int = 0
    renewal: Literal["", "kept", "closed", "lost"] = ""
    keys: tuple[bytes, ...] = ()
    number: int = 0
    deleted: tuple[float, int] | None = None
    deleted_keys: tuple[bytes, ...] = ()
    revoked_at: int = 0
    end: End | None = None
    refills: deque[Refill] = field(default_factory=lambda: deque(maxlen=MOST_REFILLS))

    @property
    def ended_at(self) -> float:
        return self.end.at if self.end else 0.0

    @property
    def revision(self) -> int:
        """At which the last of its keys were deleted; 0 for never."""
        return self.deleted[1] if self.deleted else 0

    @property
    def ours(self) -> bool:
        return self.asked is not None or bool(self.renewal)

    def refill(self, left: float, since: float, until: float, how: Literal["granted", "seen", "beat", "found"]) -> None:
        self.refills.append(Refill(until, left, how, self.heard))
        self.low, self.high, self.heard = since + left, until + left, until

    def answered(self, answer: LeaseTimeToLiveResponse, since: float, until: float) -> None:
        """It lives, and has ``answer.ttl`` seconds and a part of one."""
        self.granted = answer.granted_ttl
        if self.deleted and self.deleted[0] < since:
            self.deleted = None
        early = 1 if answer.ttl <= 0 else 0  # 0 is also what an overdue lease has, whose end is not yet written
        low, high = since + answer.ttl - early, until + answer.ttl + 1
        if self.refills and low <= self.high + SLACK and high >= self.low - SLACK:
            self.low, self.high = max(low, self.low), max(min(high, self.high), low, self.low)
            self.heard = until
            return
        followed = bool(self.refills) and low > self.high and since - self.heard < self.granted
        if not followed:
            self.refills.clear()  # nobody knows how it came from there to here
        self.refill(answer.ttl, since, until, "found" if followed else "seen")
        self.high = high

    def lost_keys(self, deletes: list[Event], now: float) -> None:
        """Keys of it were deleted; if it is gone by now, that was its end."""
        revision = deletes[-1].kv.mod_revision
        self.deleted = (now, revision)
        self.deleted_keys = tuple(sorted(each.kv.key for each in deletes if each.kv.mod_revision == revision))

    def finish(self, end: End) -> None:
        """It is gone; the keys that ended with it are those that were deleted last."""
        keys = self.deleted_keys if self.deleted else ()
        self.end, self.keys, self.number = end, keys[:MOST_KEYS], len(keys)

    def holds(self, keys: tuple[bytes, ...], revision: int) -> None:
        self.keys, self.number, self.asked_at = tuple(sorted(keys)[:MOST_KEYS]), len(keys), revision


def as_burn(track: Track, origin: float) -> Burn:
    """What is drawn of it, on an axis that begins at ``origin``."""
    ends = (track.low + track.high) / 2
    refills = [replace(each, at=each.at - origin, before=each.before - origin) for each in track.refills]
    if refills[-1].how in ("seen", "found"):  # known better by now than when it was seen
        refills[-1] = replace(refills[-1], left=min(ends - track.refills[-1].at, track.granted))
    end = End(track.end.at - origin, track.end.how, track.end.revision) if track.end else None
    return Burn(
        track.id,
        track.granted,
        track.asked,
        tuple(refills),
        ends - origin,
        exact=track.high - track.low < EXACT,
        beats=track.beats,
        renewal=track.renewal,
        keys=track.keys,
        number=track.number,
        end=end,
    )
