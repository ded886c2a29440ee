"""What pictures are made of: header, caption, the frame of a lost server, labels, and the shapes of the language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from etcdlearn.widgets._scene import Node, node, number
from etcdlearn.widgets._text import width

HATCH = 12
NARROW = 560  # below this width what stands beside a row moves into it


def grouped(revision: int) -> str:
    """A number as it is written: grouped from 10,000."""
    return f"{revision:,}" if revision >= 10_000 else str(revision)


def seconds(number: float) -> str:
    """A time: whole seconds, or tenths."""
    tenths = round(number * 10)
    return f"{grouped(tenths // 10)} s" if tenths % 10 == 0 else f"{tenths / 10:.1f} s"


def identity(key: bytes) -> str:
    """A name for what is drawn for ``key``: short, and no two keys have the same."""
    text = key.decode("latin-1")
    return text if len(text) <= 64 else f"{text[:32]} {sha256(key).hexdigest()}"


def label(
    text: str, x: float, y: float, *, anchor: str = "", mono: bool = False, bold: bool = False, key: str = ""
) -> Node:
    """Our own small words, and numbers on an axis."""
    extra: dict[str, Any] = {"text_anchor": anchor} if anchor else {}
    extra |= {"font_weight": 600} if bold else {}
    extra |= {"font_family": "mono"} if mono else {}
    return node("text", text, key=key, x=x, y=y, font_size=11, fill="ink2", **extra)


def data_text(
    text: str, x: float, y: float, size: float, fill: str, *, anchor: str = "", bold: bool = False, key: str = ""
) -> Node:
    """Keys and values: always in the font of data."""
    extra: dict[str, Any] = {"text_anchor": anchor} if anchor not in ("", "start") else {}
    extra |= {"font_weight": 600} if bold else {}
    return node("text", text, key=key, x=x, y=y, font_size=size, fill=fill, font_family="mono", **extra)


def header(title: str, scope: str, state: str, size: float, *, mono: bool = True) -> Iterator[Node]:
    """The name of the picture, what it is about, and what is so of all of it now."""
    margin = margin_of(size)
    told = node(
        "tspan", scope, dx=12, font_size=12, font_weight=400, font_family="mono" if mono else "sans", fill="ink2"
    )
    yield node("text", title, told, key="title", x=margin, y=32, font_size=15, font_weight=600, fill="ink")
    place: dict[str, Any] = (
        {"x": margin, "y": 52} if size < NARROW else {"x": size - margin, "y": 32, "text_anchor": "end"}
    )
    if state:
        yield node("text", state, key="state", font_size=12, fill="ink2", **place)


def margin_of(size: float) -> float:
    return 16.0 if size < 480 else 24.0


def lost_frame(size: float, height: float) -> Node:
    """Around a picture whose server cannot be heard: it stays as it was last."""
    inside: dict[str, Any] = {"x": 4, "y": 4, "width": size - 8, "height": height - 8, "rx": 4}
    return node("rect", key="lost", fill="none", stroke="ink2", stroke_width=1.5, stroke_dasharray="6 4", **inside)


def foot(lines: Sequence[str], size: float, y: float) -> Iterator[Node]:
    """The hairline and the caption; nothing where there is nothing to say."""
    if lines:
        yield hairline("hairline", size, y)
    for n, line in enumerate(lines):
        yield node("text", line, key=f"caption {n}", x=margin_of(size), y=y + 24 + 20 * n, font_size=13, fill="ink")


def refusal(lines: Sequence[str], size: float, y: float) -> Iterator[Node]:
    """A caption that says what is wrong, with its sign."""
    x, middle = margin_of(size) + 8, y + 20
    yield hairline("hairline", size, y)
    yield from octagon(x, middle)
    for n, line in enumerate(lines):
        yield node("text", line, key=f"caption {n}", x=x + 16, y=y + 24 + 20 * n, font_size=13, fill="ink")


def octagon(x: float, y: float) -> list[Node]:
    """An alarm: an octagon with a bar."""
    far, near = 8.0, 3.3
    corners = [(near, far), (far, near), (far, -near), (near, -far), (-near, -far), (-far, -near), (-far, near)]
    path = "".join(f"L{number(x + dx)} {number(y + dy)}" for dx, dy in corners)
    return [
        node("path", key="refused", d=f"M{number(x - near)} {number(y + far)}{path}Z", fill="alarm"),
        node("line", key="refused bar", x1=x - 4, y1=y, x2=x + 4, y2=y, stroke="panel", stroke_width=2),
    ]


def hairline(key: str, size: float, y: float) -> Node:
    ends: dict[str, Any] = {"x1": margin_of(size), "y1": y, "x2": size - margin_of(size), "y2": y}
    return node("line", key=key, **ends, stroke="rule", stroke_width=1)


def hatch(left: float, top: float, right: float, bottom: float) -> str:
    """Lines of 45 degrees, clipped by arithmetic: a clip path would need an id, and two on a page would collide."""
    lines = []
    reach = int((right - left + bottom - top) // HATCH)
    for n in range(1, reach + 1):
        offset = n * HATCH
        x1, y1 = min(left + offset, right), top + max(left + offset - right, 0)
        x2, y2 = left + max(top + offset - bottom, 0), min(top + offset, bottom)
        lines.append(f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}")
    return "".join(lines)


def pill_width(text: str, *, sans: bool = False) -> float:
    return max(width(text, 11, mono=not sans) + 18, 26)


def pill(text: str, middle: float, top: float, *, mono: bool = False, room: float = 0) -> Iterator[Node]:
    """The question in a capsule; the same capsule stands at the head of the answers."""
    size = room or pill_width(text, sans=not mono)
    extra: dict[str, Any] = {"font_family": "mono"} if mono else {}
    yield node("rect", x=middle - size / 2, y=top, width=size, height=18, rx=9, fill="ink")
    yield node(
        "text", text, x=middle, y=top + 13, font_size=11, font_weight=600, fill="panel", text_anchor="middle", **extra
    )


def put_shape(x: float, y: float, colour: str, halo: bool = True) -> list[Node]:
    extra: dict[str, Any] = {"stroke": "panel", "stroke_width": 1.5} if halo else {}
    return [node("circle", cx=x, cy=y, r=6, fill=colour, **extra)]


def hourglass(x: float, y: float, *, hollow: bool = False) -> list[Node]:
    """The end of a lease; hollow: computed, and not yet happened."""
    left, right, top, low = (number(value) for value in (x - 5.5, x + 5.5, y - 6.5, y + 6.5))
    ends: dict[str, Any] = {"d": f"M{left} {top}H{right}L{left} {low}H{right}Z", "stroke_linejoin": "round"}
    return [
        node("path", fill="none", stroke="panel", stroke_width=5, **ends),
        node("path", fill="panel" if hollow else "delete", stroke="delete", stroke_width=2, **ends),
    ]


def cross(x: float, y: float) -> list[Node]:
    a, b, c, d = (number(value) for value in (x - 5.5, x + 5.5, y - 5.5, y + 5.5))
    path = f"M{a} {c}L{b} {d}M{b} {c}L{a} {d}"
    ends: dict[str, Any] = {"d": path, "fill": "none", "stroke_linecap": "round"}
    return [
        node("path", stroke="panel", stroke_width=6, **ends),
        node("path", stroke="delete", stroke_width=3, **ends),
    ]


def beat(x: float, y: float, *, hollow: bool = False) -> list[Node]:
    """One renewal of a lease: a triangle whose middle is (x, y); hollow: somebody else's."""
    path = f"M{number(x)} {number(y - 6)}L{number(x + 5)} {number(y + 3)}H{number(x - 5)}Z"
    if hollow:
        return [node("path", d=path, fill="panel", stroke="lease", stroke_width=1.5)]
    return [node("path", d=path, fill="lease", stroke="panel", stroke_width=1)]


def leased(x: float, y: float, wide: float = 12) -> list[Node]:
    """What a lease holds."""
    dashed: dict[str, Any] = {"stroke": "lease", "stroke_width": 1.2, "stroke_dasharray": "3 2"}
    return [node("rect", x=x - 6, y=y - 6, width=wide, height=12, fill="lease-tint", **dashed)]


def area(x: float, y: float) -> Node:
    """The room for a pointer around a mark: the last thing in its group."""
    return node("rect", x=x - 12, y=y - 12, width=24, height=24, fill="none", pointer_events="all")


Shape = Callable[[float, float], Iterable[Node]]


def legend(items: Iterable[tuple[str, str, Shape]], size: float, y: float, gap: float = 22) -> tuple[list[Node], int]:
    """Shapes and their words (name, word, shape), and how many lines they take."""
    drawn: list[Node] = []
    margin = margin_of(size)
    x, line = margin, 0
    for name, word, shape in items:
        reach = gap + width(word, 11)
        if x + reach > size - margin and x > margin:
            x, line = margin, line + 1
        place = y + 20 * line
        drawn.append(node("g", "", *shape(x + 6, place), label(word, x + gap, place + 4), key=f"legend {name}"))
        x += reach + 18
    return drawn, line + 1
