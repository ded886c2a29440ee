"""The lessons as their tests read them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*/*.ipynb"))


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell: Any) -> str:
    return "".join(cell["source"])


def code_cells(path: Path) -> list[Any]:
    return [cell for cell in load(path)["cells"] if cell["cell_type"] == "code"]


def markdown(path: Path) -> str:
    return "\n\n".join(source(cell) for cell in load(path)["cells"] if cell["cell_type"] == "markdown")


def prose(path: Path) -> str:
    """The words of a lesson, without code, tables and links."""
    text = re.sub(r"(?ms)^```.*?^```$", "", markdown(path))
    text = re.sub(r"`[^`]*`", "CODE", re.sub(r"\]\([^)]*\)", "]", text))
    return "\n".join(line for line in text.splitlines() if not line.startswith(("|", "#")))


def name(path: Path) -> str:
    return f"{path.parent.name} {path.stem}"


each = pytest.mark.parametrize("lesson", LESSONS, ids=name)
# Lesson 00 is ten minutes: no words first, no exercises.
each_but_00 = pytest.mark.parametrize("lesson", [path for path in LESSONS if path.stem[:2] != "00"], ids=name)
