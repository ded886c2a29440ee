"""The plot of a LeaseClock: how one lease burned down, its beats, and the end that is computed or happened."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from etcdlearn.widgets._burn import Burn, Clock, Refill
from etcdlearn.widgets._clock_answers import deleted, lease_id
from etcdlearn.widgets._clock_layout import Grid, Row
from etcdlearn.widgets._parts import area, beat, cross, hourglass, label, pill_width, seconds
from etcdlearn.widgets._scene import Node, node, number
from etcdlearn.widgets._text import width
from etcdlearn.widgets._words import Words

TOGETHER = 24.0  # px: beats that are closer share one mark, which says how many they are

Point = tuple[float, float]


def plot(row: Row, grid: Grid, data: Clock, words: Words) -> Node:
    """All of one lease's plot."""
    parts = [
        *_scale(row, grid),
        *_burning(row, grid, data),
        *_future(row, grid, data),
        *_bracket(row, grid, data, words),
        *_marks(row, grid, data, words),
    ]
    return node("g", "", *parts, key=f"plot {lease_id(row.burn.id)}")


def _scale(row: Row, grid: Grid) -> Iterator[Node]:
    """Its zero, and the numbers of its height."""
    burn, x = row.burn, grid.left - 8
    top = grid.y(row, burn.granted)
    yield node("line", x1=grid.left, y1=row.base, x2=grid.right + 8, y2=row.base, stroke="mark", stroke_width=1)
    if row.base - top >= 14:
        yield label("0", x, row.base + 4, anchor="end", mono=True)
    if width(seconds(burn.granted), 11, mono=True) <= x - (0 if grid.narrow else grid.margin + 160):
        yield label(seconds(burn.granted), x, top + 4, anchor="end", mono=True, bold=burn.raised)
    if burn.raised and burn.asked and min(burn.asked, burn.granted - burn.asked) * grid.up >= 14:
        yield label(seconds(burn.asked), x, grid.y(row, burn.asked) + 4, anchor="end", mono=True)


def spans(burn: Burn, data: Clock) -> Iterator[tuple[Refill, float]]:
    """Each refill, and until when it is known to have burned from there."""
    for refill, following in pairwise(burn.refills):
        yield refill, following.before if following.how == "found" else following.at
    last = burn.refills[-1]
    if burn.end is not None:
        yield last, burn.end.at
    elif data.now is not None:
        yield last, max(data.now, last.at)
    else:
        yield last, last.at


def _line(refill: Refill, until: float, row: Row, grid: Grid) -> list[Point]:
    """From a refill down; at zero it stays: etcd may be late to end it."""
    begin = max(refill.at, grid.start)
    if until <= begin:
        return []
    times = [begin, *([refill.over] if begin < refill.over < until else []), until]
    return [(grid.x(at), grid.y(row, refill.over - at)) for at in times]


def _burning(row: Row, grid: Grid, data: Clock) -> Iterator[Node]:
    """What is known: the saw-tooth, over a tint."""
    runs: list[list[Point]] = []
    now = grid.now(data)
    known = list(spans(row.burn, data))
    for n, (refill, until) in enumerate(known):
        is_last = n == len(known) - 1
        stop = now if is_last and row.burn.end is None and now is not None else until
        points = _line(refill, max(stop, refill.at), row, grid)
        if not points:
            continue
        if runs and n and refill.how != "found":
            runs[-1] += points
        else:
            runs.append(points)
    for n, run in enumerate(runs):
        path = "".join(f"{'L' if at else 'M'}{number(x)} {number(y)}" for at, (x, y) in enumerate(run))
        ends = f"V{number(row.base)}H{number(run[0][0])}Z"
        yield node("path", key=f"tint {n}", d=path + ends, fill="lease-tint")
        yield node(
            "path",
            key=f"line {n}",
            d=path,
            fill="none",
            stroke="lease",
            stroke_width=2.2,
            stroke_linejoin="round",
            stroke_linecap="round",
        )


def _future(row: Row, grid: Grid, data: Clock) -> Iterator[Node]:
    """What is computed: how it burns down from here, and what was asked for."""
    burn, last = row.burn, row.burn.refills[-1]
    ends: dict[str, Any]
    dashed: dict[str, Any] = {"stroke": "lease", "stroke_width": 2, "stroke_dasharray": "4 4"}
    now = grid.now(data)
    if burn.end is None:
        at = max(last.at, now if now is not None else last.at)
        if at < last.over:
            ends = {"x1": grid.x(at), "y1": grid.y(row, last.over - at), "x2": grid.x(last.over), "y2": row.base}
            yield node("line", key="computed", **ends, **dashed)
        if now is not None:
            yield node(
                "circle",
                key="here",
                cx=grid.x(at),
                cy=grid.y(row, last.over - at),
                r=5,
                fill="ink",
                stroke="panel",
                stroke_width=1.5,
            )
    first = burn.refills[0]
    if burn.raised and burn.asked and first.how == "granted" and first.at >= grid.start:
        ends = {"x1": grid.x(first.at), "y1": grid.y(row, burn.asked)}
        ends |= {"x2": grid.x(first.at + burn.asked), "y2": row.base, "stroke": "ink2"}
        yield node("line", key="asked", **ends, stroke_width=1.5, stroke_dasharray="2 2")


