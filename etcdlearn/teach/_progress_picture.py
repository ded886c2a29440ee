"""Progress as a small picture: a row for each lesson, a ring for each exercise, checked when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from etcdlearn.teach._words import words
from etcdlearn.teach.exercises import EXERCISES
from etcdlearn.teach.progress import Progress
from etcdlearn.widgets._scene import Node, as_image, as_table, node, to_svg
from etcdlearn.widgets._text import width

MARGIN, TOP, ROW, PITCH = 24.0, 32.0, 32.0, 44.0


@dataclass(frozen=True, slots=True)
class ProgressPicture:
    """What ``lab.progress()`` answers."""

    progress: Progress
    language: str

    def __repr__(self) -> str:
        done = self.progress.known()
        return f"Progress({len(done)} of {len(EXERCISES)} done{': ' if done else ''}{', '.join(done)})"

    def to_svg(self) -> str:
        """The picture as a file of its own."""
        return to_svg(scene(self.progress, self.language), self._label())

    def _label(self) -> str:
        return f"{words(self.language)['frame']['progress']} · {passed(self.progress, self.language)}"

    def _repr_html_(self) -> str:
        told = words(self.language)
        frame = told["frame"]
        states = {"done": frame["done"], "tried": frame["tried"], "open": frame["open"]}
        rows = [[id, told[id]["title"], states[self.progress.state(id)]] for id in EXERCISES]
        head = ["", frame["progress"], passed(self.progress, self.language)]
        return as_image(self.to_svg(), self._label()) + as_table(head, rows, frame["table"])


def passed(progress: Progress, language: str) -> str:
    """How many are done, of how many."""
    return str(words(language)["frame"]["passed"]).format(passed=len(progress.known()), all=len(EXERCISES))


def scene(progress: Progress, language: str) -> Node:
    """The picture; as wide as it needs to be."""
    told = words(language)
    lessons = sorted({each.lesson for each in EXERCISES.values()})
    names = {lesson: f"{lesson} {told['lessons'][lesson]}" for lesson in lessons}
    left = MARGIN + max(width(name, 13) for name in names.values()) + 24
    most = max(sum(each.lesson == lesson for each in EXERCISES.values()) for lesson in lessons)
    size = left + most * PITCH + MARGIN
    head = passed(progress, language)
    title = node(
        "text", told["frame"]["progress"], node("tspan", head, dx=12, font_size=12, font_weight=400, fill="ink2"),
        x=MARGIN, y=TOP, font_size=15, font_weight=600, fill="ink",
    )  # fmt: skip
    rows = [
        part
        for row, lesson in enumerate(lessons)
        for part in _row(progress, lesson, names[lesson], left, TOP + 36 + row * ROW)
    ]
    height = TOP + 36 + len(lessons) * ROW
    return node("svg", "", title, *rows, width=size, height=height)


def _row(progress: Progress, lesson: str, name: str, left: float, y: float) -> Iterator[Node]:
    yield node("text", name, x=MARGIN, y=y + 4, font_size=13, fill="ink")
    here = [each.id for each in EXERCISES.values() if each.lesson == lesson]
    for place, exercise in enumerate(here):
        x = left + place * PITCH
        yield from _sign(progress.state(exercise), x, y)
        yield node("text", exercise, x=x + 10, y=y + 4, font_size=11, fill="ink2", font_family="mono")


def _sign(state: str, x: float, y: float) -> Iterator[Node]:
    if state == "done":
        yield node("circle", cx=x, cy=y, r=7, fill="ok")
        yield node(
            "path", d=f"M{x - 3.5:g} {y:g}L{x - 0.5:g} {y + 3:g}L{x + 4:g} {y - 3:g}",
            fill="none", stroke="panel", stroke_width=2, stroke_linecap="round", stroke_linejoin="round",
        )  # fmt: skip
        return
    yield node("circle", cx=x, cy=y, r=6, fill="none", stroke="mark", stroke_width=2)
    if state == "tried":
        yield node("circle", cx=x, cy=y, r=2.5, fill="mark")
