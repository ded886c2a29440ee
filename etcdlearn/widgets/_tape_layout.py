"""Where things stand on a WatchTape: one cell after another, in the order of what happened."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from etcdlearn.widgets._parts import NARROW, grouped, margin_of, pill_width
from etcdlearn.widgets._tape import Gap, Item, Progress, Step, Tape
from etcdlearn.widgets._text import width, wrap
from etcdlearn.widgets._words import Words

PITCH, WIDEST_PITCH, LEAST_PITCH = 44.0, 56.0, 24.0
MOST_GAPS, MOST_PROGRESS = 3, 3  # older ones are in the table
TIGHT = 640  # below this width there is no room for all words
CUT = 8.0  # how far a torn edge reaches into what is beside it
FOR_EVER = 1 << 63
Where = Literal["created", "both", "wrote", "got", "gap", "resumed", "progress", "ended"]
REVISIONS = ("both", "wrote", "got")


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of the tape.

    Attributes:
        where: what it is; of revisions: received as they were written, written only, or received only (later).
        steps: the revisions of its column.
        gap: the break that it is, or from which it resumed.
        inner: the columns of what was written in the gap.
        revision: of a progress.
        left, right: its place.
    """

    where: Where
    steps: tuple[Step, ...] = ()
    gap: Gap | None = None
    inner: tuple[Cell, ...] = ()
    revision: int = 0
    left: float = 0
    right: float = 0

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


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
    def columns(self) -> list[Cell]:
        """The columns of revisions, those in gaps too."""
        return [each for cell in self.cells for each in ((cell,) if cell.where in REVISIONS else cell.inner)]


def layout(data: Tape, size: float, words: Words) -> Layout:
    """The grid for these data in this width."""
    margin, tight = margin_of(size), size < TIGHT
    left, right = margin + gutter(data, words, tight=tight) + 8, size - margin
    for gaps in range(2 if tight else MOST_GAPS, 0, -1):
        first = _first(data, gaps)
        items = [item for item in data.received if _reaches(item) >= first]
        cells = [] if tight else [Cell("created")]
        cells += _told(data, _without_old_progress(items, 1 if tight else MOST_PROGRESS), first)
        measure = _Measure(words, tight, cells)
        group = _group(cells, measure, right - left)
        shown = _columns(cells, group)
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


# What happened, in order.


def _first(data: Tape, most: int) -> int:
    """Of many breaks only the last ones are shown, and what came between them."""
    gaps = data.gaps
    return max(gaps[-most - 1].next if len(gaps) > most else 0, data.left_out)


def _reaches(item: Item) -> int:
    return item.next - 1 if isinstance(item, Gap) else item.revision


def _without_old_progress(items: Sequence[Item], most: int) -> list[Item]:
    """A newer notification says all that an older one said."""
    shown = [n for n, item in enumerate(items) if isinstance(item, Progress)][-most:]
    return [item for n, item in enumerate(items) if n in shown or not isinstance(item, Progress)]


def _told(data: Tape, items: Iterable[Item], first: int) -> Iterator[Cell]:
    """A cell for each revision of each track, and for whatever else happened."""
    written = deque(step for step in data.written if step.revision >= first)
    late: set[int] = set()

    def before(revision: int) -> Iterator[Cell]:
        """Written, and not told yet."""
        while written and written[0].revision < revision:
            yield Cell("wrote", (written.popleft(),))

    for item in items:
        if isinstance(item, Gap):
            yield from before(item.next)
            inner = tuple(before(item.back + 1 if item.back else FOR_EVER))
            late.update(cell.steps[0].revision for cell in inner)
            yield Cell("gap", gap=item, inner=inner)
            if item.back:
                yield Cell("resumed", gap=item)
        elif isinstance(item, Step):
            yield from before(item.revision)
            if written and written[0].revision == item.revision:
                written.popleft()
            yield Cell("got" if item.revision in late else "both", (item,))
        else:
            yield Cell("progress", revision=item.revision)
    if data.ended:
        yield from before(data.ended.compacted)
        yield Cell("ended")
    yield from before(FOR_EVER)


def _columns(cells: Iterable[Cell], group: int) -> list[Cell]:
    """Neighbours of one kind in columns of ``group`` revisions."""
    columns: list[Cell] = []
    for where, run in groupby(cells, lambda cell: cell.where):
        if where not in REVISIONS:
            columns += [replace(cell, inner=tuple(_columns(cell.inner, group))) for cell in run]
            continue
        steps = [step for cell in run for step in cell.steps]
        columns += [Cell(where, tuple(steps[at : at + group])) for at in range(0, len(steps), group)]
    return columns


# How wide it is.


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
    while group < slots and measure.total(_columns(cells, group), measure.least(group)) > room:
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
