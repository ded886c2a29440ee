"""The tree of marks: only what is on the list, text as text, widths reserved, colours that can be told apart."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from etcdlearn.widgets import _palette
from etcdlearn.widgets._scene import MOST_MARKS, Node, as_image, as_table, node, number, to_svg
from etcdlearn.widgets._text import LONGEST, clipped, fitted, quoted, readable, width, wrap
from tests.hostile import HOSTILE, NEVER
from tests.scenes import LANGUAGES, PICTURES, STATES, WIDTHS, draw


@pytest.mark.parametrize(
    ("tag", "attrs"),
    [("script", {}), ("a", {}), ("image", {}), ("g", {"onclick": "x"}), ("rect", {"style": "x"}), ("g", {"href": "x"})],
)
def test_nothing_but_what_is_on_the_list(tag: str, attrs: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not in the list"):
        Node(tag, attrs)


def test_both_writers_have_the_same_lists() -> None:
    from etcdlearn.widgets._scene import ATTRIBUTES, TAGS
    from etcdlearn.widgets._stage import HERE

    script = (HERE / "stage.js").read_text(encoding="utf-8")
    assert f'"{" ".join(["svg", "g", "rect", "line", "circle", "path", "text", "tspan"])}"' in script
    assert set(["svg", "g", "rect", "line", "circle", "path", "text", "tspan"]) == TAGS
    listed = script[script.index("const ATTRIBUTES") : script.index("const ROLES")]
    words = set(listed.replace('"', " ").replace("+", " ").split())
    assert words >= ATTRIBUTES
    assert len(script.splitlines()) < 300
    assert not any(word in script for word in ("innerHTML", "insertAdjacentHTML", "document.write", "eval("))


def test_text_is_escaped() -> None:
    svg = to_svg(node("svg", "", node("text", '<b>&"'), width=10, height=10), 'a "label" <x>')
    assert "&lt;b&gt;&amp;" in svg
    assert 'aria-label="a &quot;label&quot; &lt;x&gt;"' in svg
    assert ElementTree.fromstring(svg)[1].text == '<b>&"'
    assert as_image("<svg/>", '"><script>').startswith('<img alt="&quot;&gt;&lt;script&gt;"')
    table = as_table(["<h>"], [["<td>"]], "<s>")
    assert "<td><code>&lt;td&gt;</code></td>" in table
    assert "<summary>&lt;s&gt;</summary>" in table


@pytest.mark.parametrize(("picture", "state"), STATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_well_formed_and_not_too_much(picture: str, state: str, language: str) -> None:
    for size in WIDTHS:
        drawn = draw(picture, state, size, language)
        ElementTree.fromstring(to_svg(drawn, "label"))
        marks = [part for part in drawn.walk() if part.live and "tip" in part.live]
        assert len(marks) <= MOST_MARKS
        for part in drawn.walk():
            keys = [(child.tag, child.key) for child in part.children if child.key]
            assert len(keys) == len(set(keys)), "what has a key has one of its own"


@pytest.mark.parametrize("data", HOSTILE)
def test_hostile_text_is_one_harmless_line(data: bytes) -> None:
    for shown in (readable(data), clipped(data), clipped(data, is_key=True), fitted(data, 100, 12), quoted(data)):
        assert not NEVER & set(shown) - set("\u2066\u2069"), "only our own isolates, and those in pairs"
        assert shown.count("\u2066") == shown.count("\u2069")
        assert not re.search("[\u0300-\u0338\u0489]{3}", shown)
        shown.encode()
    assert len(clipped(data, is_key=True)) <= 3 * LONGEST + len("\u2066…\u2069 10,240 B")
    assert width(fitted(data, 100, 12), 12, mono=True) <= 112


def test_how_hostile_text_is_shown() -> None:
    assert readable(b"\x00\n\t\x7f") == "␀⏎⇥␡"
    assert readable("\u202ea\u200b".encode()) == "⟨U+202E⟩a⟨U+200B⟩"
    assert readable(b"\xff\xfeok") == r"\xff\xfeok"
    assert readable("\u00a0\u3164\ufe0f\ufdfd".encode()) == "⟨U+00A0⟩⟨U+3164⟩⟨U+FE0F⟩⟨U+FDFD⟩"
    assert readable("e\u0301\u0302\u0303\u0304".encode()) == "e\u0301\u0302⟨U+0303⟩⟨U+0304⟩"
    assert readable("\u0301x".encode()) == "⟨U+0301⟩x"
    assert clipped("שלום עולם ".encode() * 4) == "\u2066" + "שלום\u00a0עולם\u00a0שלום\u00a0ע" + "…\u2069 72 B"
    assert readable(b"  a") == "\u00a0\u00a0a"
    assert clipped(b"x" * 10_240) == "x" * 16 + "… 10,240 B"
    assert clipped(b"/very/long/key/that/ends/in/42", is_key=True) == "/very/long/key/t…/in/42 30 B"
    assert quoted(b"") == '""'
    assert quoted("שלום".encode()) == '"\u2066שלום\u2069"'


def test_widths_are_reserved_for_the_widest_font() -> None:
    assert width("abc", 10, mono=True) == pytest.approx(18.3)
    assert width("abc", 10) == pytest.approx(18.6)
    assert width("干扰", 10) == pytest.approx(21)
    assert width("e\u0301", 10) == width("e", 10)


def test_lines_are_broken_between_clauses_else_about_evenly() -> None:
    assert wrap("one two; three four", 70, 10, 2) == ["one two;", "three four"]
    assert wrap("在修订版本 5 读到 rain；4 之前已被压缩", 200, 13, 2) == ["在修订版本 5 读到 rain；", "4 之前已被压缩"]
    lines = wrap("a word and another word and one", 130, 10, 2)
    assert len(lines) == 2
    assert abs(len(lines[0]) - len(lines[1])) < 12
    assert wrap("", 100, 10, 2) == []
    assert wrap("x" * 100, 100, 10, 2)[-1].endswith("…")
    assert all(width(line, 13) <= 200 for line in wrap("字" * 60, 200, 13, 9))


def test_numbers_are_written_the_same_by_both() -> None:
    assert [number(value) for value in (1, 1.0, 0.5, 1 / 3, 10.10)] == ["1", "1", "0.5", "0.33", "10.1"]


# Colours.


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("role", "light", "dark"),
    [
        *(("ink", 16.56, 13.95), ("ink2", 6.79, 8.03), ("mark", 4.12, 5.18), ("put", 6.35, 6.48)),
        *(("delete", 8.18, 6.71), ("lease", 4.53, 11.26), ("leader", 9.60, 10.61), ("ok", 5.01, 6.49)),
        ("alarm", 10.34, 9.00),
    ],
)
def test_contrast_on_the_panel(role: str, light: float, dark: float) -> None:
    assert ratio(_palette.LIGHT[role], _palette.LIGHT["panel"]) == pytest.approx(light, abs=0.01)
    assert ratio(_palette.DARK[role], _palette.DARK["panel"]) == pytest.approx(dark, abs=0.01)


@pytest.mark.parametrize("colours", [_palette.LIGHT, _palette.DARK], ids=["light", "dark"])
def test_contrast_of_what_meets(colours: dict[str, str]) -> None:
    for ground in ("alt", "put-tint", "lease-tint", "delete-tint", "past"):
        assert ratio(colours["ink"], colours[ground]) > 7
        assert ratio(colours["ink2"], colours[ground]) > 4.5
    assert ratio(colours["put"], colours["put-tint"]) > 4.5
    assert ratio(colours["hatch"], colours["past"]) > 3
    assert ratio(colours["panel"], colours["ink"]) > 7  # the number in a pill


def test_every_role_is_a_variable_of_the_stage_in_every_theme() -> None:
    assert _palette.LIGHT.keys() == _palette.DARK.keys()
    css = _palette.css()
    for role in _palette.LIGHT:
        assert css.count(f"--etcdlearn-{role}:") == 4  # light, dark, dark by preference, forced colours


# Golden pictures.

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("path", sorted(GOLDEN.rglob("*.svg")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_golden_pictures(path: Path) -> None:
    """What changes how a picture looks shows as a changed file in the review (tools/pictures.py writes them)."""
    state, language, size = path.stem.rsplit("-", 2)
    picture = draw(path.parent.name, state, float(size), language)
    assert picture.live is not None
    assert to_svg(picture, picture.live["label"]) == path.read_text(encoding="utf-8")


def test_every_state_has_a_golden_picture() -> None:
    there = {(path.parent.name, path.stem.rsplit("-", 2)[0]) for path in GOLDEN.rglob("*.svg")}
    assert there == set(STATES)
    assert {folder.name for folder in GOLDEN.iterdir()} == set(PICTURES)
