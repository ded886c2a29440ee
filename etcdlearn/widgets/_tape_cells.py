"""What happened on a WatchTape, in order: a cell for each revision of each track, and for whatever else there was."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from etcdlearn.widgets._tape import Gap, Item, Progress, Step, Tape

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


def first_shown(data: Tape, most: int) -> int:
    """Of many breaks only the last ones are shown, and what came between them."""
    gaps = data.gaps
    return max(gaps[-most - 1].next if len(gaps) > most else 0, data.left_out)


def reaches(item: Item) -> int:
    return item.next - 1 if isinstance(item, Gap) else item.revision


def without_old_progress(items: Sequence[Item], most: int) -> list[Item]:
    """A newer notification says all that an older one said."""
    shown = [n for n, item in enumerate(items) if isinstance(item, Progress)][-most:]
    return [item for n, item in enumerate(items) if n in shown or not isinstance(item, Progress)]


def told(data: Tape, items: Iterable[Item], first: int) -> Iterator[Cell]:
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


def columns(cells: Iterable[Cell], group: int) -> list[Cell]:
    """Neighbours of one kind in columns of ``group`` revisions."""
    found: list[Cell] = []
    for where, run in groupby(cells, lambda cell: cell.where):
        if where not in REVISIONS:
            found += [replace(cell, inner=tuple(columns(cell.inner, group))) for cell in run]
            continue
        steps = [step for cell in run for step in cell.steps]
        found += [Cell(where, tuple(steps[at : at + group])) for at in range(0, len(steps), group)]
    return found
