"""Strangers' text in a real browser: nothing runs, nothing is fetched, nothing leaves its place."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page

from etcdlearn.widgets import _ruler_scene, _timeline_scene
from etcdlearn.widgets._scene import Node, as_image, as_table, to_svg
from etcdlearn.widgets._words import words
from tests.browser.stage_page import open_stage
from tests.hostile import HOSTILE
from tests.scenes import PICTURES, STATES, draw, tabled
from tests.scenes.ruler import ruler
from tests.scenes.timeline import put, read, short

pytestmark = pytest.mark.browser

# Texts that reach over an edge of their picture, and a page that can be scrolled sideways.
OUTSIDE = """() => {
  const svg = document.querySelector('.etcdlearn-stage svg');
  const [width, height] = ['width', 'height'].map((side) => Number(svg.getAttribute(side)));
  const over = [...svg.querySelectorAll('text')].filter((text) => {
    const box = text.getBBox();
    return box.x < -1 || box.x + box.width > width + 1 || box.y < -1 || box.y + box.height > height + 1;
  }).map((text) => text.textContent);
  const page = document.documentElement;
  return page.scrollWidth > page.clientWidth ? [...over, 'the page is too wide'] : over;
}"""
TIP_OUTSIDE = """() => {
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  const [tip, root] = [box('.etcdlearn-tip'), box('.etcdlearn-stage')];
  return tip.left < root.left || tip.right > root.right;
}"""
HARMLESS = "() => window.pwned === undefined && (window.ran || []).length === 0"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page on which whatever runs, asks or fetches is a failure."""
    opened = open_stage(chromium)
    seen: list[str] = []

    def answer(dialog: Dialog) -> None:
        seen.append(dialog.message)
        dialog.dismiss()

    opened.on("request", lambda asked: seen.append(asked.url))
    opened.on("dialog", answer)
    opened.on("pageerror", lambda error: seen.append(str(error)))
    yield opened
    assert opened.evaluate(HARMLESS)
    assert [each for each in seen if not each.startswith(("blob:", "data:image/svg+xml"))] == []
    opened.close()


def show(page: Page, picture: Node) -> None:
    page.evaluate("(scene) => show(scene)", picture.plain())
    assert page.evaluate(OUTSIDE) == []
    assert page.locator(".etcdlearn-stage").locator("img, script, a, iframe, style, link, details").count() == 0


@pytest.mark.parametrize("width", [400, 720])
def test_each_as_a_key_and_a_value_of_a_timeline(page: Page, width: int) -> None:
    told = words("en", "timeline")
    for data in HOSTILE:
        events = [put(b"k" + data, data, 2, 2, 1), put(b"k" + data, b"x", 2, 3, 2)]
        show(page, _timeline_scene.scene(short(*events), width, told))
        show(page, _timeline_scene.scene(read(short(*events), 2), width, told))


@pytest.mark.parametrize("width", [400, 560, 720])
def test_each_as_a_range(page: Page, width: int) -> None:
    told = words("zh", "ruler")
    for data in filter(None, HOSTILE):
        show(page, _ruler_scene.scene(ruler(data, data, data + b"/x", "k", prefix=True), width, told))
        show(page, _ruler_scene.scene(ruler(b"\0", data, range_end=data), width, told))


@pytest.mark.parametrize(("picture", "state"), [each for each in STATES if "hostile" in each[1]])
def test_tooltips(page: Page, picture: str, state: str) -> None:
    for width in (400, 1000):
        show(page, draw(picture, state, width))
        for mark in page.locator("svg [role=img]").all():
            mark.focus()
            assert page.locator(".etcdlearn-tip").count() == 1
            assert not page.evaluate(TIP_OUTSIDE)
            assert page.evaluate(OUTSIDE) == []


def test_two_keys_that_look_alike_are_two_marks(page: Page) -> None:
    """Known by what is shown of them, the second would take the place of the first."""
    alike = (b"\xff", b"\\xff", "\u202e".encode(), "⟨U+202E⟩".encode())
    show(page, _ruler_scene.scene(ruler("", *alike, prefix=True), 720, words("en", "ruler")))
    assert page.locator("svg [role=img]").count() == len(alike)


@pytest.mark.parametrize("name", PICTURES)
def test_what_a_notebook_stores(page: Page, name: str) -> None:
    """Image and table as HTML of a page, and the drawing itself, as if somebody had put it into a page."""
    for state in PICTURES[name].states:
        if "hostile" in state:
            label = str((draw(name, state).live or {})["label"])
            svg = to_svg(draw(name, state), label)
            stored = as_image(svg, label) + as_table(*tabled(name, state), "table")
            page.set_content(f"<!doctype html><meta charset=utf-8><body>{stored}{svg}<p id=end>end</p>")
            assert page.locator("#end").inner_text() == "end"
            inside = page.locator("body > details, body > svg")
            assert inside.count() == 2
            assert inside.locator("img, script, a, iframe, style, link, details, foreignObject").count() == 0
            assert page.evaluate("() => document.querySelector('img').naturalWidth") == 720


def test_the_drawing_alone_as_a_document(page: Page) -> None:
    for name, state in STATES:
        if "hostile" in state:
            page.set_content("")
            svg = to_svg(draw(name, state), "x")
            tags = page.evaluate(
                """(svg) => { const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
                  return [...new Set([...parsed.querySelectorAll('*')].map((part) => part.tagName))] }""",
                svg,
            )
            assert set(tags) <= {"svg", "g", "rect", "line", "circle", "path", "text", "tspan"}
