"""What a RangeRuler knows: a range of bytes, the keys around it, and the byte that decides for each. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

UNBOUNDED = b"\x00"  # as a range_end: no upper bound


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a key is inside a range or outside, in bytes.

    Attributes:
        index: of the byte that decides, from 0; -1 where no single byte does.
        byte: the key's byte there; -1 where the key has ended before.
        sign: how it compares: "<", "≥", ">" or "=".
        bound: the byte of the bound there; -1 where the bound has ended before.
    """

    index: int
    byte: int
    sign: str
    bound: int


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

    @property
    def empty(self) -> bool:
        return bool(self.end) and self.end != UNBOUNDED and self.end <= self.key

    def decides(self, key: bytes) -> Decision:
        """The first byte that tells: against the end for what is not before the range, else against its first key."""
        against_end = self.key <= key and self.end not in (b"", UNBOUNDED)
        bound = self.end if against_end else self.key
        for index, (mine, its) in enumerate(zip(key, bound, strict=False)):
            if mine != its:
                last = against_end and index == len(bound) - 1
                return Decision(index, mine, "<" if mine < its else "≥" if last else ">", its)
        shorter = min(len(key), len(bound))
        if len(key) == len(bound):
            return Decision(-1, -1, "=", -1)
        if len(key) < len(bound):
            return Decision(shorter, -1, "<", bound[shorter])
        return Decision(shorter, key[shorter], ">", -1)


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
    """

    given: bytes
    how: str
    span: Span
    rows: tuple[Row, ...] | None = None
    inside: int = 0
    total: int = 0
    folded: tuple[int, int] = (0, 0)
    lost: str = ""

    @property
    def other(self) -> Span | None:
        """The range that a prefix is mistaken for: without its slash, or with one."""
        if self.how != "prefix" or self.given in (b"", b"/"):
            return None
        key = self.given[:-1] if self.given.endswith(b"/") else self.given + b"/"
        return Span(key, raised(key))

    @property
    def carried(self) -> int:
        """How many bytes 0xff at the end of a prefix are cut off."""
        return len(self.given) - len(self.given.rstrip(b"\xff")) if self.how == "prefix" else 0


def raised(prefix: bytes) -> bytes:
    """The range_end of a prefix: its last byte that can grow, raised; what follows cut off."""
    kept = prefix.rstrip(b"\xff")
    return kept[:-1] + bytes([kept[-1] + 1]) if kept else UNBOUNDED
