"""Lesson 00 as a learner meets it: real JupyterLab, browser and etcd, in both languages and both themes."""

import pytest

from tests.browser.conftest import Lab, Notebook

pytestmark = pytest.mark.browser

LESSONS = [
    ("en/00_ten_minutes.ipynb", "JupyterLab Light", "Revisions"),
    ("zh/00_ten_minutes.ipynb", "JupyterLab Dark", "修订版本"),
]
SLIDER = ".etcdlearn-stage >> nth=0 >> input[type=range]"
MARKS = ".etcdlearn-stage >> nth=0 >> [role=img]"


@pytest.fixture(scope="module", params=LESSONS, ids=["en light", "zh dark"])
def lesson(request: pytest.FixtureRequest, jupyter: Lab) -> Notebook:
    path, theme, _ = request.param
    notebook = jupyter.open(path, theme=theme)
    notebook.run_all()
    return notebook


def test_every_cell_ran_without_an_error(lesson: Notebook) -> None:
    cells = lesson.cells()
    assert len(cells) >= 12
    assert [errors for _, errors in cells if errors] == []
    assert [count for count, _ in cells] == list(range(1, len(cells) + 1))


def test_the_picture_is_painted_in_the_language_of_the_lesson(lesson: Notebook) -> None:
    picture = lesson.page.locator(".etcdlearn-stage").first
    picture.scroll_into_view_if_needed()
    title = next(words for path, _, words in LESSONS if path.split("/")[0] == lesson.language)
    assert title in (picture.locator("svg").text_content() or "")
    assert lesson.page.locator(MARKS).count() == 6
    lesson.screenshot(f"lesson-{lesson.language}-picture")


def test_a_put_of_one_s_own_is_a_mark_within_a_second(lesson: Notebook) -> None:
    assert lesson.ask("timeline.cursor = None") == ""
    before = lesson.page.locator(MARKS).count()
    revision = lesson.ask("print(client.put('/illusory/mine', 'seen').header.revision)")
    mark = lesson.page.locator(f"{MARKS}[aria-label*='/illusory/mine']")
    mark.wait_for(state="attached", timeout=1000)
    assert lesson.page.locator(MARKS).count() == before + 1
    label = mark.get_attribute("aria-label") or ""
    assert revision in label
    assert '"seen"' in label


def test_the_slider_reads_the_past_from_the_server(lesson: Notebook) -> None:
    box = lesson.page.locator(SLIDER)
    box.focus()
    box.press("Home")
    for _ in range(2):
        box.press("ArrowRight")
    lesson.page.wait_for_function(
        "() => /hello|rain/.test(document.querySelector('.etcdlearn-stage svg').textContent)"
        " && document.querySelector('.etcdlearn-stage input').value === '3'"
    )
    lesson.page.locator(".etcdlearn-stage >> nth=0 >> text='\"rain\"'").first.wait_for()
    assert lesson.ask("print(timeline.cursor, [kv.text for kv in timeline.answers])") == "3 ['rain']"
    box.press("ArrowLeft")
    lesson.page.locator(".etcdlearn-stage >> nth=0 >> text='\"hello\"'").first.wait_for()
    assert lesson.ask("print(timeline.cursor, [kv.text for kv in timeline.answers])") == "2 ['hello']"
    lesson.screenshot(f"lesson-{lesson.language}-slider")


def test_other_theme(lesson: Notebook) -> None:
    """The stage follows the theme without Python: its panel is another colour at once."""
    colour = "() => getComputedStyle(document.querySelector('.etcdlearn-stage')).backgroundColor"
    before = lesson.page.evaluate(colour)
    light = lesson.page.evaluate("() => document.body.dataset.jpThemeLight") == "true"
    theme = "JupyterLab Dark" if light else "JupyterLab Light"
    lesson.page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    lesson.page.wait_for_function(f"(was) => ({colour})() !== was", arg=before)
    lesson.screenshot(f"lesson-{lesson.language}-other-theme")


def test_a_closed_picture_stays_as_it_was_last_painted(lesson: Notebook) -> None:
    stages = lesson.page.locator(".etcdlearn-stage")
    before = stages.count()
    painted = stages.first.locator("svg").text_content()
    assert lesson.ask("timeline.close(); client.put('/illusory/late', 'x'); timeline.refresh()") == ""
    assert lesson.ask("print(timeline.comm is None)") == "False"
    assert stages.count() == before >= 1
    assert stages.first.locator("svg").text_content() == painted


def test_the_page_never_complained(lesson: Notebook) -> None:
    assert lesson.complaints == []
