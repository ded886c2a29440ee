"""The shape of a lesson from 01 on: words first, what was seen, a glossary, and exercises that a check can judge."""

import re
from pathlib import Path
from typing import Any

from etcdlearn.teach.exercises import EXERCISES
from tests.notebooks.lesson import LESSONS, each_but_00, load, markdown, source

LABELS = {
    "question": ("**Your question.**", "**先看问题。**"),
    "goals": ("At the end of this lesson you can\n\n- ", "学完这一课，你能：\n\n- "),
    "fresh": ("on a fresh etcd", "全新的 etcd"),
    "words": ("| Word | Meaning |", "| 术语 | 含义 |"),
    "seen": ("## What you saw\n", "## 你看到了什么\n"),
    "glossary": ("## Glossary\n", "## 速查表\n"),
    "next": ("## What comes next\n", "## 接下来\n"),
    "exercises": ("## Exercises\n", "## 练习\n"),
    "exercise": ("### Exercise {}: ", "### 练习 {}："),
    "situation": ("**Situation.**", "**背景。**"),
    "task": ("**Task.**", "**任务。**"),
    "turn": ("**Your turn.**", "**轮到你了。**"),
}
MINUTES = re.compile(r"about (\d+) minutes|大约 (\d+) 分钟")


def label(lesson: Path, what: str) -> str:
    return LABELS[what][lesson.parent.name == "zh"]


def of_lesson(lesson: Path) -> list[str]:
    return [each.id for each in EXERCISES.values() if each.lesson == lesson.stem[:2]]


@each_but_00
def test_it_opens_with_a_question_and_says_what_one_gets(lesson: Path) -> None:
    opening = source(load(lesson)["cells"][0])
    assert opening.startswith("# ")
    for what in ("question", "goals", "fresh"):
        assert label(lesson, what) in opening
    minutes = MINUTES.search(opening)
    assert minutes, "the time it takes is said"
    assert 10 <= int(minutes[1] or minutes[2]) <= 60


@each_but_00
def test_a_few_words_come_first(lesson: Path) -> None:
    """No more than can be kept in mind; every other word is explained where it is met."""
    words = source(load(lesson)["cells"][1])
    assert words.startswith("## ")
    assert label(lesson, "words") in words
    rows = [line for line in words.splitlines() if line.startswith("| ")]
    assert 4 <= len(rows) <= 8  # with the head


@each_but_00
def test_it_ends_in_what_was_seen_a_glossary_what_comes_next_and_exercises(lesson: Path) -> None:
    text = markdown(lesson)
    seen = text.index(label(lesson, "seen"))
    assert text.index("\n1. ", seen) < text.index("\n| ", text.index(label(lesson, "glossary")))
    assert seen < text.index(label(lesson, "glossary")) < text.index(label(lesson, "exercises"))
    assert label(lesson, "next") in text[seen:]


@each_but_00
def test_the_same_is_shown_in_go_and_in_etcdctl(lesson: Path) -> None:
    blocks = re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", markdown(lesson))
    assert [body for language, body in blocks if language == "go"]
    assert [body for language, body in blocks if language == "sh" and "etcdctl " in body]
    assert {language for language, _ in blocks} <= {"go", "sh", "text"}


@each_but_00
def test_its_exercises_are_those_that_can_be_checked(lesson: Path) -> None:
    ids = of_lesson(lesson)
    assert 3 <= len(ids) <= 5
    assert re.findall(r"^" + label(lesson, "exercise").format(r"(\d+\.\d+)"), markdown(lesson), re.M) == ids


def parts(lesson: Path, exercise: str) -> list[Any]:
    """The cells of one exercise."""
    cells = load(lesson)["cells"]
    heads = [
        place
        for place, cell in enumerate(cells)
        if re.match(r"^#{2,3} ", source(cell)) and cell["cell_type"] == "markdown"
    ]
    start = next(
        place for place in heads if source(cells[place]).startswith(label(lesson, "exercise").format(exercise))
    )
    return list(cells[start : min((place for place in heads if place > start), default=None)])


@each_but_00
def test_every_exercise_is_situation_task_stub_and_check(lesson: Path) -> None:
    for exercise in of_lesson(lesson):
        cells = parts(lesson, exercise)
        text = "\n\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")
        assert text.index(label(lesson, "situation")) < text.index(label(lesson, "task"))
        assert text.index(label(lesson, "task")) < text.index(label(lesson, "turn"))
        *before, check = [cell for cell in cells if cell["cell_type"] == "code"]
        assert len(before) >= 2, "a cell for the situation, and a stub"
        assert source(check) == f'lab.check("{exercise}")', "a cell of its own: an error before it does not hide it"


@each_but_00
def test_the_stored_verdict_of_a_stub_is_a_mistake(lesson: Path) -> None:
    for exercise in of_lesson(lesson):
        check = [cell for cell in parts(lesson, exercise) if cell["cell_type"] == "code"][-1]
        told = "".join(check["outputs"][0]["data"]["text/plain"])
        assert told.startswith(f"{exercise} not yet: ")


@each_but_00
def test_it_says_how_to_get_a_hint(lesson: Path) -> None:
    assert re.search(r'`lab\.hint\("\d+\.\d+"\)`', markdown(lesson))
    assert re.search(r'`lab\.solution\("\d+\.\d+"\)`', markdown(lesson))


def test_every_exercise_has_its_lesson() -> None:
    there = {path.stem[:2] for path in LESSONS}
    assert there - {"00"} == {exercise.lesson for exercise in EXERCISES.values()}
