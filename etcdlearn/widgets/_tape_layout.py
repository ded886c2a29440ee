"""Where things stand on a WatchTape: one cell after another, in the order of what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from etcdlearn.widgets._parts import NARROW, grouped, margin_of, pill_width
from etcdlearn.widgets._tape import Gap, Tape
from etcdlearn.widgets._tape_cells import REVISIONS, Cell, columns, first_shown, reaches, told, without_old_progress
from etcdlearn.widgets._text import width, wrap
from etcdlearn.widgets._words import Words

PITCH, WIDEST_PITCH, LEAST_PITCH = 44.0, 56.0, 24.0
MOST_GAPS, MOST_PROGRESS = 3, 3  # older ones are in the table
TIGHT = 640  # below this width there is no room for all words
CUT = 8.0  # how far a torn edge reaches into what is beside it


@dataclass(frozen=True, slots=True)
class Layout:
    """The grid of one picture.

    Attributes:
        size: width of the picture.
        margin: to both sides.
        left, right: edges of the tape.
        group: revisions in one column, 1 unless there are too many.
        cells: in order.
        first: the first revision shown where older ones are not; 0 otherwise.
    """

    size: float
    margin: float
    left: float
    right: float
    group: int
    cells: tuple[Cell, ...]
    first: int

    @property
    def tight(self) -> bool:
        """The words of the tracks are short."""
        return self.size < TIGHT

    @property
    def top(self) -> float:
        """How much lower everything is, for a state line of its own."""
        return 20.0 if self.size < NARROW else 0.0

    @property
    def upper(self) -> float:
        return self.top + 104

    @property
    def lower(self) -> float:
        return self.top + 220

    @property
    def gaps(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.where == "gap"]

    @property
    def columns(self) -> list[Cell]:
        """The columns of revisions, those in gaps too."""
        return [each for cell in self.cells for each in ((cell,) if cell.where in REVISIONS else cell.inner)]


def layout(data: Tape, size: float, words: Words) -> Layout:
    """The grid for these data in this width."""
    margin, tight = margin_of(size), size < TIGHT
    left, right = margin + gutter(data, words, tight=tight) + 8, size - margin
    for gaps in range(2 if tight else MOST_GAPS, 0, -1):
        first = first_shown(data, gaps)
        items = [item for item in data.received if reaches(item) >= first]
        cells = [] if tight else [Cell("created")]
        cells += told(data, without_old_progress(items, 1 if tight else MOST_PROGRESS), first)
        measure = _Measure(words, tight, cells)
        group = _group(cells, measure, right - left)
        shown = columns(cells, group)
        if measure.total(shown, measure.least(group)) <= right - left:
            break
    pitch = measure.pitch(shown, right - left, WIDEST_PITCH if size > 720 else PITCH)
    return Layout(size, margin, left, right, group, tuple(_placed(shown, measure, pitch, left)), first)


def gutter(data: Tape, words: Words, *, tight: bool) -> float:
    """Room for the names of the tracks; tight: about a word on a line."""
    bold = [line for name in ("wrote", "received") for line in named(words[name], 13, tight=tight)]
    small = named(beside(data, words), 11, tight=tight)
    return max(*(width(line, 13) * 1.1 for line in bold), *(width(line, 11) for line in small))


def named(text: str, size: float, *, tight: bool) -> list[str]:
    """A name beside a track, in lines that end between words."""
    if not tight:
        return [text]
    if " " not in text:
        return wrap(text, 66, size, 3)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        lines[-1:] = [longer] if width(longer, size) <= 66 or not lines[-1] else [lines[-1], word]
    return lines


def beside(data: Tape, words: Words) -> str:
    """Where the upper track comes from."""
    if data.second:
        return words["second_lost" if data.second_lost else "second"]
    return words["order_only"]


class _Measure:
    """Widths of cells that hold words; all others are a pitch wide."""

    def __init__(self, words: Words, tight: bool, cells: Sequence[Cell]) -> None:
        self._words = words
        self._tight = tight
        gaps = [cell.gap for cell in cells if cell.where == "gap"]
        self._last = gaps[-1] if gaps else None

    def least(self, group: int) -> float:
        """The least pitch: a column has its number on top."""
        return max(LEAST_PITCH, width(f"{group:,}", 11, mono=True) + 6) if group > 1 else LEAST_PITCH

    def fixed(self, cell: Cell) -> float:
        words = self._words
        if cell.where == "created":
            return width(words["created"], 11) + 14
        if cell.where == "resumed" and cell.gap:
            text = words["from"].format(revision=grouped(cell.gap.next))
            return pill_width(text, sans=True) + (8 if self._tight else 14) if cell.gap is self._last else 2 * CUT
        if cell.where == "progress":
            number = width(f"≤ {grouped(cell.revision)}", 11, mono=True)
            return max(number, 0 if self._tight else width(words["progress"], 11)) + 10
        return 34.0 if cell.where == "ended" else 0.0

    def gap(self, cell: Cell) -> float:
        """A gap has room for its sign, the last one for its words."""
        if self._tight or cell.gap is not self._last or cell.gap is None:
            return 40.0
        return 2 * CUT + 28 + width(cut_words(cell.gap, self._words), 12) * 1.1

    def cell(self, cell: Cell, pitch: float) -> float:
        if cell.where == "gap":
            return max(self.gap(cell), (len(cell.inner)) * pitch + CUT)
        return pitch if cell.where in REVISIONS else self.fixed(cell)

    def total(self, cells: Iterable[Cell], pitch: float) -> float:
        return sum(self.cell(cell, pitch) for cell in cells)

    def pitch(self, cells: Sequence[Cell], room: float, widest: float) -> float:
        """The widest one with which everything fits."""
        pitch = widest
        while pitch > 12 and self.total(cells, pitch) > room:
            pitch -= 0.5
        return pitch


def cut_words(gap: Gap, words: Words) -> str:
    """How long the watch was away, where that is said."""
    name = "paused" if gap.paused else "cut"
    if not gap.seconds:
        return words[name]
    seconds = f"{gap.seconds:.0f}" if gap.open else f"{gap.seconds:.1f}"
    return words[f"{name}_for"].format(seconds=seconds)


def _group(cells: Sequence[Cell], measure: _Measure, room: float) -> int:
    """How many revisions share a column so that all fit."""
    slots = sum(1 + len(cell.inner) for cell in cells)
    group = 1 if slots * LEAST_PITCH <= room else max(int(slots * LEAST_PITCH / room), 1)
    while group < slots and measure.total(columns(cells, group), measure.least(group)) > room:
        group += max(group // 8, 1)
    return group


def _placed(cells: Iterable[Cell], measure: _Measure, pitch: float, left: float) -> Iterator[Cell]:
    for cell in cells:
        wide = measure.cell(cell, pitch)
        if cell.where == "gap":
            start = left + (wide - len(cell.inner) * pitch) / 2
            inner = (
                replace(each, left=start + n * pitch, right=start + (n + 1) * pitch)
                for n, each in enumerate(cell.inner)
            )
            yield replace(cell, left=left, right=left + wide, inner=tuple(inner))
        else:
            yield replace(cell, left=left, right=left + wide)
        left += wide
