"""A learner's copy of the lessons: clean, in a folder of their own, never over something that is there."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import etcdlearn
from etcdlearn._language import LANGUAGES

FIRST = "00_ten_minutes.ipynb"


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy did: lessons written, and lessons that were there and stayed as they are."""

    new: int
    kept: int


def lessons_home() -> Path:
    """Where the lessons are: inside an installed package, or beside it in a checkout."""
    package = Path(etcdlearn.__file__).parent
    for home in (package / "_notebooks", package.parent / "notebooks"):
        if home.is_dir():
            return home
    raise FileNotFoundError("the lessons are missing from this installation; install etcdlearn again")


def copy_course(folder: Path) -> Copied:
    """Put every lesson that is not there yet into ``folder``, without outputs: a prediction comes before the answer.

    Raises:
        FileExistsError: ``folder`` is where the lessons come from; a learner would write into the original.
        OSError: a file cannot be written.
    """
    if folder.resolve() == lessons_home().resolve():
        raise FileExistsError(f"{folder} holds the originals of the lessons; choose another folder")
    new = kept = 0
    for language in LANGUAGES:
        for lesson in sorted((lessons_home() / language).glob("*.ipynb")):
            target = folder / language / lesson.name
            if target.exists():
                kept += 1
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, without_outputs(json.loads(lesson.read_text(encoding="utf-8"))))
            new += 1
    return Copied(new, kept)


def without_outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook as before its first run."""
    cells = [
        {**cell, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell
        for cell in notebook["cells"]
    ]
    return {**notebook, "cells": cells}


def _write(target: Path, notebook: dict[str, Any]) -> None:
    """All of the file or none of it: an interrupted copy must not leave half a lesson that is then kept."""
    part = target.with_suffix(".part")
    part.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(part, target)
