"""A lesson that was run and saved: after JupyterLab was stopped and started every picture is there again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from etcdlearn.cli._course import copy_course
from etcdlearn.cli._save_hook import LIVE, keep_pictures
from tests.browser.conftest import Jupyter, Notebook

LESSON = "en/00_ten_minutes.ipynb"
SAVE = """async () => { const w = jupyterapp.shell.currentWidget; await jupyterapp.commands.execute('docmanager:save');
  return w.context.model.dirty }"""
PICTURES = ".jp-OutputArea-output img[src^='data:image/svg+xml']"


def outputs(course: Path, kind: str) -> Iterator[dict[str, Any]]:
    """What the saved file holds of one kind."""
    for cell in json.loads((course / LESSON).read_text(encoding="utf-8"))["cells"]:
        yield from (one["data"] for one in cell.get("outputs", ()) if kind in one.get("data", {}))


@pytest.mark.browser
def test_every_picture_is_there_when_the_lesson_is_opened_again(chromium: Browser, tmp_path: Path) -> None:
    course = tmp_path / "course"
    copy_course(course)
    with Jupyter(tmp_path) as process:
        lesson = process.lab(chromium).open(LESSON)
        lesson.page.evaluate(SAVE)
        assert copy_course(course).kept == {}, "opened and saved is not touched"
        lesson.run_all()
        live = lesson.page.locator(".etcdlearn-stage").count()
        for _ in range(2):  # the second time nothing must seem to have changed on disk
            assert lesson.page.evaluate(SAVE) is False
        assert lesson.page.locator(".jp-Dialog").count() == 0
        assert lesson.page.locator(".etcdlearn-stage").count() == live > 0, "saving took a live picture away"
        lesson.page.close()
    assert list(copy_course(course).kept) == [LESSON], "run is touched"
    pictures = list(outputs(course, "text/html"))
    assert len([data for data in pictures if "data:image/svg+xml" in "".join(data["text/html"])]) == live
    assert list(outputs(course, LIVE)) == []
    with Jupyter(tmp_path) as process:
        again = process.lab(chromium).open(LESSON)
        show_all(again)
        assert again.page.locator(PICTURES).count() == live
        assert again.page.evaluate(PAINTED, PICTURES) == [True] * live
        assert "Error displaying widget" not in (again.page.locator(".jp-Notebook").text_content() or "")
        again.page.locator(PICTURES).first.scroll_into_view_if_needed()
        again.screenshot("reopened")
        assert again.complaints == []
        assert again.cells() != []
        again.page.close()


PAINTED = """async (pictures) => { const found = [...document.querySelectorAll(pictures)];
  await Promise.all(found.map((one) => one.decode()));
  return found.map((one) => one.naturalWidth > 100 && one.getBoundingClientRect().width > 100) }"""


def show_all(notebook: Notebook) -> None:
    """Cells out of sight are not drawn until one scrolls there."""
    for cell in notebook.page.locator(".jp-Cell").all():
        cell.scroll_into_view_if_needed()


def test_only_what_has_something_beside_it_is_left_out() -> None:
    picture, control = {LIVE: {}, "text/html": "<img>"}, {LIVE: {}, "text/plain": "Slider"}
    alone: dict[str, Any] = {LIVE: {}}
    text = {"text/plain": "1"}
    outputs: list[dict[str, Any]] = [{"data": dict(one)} for one in (picture, control, alone, text)]
    outputs.append({"output_type": "stream", "text": "printed"})
    cells = [{"cell_type": "markdown", "source": ""}, {"cell_type": "code", "outputs": outputs}]
    keep_pictures({"type": "notebook", "content": {"cells": cells}})
    assert [output.get("data") for output in outputs] == [
        {"text/html": "<img>"},
        {"text/plain": "Slider"},
        alone,
        text,
        None,
    ]


@pytest.mark.parametrize("model", [{"type": "file", "content": "x"}, {"type": "notebook"}, {"type": "directory"}])
def test_other_files_are_left_alone(model: dict[str, Any]) -> None:
    before = dict(model)
    keep_pictures(model, path="x", contents_manager=None)
    assert model == before
