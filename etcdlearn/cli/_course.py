"""A learner's copy of the lessons: brought up to date, and nothing that somebody worked on is ever written over.

Every step can be interrupted: a file is whole or not there, and the record is written last; what it does not know yet
the next run finds out from the files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import etcdlearn
from etcdlearn._language import LANGUAGES
from etcdlearn.cli import _manifest
from etcdlearn.cli._files import alone, names, replace, sweep, write_new
from etcdlearn.cli._lessons import Lesson, digest, lessons, lessons_home
from etcdlearn.cli._manifest import Manifest, Shipped
from etcdlearn.teach.progress import STATE


@dataclass(slots=True)
class Copied:
    """What was done, by the lessons' names.

    Attributes:
        new, updated, restored: lessons that were written.
        kept: lessons that somebody worked on, and the name of a newer one that was now put beside, or "".
        damaged: where an unreadable record was put aside; None for none.
    """

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    damaged: Path | None = None


def copy_course(folder: Path, *, home: Path | None = None, version: str = etcdlearn.__version__) -> Copied:
    """Put the lessons of this version, or of another one in ``home``, into ``folder``.

    One that is missing is written. One that nobody touched is replaced by the newer one; running it counts as touching,
    opening and saving it does not. One that somebody touched stays, and a newer one is put beside it, once.

    Raises:
        FileExistsError: ``folder`` is where the lessons come from; a learner would write into the original.
        TimeoutError: another etcdlearn is writing there.
        OSError: a file cannot be written.
    """
    with opened(folder, version) as manifest:
        copied = Copied(damaged=manifest.damaged)
        for lesson in lessons(home):
            manifest.lessons[lesson.name] = _bring(folder, lesson, manifest, copied)
        return copied


@contextmanager
def opened(folder: Path, version: str = etcdlearn.__version__) -> Iterator[Manifest]:
    """The record of a course's folder, which is made if need be, with nobody else writing there; written at the end."""
    _check(folder)
    (folder / STATE).mkdir(parents=True, exist_ok=True)
    with alone(folder / STATE):
        for place in (STATE, *LANGUAGES):
            sweep(folder / place)
        manifest = _manifest.read(folder)
        manifest.version = version
        try:
            yield manifest
        except BaseException:
            with suppress(OSError):
                manifest.write(folder)
            raise
        manifest.write(folder)


def _check(folder: Path) -> None:
    home, whole = lessons_home().resolve(), folder.resolve()
    if whole == home or home in whole.parents:
        raise FileExistsError(f"{folder} holds the originals of the lessons; choose another folder")
    for name in (STATE, *LANGUAGES):
        place = folder / name
        if place.is_symlink():  # it may lead to anywhere, and etcdlearn writes into this folder only
            raise FileExistsError(f"{place} is a link; put a folder in its place, or choose another DIR")


def _bring(folder: Path, lesson: Lesson, manifest: Manifest, copied: Copied) -> Shipped:
    """Bring one lesson up to date, and return what is on record from now on."""
    target, before = folder / lesson.name, manifest.lessons.get(lesson.name)
    known = before or Shipped()
    found = state(target)
    if not os.path.lexists(target):
        write_new(target, lesson.content)
        (copied.new if before is None else copied.restored).append(lesson.name)
    elif found and found == known.sha256 != lesson.digest:
        replace(target, lesson.content)
        copied.updated.append(lesson.name)
    elif found != lesson.digest:
        kept = known
        if lesson.digest not in (known.sha256, known.beside_sha256):  # it was never offered
            without_beside(target, known)
            kept = Shipped(known.sha256, _put_beside(target, lesson, manifest.version), lesson.digest)
        copied.kept[lesson.name] = kept.beside if kept != known else ""
        return kept
    without_beside(target, known)
    return Shipped(lesson.digest)


def state(target: Path) -> str:
    """The digest of a lesson's file. "" for what is no file of ours for sure: a link, a folder."""
    return digest(target) if target.is_file() and not target.is_symlink() else ""


def _put_beside(target: Path, lesson: Lesson, version: str) -> str:
    """Write the newer lesson under a name of its own; one that an interrupted run has put there already will do."""
    for name in names(target.with_name(f"{lesson.stem}.new-{version}.ipynb")):
        try:
            write_new(name, lesson.content)
        except FileExistsError:
            if state(name) != lesson.digest:
                continue
        return name.name
    raise FileExistsError(f"{target.parent} holds too many copies of {target.name}; remove some")


def without_beside(target: Path, known: Shipped | None) -> None:
    """Remove the copy that was put beside a lesson and is of no use any more; if somebody touched it, it stays."""
    if known is not None and known.beside:
        beside = target.with_name(Path(known.beside).name)  # whatever the record says, in this folder
        if state(beside) == known.beside_sha256 != "":
            beside.unlink()
