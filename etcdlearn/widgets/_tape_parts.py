"""The shapes of a WatchTape: what a revision, a torn track, a break and an end look like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from etcdlearn.client import Event
from etcdlearn.widgets._parts import area, cross, grouped, hourglass, label, octagon, put_shape
from etcdlearn.widgets._parts import legend as shared_legend
from etcdlearn.widgets._scene import Node, node, number
from etcdlearn.widgets._tape import Step, Tape
from etcdlearn.widgets._tape_layout import CUT, Layout
from etcdlearn.widgets._text import readable, width
from etcdlearn.widgets._words import Words

MOST_TOLD = 12  # events in one tooltip
SPREAD = {1: (0.0,), 2: (-10.0, 10.0), 3: (-13.0, 0.0, 13.0)}
ENDS = (-14.0, 14.0)  # of more than three


def revision(step: Step, data: Tape, x: float, y: float, track: str, room: float, words: Words) -> Node:
    """All events of one revision; several are joined by the ink line, of many the first and the last are drawn."""
    kinds = [data.kind(step.revision, event) for event in step.events]
    many = len(kinds) > 3
    places = ENDS if many else SPREAD[len(kinds)]
    drawn = [kinds[0], kinds[-1]] if many else kinds
    shape: list[Node] = []
    if len(drawn) > 1:
        line: dict[str, Any] = {"x1": x, "x2": x, "y1": y + places[0], "y2": y + places[-1]}
        shape.append(node("line", stroke="ink", stroke_width=3, **line))
    for kind, place in zip(drawn, places, strict=True):
        shape += mark(kind, x, y + place, halo=len(drawn) == 1)
    if many:
        text = f"×{len(kinds)}"
        text = text if width(text, 11, mono=True) + 4 <= room else "…"
        wide = width(text, 11, mono=True) + 4
        shape.append(node("rect", x=x - wide / 2, y=y - 7, width=wide, height=14, rx=3, fill="panel"))
        shape.append(label(text, x, y + 4, anchor="middle", mono=True))
    reach = 12 - places[0]
    reached = node("rect", x=x - 12, y=y - reach, width=24, height=2 * reach, fill="none", pointer_events="all")
    said = [words[f"tip_{track}"].format(revision=grouped(step.revision)), *told(step, data, words)]
    return node("g", "", *shape, reached, key=f"{track} {step.revision}", live={"tip": said})


def mark(kind: str, x: float, y: float, *, halo: bool = True) -> list[Node]:
    return put_shape(x, y, "put", halo) if kind == "PUT" else hourglass(x, y) if kind == "EXPIRED" else cross(x, y)


def told(step: Step, data: Tape, words: Words) -> list[str]:
    """The record of a revision, a line for each event."""
    lines = [_line(event, data.kind(step.revision, event), words) for event in step.events[:MOST_TOLD]]
    more = len(step.events) - MOST_TOLD
    return [*lines, words["more_events"].format(number=f"{more:,}")] if more > 0 else lines


def _line(event: Event, kind: str, words: Words) -> str:
    key, value = readable(event.kv.key[:1000]), event.kv.value
    if kind != "PUT":
        return f"{words[kind.lower()]} {key}"
    cut = "" if len(value) <= 1000 else f"… {len(value):,} B"
    return f'{words["put"]} {key} "{readable(value[:1000])}{cut}"'


def column(steps: Sequence[Step], data: Tape, x: float, y: float, track: str, most: int, words: Words) -> Node:
    """Several revisions in one column: a bar as high as their number, the number on top, deletes as its lower part."""
    high = 3 + 17 * len(steps) / most
    kinds = [data.kind(step.revision, event) for step in steps for event in step.events]
    low = high * sum(kind != "PUT" for kind in kinds) / len(kinds)
    shape = [
        node("rect", x=x - 7, y=y + 14 - high, width=14, height=high, fill="put"),
        *([node("rect", x=x - 7, y=y + 14 - low, width=7, height=low, fill="delete")] if low else []),
        label(f"{len(steps):,}", x, y - 9, anchor="middle", mono=True),
        node("rect", x=x - 12, y=y - 18, width=24, height=36, fill="none", pointer_events="all"),
    ]
    ends = {"first": grouped(steps[0].revision), "last": grouped(steps[-1].revision)}
    said = [words[f"tip_{track}_many"].format(number=f"{len(steps):,}", **ends)]
    return node("g", "", *shape, key=f"{track} {steps[0].revision}", live={"tip": said})


def track(left: float, right: float, y: float, *, torn_left: bool, torn_right: bool) -> Node:
    """A piece of the lower track; where the watch broke it is torn."""
    top, low, half = y - 20, y + 20, CUT / 2
    zig = [(-half, top), (half, y - 10), (-half, y), (half, y + 10), (-half, low)]
    edge = [(right + dx, at) for dx, at in zig] if torn_right else [(right, top), (right, low)]
    back = [(left + dx, at) for dx, at in reversed(zig)] if torn_left else [(left, low), (left, top)]
    path = "L".join(f"{number(x)} {number(at)}" for x, at in [*edge, *back])
    return node("path", key=f"track {number(left)}", d=f"M{path}Z", fill="alt", stroke="mark", stroke_width=1.2)


def warning(x: float, y: float) -> list[Node]:
    """A triangle with a bar."""
    corners = f"M{number(x)} {number(y - 7)}L{number(x + 8)} {number(y + 7)}H{number(x - 8)}Z"
    line: dict[str, Any] = {"stroke": "lease", "stroke_width": 1.5, "stroke_linejoin": "round"}
    return [
        node("path", d=corners, fill="lease", **line),
        node("line", x1=x, y1=y - 2, x2=x, y2=y + 2.5, stroke="panel", stroke_width=2),
        node("rect", x=x - 1, y=y + 4, width=2, height=2, fill="panel"),
    ]


def kept_back(x: float, y: float, key: str) -> Node:
    """What does not reach the watch: a line from above that ends at a bar."""
    line: dict[str, Any] = {"stroke": "mark", "stroke_width": 1.5}
    stem = node("line", x1=x, y1=y, x2=x, y2=y + 12, **line)
    return node("g", "", stem, node("line", x1=x - 6, y1=y + 12, x2=x + 6, y2=y + 12, **line), key=key)


def legend(data: Tape, grid: Layout, words: Words, y: float) -> tuple[list[Node], int]:
    """The shapes that occur in this picture, and how many lines they take."""
    items = [(name, words[name], partial(_sample, name)) for name in _occurring(data, grid)]
    drawn, lines = shared_legend(items, grid.size, y)
    return drawn, lines if drawn else 0


def _occurring(data: Tape, grid: Layout) -> Iterator[str]:
    steps = [step for column in grid.columns for step in column.steps]
    kinds = {data.kind(step.revision, event) for step in steps for event in step.events}
    yield from (kind.lower() for kind in ("PUT", "DELETE", "EXPIRED") if kind in kinds)
    if grid.group == 1 and any(len(step.events) > 1 for step in steps):
        yield "transaction"
    if any(not data.passes(step) for step in steps):
        yield "filtered"


def _sample(name: str, x: float, y: float) -> list[Node]:
    if name == "filtered":
        return [kept_back(x, y - 6, "kept back")]
    if name != "transaction":
        return mark(name.upper(), x, y)
    dots = [node("circle", cx=x, cy=place, r=3.8, fill="put") for place in (y - 8, y + 8)]
    return [node("line", x1=x, y1=y - 8, x2=x, y2=y + 8, stroke="ink", stroke_width=3), *dots]


def ending(x: float, y: float, words: str) -> Node:
    """The server ended the watch."""
    return node("g", "", *octagon(x, y), area(x, y), key="ended", live={"tip": [words]})
