"""The shapes of a RevisionTimeline: what a mark, a life, a column of many changes and the slider look like."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from etcdlearn.client._text import show_id
from etcdlearn.widgets import _parts as parts
from etcdlearn.widgets._history import Lane, Mark, Timeline
from etcdlearn.widgets._parts import area, cross, data_text, grouped, hourglass, identity, label, leased, put_shape
from etcdlearn.widgets._scene import Node, node
from etcdlearn.widgets._text import readable, width
from etcdlearn.widgets._timeline_layout import Layout
from etcdlearn.widgets._words import Words


def state(data: Timeline, grid: Layout, words: Words) -> str:
    """The state line: what is so of the whole picture now."""
    lost = "lost_for" if data.silent else "lost"
    said = (
        [f"// {words[lost].format(now=grouped(data.now), seconds=data.silent)}"]
        if data.lost
        else [words["now"].format(now=grouped(data.now))]
    )
    if data.compacted:
        said.append(words["compacted_at"].format(revision=grouped(data.compacted)))
    if data.left_out:
        said.append(words["left_out"].format(revision=grouped(data.left_out)))
    if grid.group > 1:
        columns = grid.column(data.now) + 1
        said.append(words["columns"].format(revisions=f"{data.now - grid.first + 1:,}", columns=columns))
    if data.newer:
        said.append(words["newer"].format(number=f"{data.newer:,}"))
    room = grid.size - 2 * grid.margin
    while len(said) > 1 and width(" · ".join(said), 12) > room:
        said.pop()
    return " · ".join(said)


def start(mark: Mark, grid: Layout) -> float:
    """Where a mark stands; one from before the first column at the left edge."""
    return max(grid.x(mark.revision), grid.left + 6) if mark.revision >= grid.first else grid.left + 6


def life(mark: Mark, lane: Lane, left: float, right: float, y: float, *, read: bool) -> Node:
    """The bar of a value's life; leased: dashed. The value stands in it if it fits whole."""
    ground = "lease-tint" if mark.leased else "put-tint"
    line: dict[str, Any] = {}
    if read:
        line = {"stroke": "put", "stroke_width": 2}
    elif mark.leased:
        line = {"stroke": "lease", "stroke_width": 1.2}
    if mark.leased:
        line["stroke_dasharray"] = "3 2"
    parts = [node("rect", x=left, y=y - 11, width=max(right - left, 0), height=22, fill=ground, **line)]
    text = readable(mark.kv.value) if len(mark.kv.value) <= 64 else ""
    text = text if mark.kv.value else '""'
    if text and width(text, 11, mono=True) + 9 + 8 <= right - left:
        parts.append(data_text(text, left + 9, y + 4, 11, "ink" if read else "ink2", bold=read))
    return node("g", "", *parts, key=f"life {identity(lane.key)} {mark.revision}")


def mark(mark: Mark, lane: Lane, data: Timeline, grid: Layout, y: float, words: Words, *, halo: bool) -> Node:
    """Disc or crossed strokes, with the room for a pointer around them."""
    x = start(mark, grid)
    shape = (
        put_shape(x, y, "mark" if mark.revision < data.compacted else "put", halo)
        if mark.type == "PUT"
        else hourglass(x, y)
        if mark.type == "EXPIRED"
        else cross(x, y)
    )
    name = identity(lane.key)
    live = {"tip": tip(mark, lane, words), "at": mark.revision}
    return node("g", "", *shape, area(x, y), key=f"mark {name} {mark.revision}", live=live)


def tip(mark: Mark, lane: Lane, words: Words) -> list[str]:
    """A mark's whole record, a line each; keys and values up to 1,000 characters."""
    kind = mark.type.lower()
    said = [readable(lane.key[:1000]), words[f"tip_{kind}"].format(revision=grouped(mark.revision))]
    if mark.type == "PUT":
        kv = mark.kv
        cut = "" if len(kv.value) <= 1000 else f"… {len(kv.value):,} B"
        said.append(f'"{readable(kv.value[:1000])}{cut}"')
        said.append(
            f"create {grouped(kv.create_revision)} · mod {grouped(kv.mod_revision)} · version {grouped(kv.version)}"
        )
        if kv.lease:
            said.append(words["tip_lease"].format(lease=show_id(kv.lease)))
    return said


def column_mark(lane: Lane, marks: Sequence[Mark], grid: Layout, y: float, most: int, words: Words) -> Node:
    """Several changes in one column: a bar as high as their number, the number on top, deletes as its lower part."""
    x, wide = grid.x(marks[0].revision), min(grid.pitch * 0.6, 16)
    high = 3 + 13 * len(marks) / most
    deletes = sum(each.type != "PUT" for each in marks)
    low = high * deletes / len(marks)
    shape = [
        node("rect", x=x - wide / 2, y=y + 11 - high, width=wide, height=high, fill="put"),
        *([node("rect", x=x - wide / 2, y=y + 11 - low, width=wide / 2, height=low, fill="delete")] if low else []),
        label(grouped(len(marks)), x, y + 8 - high, anchor="middle", mono=True),
        area(x, y),
    ]
    changes = words["changes"].format(number=f"{len(marks):,}")
    said = [readable(lane.key[:1000]), changes, f"{grouped(marks[0].revision)} – {grouped(marks[-1].revision)}"]
    live = {"tip": said, "at": marks[-1].revision}
    return node("g", "", *shape, key=f"column {identity(lane.key)} {grid.column(marks[0].revision)}", live=live)


def slider(data: Timeline, start: float, here: float, end: float, y: float, words: Words) -> Node:
    """The track; in the browser a native range input lies over it."""
    live = {
        "slider": [data.oldest, data.now, data.at],
        "box": [start, end, y],
        "name": words["slider"],
        "value": words["slider_value"].format(revision="{revision}", now=grouped(data.now)),
    }
    line: dict[str, Any] = {"stroke_width": 4, "stroke_linecap": "round", "y1": y, "y2": y}
    return node(
        "g",
        "",
        node("line", x1=start, x2=end, stroke="mark", **line),
        node("line", x1=start, x2=here, stroke="ink", **line),
        key="slider",
        live=live,
    )


def legend(data: Timeline, grid: Layout, words: Words, y: float) -> tuple[list[Node], int]:
    """The shapes that occur in this picture, and how many lines they take."""
    marks = [mark for lane in grid.lanes for mark in lane.marks]
    revisions = [mark.revision for mark in marks]
    items: list[tuple[str, bool]] = [
        ("put", any(mark.type == "PUT" for mark in marks)),
        ("delete", any(mark.type == "DELETE" for mark in marks)),
        ("expired", any(mark.type == "EXPIRED" for mark in marks)),
        ("transaction", grid.group == 1 and len(revisions) > len(set(revisions))),
        ("leased", grid.group == 1 and any(mark.leased for mark in marks)),
    ]
    shown = [(name, words[name], partial(_sample, name)) for name, occurs in items if occurs]
    return parts.legend(shown, grid.size, y)


def _sample(name: str, x: float, y: float) -> list[Node]:
    if name == "put":
        return put_shape(x, y, "put")
    if name == "delete":
        return cross(x, y)
    if name == "expired":
        return hourglass(x, y)
    if name == "transaction":
        dots = [node("circle", cx=x, cy=place, r=3.8, fill="put") for place in (y - 8, y + 8)]
        return [node("line", x1=x, y1=y - 8, x2=x, y2=y + 8, stroke="ink", stroke_width=3), *dots]
    return leased(x, y, 16)
