"""What teaching says is complete in both languages, and said for every finding of every exercise."""

import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import etcdlearn
from etcdlearn import Header
from etcdlearn.teach._store import Store
from etcdlearn.teach._words import words
from etcdlearn.teach.exercises import EXERCISES
from etcdlearn.teach.exercises._exercise import CANNOT, no_situation
from tests.notebooks.test_house_rules import MOST_CHARACTERS, MOST_WORDS, NOT_CHINESE, PRAISE, VERSION

LANGUAGES = ("en", "zh")
TEACH = Path(etcdlearn.__file__).parent / "teach"
each = pytest.mark.parametrize("name", EXERCISES)
both = pytest.mark.parametrize("language", LANGUAGES)


def texts(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its place."""
    for name, value in table.items():
        if isinstance(value, str):
            yield f"{path}/{name}", value
        elif isinstance(value, dict):
            yield from texts(value, f"{path}/{name}")
        else:
            yield from ((f"{path}/{name}/{place}", text) for place, text in enumerate(value))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_say_the_same_things_with_the_same_values() -> None:
    english, chinese = (dict(texts(words(language))) for language in LANGUAGES)
    assert list(english) == list(chinese), "the same keys, in the same order"
    # Hints, explanations and titles are no templates: a brace in them is a brace.
    plain = re.compile(r"/(hints/\d+|explained|title)$")
    for place, text in english.items():
        if not plain.search(place):
            assert fields(text) == fields(chinese[place]), place


@each
@both
def test_every_exercise_says_every_finding_and_nothing_else(name: str, language: str) -> None:
    exercise, told = EXERCISES[name], words(language)[name]
    assert list(told)[:3] == ["title", "hints", "explained"]
    assert sorted(list(told)[3:]) == sorted(exercise.findings)
    said = [told[finding] for finding in exercise.findings]
    assert len(set(said)) == len(said), "every mistake has words of its own"
    assert 2 <= len(told["hints"]) <= 3
    assert told["right"].startswith("正确：" if language == "zh" else "Right: ")


def test_there_are_words_of_every_exercise_and_lesson_and_no_others() -> None:
    for language in LANGUAGES:
        told = words(language)
        assert list(told) == ["frame", "cannot", "lessons", *EXERCISES]
        assert set(told["lessons"]) == {exercise.lesson for exercise in EXERCISES.values()}


def test_no_word_is_unused() -> None:
    """The frame is used by name; ``cannot`` has the reasons that the code gives, and no others."""
    code = "".join(path.read_text(encoding="utf-8") for path in TEACH.rglob("*.py"))
    assert set(words("en")["frame"]) == set(re.findall(r"""frame(?:["']\])?\[["'](\w+)["']\]""", code))
    reasons = set(re.findall(r'cannot\(exercise, "(\w+)"', code))
    unprepared = {no_situation(store(compacted)).name.removeprefix(CANNOT) for compacted in (0, 5)}
    assert set(words("en")["cannot"]) == reasons | unprepared


def store(compacted: int) -> Store:
    return Store(Header(1, 2, 9, 2), compacted, {}, ())


def prose(text: str) -> str:
    """Without code, values, keys and what stands in quotes."""
    return re.sub(r"`[^`]*`|\{[^}]*\}+|f?\"[^\"]*\"|'[^']*'|/[\w/]+", "CODE", text)


def test_english_is_short_and_sober() -> None:
    for place, text in texts(words("en")):
        assert not PRAISE.findall(prose(text)), place
        assert not re.search(r"[\u3000-\uffef]", text), place
        assert max(len(part.split()) for part in re.split(r"(?<=[.?:;])\s+", text)) <= MOST_WORDS, place


def test_chinese_keeps_its_terms_and_its_punctuation() -> None:
    for place, text in texts(words("zh")):
        said = prose(text)
        assert NOT_CHINESE.findall(said) == [], place
        assert VERSION.findall(said) == [], place
        assert not re.findall(r"[\u4e00-\u9fff][,:;?!]|[,:;?!][\u4e00-\u9fff]", said), place
        assert not re.findall(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", said), place
        assert max(map(len, re.split(r"[。？！：；]", said))) <= MOST_CHARACTERS, place


@both
def test_only_what_is_code_stands_between_backticks_and_they_come_in_pairs(language: str) -> None:
    for place, text in texts(words(language)):
        assert text.count("`") % 2 == 0, place
