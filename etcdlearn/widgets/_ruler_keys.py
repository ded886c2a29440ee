"""The lower half of a RangeRuler: the live keys in byte order, the byte that decides for each, inside and outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from etcdlearn.widgets._parts import NARROW, hairline, identity, label, margin_of
from etcdlearn.widgets._range import UNBOUNDED, Decision, Row, Ruler, Span
from etcdlearn.widgets._ruler_bytes import spelled
from etcdlearn.widgets._scene import Node, node
from etcdlearn.widgets._text import LONGEST, fitted, readable, wrap
from etcdlearn.widgets._words import Words

ROW, NARROW_ROW, FOLD = 36.0, 52.0, 20.0
BRACKET, COLUMN, LAST_COLUMN, ONLY_COLUMN = 16.0, 120.0, 92.0, 152.0
TWO_RANGES = 640  # from this width on there is room for the range that a prefix is mistaken for


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the rows and columns stand.

    Attributes:
        size: the picture's width.
        top: the line above the table.
        columns: the ranges, each with the left edge of its bracket.
        middles: the middle of each row.
        pitch: the height of a row.
        telling: the rows that show how the two prefixes differ: one run of neighbours, or none.
    """

    size: float
    top: float
    columns: tuple[tuple[Span, float], ...]
    middles: tuple[float, ...]
    pitch: float
    telling: range

    @property
    def narrow(self) -> bool:
        return self.size < NARROW

    @property
    def margin(self) -> float:
        return margin_of(self.size)

    @property
    def byte_x(self) -> float:
        """The left edge of what decides; in a narrow picture it stands below the key."""
        return self.margin if self.narrow else self.size * 0.378


def grid(data: Ruler, size: float, top: float) -> Grid:
    spans = [data.span] + ([data.other] if data.other and size >= TWO_RANGES else [])
    right = size - margin_of(size) - (78 if size < NARROW else LAST_COLUMN if len(spans) > 1 else ONLY_COLUMN)
    columns = [(span, right - COLUMN * (len(spans) - 1 - n)) for n, span in enumerate(spans)]
    start, pitch = (top + 28, NARROW_ROW) if size < NARROW else (top + 50, ROW)
    place, folded = data.folded
    rows = range(len(data.rows or ()))
    middles = [start + (n + 0.5) * pitch + (FOLD if folded and n >= place else 0) for n in rows]
    return Grid(size, top, tuple(columns), tuple(middles), pitch, _telling(data))


def _telling(data: Ruler) -> range:
    first = last = data.telling
    rows = data.rows or ()
    while 0 <= last < len(rows) and data.differs(rows[last]) and (last == first or last != data.folded[0]):
        last += 1
    return range(first, last) if first >= 0 else range(0)


def keys(data: Ruler, size: float, top: float, words: Words) -> tuple[list[Node], float]:
    """The table of live keys, and where it ends; nothing without a client."""
    if data.rows is None:
        return [], top
    if not data.rows:
        return _no_keys(size, top, words)
    at = grid(data, size, top)
    drawn: list[Node] = [hairline("keys line", size, top), *_heads(at, words), *_band(data, at)]
    for n, (span, x) in enumerate(at.columns):
        drawn += _bracket(data.rows, span, x, at, f"bracket {n}")
    drawn += [_row(row, data, at, n, words) for n, row in enumerate(data.rows)]
    place, number = data.folded
    if number:
        y = (at.middles[place - 1] + at.middles[place]) / 2 + 4
        drawn.append(label(words["folded"].format(number=f"{number:,}"), at.margin, y, key="folded"))
    return drawn, at.middles[-1] + at.pitch / 2 + 16


def _no_keys(size: float, top: float, words: Words) -> tuple[list[Node], float]:
    lines = wrap(words["empty_all"], size - 2 * margin_of(size), 13, 2)
    place: dict[str, Any] = {"x": size / 2, "font_size": 13, "fill": "ink2", "text_anchor": "middle"}
    drawn = [node("text", line, key=f"no keys {n}", y=top + 32 + 20 * n, **place) for n, line in enumerate(lines)]
    return [hairline("keys line", size, top), *drawn], top + 32 + 20 * len(lines)


def _heads(at: Grid, words: Words) -> Iterator[Node]:
    bold: dict[str, Any] = {"font_size": 12, "font_weight": 600}
    yield node("text", words["keys"], key="head keys", x=at.margin, y=at.top + 24, fill="ink", **bold)
    if at.narrow:
        return
    yield node("text", words["byte"], key="head byte", x=at.byte_x, y=at.top + 24, fill="ink", **bold)
    bold["font_family"] = "mono"
    for n, (span, x) in enumerate(at.columns):
        room = (COLUMN - 8 if n < len(at.columns) - 1 else at.size - 12 - x) - 2 * 7.4
        first = "00" if span.key == UNBOUNDED else fitted(span.key, room, 12, is_key=True)
        last = ") ∞" if span.end == UNBOUNDED else f") {fitted(span.end, room, 12, is_key=True)}" if span.end else "]"
        yield node("text", f"[ {first}", key=f"head from {n}", x=x, y=at.top + 24, fill="ink", **bold)
        yield node("text", last, key=f"head to {n}", x=x, y=at.top + 42, fill="ink2", **bold)


