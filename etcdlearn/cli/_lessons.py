"""The lessons as they are shipped: clean, each in one canonical form, so that a copy can be told from an edited one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import etcdlearn
from etcdlearn._language import LANGUAGES

FIRST = "00_ten_minutes.ipynb"
# The same for every lesson; what Jupyter writes there when it saves (its version of Python) is nobody's work.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class Lesson:
    """A lesson in one language.

    Attributes:
        home: the folder with the originals.
        name: its place there and in a course's folder, as in "en/02_put_and_get.ipynb".
    """

    home: Path
    language: str
    stem: str

    @property
    def name(self) -> str:
        return f"{self.language}/{self.stem}.ipynb"

    @cached_property
    def content(self) -> bytes:
        """The lesson as before its first run: a prediction comes before the answer."""
        return canonical(without_outputs(json.loads((self.home / self.name).read_text(encoding="utf-8"))))

    @cached_property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def lessons_home() -> Path:
    """Where the lessons are: inside an installed package, or beside it in a checkout."""
    package = Path(etcdlearn.__file__).parent
    for home in (package / "_notebooks", package.parent / "notebooks"):
        if home.is_dir():
            return home
    raise FileNotFoundError("the lessons are missing from this installation; install etcdlearn again")


def lessons(home: Path | None = None) -> list[Lesson]:
    """Every lesson in every language: those of this installation, or of another place."""
    whole = home or lessons_home()
    return [
        Lesson(whole, language, path.stem)
        for language in LANGUAGES
        for path in sorted((whole / language).glob("*.ipynb"))
    ]


def stems() -> list[str]:
    """The lessons' names, whatever their language."""
    return sorted({lesson.stem for lesson in lessons()})


def without_outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook as before its first run."""
    cells = [
        {**cell, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell
        for cell in notebook["cells"]
    ]
    return {**notebook, "cells": cells}


def canonical(notebook: dict[str, Any]) -> bytes:
    """The file of a notebook, the same however and by whom it was saved.

    Kept is all that is somebody's work: cells with their ids, sources and metadata, and what running them has put
    there, outputs and counts. A lesson that was run is therefore another file; one that was opened and saved is not.

    Raises:
        ValueError: this is no notebook of today's format.
    """
    if notebook.get("nbformat") != 4 or not isinstance(notebook.get("cells"), list):
        raise ValueError("no notebook of format 4")
    told = {"cells": list(map(_cell, notebook["cells"])), "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(errors="surrogatepass")


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    metadata = {name: value for name, value in cell["metadata"].items() if name != "trusted"}
    return {**cell, "source": source.splitlines(keepends=True), "metadata": metadata}


def digest(file: Path) -> str:
    """Of a notebook's canonical form; of the bytes, where this is no notebook.

    Raises:
        OSError: it cannot be read.
    """
    read = file.read_bytes()
    try:
        return sha256(canonical(json.loads(read))).hexdigest()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return sha256(read).hexdigest()
