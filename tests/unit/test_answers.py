"""What check, hint and solution answer: English as text, the lab's language as HTML, strangers' values as text."""

import re

import pytest

from etcdlearn import Header
from etcdlearn.teach._answers import Checked, Hint, Solution, cannot
from etcdlearn.teach._store import Store
from etcdlearn.teach._words import words
from etcdlearn.teach.exercises import EXERCISES, Finding
from etcdlearn.teach.exercises._exercise import found, no_situation
from tests.hostile import HOSTILE


def checked(finding: Finding, language: str = "en", id: str = "2.1") -> Checked:
    return Checked(id, finding.right, finding.name, finding, language)


def test_right() -> None:
    told = checked(found("right"))
    assert repr(told) == "2.1 right: " + words("en")["2.1"]["right"].removeprefix("Right: ")
    assert told._repr_html_().startswith("<p><b>✓ Right:</b> ")
    assert checked(found("right"), "zh")._repr_html_().startswith("<p><b>✓ 正确：</b> ")


def test_a_mistake() -> None:
    told = checked(found("lamp", value=b"red"))
    assert repr(told).startswith("2.1 not yet: /desk/lamp reads 'red'")
    assert told._repr_html_().startswith('<p><b>✗ Not yet:</b> /desk/lamp reads <code dir="ltr">&#x27;red&#x27;</code>')
    assert checked(found("lamp", value=b"red"), "zh")._repr_html_().startswith("<p><b>✗ 还不对：</b> ")


@pytest.mark.parametrize("compacted", [0, 7])
def test_what_cannot_be_judged_is_no_mistake(compacted: int) -> None:
    told = checked(no_situation(Store(Header(1, 2, 9, 2), compacted, {}, ())))
    assert not told.right
    assert repr(told).startswith("2.1 cannot judge: ")
    assert "? Cannot judge:" in told._repr_html_()
    assert "? 无法判断：" in cannot(EXERCISES["2.1"], "closed", "zh")._repr_html_()


@pytest.mark.parametrize("value", [*HOSTILE, b"a `b", b"{value} {0} {missing}", b"$\\alpha$"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_value_is_shown_as_text(value: bytes, language: str) -> None:
    told = checked(found("lamp", value=value), language)
    html = told._repr_html_()
    assert set(re.findall(r"<(/?\w+)", html)) == {"p", "/p", "b", "/b", "code", "/code"}
    assert html.count("<code") == html.count("</code>")
    assert "\n" not in repr(told)
    assert repr(told).isprintable()
    assert len(html) < 1_000


def test_hints_are_numbered_and_the_last_one_says_so() -> None:
    told = Hint("1.1", 1, "en")
    assert repr(told).startswith("1.1 hint 1 of 3: ")
    assert "solution" not in repr(told)
    assert repr(Hint("1.1", 3, "zh")).endswith('That was the last hint; lab.solution("1.1") shows one way.')
    assert "<b>提示 3/3：</b>" in Hint("1.1", 3, "zh")._repr_html_()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("id", EXERCISES)
def test_every_hint_and_solution_can_be_shown(id: str, language: str) -> None:
    """A brace in a hint is a brace."""
    for number in (1, 2):
        html = Hint(id, number, language)._repr_html_()
        assert "{{" not in html
        assert "<p><b>" in html
    solution = Solution(id, EXERCISES[id].solution, language)
    assert repr(solution).startswith(EXERCISES[id].solution + "\n\n")
    assert set(re.findall(r"<(\w+)", solution._repr_html_())) <= {"p", "b", "pre", "code"}
