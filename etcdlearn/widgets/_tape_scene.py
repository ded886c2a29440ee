"""WatchTape as a scene: what etcd wrote above, what the watch received below, and a line for each revision between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from etcdlearn.widgets import _tape_frame as frame
from etcdlearn.widgets import _tape_parts as parts
from etcdlearn.widgets._parts import area, data_text, foot, grouped, label, lost_frame, pill, refusal
from etcdlearn.widgets._scene import Node, node
from etcdlearn.widgets._tape import Gap, Tape
from etcdlearn.widgets._tape_caption import caption
from etcdlearn.widgets._tape_cells import Cell
from etcdlearn.widgets._tape_layout import Layout, cut_words, layout
from etcdlearn.widgets._text import width, wrap
from etcdlearn.widgets._words import Words


def scene(data: Tape, size: float, words: Words) -> Node:
    """The picture of ``data`` in a width of ``size`` px."""
    grid = layout(data, size, words)
    said = caption(data, words)
    alarmed = bool(data.ended or data.missed or not data.in_order)
    lines = wrap(said, size - 2 * grid.margin - 16 * alarmed, 13, 2 if size >= 700 else 5)
    note = list(frame.note(data, grid, words))
    legend, legend_lines = parts.legend(data, grid, words, grid.lower + (92 if note else 64))
    below = grid.lower + (92 if note else 64) + 20 * legend_lines + 4
    body = [
        *frame.header(data, grid, words),
        *frame.names(data, grid, words),
        *_band(data, grid),
        *_tracks(data, grid),
        *_lines(data, grid),
        *_upper(data, grid, words),
        *_lower(data, grid, words),
        *frame.nothing_yet(data, grid, words),
        *note,
        *legend,
        *(refusal if alarmed else foot)(lines, size, below),
    ]
    height = below + 4 + 20 * len(lines) + 24 if lines else below
    lost = data.away and (data.second_lost or not data.second)
    body += [lost_frame(size, height)] if lost else []
    live = {"label": f"WatchTape: {said}", "caption": said}
    return node("svg", "", *body, live=live, width=size, height=height)


def _end(cell: Cell, grid: Layout) -> float:
    """Where a gap ends: one that is open at the edge of the picture."""
    return grid.right if cell.gap and cell.gap.open and cell is grid.cells[-1] else cell.right


def _band(data: Tape, grid: Layout) -> Iterator[Node]:
    """The ground of the last break: one in a picture."""
    for cell in grid.gaps[-1:]:
        top, wide = grid.upper - 40, _end(cell, grid) - cell.left
        yield node("rect", key="band", x=cell.left, y=top, width=wide, height=grid.lower + 32 - top, fill="lease-tint")


def _tracks(data: Tape, grid: Layout) -> Iterator[Node]:
    """The line of the upper track; the pieces of the lower one, torn where the watch was away, ended where it ended."""
    ends: dict[str, Any] = {"x1": grid.left, "y1": grid.upper, "x2": grid.right, "y2": grid.upper}
    yield node("line", key="upper", stroke="mark", stroke_width=2, **ends)
    left, torn = grid.left, False
    for cell in grid.cells:
        if cell.where == "gap":
            if cell.left > left:
                yield parts.track(left, cell.left, grid.lower, torn_left=torn, torn_right=True)
            left, torn = _end(cell, grid), True
        elif cell.where == "ended":
            yield parts.track(left, cell.right, grid.lower, torn_left=torn, torn_right=False)
            return
    if left < grid.right:
        yield parts.track(left, grid.right, grid.lower, torn_left=torn, torn_right=False)


def _above(grid: Layout) -> Iterator[tuple[Cell, float]]:
    """Columns of the upper track and their place."""
    for column in grid.columns:
        if column.where != "got":
            yield column, column.middle - (5 if column.where == "both" else 0)


def _below(grid: Layout) -> Iterator[tuple[Cell, float]]:
    """Columns of the lower track; received a little after they were written."""
    for cell in grid.cells:
        if cell.where in ("both", "got"):
            yield cell, cell.middle + (5 if cell.where == "both" else 0)


def _lines(data: Tape, grid: Layout) -> Iterator[Node]:
    """From each revision as it was written to where it was received; those out of a gap are the thing to see."""
    place = {step.revision: (n, x) for n, (cell, x) in enumerate(_above(grid)) for step in cell.steps}
    late: list[Node] = []
    many = grid.group > 1  # then there are numbers on top of the columns
    for cell, x in _below(grid):
        for n, start in sorted({place[step.revision] for step in cell.steps if step.revision in place}):
            ends: dict[str, Any] = {
                "x1": start,
                "y1": grid.upper + 14 * many,
                "x2": x,
                "y2": grid.lower - (22 if many else 6),
            }
            key = f"line {n} {cell.steps[0].revision}"
            if cell.where == "got":
                late.append(node("line", key=key, stroke="ink", stroke_width=2, **ends))
            else:
                yield node("line", key=key, stroke="mark", stroke_width=1.2, **ends)
    yield from late


def _upper(data: Tape, grid: Layout, words: Words) -> Iterator[Node]:
    columns = list(_above(grid))
    most = max((len(cell.steps) for cell, _ in columns), default=1)
    for cell, x in columns:
        if grid.group == 1 and not data.passes(cell.steps[0]):
            yield parts.kept_back(x, grid.upper + 8, f"kept back {cell.steps[0].revision}")
        yield _marks(cell, data, grid, x, grid.upper, "wrote", most, words)
    yield from _numbers(columns, grid, grid.upper - 26, "above")


def _lower(data: Tape, grid: Layout, words: Words) -> Iterator[Node]:
    columns = list(_below(grid))
    most = max((len(cell.steps) for cell, _ in columns), default=1)
    for n, cell in enumerate(grid.cells):
        yield from _word(n, cell, data, grid, words)
    for cell, x in columns:
        yield _marks(cell, data, grid, x, grid.lower, "got", most, words)
    yield from _numbers(columns, grid, grid.lower + 38, "below")


def _marks(cell: Cell, data: Tape, grid: Layout, x: float, y: float, track: str, most: int, words: Words) -> Node:
    if len(cell.steps) == 1:
        return parts.revision(cell.steps[0], data, x, y, track, cell.right - cell.left, words)
    return parts.column(cell.steps, data, x, y, track, most, words)


def _numbers(columns: Iterable[tuple[Cell, float]], grid: Layout, y: float, key: str) -> Iterator[Node]:
    """The numbers of revisions, as many as fit; the newest first."""
    free = grid.size
    for cell, x in reversed(list(columns)):
        text = grouped(cell.steps[-1].revision)
        room = width(text, 12, mono=True)
        if x + room / 2 <= free:
            yield data_text(text, x, y, 12, "ink", anchor="middle", bold=True, key=f"{key} {text}")
            free = x - room / 2 - 5


def _word(n: int, cell: Cell, data: Tape, grid: Layout, words: Words) -> Iterator[Node]:
    """What the lower track says besides revisions."""
    y, last = grid.lower, cell.gap is not None and cell.gap == data.gaps[-1]
    if cell.where == "created":
        yield label(words["created"], cell.left + 7, y + 4, key="created")
    elif cell.where == "gap" and cell.gap:
        yield _away(n, cell, cell.gap, grid, words, last=last)
    elif cell.where == "resumed" and cell.gap and last:
        text = words["from"].format(revision=grouped(cell.gap.next))
        yield node("g", "", *pill(text, cell.middle, y - 9), key=f"resumed {n}")
    elif cell.where == "progress":
        yield _progress(n, cell, grid, words)
    elif cell.where == "ended" and data.ended:
        yield parts.ending(cell.middle, y, data.ended.words or words["ended"])


def _away(n: int, cell: Cell, gap: Gap, grid: Layout, words: Words, *, last: bool) -> Node:
    """The sign of a break, and how long it was where that fits; the caption says it, too."""
    y, text = grid.lower, cut_words(gap, words)
    alone = not last or width(text, 12) * 1.1 + 40 > _end(cell, grid) - cell.left
    start = (cell.left + _end(cell, grid) - (0 if alone else width(text, 12) + 8)) / 2
    shape = parts.warning(start, y)
    if not alone:
        shape.append(node("text", text, x=start + 14, y=y + 5, font_size=12, font_weight=600, fill="ink"))
    said = [text, words["tip_gap"].format(next=grouped(gap.next))]
    said += [words["tip_back"].format(revision=grouped(gap.back))] if gap.back else []
    said += [gap.why] if gap.why and not gap.paused else []
    return node("g", "", *shape, area(start, y), key=f"gap {n}", live={"tip": said})


def _progress(n: int, cell: Cell, grid: Layout, words: Words) -> Node:
    x, y, number = cell.middle, grid.lower, f"≤ {grouped(cell.revision)}"
    shape = [] if grid.tight else [label(words["progress"], x, y - 4, anchor="middle")]
    shape.append(label(number, x, y + (4 if grid.tight else 12), anchor="middle", mono=True))
    half = max((cell.right - cell.left) / 2 - 2, 12)
    reached = node("rect", x=x - half, y=y - 16, width=2 * half, height=32, fill="none", pointer_events="all")
    tip = [words["tip_progress"].format(revision=grouped(cell.revision))]
    return node("g", "", *shape, reached, key=f"progress {n}", live={"tip": tip})
