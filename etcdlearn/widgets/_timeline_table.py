"""What a RevisionTimeline shows, as a table."""

from __future__ import annotations

from etcdlearn.widgets._history import Mark, Timeline
from etcdlearn.widgets._parts import grouped
from etcdlearn.widgets._text import clipped
from etcdlearn.widgets._words import Words

MOST_ROWS = 200


def table(data: Timeline, words: Words) -> tuple[list[str], list[list[str]]]:
    """Head and rows, a row for each mark; of many the newest."""
    head = [words[f"table_{name}"] for name in ("key", "revision", "change", "value")]
    marks = sorted((mark.revision, lane.key, mark) for lane in data.lanes for mark in lane.marks)
    left_out = len(marks) - MOST_ROWS
    rows = [[words["table_left_out"].format(number=f"{left_out:,}")]] if left_out > 0 else []
    rows += [_row(key, mark, words) for _, key, mark in marks[-MOST_ROWS:]]
    return [*head, "create_revision", "mod_revision", "version"], rows


def _row(key: bytes, mark: Mark, words: Words) -> list[str]:
    where = [clipped(key, is_key=True), grouped(mark.revision)]
    if mark.type != "PUT":
        return [*where, words[mark.type.lower()], "", "", "", ""]
    kv = mark.kv
    return [*where, words["put"], clipped(kv.value), *map(grouped, (kv.create_revision, kv.mod_revision, kv.version))]
