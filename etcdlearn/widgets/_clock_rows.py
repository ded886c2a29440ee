"""The words of a LeaseClock's rows: on the left the lease and its keys, on the right what is left of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from etcdlearn.widgets._burn import Burn, Clock
from etcdlearn.widgets._clock_answers import asked, lease_id, named
from etcdlearn.widgets._clock_layout import ANSWERS, KEY, LEFT, Grid, Row
from etcdlearn.widgets._parts import cross, data_text, hairline, hourglass, identity, label, leased
from etcdlearn.widgets._scene import Node, node
from etcdlearn.widgets._text import fitted, readable, width
from etcdlearn.widgets._words import Words


def row_words(row: Row, grid: Grid, data: Clock, words: Words) -> Iterator[Node]:
    """Everything of a row but its plot."""
    name = lease_id(row.burn.id)
    if row is not grid.rows[0]:
        yield hairline(f"above {name}", grid.size, row.top)
    parts = [_identity(row, grid, words), *_asked(row, grid), *_keys(row, grid, words), *_answer(row, grid)]
    yield node("g", "", *parts, key=f"words {name}")


def _identity(row: Row, grid: Grid, words: Words) -> Node:
    """The id; its tooltip is the whole record."""
    name = lease_id(row.burn.id)
    y = row.top + 20
    text = data_text(name, grid.margin, y, 12, "ink", bold=True)
    room = node(
        "rect", x=grid.margin - 4, y=y - 16, width=width(name, 12, mono=True) + 8, height=24, fill="none",
        pointer_events="all",
    )  # fmt: skip
    return node("g", "", text, room, key="id", live={"tip": tip(row.burn, words)})


def tip(burn: Burn, words: Words) -> list[str]:
    """A lease's record, a line each."""
    keys = [readable(key[:1000]) for key in named(burn)]
    more = [words["more_keys"].format(number=f"{burn.number - len(keys):,}")] if burn.number > len(keys) else []
    return [lease_id(burn.id), asked(burn, words), *keys, *more]


def _asked(row: Row, grid: Grid) -> Iterator[Node]:
    for n, line in enumerate(row.asked):
        yield label(line, grid.margin, row.top + 40 + 16 * n, bold=row.burn.raised, key=f"asked {n}")


def _keys(row: Row, grid: Grid, words: Words) -> Iterator[Node]:
    """The keys that it holds; those that ended with it stand beside the sign of its end."""
    burn, x = row.burn, grid.margin + 6
    top = row.base + 24 if grid.narrow else row.top + 48 + 16 * len(row.asked)
    room = (grid.size - 2 * grid.margin if grid.narrow else LEFT) - 18
    for n, key in enumerate(named(burn)):
        y = top + KEY * n
        shape = leased if burn.end is None else hourglass if burn.end.how == "expired" else cross
        text = data_text(fitted(key, room, 12, is_key=True), x + 12, y + 4, 12, "ink2" if burn.end else "ink")
        yield node("g", "", *shape(x, y), text, key=f"key {identity(key)}")
    if folded := burn.number - len(named(burn)):
        more = words["more_keys"].format(number=f"{folded:,}")
        yield label(more, grid.margin, top + KEY * len(named(burn)) + 4, key="more keys")


def _answer(row: Row, grid: Grid) -> Iterator[Node]:
    """What is left, as a number and as a bar; or how it ended."""
    yield from _narrow_answer(row, grid) if grid.narrow else chain(_wide_answer(row, grid), _notes(row, grid))


def _notes(row: Row, grid: Grid) -> Iterator[Node]:
    x = grid.size - grid.margin - ANSWERS
    for n, line in enumerate(row.notes):
        yield label(line, x, row.top + row.answer.height + 16 * n, key=f"note {n}")


def _wide_answer(row: Row, grid: Grid) -> Iterator[Node]:
    told, x = row.answer, grid.size - grid.margin - ANSWERS
    if told.share is None:
        yield from _ended(row, x, row.top + 36)
        return
    size, y = (28, row.top + 60) if told.large else (13, row.top + 36)
    size = size if width(told.text, size) <= ANSWERS else 13
    yield node("text", told.text, key="left", x=x, y=y, font_size=size, font_weight=600, fill="ink")
    beside = x + width(told.text, size) + 6
    if beside + width(told.unit, 11) <= grid.size - grid.margin:
        yield label(told.unit, beside, y, key="unit")
    else:
        yield label(told.unit, x, y - (32 if told.large else 18), key="unit")
    yield from _bar(told.share, x, y + (14 if told.large else 10), ANSWERS)


def _narrow_answer(row: Row, grid: Grid) -> Iterator[Node]:
    told, right = row.answer, grid.size - grid.margin
    for n, line in enumerate(row.notes):
        y = row.top + max(24 + 16 * len(row.asked), 44) + 12 + 16 * n
        yield label(line, grid.margin, y, key=f"note {n}")
    if told.share is None:
        yield from _ended(row, right - 24 - width(told.text, 13), row.top + 16)
        return
    size = 28 if told.large and width(told.text, 28) <= 0.4 * grid.size else 13
    y = row.top + (28 if told.large else 20)
    yield node(
        "text", told.text, key="left", x=right, y=y, font_size=size, font_weight=600, fill="ink", text_anchor="end"
    )
    yield label(told.unit, right, y + 15, anchor="end", key="unit")


def _bar(share: float, x: float, y: float, wide: float) -> Iterator[Node]:
    yield node("rect", key="all", x=x, y=y, width=wide, height=8, rx=2, fill="alt", stroke="mark", stroke_width=1)
    if share > 0:
        yield node("rect", key="share", x=x, y=y, width=max(wide * share, 3), height=8, rx=2, fill="lease")


def _ended(row: Row, x: float, y: float) -> Iterator[Node]:
    expired = row.burn.end is not None and row.burn.end.how == "expired"
    yield node("g", "", *(hourglass(x + 7, y - 4) if expired else cross(x + 7, y - 4)), key="how")
    yield node("text", row.answer.text, key="left", x=x + 24, y=y, font_size=13, font_weight=600, fill="ink")
