"""RangeRuler as a scene: the bounds byte by byte, below them the live keys, and one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from etcdlearn.widgets._parts import NARROW, foot, header, lost_frame, margin_of, refusal
from etcdlearn.widgets._range import Ruler
from etcdlearn.widgets._ruler_bytes import bounds, scope
from etcdlearn.widgets._ruler_caption import caption
from etcdlearn.widgets._ruler_keys import keys, tip
from etcdlearn.widgets._scene import Node, node
from etcdlearn.widgets._text import clipped, width, wrap
from etcdlearn.widgets._words import Words

MOST_LINES = 5  # two at 720 px; more in a narrow picture, or for long keys


def scene(data: Ruler, size: float, words: Words) -> Node:
    """The picture of ``data`` in a width of ``size`` px."""
    said = caption(data, words)
    room = size - 2 * margin_of(size) - (24 if data.refused else 0)
    lines = wrap(said, room, 13, MOST_LINES)
    top, end = bounds(data, size, words)
    table, end = keys(data, size, end, words)
    below = refusal(lines, size, end) if data.refused else foot(lines, size, end)
    height = end + 12 + 20 * len(lines) + 16
    body = [*_header(data, size, words), *top, *table, *below]
    body += [lost_frame(size, height)] if data.lost else []
    live = {"label": f"RangeRuler: {said}", "caption": said}
    return node("svg", "", *body, live=live, width=size, height=height)


def _header(data: Ruler, size: float, words: Words) -> Iterator[Node]:
    state = _state(data, words)
    taken = 0 if size < NARROW else width(state, 12)
    room = size - 2 * margin_of(size) - width(words["title"], 15) - 24 - taken
    return header(words["title"], scope(data, room), state, size)


def _state(data: Ruler, words: Words) -> str:
    """What is so of the whole picture now."""
    counted = ""
    if data.rows is not None:
        counted = words["inside_of"].format(inside=f"{data.inside:,}", total=f"{data.total:,}")
    if data.lost:
        return f"// {words['lost_with_keys' if counted else 'lost']}"
    return counted


def table(data: Ruler, words: Words) -> tuple[list[str], list[list[str]]]:
    """The same data as a table."""
    return [words["table_key"], words["byte"], words["title"]], list(_table_rows(data, words))


def _table_rows(data: Ruler, words: Words) -> Iterator[list[str]]:
    place, number = data.folded
    for n, row in enumerate(data.rows or ()):
        if number and n == place:
            yield [words["folded"].format(number=f"{number:,}")]
        _, where, *why = tip(row, data, words)
        yield [clipped(row.key, is_key=True), *(why or [""]), where]
