"""The stage draws what to_svg() writes, patches one picture into another, and lets nothing hostile run."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page

from etcdlearn.widgets import _palette
from etcdlearn.widgets._scene import ATTRIBUTES, Node, to_svg
from tests.browser.stage_page import open_stage
from tests.scenes import LANGUAGES, STATES, WIDTHS, draw

pytestmark = pytest.mark.browser

# What may differ between the two writers, and nothing else:
#   the root's role, label and size, and roles and labels of marks     (role, aria-label, tabindex)
#   the panel                                                          (the first rect of the static picture)
#   colours and fonts, which are variables on the stage                (read back here as their roles)
#   the stage's own cursor, tooltip, focus and slider                  (outside the svg, or a transform while dragging)


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    opened = open_stage(chromium)
    yield opened
    opened.close()


def drawn(page: Page, picture: Node) -> Any:
    page.evaluate("(scene) => show(scene)", picture.plain())
    return from_stage(page.evaluate("() => tree()"))


def from_stage(element: Any, root: bool = True) -> Any:
    tag, attrs, text, children = element
    kept = {name: value for name, value in attrs.items() if name in ATTRIBUTES}
    for name in ("fill", "stroke", "font-family"):
        if name in kept:
            kept[name] = kept[name].removeprefix("var(--etcdlearn-").removesuffix(")")
    return (tag, {} if root else kept, text, [from_stage(child, False) for child in children])


def from_svg(element: ElementTree.Element, root: bool = True) -> Any:
    roles = {value: role for role, value in _palette.LIGHT.items()}
    fonts = {value: role for role, value in _palette.FONTS.items()}
    attrs = dict(element.attrib)
    for name in ("fill", "stroke"):
        attrs[name] = roles.get(attrs.get(name, ""), attrs.get(name, ""))
    attrs["font-family"] = fonts.get(attrs.get("font-family", ""), "")
    attrs = {name: value for name, value in attrs.items() if value}
    children = list(element)[1 if root else 0 :]  # without the panel
    return (
        element.tag.removeprefix("{http://www.w3.org/2000/svg}"),
        {} if root else attrs,
        element.text or "",
        [from_svg(child, False) for child in children],
    )


@pytest.mark.parametrize(("picture", "state"), STATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_stage_draws_what_the_static_picture_shows(page: Page, picture: str, state: str, language: str) -> None:
    """From whatever was drawn before: each state is patched over the one of the test before it."""
    for width in WIDTHS:
        wanted = draw(picture, state, width, language)
        assert drawn(page, wanted) == from_svg(ElementTree.fromstring(to_svg(wanted, "")))


def test_a_scene_that_is_no_picture_is_not_drawn(page: Page) -> None:
    evil: dict[str, Any] = {"t": "svg", "a": {"width": "400", "height": "100", "onload": "alert(1)"}}
    evil["l"] = {"label": "", "caption": ""}
    evil["c"] = [{"t": "script", "x": "alert(2)"}, {"t": "g", "a": {"onclick": "alert(3)", "fill": "red;x:url(y)"}}]
    page.evaluate("(scene) => show(scene)", evil)
    tree = page.evaluate("() => tree()")
    assert "onload" not in tree[1]
    assert [child[0] for child in tree[3]] == ["g"]
    assert "onclick" not in tree[3][0][1]
    assert page.evaluate("() => ran") == []


def test_one_tab_stop_for_the_marks_and_one_for_the_slider(page: Page) -> None:
    drawn(page, draw("timeline", "past"))
    stops = page.locator(".etcdlearn-stage [tabindex='0'], .etcdlearn-stage input")
    assert stops.count() == 2
    marks = page.locator("svg [role=img]")
    assert marks.count() == 9
    marks.first.focus()
    page.keyboard.press("End")
    focused = "() => document.activeElement.getAttribute('aria-label')"
    last = page.evaluate(focused)
    page.keyboard.press("Home")
    assert page.evaluate(focused) != last
    page.keyboard.press("ArrowRight")
    assert "/illusory/cloud" in page.evaluate(focused)
    assert stops.count() == 2


def test_the_tooltip_has_the_whole_record(page: Page) -> None:
    drawn(page, draw("timeline", "past"))
    page.locator("svg [role=img][aria-label*='rain']").focus()
    tip = page.locator(".etcdlearn-tip")
    assert tip.inner_text().split("\n") == [
        "/illusory/cloud",
        "put at revision 5",
        '"rain"',
        "create 2 · mod 5 · version 2",
    ]
    page.keyboard.press("Enter")
    page.locator("svg [role=img]").first.hover()
    assert "rain" in tip.inner_text()  # kept open
    page.keyboard.press("Escape")
    assert tip.count() == 0


def test_the_tooltip_of_a_pointer(page: Page) -> None:
    drawn(page, draw("timeline", "past"))
    page.locator("svg [role=img][aria-label*='snow']").hover()
    assert '"snow"' in page.locator(".etcdlearn-tip").inner_text()
    page.mouse.move(5, 5)
    assert page.locator(".etcdlearn-tip").count() == 0


def test_the_slider_moves_the_cursor_at_once_and_tells_python(page: Page) -> None:
    drawn(page, draw("timeline", "past"))
    box = page.locator("input[type=range]")
    assert (box.get_attribute("min"), box.get_attribute("max"), box.input_value()) == ("4", "9", "5")
    assert box.get_attribute("aria-valuetext") == "revision 5 of 9"
    page.evaluate("() => { sent.length = 0 }")
    box.focus()
    box.press("ArrowRight")
    page.wait_for_function("() => sent.length === 1")
    assert page.evaluate("() => sent") == [{"event": "cursor", "ref": 6}]
    assert box.get_attribute("aria-valuetext") == "revision 6 of 9"
    cursor = page.locator("svg > g[transform]")
    assert (cursor.get_attribute("transform") or "").startswith("translate(43.9")
    drawn(page, draw("timeline", "story"))  # an older answer does not pull the thumb back
    assert box.input_value() == "6"


def test_dark_and_forced_colours(page: Page) -> None:
    drawn(page, draw("timeline", "past"))
    ground = "() => getComputedStyle(document.querySelector('.etcdlearn-stage')).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.evaluate("() => { document.body.dataset.jpThemeLight = 'false' }")
    assert page.evaluate(ground) == "rgb(33, 33, 33)"
    page.evaluate("() => { delete document.body.dataset.jpThemeLight }")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == "rgb(33, 33, 33)"
    page.emulate_media(color_scheme="light", forced_colors="active")
    disc = "() => getComputedStyle(document.querySelector('svg circle')).fill"
    assert page.evaluate(disc) != "rgb(10, 95, 180)"
    page.emulate_media(forced_colors="none")


def test_the_stage_tells_its_width_and_cleans_up(page: Page) -> None:
    page.evaluate(
        "() => { cleanup(); sent.length = 0; document.getElementById('here').style.width = '650px'; open_() }"
    )
    page.wait_for_function("() => sent.length > 0")
    assert page.evaluate("() => sent[0]") == {"event": "width", "ref": 640}
    page.evaluate("() => cleanup()")
    assert page.evaluate("() => listening()") == 0
    assert page.locator(".etcdlearn-stage").count() == 0
    page.evaluate("() => { document.getElementById('here').style.width = ''; open_() }")
