"""What a WatchTape shows, as a table."""

from __future__ import annotations

from collections.abc import Iterator

from etcdlearn.widgets._parts import grouped
from etcdlearn.widgets._tape import Gap, Progress, Step, Tape
from etcdlearn.widgets._text import clipped
from etcdlearn.widgets._words import Words

MOST_ROWS = 200


def table(data: Tape, words: Words) -> tuple[list[str], list[list[str]]]:
    """Head and rows in order of arrival, a row for each event; of many the newest. No durations: they never repeat."""
    head = [words[f"table_{name}"] for name in ("moment", "revision", "key", "change", "value")]
    rows = list(_rows(data, words))
    left_out = len(rows) - MOST_ROWS
    first = [[words["table_left_out"].format(number=f"{left_out:,}")]] if left_out > 0 else []
    return head, first + rows[-MOST_ROWS:]


def _rows(data: Tape, words: Words) -> Iterator[list[str]]:
    for item in data.received:
        if isinstance(item, Step):
            yield from _step(item, data, words["table_received"], words)
        elif isinstance(item, Progress):
            yield [words["progress"], f"≤ {grouped(item.revision)}", "", "", ""]
        else:
            yield from _gap(item, words)
    if data.ended:
        oldest = data.ended.compacted
        yield [words["ended"], grouped(oldest) if oldest else "", "", "", "" if oldest else data.ended.words]
    for step in data.wrote:
        if not data.passes(step):
            yield from _step(step, data, words["filtered"], words)
    for step in (*data.missed, *data.outstanding):
        yield from _step(step, data, words["table_written"], words)


def _gap(gap: Gap, words: Words) -> Iterator[list[str]]:
    yield [words["paused" if gap.paused else "cut"], "", "", "", ""]
    if gap.back:
        yield [words["resumes"].format(next=grouped(gap.next)), grouped(gap.next), "", "", ""]


def _step(step: Step, data: Tape, moment: str, words: Words) -> Iterator[list[str]]:
    for event in step.events:
        kind = data.kind(step.revision, event)
        value = clipped(event.kv.value) if event.type == "PUT" else ""
        yield [moment, grouped(step.revision), clipped(event.kv.key, is_key=True), words[kind.lower()], value]
