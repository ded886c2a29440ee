"""A picture as a tree of SVG elements, and the writer of the static picture.

A scene is made by one pure function for each picture. Two writers draw it and nothing else does: ``to_svg`` here, and
``stage.js`` in the browser. Both accept the tags and attributes below and no others, and both write text as text.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from etcdlearn.widgets._palette import FONTS, LIGHT

TAGS = frozenset({"svg", "g", "rect", "line", "circle", "path", "text", "tspan"})
ATTRIBUTES = frozenset(
    {
        *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "width", "height", "d", "dx", "viewBox"),
        *("fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"),
        *("font-size", "font-weight", "font-family", "text-anchor", "pointer-events"),
    }
)
MOST_MARKS = 1_500


@dataclass(frozen=True, slots=True)
class Node:
    """One element.

    Attributes:
        tag: one of TAGS.
        attrs: from ATTRIBUTES; colours and fonts by role.
        text: its text, before its children.
        children: in the order of drawing.
        key: its identity from one scene to the next; "" where its place is enough.
        live: what only the stage needs of it: ``tip`` makes it a mark with a tooltip, ``slider`` a range input ...
    """

    tag: str
    attrs: Mapping[str, str | float] = field(default_factory=dict)
    text: str = ""
    children: Sequence[Node] = ()
    key: str = ""
    live: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.tag not in TAGS or not ATTRIBUTES.issuperset(self.attrs):
            raise ValueError(f"not in the list of what a picture may use: {self.tag} {sorted(self.attrs)}")

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def plain(self) -> dict[str, Any]:
        """For the browser: short names, empty parts left out."""
        parts = {
            "t": self.tag,
            "a": {name: number(value) for name, value in self.attrs.items()},
            "x": self.text,
            "c": [child.plain() for child in self.children],
            "k": self.key,
            "l": dict(self.live) if self.live else None,
        }
        return {name: part for name, part in parts.items() if part}


def node(
    tag: str, text: str = "", *children: Node, key: str = "", live: Mapping[str, Any] | None = None, **attrs: Any
) -> Node:
    """A node, with attributes as keywords: ``stroke_width=2`` is ``stroke-width="2"``."""
    return Node(tag, {name.replace("_", "-"): value for name, value in attrs.items()}, text, children, key, live)


def number(value: str | float) -> str:
    """Coordinates with at most two digits, so that both writers say the same."""
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def resolve(name: str, value: str | float) -> str:
    """An attribute's value in the static picture: roles become light colours and font stacks."""
    if name in ("fill", "stroke"):
        return LIGHT.get(str(value), str(value))
    return FONTS.get(str(value), str(value)) if name == "font-family" else number(value)


def to_svg(scene: Node, label: str) -> str:
    """The static picture, on its own light panel; all text escaped."""
    width, height = (float(scene.attrs[side]) for side in ("width", "height"))
    attrs = {
        "xmlns": "http://www.w3.org/2000/svg",
        "width": number(width),
        "height": number(height),
        "viewBox": f"0 0 {number(width)} {number(height)}",
        "role": "img",
        "aria-label": label,
        "font-family": FONTS["sans"],
    }
    panel = node("rect", x=0.5, y=0.5, width=width - 1, height=height - 1, fill="panel", stroke="rule", rx=6)
    inside = "".join(_write(child) for child in (panel, *scene.children))
    return f"<svg{_attributes(attrs)}>{inside}</svg>\n"


def _write(part: Node) -> str:
    attrs = {name: resolve(name, value) for name, value in part.attrs.items()}
    inside = escape(part.text, quote=False) + "".join(map(_write, part.children))
    return f"<{part.tag}{_attributes(attrs)}>{inside}</{part.tag}>" if inside else f"<{part.tag}{_attributes(attrs)}/>"


def _attributes(attrs: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attrs.items())


def as_image(svg: str, alt: str) -> str:
    """The picture as HTML that viewers keep: an image, since inline SVG is removed from untrusted notebooks."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]], summary: str) -> str:
    """The same data as a table, folded away; escaped, and in <code>, where nobody looks for formulas."""
    cells = "".join(f"<th>{escape(text)}</th>" for text in head)
    body = "".join(f"<tr>{''.join(f'<td><code>{escape(text)}</code></td>' for text in row)}</tr>" for row in rows)
    return f"<details><summary>{escape(summary)}</summary><table><tr>{cells}</tr>{body}</table></details>"
