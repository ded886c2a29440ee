"""Where things stand in a LeaseClock: rows, and one scale of time and one of seconds left for all leases."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

from etcdlearn.widgets._burn import Burn, Clock
from etcdlearn.widgets._clock_answers import Answer, answer, asked, named
from etcdlearn.widgets._parts import NARROW, margin_of, seconds
from etcdlearn.widgets._text import width, wrap
from etcdlearn.widgets._words import Words

LEFT, GUTTER, ANSWERS, GAP = 168.0, 44.0, 140.0, 24.0
ABOVE, BELOW = 24.0, 24.0  # above the highest point of a lease, and below its zero
KEY = 22.0
PAST = 2  # times the longest TTL: so much of the past is shown
SPANS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Row:
    """One lease: where it stands, and the words beside it.

    Attributes:
        top, bottom: the lines above and below.
        base: where it has 0 seconds left.
        asked: lines about what was asked and granted.
        notes: lines below the answer.
        keys: lines for its keys.
    """

    burn: Burn
    top: float
    bottom: float
    base: float
    asked: tuple[str, ...]
    answer: Answer
    notes: tuple[str, ...]
    keys: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid of one picture.

    Attributes:
        size: width of the picture.
        left, right: edges of the plot.
        start: seconds at the left edge.
        across, up: pixels for a second of time, and for a second left: the same for every lease.
        step: seconds between two numbers of the axis.
        rows: the leases.
        axis: where the numbers of the axis stand.
    """

    size: float
    left: float
    right: float
    start: float
    across: float
    up: float
    step: float
    rows: tuple[Row, ...]
    axis: float

    @property
    def narrow(self) -> bool:
        return self.size < NARROW

    @property
    def margin(self) -> float:
        return margin_of(self.size)

    def x(self, at: float) -> float:
        return self.left + (at - self.start) * self.across

    def y(self, row: Row, left: float) -> float:
        return row.base - max(left, 0) * self.up

    def now(self, data: Clock) -> float | None:
        """Where now is drawn: it moves by whole pixels and quarters of a second, so that little is sent for nothing."""
        if data.now is None:
            return None
        step = max(0.25, 1 / self.across)
        return floor(data.now / step) * step


def layout(data: Clock, size: float, words: Words) -> Grid:
    """The grid for these data in this width."""
    narrow, margin = size < NARROW, margin_of(size)
    left = margin + GUTTER if narrow else margin + LEFT + GUTTER
    right = size - margin - 8 if narrow else size - margin - ANSWERS - GAP - 8
    longest = max((burn.granted for burn in data.burns), default=1) or 1
    start, span = _window(data, longest)
    across = (right - left) / span
    step = _step(span, across, start + span)
    high = 112.0 if len(data.burns) <= 2 else 72.0 if len(data.burns) <= 4 else 44.0
    rows: list[Row] = []
    bottom = 68.0 if narrow else 72.0
    for burn in data.burns:
        rows.append(_row(burn, data, size, bottom, high / longest, words))
        bottom = rows[-1].bottom
    axis = bottom + (20 if rows else 0) + (20 if data.more else 0)
    return Grid(size, left, right, start, across, high / longest, step, tuple(rows), axis)


def _row(burn: Burn, data: Clock, size: float, top: float, up: float, words: Words) -> Row:
    told = answer(burn, data, words)
    about = wrap(asked(burn, words), LEFT if size >= NARROW else size * 0.55, 11, 2)
    keys = len(named(burn)) + (burn.number > len(named(burn)))
    plot = ABOVE + burn.granted * up
    if size < NARROW:
        notes = wrap(words["join"].join(told.notes), size - 2 * margin_of(size), 11, 3)
        base = top + max(24 + 16 * len(about), 44) + 16 * len(notes) + 12 + plot
        return Row(burn, top, base + 16 + KEY * keys, base, tuple(about), told, tuple(notes), keys)
    notes = [line for note in told.notes for line in wrap(note, ANSWERS, 11, 3)]
    text = 36 + 16 * len(about) + KEY * keys
    beside = told.height + 16 * len(notes) + 8
    height = max(plot + BELOW, text, beside)
    return Row(burn, top, top + height, top + height - BELOW, tuple(about), told, tuple(notes), keys)


def _window(data: Clock, longest: float) -> tuple[float, float]:
    """The first second that is shown, and how many are; both move in steps."""
    firsts = [burn.refills[0].at for burn in data.burns]
    lasts = [burn.ended_at() or burn.ends for burn in data.burns]
    first, last = min(firsts, default=0.0), max([*lasts, data.now or 0.0], default=1.0)
    if data.now is not None:
        first = max(first, data.now - PAST * longest)
    span = _least(max(last - first, 1.0), SPANS)
    step = _least(span / 5, STEPS)
    start = floor(first / step + 0.01) * step
    return start, _least(max(last - start, 1.0), SPANS)


def _step(span: float, across: float, last: float) -> float:
    """Between two numbers of the axis, so that they do not touch."""
    step = _least(max(span / 6, 1), STEPS)
    while step * across < width(seconds(last), 11, mono=True) + 12 and step < span:
        step = _least(step * 1.01, STEPS)
    return step


def _least(wanted: float, series: tuple[float, ...]) -> float:
    """The least round number that is not below ``wanted``."""
    scale = 10.0 ** floor(log10(wanted))
    return next(each * scale for each in (*series, 100.0) if each * scale >= wanted - 1e-9)


def ticks(grid: Grid) -> list[float]:
    """The times that have a number on the axis."""
    last = grid.start + (grid.right - grid.left) / grid.across
    first = ceil(grid.start / grid.step - 1e-9)
    return [n * grid.step for n in range(first, floor(last / grid.step + 1e-9) + 1)]
