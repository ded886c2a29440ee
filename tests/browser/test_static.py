"""The lessons where no kernel runs: converted to one HTML file each, every picture is there and is painted."""

from functools import lru_cache
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter, MarkdownExporter
from playwright.sync_api import Browser

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*/*.ipynb"))
PAINTED = "() => [...document.querySelectorAll('img[alt]')].map((i) => i.complete && i.naturalWidth >= 400 && i.alt)"

each = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: f"{path.parent.name} {path.stem}")


def pictures(lesson: Path) -> int:
    """How many outputs of a lesson are pictures."""
    notebook = nbformat.read(lesson, as_version=4)
    outputs = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    return sum("data:image/svg+xml" in out.get("data", {}).get("text/html", "") for out in outputs)


@lru_cache(maxsize=1)
def converted(lesson: Path) -> str:
    return str(HTMLExporter().from_filename(str(lesson))[0])


@each
def test_converting_keeps_every_picture(lesson: Path) -> None:
    assert pictures(lesson) > 0
    for page in (converted(lesson), MarkdownExporter().from_filename(str(lesson))[0]):
        assert page.count('src="data:image/svg+xml;base64,') == pictures(lesson)
        assert "widget-view" not in page


@each
@pytest.mark.browser
def test_every_picture_is_painted_without_scripts_and_network(lesson: Path, chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "lesson.html"
    file.write_text(converted(lesson), encoding="utf-8")
    context = chromium.new_context(java_script_enabled=False, offline=True)
    try:
        page = context.new_page()
        page.goto(file.as_uri())
        painted = page.evaluate(PAINTED)
    finally:
        context.close()
    assert len(painted) == pictures(lesson)
    assert all(painted)
