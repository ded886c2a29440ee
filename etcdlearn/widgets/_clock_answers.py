"""What a LeaseClock says beside each lease: its id, what was asked and granted, how much is left, how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor

from etcdlearn.widgets._burn import Burn, Clock
from etcdlearn.widgets._parts import grouped, seconds
from etcdlearn.widgets._words import Words

MOST_NAMED = 3  # of more keys than are kept


@dataclass(frozen=True, slots=True)
class Answer:
    """The right end of a row.

    Attributes:
        text: seconds left, or how it ended.
        unit: what stands beside the number.
        share: of the TTL that is left; None when it ended.
        notes: sentences below.
        large: the one number of the picture.
    """

    text: str
    unit: str
    share: float | None
    notes: tuple[str, ...]
    large: bool

    @property
    def height(self) -> float:
        """From the top of the row to the first note's baseline."""
        return (104.0 if self.large else 76.0) if self.share is not None else 56.0


def lease_id(lease: int) -> str:
    """As etcdctl prints it: 16 hex digits."""
    return f"{lease & 0xFFFFFFFFFFFFFFFF:016x}"


def short(burn: Burn, burns: Sequence[Burn]) -> str:
    """The end of an id, where the whole one is on screen; the whole one if another one ends so too."""
    whole = lease_id(burn.id)
    twins = [other for other in burns if lease_id(other.id)[-4:] == whole[-4:]]
    return f"…{whole[-4:]}" if len(twins) == 1 else whole


def asked(burn: Burn, words: Words) -> str:
    """What was asked for, and what was granted."""
    told = {"asked": seconds(burn.asked or 0), "granted": seconds(burn.granted)}
    name = "granted_only" if burn.asked is None else "asked_granted" if burn.raised else "as_asked"
    return words[name].format(**told)


def named(burn: Burn) -> tuple[bytes, ...]:
    """The keys that are written out; a line is not spent on "1 more"."""
    return burn.keys if burn.number <= len(burn.keys) else burn.keys[:MOST_NAMED]


def answer(burn: Burn, data: Clock, words: Words) -> Answer:
    """What stands at the end of its row."""
    if burn.end is not None:
        how = "revoked" if burn.end.how == "elsewhere" else burn.end.how
        return Answer(words[how], "", None, tuple(_ended(burn, words)), False)
    last = burn.refills[-1]
    if data.now is None:
        unit = words[f"left_{last.how}"]
        return Answer(seconds(last.left), unit, last.left / burn.granted, (_renewal(burn, words),), burn is data.hero)
    left = max(burn.ends - data.now, 0.0)
    about = "" if burn.exact else "≈ "
    text = f"{about}{seconds(floor(left))}"
    unit = words["left_of"].format(granted=grouped(burn.granted))
    return Answer(text, unit, min(floor(left) / burn.granted, 1), (_renewal(burn, words),), burn is data.hero)


def _renewal(burn: Burn, words: Words) -> str:
    if burn.renewal == "kept":
        return words["kept"].format(third=seconds(burn.third))
    if burn.renewal:
        return words["lost_it" if burn.renewal == "lost" else "closed"]
    return words["not_kept" if burn.asked is not None else "others"]


def _ended(burn: Burn, words: Words) -> Iterator[str]:
    if burn.end is not None and burn.end.how == "elsewhere":
        yield words["elsewhere"]
    yield deleted(burn, words)
    if burn.asked is not None and not burn.beats:
        yield words["no_beats"]


def deleted(burn: Burn, words: Words) -> str:
    """What became of the keys of a lease that ended."""
    if burn.end is None or not burn.end.revision:
        return words["no_keys"]
    told = {"number": f"{burn.number:,}", "revision": grouped(burn.end.revision)}
    return words["deleted_one" if burn.number == 1 else "deleted"].format(**told)
