"""What a RangeRuler knows: a range of bytes, the keys around it, and the byte that decides for each. Pure data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from etcdlearn.client._ranges import END_OF_KEYS, as_range, prefix_range_end

UNBOUNDED = END_OF_KEYS  # as a range_end
BESIDE = 3  # keys shown before the range, and after it
FIRST, LAST = 5, 2  # keys shown of a range that holds more than MOST
MOST = FIRST + LAST + 1  # so that never a single key is folded away


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a key is inside a range or outside, in bytes.

    Attributes:
        index: of the byte that decides, from 0; -1 where no single byte does.
        byte: the key's byte there; -1 where the key has ended before.
        sign: how it compares: "<", "≥", ">" or "=".
        bound: the byte of the bound there; -1 where the bound has ended before.
        against: which bound was compared, "key" or "range_end".
    """

    index: int
    byte: int
    sign: str
    bound: int
    against: str


@dataclass(frozen=True, slots=True)
class Span:
    """``[key, end)``: ``end`` is b"" for the one key, b"\\0" for no upper bound."""

    key: bytes
    end: bytes

    def holds(self, key: bytes) -> bool:
        """Whether ``key`` is inside."""
        if not self.end:
            return key == self.key
        return self.key <= key and (self.end == UNBOUNDED or key < self.end)

    def beside(self) -> tuple[bytes, bytes | None]:
        """Keys below the first one lie before the range, keys from the second on behind it; None for no such keys."""
        if self.end == UNBOUNDED:
            return self.key, None
        return self.key, max(self.end or self.key + b"\x00", self.key)

    @property
    def empty(self) -> bool:
        """Whether no key at all can be inside."""
        return bool(self.end) and self.end != UNBOUNDED and self.end <= self.key

    def decides(self, key: bytes) -> Decision:
        """The first byte that tells: against the end for what is not before the range, else against its first key."""
        against_end = self.key <= key and self.end not in (b"", UNBOUNDED)
        bound, name = (self.end, "range_end") if against_end else (self.key, "key")
        for index, (mine, its) in enumerate(zip(key, bound, strict=False)):
            if mine != its:
                last = against_end and index == len(bound) - 1
                return Decision(index, mine, "<" if mine < its else "≥" if last else ">", its, name)
        shorter = min(len(key), len(bound))
        if len(key) == len(bound):
            return Decision(-1, -1, "=", -1, name)
        if len(key) < len(bound):
            return Decision(shorter, -1, "<", bound[shorter], name)
        return Decision(shorter, key[shorter], ">", -1, name)


@dataclass(frozen=True, slots=True)
class Row:
    """One key near the range, or inside it."""

    key: bytes
    inside: bool


@dataclass(frozen=True, slots=True)
class Ruler:
    """Everything that the picture of one moment is drawn from.

    Attributes:
        given: the key as it was given; b"" with a prefix or from_key means every key.
        how: "prefix", "from_key", "range" or "one".
        span: what travels.
        rows: keys in byte order; None without a client.
        inside: how many keys the server counts in the range.
        total: how many keys there are.
        folded: the place in ``rows`` after which keys inside are left out, and how many; (0, 0) for none.
        lost: why the server cannot be heard, "" while it can.
        refused: why the key that was typed last names no range, "empty" or "text" (it is no UTF-8); "" for a good one.
            All else is the last good range then.
    """

    given: bytes
    how: str
    span: Span
    rows: tuple[Row, ...] | None = None
    inside: int = 0
    total: int = 0
    folded: tuple[int, int] = (0, 0)
    lost: str = ""
    refused: str = ""

    @property
    def other(self) -> Span | None:
        """The range that a prefix is mistaken for: without its slash, or with one where keys have one."""
        if self.how != "prefix" or self.carried or self.given in (b"", b"/"):
            return None
        if self.given.endswith(b"/"):
            return _span(self.given[:-1])
        longer = _span(self.given + b"/")
        return longer if any(longer.holds(row.key) for row in self.rows or ()) else None

    def differs(self, row: Row) -> bool:
        """Whether the other prefix would treat this key differently."""
        return self.other is not None and row.inside != self.other.holds(row.key)

    @property
    def telling(self) -> int:
        """Place in ``rows`` of the key that shows best how the two prefixes differ; -1 for none."""
        differing = [n for n, row in enumerate(self.rows or ()) if self.differs(row)]
        bare = self.given.removesuffix(b"/")
        return next((n for n in differing if self.rows and self.rows[n].key != bare), next(iter(differing), -1))

    @property
    def carried(self) -> int:
        """How many bytes 0xff at the end of a prefix are cut off."""
        return len(self.given) - len(self.given.rstrip(b"\xff")) if self.how == "prefix" else 0


def _span(prefix: bytes) -> Span:
    return Span(prefix, prefix_range_end(prefix))


def as_ruler(
    key: str | bytes, *, prefix: bool = False, from_key: bool = False, range_end: str | bytes | None = None
) -> Ruler:
    """The range as it travels.

    Raises:
        ValueError: two ways to end the range, or an empty key alone, or text that is no UTF-8 (a lone surrogate).
    """
    span = Span(*as_range(key, prefix=prefix, from_key=from_key, range_end=range_end))
    if not span.key:
        raise ValueError("an empty key alone is refused by etcd; with prefix=True or from_key=True it means every key")
    how = "one" if not span.end else "prefix" if prefix else "from_key" if from_key else "range"
    return Ruler(key.encode() if isinstance(key, str) else key, how, span)


def around(ruler: Ruler, keys: Sequence[bytes]) -> Ruler:
    """``ruler`` in a store that holds ``keys``."""
    there = sorted(set(keys))
    inside = [key for key in there if ruler.span.holds(key)]
    below, behind = ruler.span.beside()
    before = [key for key in there if key < below]
    after = [key for key in there if behind is not None and key >= behind]
    shown = (inside[:FIRST], inside[-LAST:]) if len(inside) > MOST else (inside, [])
    return outlined(ruler, (before, after), shown, inside=len(inside), total=len(there))


def outlined(
    ruler: Ruler, beside: Sequence[Sequence[bytes]], shown: Sequence[Sequence[bytes]], *, inside: int, total: int
) -> Ruler:
    """``ruler`` with its rows.

    Args:
        ruler: the range.
        beside: the keys before it, and those behind it; the nearest are shown.
        shown: its first keys and its last ones; no last ones where the first are all.
        inside: how many keys it holds.
        total: how many keys there are.
    """
    (before, after), (first, last) = beside, shown
    rows = [Row(key, False) for key in before[-BESIDE:]] + [Row(key, True) for key in first]
    folded = (len(rows), inside - len(first) - len(last)) if last else (0, 0)
    rows += [Row(key, True) for key in last] + [Row(key, False) for key in after[:BESIDE]]
    return replace(ruler, rows=tuple(rows), inside=inside, total=total, folded=folded)
