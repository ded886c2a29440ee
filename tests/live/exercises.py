"""The exercises as a learner meets them: the cells of the lessons, run on a lab of their own.

An exercise in a lesson is this: a heading ``### Exercise 3.1: ...``, a text with ``**Situation.**`` and below it the
code that makes the situation, a stub that runs and is wrong, and ``lab.check("3.1")`` in a cell of its own.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import etcdlearn
from etcdlearn import Lab
from etcdlearn.teach._answers import Checked
from etcdlearn.teach.exercises import EXERCISES, Exercise
from tests.live.attempts import ATTEMPTS

ENGLISH = Path(__file__).resolve().parents[2] / "notebooks" / "en"
HEADING = re.compile(r"^### Exercise (\d+\.\d+): ", re.M)


def lesson(exercise: Exercise) -> Path | None:
    """The lesson's notebook; None where it is not written yet."""
    return next(ENGLISH.glob(f"{exercise.lesson}_*.ipynb"), None)


HERE = [name for name, exercise in EXERCISES.items() if lesson(exercise)]


@dataclass(frozen=True)
class Cells:
    """The code of an exercise: what makes the situation, and what stands where the learner's own code goes."""

    situation: str
    stub: str


def cells(name: str) -> Cells:
    """The cells of an exercise, from its English lesson."""
    path = lesson(EXERCISES[name])
    assert path is not None
    rest = _of_exercise(name, json.loads(path.read_text(encoding="utf-8"))["cells"])
    code = [place for place, cell in enumerate(rest) if cell["cell_type"] == "code"]
    told = next(place for place, cell in enumerate(rest) if "**Situation.**" in _source(cell))
    check = next(place for place in code if _source(rest[place]) == f'lab.check("{name}")')
    return Cells(
        situation=_source(rest[next(place for place in code if place > told)]),
        stub=_source(rest[max(place for place in code if place < check)]),
    )


def definitions(name: str) -> list[str]:
    """The cells above the exercises in which the lesson defines functions: a situation may call them."""
    path = lesson(EXERCISES[name])
    assert path is not None
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [_source(cell) for cell in cells if cell["cell_type"] == "code"]
    return [source for source in code if re.search(r"^def ", source, re.M)]


def _of_exercise(name: str, all_cells: list[Any]) -> list[Any]:
    starts = {
        match[1]: place
        for place, cell in enumerate(all_cells)
        if cell["cell_type"] == "markdown" and (match := HEADING.search(_source(cell)))
    }
    assert name in starts, f"no cell begins with '### Exercise {name}: ...'"
    ends = [place for place in starts.values() if place > starts[name]]
    return all_cells[starts[name] : min(ends, default=None)]


def _source(cell: Any) -> str:
    return "".join(cell["source"])


class Bench:
    """One exercise on a lab of its own."""

    def __init__(self, name: str, lab: Lab) -> None:
        self.exercise = EXERCISES[name]
        self.cells = cells(name)
        self.lab = lab
        self.names: dict[str, Any] = {"etcd": etcdlearn, "lab": lab, "client": lab.client}
        for code in definitions(name):
            self.run(code)

    def run(self, code: str) -> None:
        exec(compile(code, f"<exercise {self.exercise.id}>", "exec"), self.names)

    def check(self, language: str = "en") -> Checked:
        self.lab.language = language
        return self.lab.check(self.exercise.id)

    def attempt(self, finding: str) -> str:
        """The code that a learner ran who gets this finding."""
        return self.exercise.solution if finding == "right" else ATTEMPTS[self.exercise.id][finding]

    def tried(self, finding: str) -> tuple[Checked, str]:
        """The situation made anew and an attempt on it: what the check says in English, and in Chinese."""
        self.run(self.cells.situation)
        self.run(self.attempt(finding))
        return self.check(), self.check("zh")._repr_html_()
