"""Where things stand in a RevisionTimeline: rows, columns and the plot between the keys and the answers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from etcdlearn.widgets._history import Lane, Timeline
from etcdlearn.widgets._text import clipped, width

MOST_ROWS = 40
PITCH, WIDEST_PITCH, LEAST_PITCH = 44.0, 56.0, 24.0
ANSWERS = 120.0
PAST_COLUMNS = 4  # of a long compacted past so many columns are shown


@dataclass(frozen=True, slots=True)
class Layout:
    """The grid of one picture.

    Attributes:
        size: width of the picture.
        narrow: below 560 px the answers move into the rows.
        margin: to all sides.
        left, right: edges of the plot.
        pitch: from column to column.
        first: the revision of the first column.
        group: revisions in one column; 1 unless there are too many.
        lanes: those that have a row.
        folded: keys that have none.
    """

    size: float
    narrow: bool
    margin: float
    left: float
    right: float
    pitch: float
    first: int
    group: int
    lanes: tuple[Lane, ...]
    folded: int

    @property
    def axis(self) -> float:
        return 92.0 if self.narrow else 80.0

    @property
    def top(self) -> float:
        return self.axis + 8

    @property
    def row_height(self) -> float:
        return 56.0 if self.narrow else 40.0

    def y(self, row: int) -> float:
        """The middle of a lane."""
        return (self.axis + 56 if self.narrow else self.axis + 32) + row * self.row_height

    @property
    def bottom(self) -> float:
        """The end of the plot; an empty picture has room for a sentence."""
        rows = max(len(self.lanes) + bool(self.folded), 1)
        return self.y(rows - 1) + (16 if self.narrow else 24)

    def column(self, revision: int) -> int:
        return max(revision - self.first, 0) // self.group

    def x(self, revision: int) -> float:
        """The middle of the revision's column."""
        return self.left + (self.column(revision) + 0.5) * self.pitch


def layout(data: Timeline, size: float) -> Layout:
    """The grid for these data in this width."""
    narrow = size < 560
    margin = 16.0 if size < 480 else 24.0
    lanes = data.lanes if len(data.lanes) <= MOST_ROWS else data.lanes[: MOST_ROWS - 1]
    longest = max((width(clipped(lane.key, is_key=True), 12, mono=True) for lane in lanes), default=0.0)
    left = margin if narrow else margin + max(min(longest, 0.3 * size), 48) + 10
    right = size - margin - (20 if narrow else ANSWERS + 22)
    first = _first(data)
    revisions = data.now - first + 1
    fits = max(int((right - left) / LEAST_PITCH), 1)
    group = ceil(revisions / fits)
    columns = ceil(revisions / group)
    widest = WIDEST_PITCH if size > 720 else PITCH
    pitch = min((right - left) / columns, widest)
    return Layout(size, narrow, margin, left, right, pitch, first, group, lanes, len(data.lanes) - len(lanes))


def _first(data: Timeline) -> int:
    """Revision 1, or shortly before the compaction when that is far away."""
    return 1 if data.compacted <= 2 * PAST_COLUMNS else data.compacted - PAST_COLUMNS
