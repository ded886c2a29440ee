"""RevisionTimeline as a scene: a lane for each key, a mark for each revision, the cursor, and what was read at it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from etcdlearn.client import KeyValue
from etcdlearn.widgets import _timeline_parts as parts
from etcdlearn.widgets._history import Lane, Mark, Timeline
from etcdlearn.widgets._parts import (
    data_text,
    foot,
    grouped,
    hatch,
    header,
    identity,
    label,
    lost_frame,
    pill,
    pill_width,
)
from etcdlearn.widgets._scene import Node, node
from etcdlearn.widgets._text import clipped, fitted, quoted, width, wrap
from etcdlearn.widgets._timeline_caption import caption
from etcdlearn.widgets._timeline_layout import ANSWERS, Layout, layout
from etcdlearn.widgets._words import Words


def scene(data: Timeline, size: float, words: Words) -> Node:
    """The picture of ``data`` in a width of ``size`` px."""
    grid = layout(data, size)
    said = caption(data, words)
    lines = wrap(said, size - 2 * grid.margin, 13, 2 if size >= 700 else 4)
    legend, legend_lines = parts.legend(data, grid, words, grid.bottom + 58)
    below = grid.bottom + 84 + 20 * (legend_lines - 1)
    body = [
        *_header(data, grid, words),
        *_past(data, grid, words),
        *_rows(data, grid, words),
        *_axis(data, grid, words),
        *_lives(data, grid),
        *_cursor(data, grid, words),
        *_together(grid),
        *_marks(data, grid, words),
        *_answers(data, grid, words),
        *legend,
        *foot(lines, size, below),
    ]
    height = below + 4 + 20 * len(lines) + 24 if lines else below
    live = {"label": f"RevisionTimeline: {said}", "caption": said}
    body += [lost_frame(size, height)] if data.lost else []
    return node("svg", "", *body, live=live, width=size, height=height)


def _header(data: Timeline, grid: Layout, words: Words) -> Iterator[Node]:
    scope = clipped(data.prefix, is_key=True) if data.prefix else words["every_key"]
    return header(words["title"], scope, parts.state(data, grid, words), grid.size, mono=bool(data.prefix))


def _past(data: Timeline, grid: Layout, words: Words) -> Iterator[Node]:
    """What is compacted: hatched ground up to half a column before the oldest readable revision."""
    edge = grid.left + grid.column(data.compacted) * grid.pitch if data.compacted else grid.left
    if edge <= grid.left:
        return
    bands = [(grid.y(row) - 15, grid.y(row) + 15) for row in range(len(grid.lanes))]
    for top, bottom in bands if grid.narrow else [(grid.top, grid.bottom)]:
        yield node("rect", x=grid.left, y=top, width=edge - grid.left, height=bottom - top, fill="past")
        lines = hatch(grid.left, top, edge, bottom)
        yield node("path", d=lines, fill="none", stroke="hatch", stroke_width=1)
        yield node("line", x1=edge, y1=top, x2=edge, y2=bottom, stroke="mark", stroke_width=1.5)
    if edge - grid.left >= width(words["compacted"], 11):
        middle = (grid.left + edge) / 2
        yield label(words["compacted"], middle, grid.bottom + 24, anchor="middle", key="compacted")


def _rows(data: Timeline, grid: Layout, words: Words) -> Iterator[Node]:
    """The keys, and the line on which each one's history stands."""
    for row, lane in enumerate(grid.lanes):
        y = grid.y(row)
        room = grid.size * 0.5 if grid.narrow else grid.left - grid.margin - 8
        text = fitted(lane.key, room, 12, is_key=True)
        place = y - 20 if grid.narrow else y + 4
        yield data_text(text, grid.margin, place, 12, "ink", key=f"key {identity(lane.key)}")
        yield node("line", x1=grid.left, y1=y, x2=grid.right, y2=y, stroke="rule", stroke_width=1)
    if grid.folded:
        text = words["more_keys"].format(number=f"{grid.folded:,}")
        yield label(text, grid.margin, grid.y(len(grid.lanes)) + 4, key="folded")
    if not data.lanes:
        yield from _nothing_yet(data, grid, words)