def _bracket(row: Row, grid: Grid, data: Clock, words: Words) -> Iterator[Node]:
    """Between two beats: a third of the TTL; after the last one, where it was the last."""
    burn, top = row.burn, grid.y(row, row.burn.granted)
    beats = [refill.at for refill in burn.refills if refill.how == "beat" and refill.at >= grid.start]
    now = grid.now(data)
    there = grid.x(now) if now is not None else grid.right + 99
    text = words["third"].format(third=seconds(burn.third))
    half = width(text, 11) / 2
    for one, other in pairwise(beats):
        middle = (grid.x(one) + grid.x(other)) / 2
        free = abs(middle - there) > half + pill_width(words["now"].format(now=seconds(now or 0)), sans=True) / 2 + 4
        fits = grid.left - 8 <= middle - half and middle + half <= grid.right + 8 and free
        if fits and abs(other - one - burn.third) < 0.2 * burn.third and grid.x(other) - grid.x(one) >= 16:
            x1, x2, y = number(grid.x(one)), number(grid.x(other)), top - 16
            path = f"M{x1} {number(y + 5)}V{number(y)}H{x2}V{number(y + 5)}"
            yield node("path", key="bracket", d=path, fill="none", stroke="ink2", stroke_width=1.2)
            yield label(text, middle, top - 22, anchor="middle", bold=True, key="third")
            break
    if burn.renewal in ("closed", "lost") and beats and burn.refills[-1].how == "beat":
        x, long = grid.x(beats[-1]) + 10, width(words["last_beat"], 11)
        stop = grid.x(burn.end.at) if burn.end else grid.right
        if x + long + 4 <= min(there, stop) or (there < x - 10 and x + long + 4 <= stop):
            yield label(words["last_beat"], x, top + 2, key="last beat")


def _marks(row: Row, grid: Grid, data: Clock, words: Words) -> Iterator[Node]:
    """Grant, beats and the end, each with what is known of it."""
    burn = row.burn
    shown = [refill for refill in burn.refills if refill.at >= grid.start]
    groups: list[list[Refill]] = []
    for refill in shown:
        same = groups and groups[-1][0].how == refill.how == "beat"
        if same and grid.x(refill.at) - grid.x(groups[-1][0].at) < (TOGETHER if _dense(burn, grid) else 1):
            groups[-1].append(refill)
        else:
            groups.append([refill])
    for group in groups:
        yield _refilled(group, row, grid, words)
    yield from _end(row, grid, data, words)


def _dense(burn: Burn, grid: Grid) -> bool:
    return burn.third * grid.across < 12


def _refilled(group: list[Refill], row: Row, grid: Grid, words: Words) -> Node:
    first, last = group[0], group[-1]
    x, y = grid.x((first.at + last.at) / 2), grid.y(row, first.left)
    shape: list[Node] = []
    if first.how in ("beat", "found"):
        shape = beat(x, y, hollow=first.how == "found")
    elif first.how == "granted":
        shape = [node("line", x1=x, y1=y, x2=x, y2=row.base, stroke="lease", stroke_width=1.5)]
    told = {"at": seconds(first.at), "left": seconds(first.left), "until": seconds(last.at)}
    said = words[f"tip_{first.how}"].format(**told)
    if len(group) > 1:
        said = words["tip_beats"].format(number=len(group), **told)
        shape.append(label(str(len(group)), x, y - 9, anchor="middle", mono=True))
    key = f"{first.how} {number(first.at)}"
    return node("g", "", *shape, area(x, y), key=key, live={"tip": [lease_id(row.burn.id), said]})


def _end(row: Row, grid: Grid, data: Clock, words: Words) -> Iterator[Node]:
    burn, end, last = row.burn, row.burn.end, row.burn.refills[-1]
    if end is None:
        x, shape = grid.x(last.over), hourglass(grid.x(last.over), row.base, hollow=True)
        about = "" if burn.exact else "≈ "
        said = [words["tip_computed"].format(at=about + seconds(last.over))]
    elif end.at < grid.start:
        return
    else:
        x = grid.x(end.at)
        y = row.base if end.how == "expired" else grid.y(row, last.over - end.at)
        if end.how == "expired":
            shape = hourglass(x, row.base)
        else:
            shape = [node("line", x1=x, y1=y, x2=x, y2=row.base, stroke="delete", stroke_width=1.5), *cross(x, y)]
        said = [words[end.how], deleted(burn, words)]
    hit = area(x, y if end else row.base)
    yield node("g", "", *shape, hit, key="end", live={"tip": [lease_id(burn.id), *said]})
