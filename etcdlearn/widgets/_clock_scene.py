"""LeaseClock as a scene: a row for each lease, one axis of time for all, and one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from etcdlearn.widgets._burn import Clock
from etcdlearn.widgets._clock_caption import caption
from etcdlearn.widgets._clock_layout import Grid, layout, ticks
from etcdlearn.widgets._clock_plot import plot
from etcdlearn.widgets._clock_rows import row_words
from etcdlearn.widgets._parts import (
    beat,
    cross,
    data_text,
    foot,
    grouped,
    header,
    hourglass,
    label,
    legend,
    lost_frame,
    pill,
    pill_width,
    seconds,
)
from etcdlearn.widgets._scene import Node, node
from etcdlearn.widgets._text import width, wrap
from etcdlearn.widgets._words import Words

MOST_LINES = 5  # two at 720 px, more in a narrow picture


def scene(data: Clock, size: float, words: Words) -> Node:
    """The picture of ``data`` in a width of ``size`` px."""
    grid = layout(data, size, words)
    said = caption(data, words)
    lines = wrap(said, size - 2 * grid.margin, 13, MOST_LINES)
    body = [
        *header(words["title"], words["scope"], _state(data, grid, words), size, mono=False),
        *(_axis(data, grid, words) if grid.rows else _nothing_yet(data, grid, words)),
    ]
    for row in grid.rows:
        body += [*row_words(row, grid, data, words), plot(row, grid, data, words)]
    body += _now(data, grid, words)
    end = grid.axis + (76 if not grid.rows else 32 if data.now is None and _is_below(grid, words) else 20)
    if grid.rows:
        shapes, more = legend(_legend(data, words), size, end + 8)
        body += shapes
        end += 8 + 20 * more
    body += foot(lines, size, end)
    height = end + 12 + 20 * len(lines) + 16 if lines else end
    body += [lost_frame(size, height)] if data.lost else []
    told = said or ("" if grid.rows or data.more else words["empty"])  # to who cannot see it, an image is its words
    return node("svg", "", *body, live={"label": f"LeaseClock: {told}", "caption": said}, width=size, height=height)


def _state(data: Clock, grid: Grid, words: Words) -> str:
    """What is so of all leases now."""
    counts = (("alive", data.alive), ("some_expired", data.expired), ("some_revoked", data.revoked))
    said = [words[name].format(number=f"{number:,}") for name, number in counts if number]
    if data.lost:
        lost = words["lost_for" if data.silent else "lost"]
        said.insert(0, f"// {lost.format(now=grouped(data.revision), seconds=data.silent)}")
    room = grid.size - 2 * grid.margin
    room -= 0 if grid.narrow else width(words["title"], 15) + width(words["scope"], 12) + 36
    while len(said) > 1 and width(" · ".join(said), 12) > room:
        said.pop()
    return " · ".join(said)


def _nothing_yet(data: Clock, grid: Grid, words: Words) -> Iterator[Node]:
    middle = grid.size / 2
    if not data.more:
        lines = wrap(words["empty"], grid.size - 2 * grid.margin, 13, 2)
        for n, line in enumerate(lines):
            yield node("text", line, x=middle, y=112 + 20 * n, font_size=13, fill="ink2", text_anchor="middle")
        example = "lease = client.grant(10)"
        yield data_text(example, middle, 112 + 20 * len(lines), 12, "ink2", anchor="middle", key="example")
    else:
        yield _more(data, grid, words, 112)


def _more(data: Clock, grid: Grid, words: Words, y: float) -> Node:
    name = "more_lease" if data.more == 1 else "more_leases"
    return label(words[name].format(number=f"{data.more:,}"), grid.margin, y, key="folded")


def _axis(data: Clock, grid: Grid, words: Words) -> Iterator[Node]:
    """The lines of time through every plot, and their numbers."""
    now = grid.now(data)
    pilled = pill_width(words["now"].format(now=seconds(int(data.now or 0))), sans=True)
    taken = (grid.x(now), pilled) if now is not None and grid.narrow else (0.0, 0.0)
    for at in ticks(grid):
        x, text = grid.x(at), seconds(at)
        for n, row in enumerate(grid.rows):
            top = grid.y(row, row.burn.granted) - 4
            yield node("line", key=f"time {n} {at:g}", x1=x, y1=top, x2=x, y2=row.base, stroke="rule", stroke_width=1)
        half = width(text, 11, mono=True) / 2
        if abs(x - taken[0]) > half + taken[1] / 2 + 4 and x + half < grid.size - 4:
            yield label(text, x, grid.axis, anchor="middle", mono=True, key=f"axis {at:g}")
    if data.now is None:
        place = grid.axis + (16 if _is_below(grid, words) else 0)
        yield label(words["own_time"], grid.margin, place, key="own time")
    if data.more:
        yield _more(data, grid, words, grid.axis - 20)


def _is_below(grid: Grid, words: Words) -> bool:
    """Whether what the axis counts has no room beside its first number."""
    room = grid.left - grid.margin - 12 - width(seconds(grid.start), 11, mono=True) / 2
    return width(words["own_time"], 11) > room


def _now(data: Clock, grid: Grid, words: Words) -> Iterator[Node]:
    """One line through all leases; its pill has the seconds of the axis."""
    now = grid.now(data)
    if now is None or data.now is None or not grid.rows:
        return
    x = grid.x(now)
    text = words["now"].format(now=seconds(int(data.now)))
    half = pill_width(text, sans=True) / 2
    tops = [grid.y(row, row.burn.granted) - 8 for row in grid.rows]
    ends = [(81.0, grid.rows[-1].base + 8)]
    if grid.narrow:  # between the plots there are words
        ends = [(top, row.base + 8) for top, row in zip(tops, grid.rows, strict=True)]
    lines = [node("line", x1=x, y1=top, x2=x, y2=low, stroke="ink", stroke_width=1.5) for top, low in ends]
    place = grid.axis - 13 if grid.narrow else 63
    middle = min(max(x, grid.left + half - 40), grid.size - grid.margin - half)
    yield node("g", "", *lines, *pill(text, middle, place), key="now")


def _legend(data: Clock, words: Words) -> Iterator[tuple[str, str, partial[list[Node]]]]:
    """The shapes that occur."""
    hows = {refill.how for burn in data.burns for refill in burn.refills}
    ends = {burn.end.how if burn.end else "" for burn in data.burns}
    if "beat" in hows:
        yield "beat", words["beat"], partial(beat)
    if "found" in hows:
        yield "found", words["found"], partial(beat, hollow=True)
    if any(burn.raised for burn in data.burns):
        yield "asked", words["asked"], partial(_dashes, "ink2", "2 2")
    if "" in ends:
        yield "computed", words["computed"], partial(hourglass, hollow=True)
    if "expired" in ends:
        yield "expired", words["expired"], partial(hourglass)
    if ends & {"revoked", "elsewhere", "gone"}:
        yield "revoked", words["revoked"], partial(cross)


def _dashes(colour: str, dashes: str, x: float, y: float) -> list[Node]:
    ends: dict[str, Any] = {"x1": x - 6, "y1": y - 5, "x2": x + 8, "y2": y + 5}
    return [node("line", **ends, stroke=colour, stroke_width=1.5, stroke_dasharray=dashes)]
