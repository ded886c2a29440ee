"""Answers in a real JupyterLab: tables that are harmless whatever they hold, what a check says, and progress."""

import json

import pytest

from tests.browser.conftest import Lab, Notebook

pytestmark = pytest.mark.browser

TABLE = ".jp-OutputArea-output table:has(th:text-is('key'))"
# Formulas, markup, spaces, what turns and what ends a line: all of it is a value like any other.
KEYS = ["$\\alpha$", "<img src=x onerror=document.title='ran'>", "a  b", "line\nend", "\u202eabc", "`x`", "k" * 300]
PUT = "import json; [client.put(key, key) for key in json.loads({!r})]; found = client.get('', prefix=True)"


@pytest.fixture(scope="module")
def lesson(jupyter: Lab) -> Notebook:
    return jupyter.open("en/00_ten_minutes.ipynb")


def shown(lesson: Notebook, code: str) -> None:
    """A new cell at the top, run."""
    lesson.page.evaluate(
        """async (code) => { const app = jupyterapp, notebook = app.shell.currentWidget.content;
          notebook.activeCellIndex = 0; await app.commands.execute('notebook:insert-cell-above');
          notebook.activeCell.model.sharedModel.setSource(code); await app.commands.execute('notebook:run-cell') }""",
        code,
    )


def test_a_table_of_strangers_text(lesson: Notebook) -> None:
    lesson.ask("import etcdlearn as etcd; lab = etcd.lab(); client = lab.client")
    lesson.ask(PUT.format(json.dumps(KEYS)))
    shown(lesson, "found")
    lesson.page.locator(TABLE).first.wait_for()
    cells = lesson.page.locator(TABLE).first.locator("td:first-child").all_inner_texts()
    assert "$\\alpha$" in cells
    assert "<img src=x onerror=document.title='ran'>" in cells
    assert "a  b" in cells
    assert "line⏎end" in cells
    assert "⟨U+202E⟩abc" in cells
    assert "`x`" in cells
    assert lesson.page.locator(TABLE).first.locator("img, mjx-container, .MathJax").count() == 0
    assert lesson.page.title() != "ran"
    lesson.screenshot("answers")


def test_a_check_a_hint_and_progress_are_shown(lesson: Notebook) -> None:
    """In the language of the lesson; the value that is quoted is a formula, and stays text."""
    lesson.ask("_ = client.put('/answers/end', '$b$')")
    shown(lesson, "lab.progress()")
    shown(lesson, "lab.hint('3.3')")
    shown(lesson, "lab.check('3.3')")
    page = lesson.page
    page.locator(".jp-OutputArea-output b:text-is('✗ Not yet:')").wait_for()
    page.locator(".jp-OutputArea-output code:text-is(\"'$b$'\")").wait_for()
    page.locator(".jp-OutputArea-output b:has-text('Hint 1 of')").wait_for()
    picture = page.locator(".jp-OutputArea-output img[alt^='Exercises · 0 of ']")
    picture.wait_for()
    assert picture.evaluate("(image) => image.naturalWidth") > 300
    assert lesson.complaints == []
    lesson.screenshot("check-hint-progress")
