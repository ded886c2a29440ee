"""What a RangeRuler says in words: one sentence about where the range ends, and who falls outside."""

from __future__ import annotations

from etcdlearn.widgets._range import UNBOUNDED, Ruler
from etcdlearn.widgets._ruler_bytes import deciding, spelled
from etcdlearn.widgets._text import clipped
from etcdlearn.widgets._words import Words


def caption(data: Ruler, words: Words) -> str:
    """The sentence below the picture."""
    key, end = clipped(data.given, is_key=True), clipped(data.span.end, is_key=True)
    if data.how == "one":
        return words["ruler says one"].format(key=key)
    if data.span.empty:
        return words["ruler says empty"].format(key=key, end=end)
    if not data.given:
        return words["ruler says all"]
    if data.how == "from_key":
        return words["ruler says from_key"].format(key=key)
    if data.how == "range":
        return words["ruler says to the end" if data.span.end == UNBOUNDED else "ruler says range"].format(
            key=key, end=end
        )
    return _prefix(data, key, end, words)


def _prefix(data: Ruler, key: str, end: str, words: Words) -> str:
    index = deciding(data)
    if index < 0:
        return words["ruler says no byte"].format(key=key)
    byte = data.span.key[index]
    numbers = {"byte": spelled(byte), "raised": spelled(byte + 1), "key": key, "end": end}
    if data.carried:
        return words["ruler says carry"].format(**numbers)
    head = words["ruler says prefix"].format(**numbers)
    other = data.other
    differing = [row for row in data.rows or () if other and row.inside != other.holds(row.key)]
    if not differing:
        return head + words["end"]
    neighbour = differing[0]
    named = clipped(neighbour.key, is_key=True)
    if neighbour.inside:
        return words["ruler says catches"].format(neighbour=named, **numbers)
    there = neighbour.key[index] if index < len(neighbour.key) else byte
    return head + words["ruler says leaves out"].format(neighbour=named, there=spelled(there))
