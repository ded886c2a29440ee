"""The upper half of a RangeRuler: key and range_end byte by byte, and what happens between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from etcdlearn.widgets._parts import label, margin_of
from etcdlearn.widgets._range import UNBOUNDED, Ruler
from etcdlearn.widgets._scene import Node, node
from etcdlearn.widgets._text import clipped, readable, width
from etcdlearn.widgets._words import Words

CELL, HIGH = 36.0, 40.0
TOP, SECOND = 56.0, 128.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Which bytes are shown and where.

    Attributes:
        left: the edge of the first cell.
        first: index of the first byte shown; before it stands "…" when that is not 0.
        fits: cells that have room.
    """

    left: float
    first: int
    fits: int

    def x(self, index: int) -> float:
        """The left edge of a byte's cell."""
        return self.left + (index - self.first + bool(self.first)) * CELL

    def shown(self, data: bytes) -> range:
        return range(self.first, min(len(data), self.first + self.fits - bool(self.first)))


def cells(data: Ruler, size: float) -> Cells:
    """Room for as many bytes as fit, the deciding one among them."""
    narrow = size < 560
    left = 24.0 + 112.0 if not narrow else 16.0
    room = size - left - margin_of(size)
    fits = max(int(room // CELL), 4)
    decisive = deciding(data)
    longest = max(len(data.span.key), len(data.span.end))
    if longest <= fits:
        return Cells(left, 0, fits)
    return Cells(left, max(min(decisive - fits + 3, longest - fits + 1), 0), fits)


def deciding(data: Ruler) -> int:
    """Index of the byte that the two bounds differ in; -1 where there is none to show."""
    if data.span.end in (b"", UNBOUNDED):
        return -1
    for index, pair in enumerate(zip(data.span.key, data.span.end, strict=False)):
        if pair[0] != pair[1]:
            return index
    return min(len(data.span.key), len(data.span.end))


def bounds(data: Ruler, size: float, words: Words) -> tuple[list[Node], float]:
    """Both rows, and where they end."""
    grid = cells(data, size)
    narrow = size < 560
    first, second = (TOP + 32, SECOND + 52) if narrow else (TOP, SECOND)
    drawn = [
        *_name("[ key", words["included"], first, size),
        *_row(data.span.key, grid, first, data, is_key=True),
    ]
    if not data.span.end:
        drawn += _note(words["one"], data, grid, first, size)
        return drawn, first + HIGH + 20
    drawn += _name(") range_end", words["excluded"], second, size)
    drawn += _row(data.span.end, grid, second, data, is_key=False)
    if not narrow:
        drawn += _note(words[f"key_{data.how}" if data.given else "key_all"], data, grid, first, size)
        drawn += _note(_end_note(data, words, size - 24 - _notes_x(data, grid)), data, grid, second, size)
    drawn += _between(data, grid, first, second, size, words)
    return drawn, second + HIGH + 20


def _name(name: str, what: str, y: float, size: float) -> Iterator[Node]:
    if size < 560:
        yield node("text", name, node("tspan", what, dx=8, font_size=11, font_weight=400, fill="ink2"),
                   key=f"bound {name}", x=16, y=y - 8, font_size=13, font_weight=600, fill="ink")  # fmt: skip
        return
    yield node("text", name, key=f"bound {name}", x=24, y=y + 17, font_size=13, font_weight=600, fill="ink")
    yield label(what, 24, y + 33, key=f"bound what {name}")


def _row(data: bytes, grid: Cells, y: float, ruler: Ruler, *, is_key: bool) -> Iterator[Node]:
    which = "key" if is_key else "end"
    decisive = deciding(ruler)
    if grid.first:
        yield node("text", "…", key=f"{which} before", x=grid.left + CELL / 2, y=y + 24, font_size=15,
                   fill="ink2", text_anchor="middle", font_family="mono")  # fmt: skip
    for index in sorted(grid.shown(data), key=lambda index: index == decisive):  # its frame over its neighbours'
        yield from _cell(data[index], grid.x(index), y, which, index, is_key=is_key, decisive=index == decisive)
    shown = grid.shown(data)
    if not is_key:
        lost = [
            index
            for index in range(len(data), len(ruler.span.key))
            if ruler.carried and index < shown.start + grid.fits
        ]
        for index in lost:
            yield from _dropped(grid.x(index), y, index)
    if shown.stop < len(data):
        yield node("text", "…", key=f"{which} after", x=grid.x(shown.stop) + 8, y=y + 24, font_size=15, fill="ink2",
                   font_family="mono")  # fmt: skip


def _cell(byte: int, x: float, y: float, which: str, index: int, *, is_key: bool, decisive: bool) -> Iterator[Node]:
    ground = "put-tint" if decisive else "alt" if is_key else "panel"
    frame: dict[str, Any] = {"stroke": "put", "stroke_width": 2} if decisive else {"stroke": "rule", "stroke_width": 1}
    bold: dict[str, Any] = {"font_weight": 600} if decisive else {}
    mono: dict[str, Any] = {"text_anchor": "middle", "font_family": "mono"}
    ink = "ink" if is_key or decisive else "ink2"
    yield node(
        "g", "",
        node("rect", x=x, y=y, width=CELL, height=HIGH, fill=ground, **frame),
        node("text", character(byte), x=x + CELL / 2, y=y + 18, font_size=15, fill=ink, **mono, **bold),
        node("text", f"{byte:02x}", x=x + CELL / 2, y=y + 33, font_size=11, fill="ink" if decisive else "ink2",
             **mono, **bold),
        key=f"{which} {index}",
    )  # fmt: skip


def _dropped(x: float, y: float, index: int) -> Iterator[Node]:
    """A byte 0xff that could not grow: struck through and gone."""
    yield node(
        "g", "",
        node("rect", x=x + 1, y=y + 1, width=CELL - 2, height=HIGH - 2, fill="none", stroke="rule",
             stroke_dasharray="3 3"),
        node("text", "ff", x=x + CELL / 2, y=y + 25, font_size=11, fill="ink2", text_anchor="middle",
             font_family="mono"),
        node("line", x1=x + 8, y1=y + 21, x2=x + CELL - 8, y2=y + 21, stroke="delete", stroke_width=2),
        key=f"dropped {index}",
    )  # fmt: skip


def character(byte: int) -> str:
    """A byte as a character if it is printable ASCII, else a dot above its hex."""
    if byte == 0x20:
        return "␣"
    return chr(byte) if 0x21 <= byte < 0x7F else "·"


def spelled(byte: int) -> str:
    """A byte in a sentence: ``2f (/)``."""
    return f"{byte:02x} ({character(byte)})" if 0x20 <= byte < 0x7F else f"{byte:02x}"


def _notes_x(data: Ruler, grid: Cells) -> float:
    most = max(len(data.span.key), len(data.span.end))
    return grid.x(min(most, grid.first + grid.fits - bool(grid.first))) + 14


def _note(text: str, data: Ruler, grid: Cells, y: float, size: float) -> Iterator[Node]:
    x = _notes_x(data, grid)
    if size >= 560 and x + width(text, 11) <= size - 20:
        yield label(text, x, y + 24, key=f"note {y:g}")


def _end_note(data: Ruler, words: Words, room: float) -> str:
    if data.span.end == UNBOUNDED:
        return words["end_unbounded"]
    if data.how != "prefix":
        return words["end_range"]
    text = words["end_prefix"].format(key=readable(data.given[:64]))
    return text if len(data.given) <= 64 and width(text, 11) <= room else words["end_range"]


def _between(data: Ruler, grid: Cells, first: float, second: float, size: float, words: Words) -> Iterator[Node]:
    """The arithmetic: what was raised, and what stayed."""
    index = deciding(data)
    if data.how != "prefix" or index < 0 or index not in grid.shown(data.span.end):
        return
    x, top, low = grid.x(index) + CELL / 2, first + HIGH + 1, second - 6
    yield node("line", key="raised", x1=x, y1=top, x2=x, y2=low, stroke="put", stroke_width=2)
    yield node(
        "path",
        key="raised head",
        d=f"M{x:g} {second - 1:g}L{x - 5:g} {second - 9:g}L{x + 5:g} {second - 9:g}Z",
        fill="put",
    )
    byte = data.span.key[index]
    text = f"0x{byte:02x} + 1 = 0x{byte + 1:02x}"
    right = x + 32 + width(text, 13, mono=True) <= size - 16
    anchor: dict[str, Any] = {} if right else {"text_anchor": "end"}
    yield node("text", text, key="sum", x=x + 32 if right else x - 12, y=(top + low) / 2 + 7, font_size=13, fill="put",
               font_weight=600, font_family="mono", **anchor)  # fmt: skip
    same = words["same_one"] if index == 1 else words["same"].format(number=index)
    if right and index and x - 28 - width(same, 11) >= margin_of(size):
        yield label(same, x - 28, (top + low) / 2 + 7, anchor="end", key="same")


def scope(data: Ruler, room: float) -> str:
    """The call as the header writes it, cut to ``room`` px."""
    text = clipped(data.given, is_key=True) if data.given else '""'
    if data.how in ("prefix", "from_key"):
        text += f" · {data.how}=True"
    elif data.how == "range":
        end = 'b"\\0"' if data.span.end == UNBOUNDED else clipped(data.span.end, is_key=True)
        text += f" · range_end={end}"
    while len(text) > 8 and width(text, 12, mono=True) > room:
        text = text[:-2] + "…"
    return text
