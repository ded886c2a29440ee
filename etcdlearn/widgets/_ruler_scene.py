"""RangeRuler as a scene: the bounds byte by byte, and below them the live keys, inside and outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etcdlearn.widgets._range import UNBOUNDED, Decision, Row, Ruler, Span
from etcdlearn.widgets._ruler_bytes import bounds, scope, spelled
from etcdlearn.widgets._ruler_caption import caption
from etcdlearn.widgets._scene import Node, node
from etcdlearn.widgets._text import clipped, fitted, readable, width, wrap
from etcdlearn.widgets._timeline_parts import data_text, label
from etcdlearn.widgets._words import Words

ROW, NARROW_ROW, HEAD = 36.0, 52.0, 46.0
BRACKET = 16.0


def scene(data: Ruler, size: float, words: Words) -> Node:
    """The picture of ``data`` in a width of ``size`` px."""
    margin = 16.0 if size < 480 else 24.0
    said = caption(data, words)
    lines = wrap(said, size - 2 * margin, 13, 2 if size >= 700 else 4)
    top, end = bounds(data, size, words)
    keys, end = _keys(data, size, margin, end, words)
    body = [*_header(data, size, margin, words), *top, *keys, *_foot(lines, size, margin, end)]
    height = end + 12 + 20 * len(lines) + 16 if lines else end
    if data.lost:
        body.append(node("rect", key="lost", x=4, y=4, width=size - 8, height=height - 8, rx=4, fill="none",
                         stroke="ink2", stroke_width=1.5, stroke_dasharray="6 4"))  # fmt: skip
    live = {"label": f"RangeRuler: {said}", "caption": said}
    return node("svg", "", *body, live=live, width=size, height=height)


def _header(data: Ruler, size: float, margin: float, words: Words) -> Iterator[Node]:
    state = _state(data, words)
    narrow = size < 560
    room = size - 2 * margin - width(words["ruler"], 15) - 24 - (0 if narrow else width(state, 12))
    text = scope(data)
    while len(text) > 8 and width(text, 12, mono=True) > room:
        text = text[:-2] + "…"
    told = node("tspan", text, dx=12, font_size=12, font_weight=400, font_family="mono", fill="ink2")
    yield node("text", words["ruler"], told, key="title", x=margin, y=32, font_size=15, font_weight=600, fill="ink")
    place: dict[str, Any] = {"x": margin, "y": 52} if narrow else {"x": size - margin, "y": 32, "text_anchor": "end"}
    if state:
        yield node("text", state, key="state", font_size=12, fill="ink2", **place)


def _state(data: Ruler, words: Words) -> str:
    if data.lost:
        return f"// {words['ruler lost']}"
    if data.rows is None:
        return ""
    return words["ruler inside of"].format(inside=f"{data.inside:,}", total=f"{data.total:,}")


def _keys(data: Ruler, size: float, margin: float, top: float, words: Words) -> tuple[list[Node], float]:
    """The table of live keys, and where it ends; nothing without a client."""
    if data.rows is None:
        return [], top
    drawn: list[Node] = [_line("keys line", size, margin, top)]
    if not data.rows:
        drawn.append(node("text", words["ruler empty"], key="no keys", x=size / 2, y=top + 32, font_size=13,
                          fill="ink2", text_anchor="middle"))  # fmt: skip
        return drawn, top + 52
    narrow = size < 560
    spans = [data.span] + ([data.other] if data.other and not narrow else [])
    columns = _columns(size, margin, len(spans))
    drawn += _heads(spans, columns, size, margin, top, words)
    start, pitch = top + (HEAD if not narrow else 28), NARROW_ROW if narrow else ROW
    middles = _middles(data, start, pitch)
    drawn += _bands(data, middles, pitch, size)
    for column, span in zip(columns, spans, strict=True):
        drawn += _bracket(data.rows, span, column, middles, pitch)
    for row, y in zip(data.rows, middles, strict=True):
        drawn.append(_row(row, data, spans, columns, y, size, margin, words))
    place, number = data.folded
    if number:
        y = (middles[place - 1] + middles[place]) / 2 + 4
        drawn.append(label(words["ruler folded"].format(number=f"{number:,}"), margin, y, key="folded"))
    return drawn, middles[-1] + pitch / 2 + 16


def _middles(data: Ruler, start: float, pitch: float) -> list[float]:
    rows = data.rows or ()
    place, number = data.folded
    return [start + (n + 0.5) * pitch + (20 if number and n >= place else 0) for n in range(len(rows))]


def _columns(size: float, margin: float, spans: int) -> list[float]:
    if size < 560:
        return [size - margin - 78]
    right = size - margin - 92
    return [right - 120 * (spans - 1 - n) for n in range(spans)]


def _heads(
    spans: Sequence[Span], columns: Sequence[float], size: float, margin: float, top: float, words: Words
) -> Iterator[Node]:
    bold: dict[str, Any] = {"font_size": 12, "font_weight": 600}
    yield node("text", words["ruler keys"], key="head keys", x=margin, y=top + 24, fill="ink", **bold)
    if size < 560:
        return
    yield node("text", words["ruler byte"], key="head byte", x=_byte_x(size), y=top + 24, fill="ink", **bold)
    for n, (span, x) in enumerate(zip(spans, columns, strict=True)):
        room = 112.0 if n < len(spans) - 1 else size - 16 - x
        first = fitted(span.key, room - 16, 12, is_key=True)
        last = "" if not span.end else "∞" if span.end == UNBOUNDED else fitted(span.end, room - 16, 12, is_key=True)
        yield node("text", f"[ {first}", key=f"head from {n}", x=x, y=top + 24, fill="ink", font_family="mono", **bold)
        yield node(
            "text",
            f") {last}" if last else "]",
            key=f"head to {n}",
            x=x,
            y=top + 42,
            fill="ink2",
            font_family="mono",
            **bold,
        )


def _byte_x(size: float) -> float:
    return size * 0.378


def _bands(data: Ruler, middles: Sequence[float], pitch: float, size: float) -> Iterator[Node]:
    """One amber band under the neighbouring rows that the two prefixes treat differently."""
    differing = [n for n, row in enumerate(data.rows or ()) if _differs(row, data)]
    if not differing:
        return
    run = [differing[0]]
    for n in differing[1:]:
        if n == run[-1] + 1:
            run.append(n)
    top, bottom = middles[run[0]] - pitch / 2, middles[run[-1]] + pitch / 2
    side = 16 if size >= 560 else 8
    yield node("rect", key="band", x=side, y=top, width=size - 2 * side, height=bottom - top, rx=4, fill="lease-tint")


def _differs(row: Row, data: Ruler) -> bool:
    return data.other is not None and row.inside != data.other.holds(row.key)


def _bracket(rows: Sequence[Row], span: Span, x: float, middles: Sequence[float], pitch: float) -> Iterator[Node]:
    inside = [y for row, y in zip(rows, middles, strict=True) if span.holds(row.key)]
    if not inside:
        return
    top, bottom = inside[0] - pitch / 2 + 2, inside[-1] + pitch / 2 - 2
    yield node("rect", x=x, y=top, width=BRACKET, height=bottom - top, fill="put-tint")
    yield node("path", d=f"M{x + 20:g} {top:g}H{x:g}V{bottom:g}H{x + 20:g}", fill="none", stroke="put", stroke_width=2)


def _row(
    row: Row,
    data: Ruler,
    spans: Sequence[Span],
    columns: Sequence[float],
    y: float,
    size: float,
    margin: float,
    words: Words,
) -> Node:
    narrow = size < 560
    decision = data.span.decides(row.key)
    heavy = _differs(row, data)
    line = y - 7 if narrow else y + 4
    room = (columns[0] if narrow else _byte_x(size)) - margin - 12
    parts = [_key_text(row, decision, room, margin, line, heavy)]
    parts += _decision(decision, margin if narrow else _byte_x(size), y + 12 if narrow else line, heavy, words)
    for n, (span, x) in enumerate(zip(spans, columns, strict=True)):
        inside = row.inside if n == 0 else span.holds(row.key)
        parts += _sign(inside, x, y, heavy, words)
    area = node("rect", x=margin, y=y - 12, width=size - 2 * margin, height=24, fill="none", pointer_events="all")
    live = {"tip": _tip(row, decision, words), "at": 0}
    return node("g", "", *parts, area, key=f"row {row.key.hex()[:200]}", live=live)


def _key_text(row: Row, decision: Decision, room: float, x: float, y: float, heavy: bool) -> Node:
    """The key, its deciding character marked: by a tspan, since fonts differ in width."""
    text = fitted(row.key, room, 12, is_key=True)
    extra: dict[str, Any] = {"font_weight": 600} if heavy else {}
    plain = data_text(text, x, y, 12, "ink", bold=heavy)
    if text != readable(row.key) or decision.byte < 0:
        return plain
    try:
        head, char, tail = _around(row.key, decision.index)
    except UnicodeDecodeError:
        return plain
    colour = "put" if row.inside else "delete"
    marked = node("tspan", readable(char), font_weight=600, fill=colour)
    rest = node("tspan", readable(tail), fill="ink", **extra)
    return node("text", readable(head), marked, rest, x=x, y=y, font_size=12, fill="ink", font_family="mono", **extra)


def _around(key: bytes, index: int) -> tuple[bytes, bytes, bytes]:
    """The key before, at and after the character that holds the byte at ``index``."""
    start = len(key[:index].decode(errors="ignore").encode())
    end = start + len(key[start:].decode()[0].encode())
    return key[:start], key[start:end], key[end:]


def _decision(decision: Decision, x: float, y: float, heavy: bool, words: Words) -> Iterator[Node]:
    if decision.index < 0:
        yield label(words["ruler equal"], x, y)
        return
    if decision.byte < 0:
        yield label(words["ruler ends"].format(byte=decision.index + 1), x, y)
        return
    if decision.bound < 0:
        yield label(words["ruler goes on"].format(byte=decision.index + 1), x, y)
        return
    extra: dict[str, Any] = {"font_weight": 600} if heavy else {}
    where = node("tspan", words["ruler nth"].format(number=decision.index + 1), dx=12, font_size=11, font_weight=400,
                 fill="ink2", font_family="sans")  # fmt: skip
    text = f"{decision.byte:02x} {decision.sign} {decision.bound:02x}"
    yield node("text", text, where, x=x, y=y, font_size=12, fill="ink", font_family="mono", **extra)


def _sign(inside: bool, x: float, y: float, heavy: bool, words: Words) -> Iterator[Node]:
    if inside:
        yield node("circle", cx=x + 8, cy=y, r=6, fill="put", stroke="panel", stroke_width=1.5)
    else:
        yield node("circle", cx=x + 8, cy=y, r=5, fill="panel", stroke="mark", stroke_width=2)
    extra: dict[str, Any] = {"font_weight": 600} if heavy else {}
    word = words["ruler inside" if inside else "ruler outside"]
    yield node("text", word, x=x + 26, y=y + 4, font_size=11, fill="ink" if heavy else "ink2", **extra)


def _tip(row: Row, decision: Decision, words: Words) -> list[str]:
    cut = "" if len(row.key) <= 1000 else f"… {len(row.key):,} B"
    said = [readable(row.key[:1000]) + cut, words["ruler inside" if row.inside else "ruler outside"]]
    if decision.byte >= 0 and decision.bound >= 0:
        nth = words["ruler nth"].format(number=decision.index + 1)
        said.append(f"{nth}: {spelled(decision.byte)} {decision.sign} {spelled(decision.bound)}")
    return said


def _line(key: str, size: float, margin: float, y: float) -> Node:
    return node("line", key=key, x1=margin, y1=y, x2=size - margin, y2=y, stroke="rule", stroke_width=1)


def _foot(lines: Sequence[str], size: float, margin: float, y: float) -> Iterator[Node]:
    yield _line("hairline", size, margin, y)
    for n, line in enumerate(lines):
        yield node("text", line, key=f"caption {n}", x=margin, y=y + 24 + 20 * n, font_size=13, fill="ink")


def table(data: Ruler, words: Words) -> tuple[list[str], list[list[str]]]:
    """The same data as a table."""
    head = [words["table key"], words["ruler byte"], words["ruler"]]
    rows = []
    for row in data.rows or ():
        decision = data.span.decides(row.key)
        said = _tip(row, decision, words)
        rows.append([clipped(row.key, is_key=True), said[2] if len(said) > 2 else "", said[1]])
    return head, rows
