"""The words around a WatchTape: header, state, the names of the tracks, and what is said where nothing is drawn yet."""

from __future__ import annotations

from collections.abc import Iterator

from etcdlearn.client._ranges import END_OF_KEYS
from etcdlearn.widgets._parts import data_text, grouped, label
from etcdlearn.widgets._parts import header as title
from etcdlearn.widgets._scene import Node, node
from etcdlearn.widgets._tape import Tape
from etcdlearn.widgets._tape_layout import Layout, beside, named
from etcdlearn.widgets._text import clipped, fitted, width, wrap
from etcdlearn.widgets._words import Words


def header(data: Tape, grid: Layout, words: Words) -> Iterator[Node]:
    state = _state(data, grid, words)
    room = grid.size - 2 * grid.margin - 12 - width(words["title"], 15) * 1.1 - 24
    room -= 0 if grid.top else width(state, 12)
    how = {"one": "", "range": ""}.get(data.how, f" · {data.how}")
    start = f" · {words['from_revision'].format(start=grouped(data.start))}"
    key = words["every_key"] if data.key == data.end == END_OF_KEYS else ""
    key = key or fitted(data.key, max(room - width(how + start, 12, mono=True), 90), 12, is_key=True)
    scopes = [f"{key}{how}{start}", f"{key}{start}", key]
    scope = next((text for text in scopes if width(text, 12, mono=True) <= room), key)
    return title(words["title"], scope, state, grid.size)


def _state(data: Tape, grid: Layout, words: Words) -> str:
    """The state line: what is so of the whole picture now."""
    following = grouped(data.next)
    if data.ended:
        said = [words["ended"]]
    elif gap := data.away:
        lost = "lost_for" if gap.seconds else "lost"
        lost = "paused" if gap.paused else lost
        said = [f"// {words[lost].format(seconds=f'{gap.seconds:.0f}')}", words["next"].format(next=following)]
    else:
        said = [words["next"].format(next=following)]
    if grid.group > 1:
        revisions = sum(len(column.steps) for column in grid.columns if column.where != "got")
        said.append(words["columns"].format(revisions=f"{revisions:,}", columns=len(grid.columns)))
    if grid.first:
        said.append(words["left_out"].format(revision=grouped(grid.first)))
    room = grid.size - 2 * grid.margin - (0 if grid.top else 220)
    while len(said) > 1 and width(" · ".join(said), 12) > room:
        said.pop()
    return " · ".join(said)


def names(data: Tape, grid: Layout, words: Words) -> Iterator[Node]:
    """The names of the tracks, and where the upper one comes from."""
    y = grid.upper - 8 if grid.tight else grid.upper
    lines = named(words["wrote"], 13, tight=grid.tight)
    for n, line in enumerate(lines):
        yield _name(line, grid.margin, y + 16 * n)
    for n, line in enumerate(named(beside(data, words), 11, tight=grid.tight)):
        yield label(line, grid.margin, y + 16 * len(lines) + 14 * n, key=f"beside {n}")
    lines = named(words["received"], 13, tight=grid.tight)
    for n, line in enumerate(lines):
        yield _name(line, grid.margin, grid.lower + 4 - 8 * (len(lines) - 1) + 16 * n)


def _name(text: str, x: float, y: float) -> Node:
    return node("text", text, x=x, y=y, font_size=13, font_weight=600, fill="ink")


def note(data: Tape, grid: Layout, words: Words) -> Iterator[Node]:
    """Below the track: from where it goes on, as a sum."""
    gaps = grid.gaps
    if data.ended and data.ended.compacted:
        text, x = words["goes_on"].format(revision=grouped(data.ended.compacted)), grid.left
        x = next((cell.left for cell in grid.cells if cell.where == "ended"), x)
    elif gaps and gaps[-1].gap:
        gap = gaps[-1].gap
        before = [step.revision for step in data.steps if step.revision < gap.next]
        name = "resumes_seen" if before and before[-1] + 1 == gap.next else "resumes"
        text = words[name].format(seen=grouped(gap.next - 1), next=grouped(gap.next))
        x = gaps[-1].right
    else:
        return
    x = max(min(x, grid.right - width(text, 12) * 1.1), grid.margin)
    yield node("text", text, key="note", x=x, y=grid.lower + 60, font_size=12, font_weight=600, fill="ink")


def nothing_yet(data: Tape, grid: Layout, words: Words) -> Iterator[Node]:
    """Where no mark is: a sentence and a line of code."""
    if grid.columns or data.ended or data.away:
        return
    name = "future" if data.start > data.now + 1 > 1 else "nothing"
    said = words[name].format(start=grouped(data.start))
    middle = (grid.left + grid.right) / 2
    for n, line in enumerate(wrap(said, grid.right - grid.left, 13, 3)):
        yield node("text", line, x=middle, y=grid.upper + 28 + 18 * n, font_size=13, fill="ink2", text_anchor="middle")
    example = f'client.put("{clipped(data.key if data.key != END_OF_KEYS else b"/illusory/cloud")}", "hello")'
    if width(example, 12, mono=True) <= grid.right - grid.left:
        yield data_text(example, middle, grid.lower - 34, 12, "ink2", anchor="middle", key="example")