def _nothing_yet(data: Timeline, grid: Layout, words: Words) -> Iterator[Node]:
    said = words["empty"].format(prefix=clipped(data.prefix)) if data.prefix else words["empty_all"]
    example = f'client.put("{clipped(data.prefix or b"/illusory/cloud")}", "hello")'
    middle = grid.size / 2
    lines = wrap(said, grid.size - 2 * grid.margin, 13, 2)
    for n, line in enumerate(lines):
        yield node("text", line, x=middle, y=grid.y(0) + 20 * n, font_size=13, fill="ink2", text_anchor="middle")
    yield data_text(example, middle, grid.y(0) + 20 * len(lines), 12, "ink2", anchor="middle", key="example")


def _axis(data: Timeline, grid: Layout, words: Words) -> Iterator[Node]:
    """The numbers of revisions, as many as fit; the cursor's is in its pill."""
    here, now = grid.column(data.at), grid.column(data.now)
    widest = width(grouped(data.now), 11, mono=True) + 8
    step = max(int(-(-widest // grid.pitch)), 1)
    beside = (pill_width(grouped(data.at)) + widest) / 2 - 4
    for column in range(now + 1):
        revision = grid.first + column * grid.group
        x = grid.left + (column + 0.5) * grid.pitch
        is_now = column == now
        near_pill = abs(x - grid.x(data.at)) < beside
        if (
            column == here
            or near_pill
            or not (is_now or (column % step == 0 and (now - column) * grid.pitch >= widest))
        ):
            continue
        text = grouped(data.now if is_now else revision)
        yield label(text, x, grid.axis, anchor="middle", mono=True, bold=is_now, key=f"axis {revision}")
    if data.lanes and here != now:
        yield label(words["now_label"], grid.x(data.now), grid.axis - 16, anchor="middle", key="now")


def _lives(data: Timeline, grid: Layout) -> Iterator[Node]:
    """From each put to the next change a bar; those that the cursor cuts are what was read."""
    if grid.group > 1:
        return
    read: list[Node] = []
    for row, lane in enumerate(grid.lanes):
        ends = [grid.x(mark.revision) for mark in lane.marks[1:]] + [grid.right]
        current = lane.at(data.at)
        for mark, end in zip(lane.marks, ends, strict=True):
            if mark.type == "PUT":
                bar = parts.life(mark, lane, parts.start(mark, grid), end, grid.y(row), read=mark is current)
                read.append(bar) if mark is current else None
                if mark is not current:
                    yield bar
    yield from read  # their outlines lie above their neighbours


def _cursor(data: Timeline, grid: Layout, words: Words) -> Iterator[Node]:
    """The line through all keys at the revision that is read, its pill, and the track of the slider."""
    if not data.lanes:
        return
    x, track = grid.x(data.at), grid.bottom + 20
    start, end = grid.x(data.oldest), grid.x(data.now)
    if end > start:
        yield parts.slider(data, start, x, end, track, words)
    yield node(
        "g",
        "",
        node("line", x1=x, y1=grid.axis + 6, x2=x, y2=track, stroke="ink", stroke_width=1.5),
        *pill(grouped(data.at), x, grid.axis - 13, mono=True),
        *([node("circle", cx=x, cy=track, r=9, fill="panel", stroke="ink", stroke_width=3)] if end > start else []),
        key="cursor",
        live={"cursor": data.at, "step": grid.pitch / grid.group},
    )


def _together(grid: Layout) -> Iterator[Node]:
    """One revision that changed several keys: one line through all of them, never for one key."""
    if grid.group > 1:
        return
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row, lane in enumerate(grid.lanes):
        for mark in lane.marks:
            rows[mark.revision].append(row)
    for revision, found in sorted(rows.items()):
        if len(found) > 1:
            x, top, end = grid.x(revision), grid.y(found[0]), grid.y(found[-1])
            yield node("line", key=f"txn {revision}", x1=x, y1=top, x2=x, y2=end, stroke="ink", stroke_width=3)


def _marks(data: Timeline, grid: Layout, words: Words) -> Iterator[Node]:
    together = Counter(mark.revision for lane in grid.lanes for mark in lane.marks)
    most = max((count for lane in grid.lanes for count in _columns(lane, grid).values()), default=1)
    for row, lane in enumerate(grid.lanes):
        counts = _columns(lane, grid)
        for mark in _first_of_columns(lane.marks, grid):
            column = grid.column(mark.revision)
            if counts[column] > 1 and grid.group > 1:
                inside = [each for each in lane.marks if grid.column(each.revision) == column]
                yield parts.column_mark(lane, inside, grid, grid.y(row), most, words)
            else:
                halo = together[mark.revision] == 1 or grid.group > 1
                yield parts.mark(mark, lane, data, grid, grid.y(row), words, halo=halo)


def _columns(lane: Lane, grid: Layout) -> Counter[int]:
    return Counter(grid.column(mark.revision) for mark in lane.marks)


def _first_of_columns(marks: Iterable[Mark], grid: Layout) -> Iterator[Mark]:
    seen = -1
    for mark in marks:
        if grid.group == 1 or grid.column(mark.revision) != seen:
            yield mark
        seen = grid.column(mark.revision)


def _answers(data: Timeline, grid: Layout, words: Words) -> Iterator[Node]:
    """What the server answered at the cursor, each answer on the row it belongs to."""
    if data.answers is None or not data.lanes:
        return
    at = grouped(data.at)
    text = words["read_at" if len(at) < 2 or grid.narrow else "read_at_short"].format(revision=at)
    room = pill_width(text, sans=True) if grid.narrow else ANSWERS
    middle = grid.size - grid.margin - room / 2 if grid.narrow else grid.right + 22 + ANSWERS / 2
    yield from pill(text, middle, 23 if grid.narrow else grid.axis - 13, room=room)
    found = {kv.key: kv for kv in data.answers}
    for row, lane in enumerate(grid.lanes):
        yield from _answer(found.get(lane.key), lane, data, grid, grid.y(row), words)


def _answer(kv: KeyValue | None, lane: Lane, data: Timeline, grid: Layout, y: float, words: Words) -> Iterator[Node]:
    x = grid.size - grid.margin if grid.narrow else grid.right + 22
    anchor = "end" if grid.narrow else "start"
    place = y - 20 if grid.narrow else y
    name = identity(lane.key)
    if kv is None:
        before = lane.at(data.at)
        gone = "expired_at" if before and before.type == "EXPIRED" else "deleted_at"
        text = words[gone].format(revision=grouped(before.revision)) if before else words["missing"]
        size = 12 if width(text, 12) <= 120 else 11
        yield node(
            "text",
            text,
            key=f"answer {name}",
            x=x,
            y=place + 4 * (not grid.narrow),
            font_size=size,
            fill="ink2",
            text_anchor=anchor,
        )
        return
    room = 120.0 if not grid.narrow else grid.size * 0.45
    cuts = (quoted(kv.value, longest=longest) for longest in (24, 16, 12, 10, 9))
    text = next((cut for cut in cuts if width(cut, 13, mono=True) <= room), f"{len(kv.value):,} B")
    yield data_text(text, x, place, 13, "ink", anchor=anchor, bold=True, key=f"answer {name}")
    if not grid.narrow:
        told = words["mod_version"].format(mod=grouped(kv.mod_revision), version=grouped(kv.version))
        yield label(told, x, y + 15, key=f"told {name}")
