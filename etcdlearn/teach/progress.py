"""Which exercises were done: kept in the learner's folder, so that it survives restarts and upgrades."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from etcdlearn.teach._words import words
from etcdlearn.teach.exercises import EXERCISES

STATE = ".etcdlearn"  # a folder in the course's folder: what etcdlearn itself keeps there
MANIFEST = "manifest.json"
FILE = "progress.json"
FORMAT = 1


def course_folder(start: Path) -> Path | None:
    """The course's folder that ``start`` is or lies in: the nearest that holds a manifest."""
    return next((folder for folder in (start, *start.parents) if (folder / STATE / MANIFEST).is_file()), None)


@dataclass(frozen=True, slots=True)
class Progress:
    """Exercises done, and tried. A newer etcdlearn may have written of exercises that this one does not know.

    Attributes:
        passed: ids of exercises whose check once said right.
        tried: ids of exercises that were checked and not yet right.
        damaged: where an unreadable record was put aside; None for none.
    """

    passed: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    damaged: Path | None = None

    def after(self, exercise: str, right: bool) -> Progress:
        """This progress after one more check. What was done stays done."""
        if right or exercise in self.passed:
            return replace(self, passed=self.passed | {exercise}, tried=self.tried - {exercise})
        return replace(self, tried=self.tried | {exercise})

    def __or__(self, other: Progress) -> Progress:
        """What was done here or there."""
        passed = self.passed | other.passed
        return Progress(passed, (self.tried | other.tried) - passed, self.damaged or other.damaged)

    def known(self) -> list[str]:
        """Ids of the exercises that were done, of those that there are."""
        return [each for each in EXERCISES if each in self.passed]

    def state(self, exercise: str) -> str:
        """ "done", "tried" or "open"."""
        return "done" if exercise in self.passed else "tried" if exercise in self.tried else "open"

    def lines(self, language: str) -> Iterator[str]:
        """For a terminal: a head, then a line for each exercise."""
        told = words(language)
        frame = told["frame"]
        signs = {"done": "x", "tried": "-", "open": " "}
        yield frame["passed"].format(passed=len(self.known()), all=len(EXERCISES))
        lesson = ""
        for each in EXERCISES.values():
            if each.lesson != lesson:
                lesson = each.lesson
                yield f"{lesson} {told['lessons'][lesson]}"
            state = self.state(each.id)
            yield f"  [{signs[state]}] {each.id}  {told[each.id]['title']}" + (
                f" ({frame['tried']})" if state == "tried" else ""
            )


def load(folder: Path) -> Progress:
    """The progress kept in a course's folder; an unreadable record is put aside, never written over.

    Raises:
        OSError: it is there and cannot be read, or cannot be put aside.
    """
    return _load(folder / STATE / FILE)[0]


def _load(file: Path) -> tuple[Progress, dict[str, Any]]:
    """The progress, and the whole of the record: a newer etcdlearn may keep more in it."""
    try:
        kept: Any = json.loads(file.read_text(encoding="utf-8"))
        return Progress(_ids(kept["passed"]), _ids(kept["tried"])), kept
    except FileNotFoundError:
        return Progress(), {}
    except (ValueError, KeyError, TypeError, RecursionError):
        return Progress(damaged=_put_aside(file)), {}


def _ids(names: object) -> frozenset[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError("ids are texts in a list")
    return frozenset(names)


def _put_aside(file: Path) -> Path:
    number = 1
    while (aside := file.with_suffix(f".damaged-{number}.json")).exists():
        number += 1
    with suppress(FileNotFoundError):  # another kernel was faster
        file.rename(aside)
    return aside


def record(folder: Path, exercise: str, right: bool) -> Progress:
    """Take note of one check, and return the progress after it. Two kernels may do so at the same time.

    Raises:
        OSError: the folder cannot be written.
    """
    file = folder / STATE / FILE
    with _locked(file.parent):
        before, kept = _load(file)
        after = before.after(exercise, right)
        if after != before or before.damaged:
            ids = {"passed": sorted(after.passed), "tried": sorted(after.tried)}
            _write(file, {"format": FORMAT, **kept, **ids})
        return after


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Alone among those who record here."""
    if sys.platform == "win32":  # it cannot lock a folder: the last one wins
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(file: Path, kept: dict[str, Any]) -> None:
    """All of the file or none of it."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        part.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)