def _band(data: Ruler, at: Grid) -> Iterator[Node]:
    """One amber band under what the two prefixes treat differently."""
    if not at.telling:
        return
    top = at.middles[at.telling.start] - at.pitch / 2
    height = at.pitch * len(at.telling)
    side = at.margin - 8
    yield node("rect", key="band", x=side, y=top, width=at.size - 2 * side, height=height, rx=4, fill="lease-tint")


def _bracket(rows: Sequence[Row], span: Span, x: float, at: Grid, key: str) -> Iterator[Node]:
    inside = [y for row, y in zip(rows, at.middles, strict=True) if span.holds(row.key)]
    if not inside:
        return
    top, bottom = inside[0] - at.pitch / 2 + 2, inside[-1] + at.pitch / 2 - 2
    yield node("rect", key=f"{key} ground", x=x, y=top, width=BRACKET, height=bottom - top, fill="put-tint")
    yield node("path", key=key, d=f"M{x + 20:g} {top:g}H{x:g}V{bottom:g}H{x + 20:g}", fill="none", stroke="put",
               stroke_width=2)  # fmt: skip


def _row(row: Row, data: Ruler, at: Grid, n: int, words: Words) -> Node:
    y, decision = at.middles[n], data.span.decides(row.key)
    bold: dict[str, Any] = {"font_weight": 600} if n in at.telling else {}
    line = y - 6 if at.narrow else y + 4
    room = (at.columns[0][1] if at.narrow else at.byte_x) - at.margin - 12
    parts = [_key(row.key, decision, room, {"x": at.margin, "y": line, **bold})]
    parts += _decision(decision, {"x": at.byte_x, "y": y + 13 if at.narrow else line, **bold}, words)
    for span, x in at.columns:
        parts += _sign(span.holds(row.key), x, y, bold, words)
    area = node("rect", x=at.margin, y=y - at.pitch / 2 + 4, width=at.size - 2 * at.margin, height=at.pitch - 8,
                fill="none", rx=3, pointer_events="all")  # fmt: skip
    live = {"tip": tip(row, data, words), "at": 0}
    return node("g", "", *parts, area, key=f"row {identity(row.key)}", live=live)


def _key(key: bytes, decision: Decision, room: float, place: dict[str, Any]) -> Node:
    """The key, its deciding character marked: by a tspan, since fonts differ in width."""
    text = fitted(key, room, 12, is_key=True)
    font: dict[str, Any] = {"font_size": 12, "fill": "ink", "font_family": "mono"}
    if decision.byte < 0 or len(key) > 4 * LONGEST or text != readable(key):
        return node("text", text, **font, **place)
    head, marked, tail = _around(key, decision.index)
    rest = {name: value for name, value in place.items() if name == "font_weight"}
    return node("text", head, node("tspan", marked, fill="put", font_weight=600), node("tspan", tail, **rest),
                **font, **place)  # fmt: skip


def _around(key: bytes, index: int) -> tuple[str, str, str]:
    """The key before, at and after the character that holds the byte at ``index``."""
    start = 0
    for char in key.decode(errors="surrogateescape"):
        end = start + len(char.encode(errors="surrogateescape"))
        if index < end:
            break
        start = end
    return readable(key[:start]), readable(key[start:end]), readable(key[end:])


def _decision(decision: Decision, place: dict[str, Any], words: Words) -> Iterator[Node]:
    if decision.byte >= 0 and decision.bound >= 0:
        nth = node("tspan", words["nth"].format(number=f"{decision.index + 1:,}"), dx=12, font_size=11, font_weight=400,
                   fill="ink2", font_family="sans")  # fmt: skip
        text = f"{decision.byte:02x} {decision.sign} {decision.bound:02x}"
        yield node("text", text, nth, font_size=12, fill="ink", font_family="mono", **place)
    else:
        yield node("text", _why(decision, words), font_size=11, fill="ink2", **place)


def _why(decision: Decision, words: Words) -> str:
    """What decides, in words."""
    nth = f"{decision.index + 1:,}"
    if decision.index < 0:
        return words["equal"].format(bound=decision.against)
    if decision.byte < 0:
        return words["ends"].format(byte=nth)
    if decision.bound < 0:
        return words["goes_on"].format(byte=nth)
    return f"{words['nth'].format(number=nth)}: {spelled(decision.byte)} {decision.sign} {spelled(decision.bound)}"


def _sign(inside: bool, x: float, y: float, bold: dict[str, Any], words: Words) -> Iterator[Node]:
    if inside:
        yield node("circle", cx=x + 8, cy=y, r=6, fill="put", stroke="panel", stroke_width=1.5)
    else:
        yield node("circle", cx=x + 8, cy=y, r=5, fill="panel", stroke="mark", stroke_width=2)
    word = words["inside" if inside else "outside"]
    yield node("text", word, x=x + 26, y=y + 4, font_size=11, fill="ink" if bold else "ink2", **bold)


def tip(row: Row, data: Ruler, words: Words) -> list[str]:
    """All of a row: the key up to 1,000 bytes, where it is, and why."""
    cut = "" if len(row.key) <= 1000 else f"… {len(row.key):,} B"
    where = words["inside" if row.inside else "outside"]
    return [readable(row.key[:1000]) + cut, where, _why(data.span.decides(row.key), words)]
