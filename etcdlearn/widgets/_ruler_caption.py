"""What a RangeRuler says in words: one sentence about where the range ends, and who falls outside."""

from __future__ import annotations

from etcdlearn.widgets._range import UNBOUNDED, Ruler
from etcdlearn.widgets._ruler_bytes import deciding, spelled
from etcdlearn.widgets._text import clipped
from etcdlearn.widgets._words import Words


def caption(data: Ruler, words: Words) -> str:
    """The sentence below the picture."""
    if data.refused:
        return words[f"refused_{data.refused}"]
    key, end = clipped(data.given, is_key=True), clipped(data.span.end, is_key=True)
    if data.span.empty:
        return words["says_empty"].format(key=key, end=end)
    if data.how == "prefix" and data.given:
        return _prefix(data, key, end, words)
    return words[f"says_{_kind(data)}"].format(key=key, end=end)


def _kind(data: Ruler) -> str:
    if not data.given:
        return "all"
    return "to_the_end" if data.how == "range" and data.span.end == UNBOUNDED else data.how


def _prefix(data: Ruler, key: str, end: str, words: Words) -> str:
    index = deciding(data)
    if index < 0:
        return words["says_no_byte"].format(key=key)
    byte = data.span.key[index]
    told = {"byte": spelled(byte), "raised": spelled(byte + 1), "key": key, "end": end}
    if data.carried:
        return words["says_carry"].format(**told)
    head = words["says_prefix"].format(**told)
    if data.rows is None or data.telling < 0:
        return head + words["end"]
    neighbour = data.rows[data.telling]
    told["neighbour"] = clipped(neighbour.key, is_key=True)
    if neighbour.inside:
        return words["says_catches"].format(**told)
    if index >= len(neighbour.key):
        return head + words["says_leaves_out_shorter"].format(**told)
    return head + words["says_leaves_out"].format(there=spelled(neighbour.key[index]), **told)
