"""The house rules of lessons: what every lesson, in every language, must keep."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.lesson import LESSONS, NOTEBOOKS, code_cells, each, load, prose, source

FIRST_CELL = "import etcdlearn as etcd\n\nlab = etcd.lab()\nclient = lab.client"
MOST_LINES, LONGEST_LINE = 8, 100
MOST_WORDS = 34  # in an English sentence
MOST_CHARACTERS = 60  # in a Chinese one
# Words that the list of terms rules out, as far as they cannot mean anything else.
NOT_CHINESE = re.compile("整合压缩|交易|群集|会员|墓碑|序列化读|仲裁|笔记本|小部件|主节点|监视|紧缩|您|钥匙")
VERSION = re.compile(r"(?<!修订)(?<!历史)(?<!Python )(?<!etcd )(?<!或更高)版本")
PRAISE = re.compile(r"\b(simply|just|easily|obviously|of course|congratulations|let's)\b|!", re.I)


@each
def test_it_is_a_valid_notebook_whose_cells_are_numbered(lesson: Path) -> None:
    """Ids that say the place make the two languages easy to compare; a tool that writes random ones shows here."""
    notebook = load(lesson)
    nbformat.validate(notebook)
    assert [cell["id"] for cell in notebook["cells"]] == [f"cell-{n:02}" for n in range(1, len(notebook["cells"]) + 1)]


@each
def test_every_code_cell_follows_a_text(lesson: Path) -> None:
    kinds = [cell["cell_type"] for cell in load(lesson)["cells"]]
    assert kinds[0] == "markdown"
    assert ("code", "code") not in pairwise(kinds)


@each
def test_every_lesson_starts_with_the_same_cell(lesson: Path) -> None:
    assert source(code_cells(lesson)[0]) == FIRST_CELL


@each
def test_code_cells_are_short_and_say_nothing_in_comments(lesson: Path) -> None:
    for cell in code_cells(lesson):
        lines = [line for line in source(cell).splitlines() if line.strip()]
        assert 1 <= len(lines) <= MOST_LINES
        assert max(map(len, lines)) <= LONGEST_LINE
        assert not any("#" in line for line in lines), "code cells are the same in both languages"


@each
def test_every_code_cell_was_run_and_shows_something(lesson: Path) -> None:
    """nbval compares nothing in a cell that was never run."""
    cells = code_cells(lesson)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell["outputs"] for cell in cells)


@each
def test_what_is_stored_is_plain(lesson: Path) -> None:
    text = lesson.read_text(encoding="utf-8")
    assert "widget-view" not in text
    assert not re.search(r"nbval|NBVAL", text)
    assert not re.search(r"/(home|root|tmp|Users|work)/", text)
    notebook = load(lesson)
    shown = json.dumps([cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"])
    # A free port is another one tomorrow; port 1, at which nobody listens, is the same on every machine.
    assert not re.search(r"(127\.0\.0\.1|localhost)(?!:1\b)", shown)
    assert sorted(notebook["metadata"]) == ["kernelspec", "language_info"]
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags"}
        errors = [output for output in cell.get("outputs", []) if output["output_type"] == "error"]
        assert not errors or cell["metadata"].get("tags") == ["raises-exception"]


@each
def test_no_sentence_turns_into_a_list(lesson: Path) -> None:
    """Markdown takes a paragraph that begins with "0. " for a list: only lists of several lines begin so."""
    for cell in load(lesson)["cells"]:
        lines = [] if cell["cell_type"] == "code" else source(cell).splitlines()
        numbers = [int(match[1]) for line in lines if (match := re.match(r"(\d+)\. ", line))]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) != 1


@each
def test_pictures_have_an_image_a_text_and_a_table(lesson: Path) -> None:
    pictures = [
        data
        for cell in code_cells(lesson)
        for output in cell["outputs"]
        if "data:image/svg" in (data := "".join(output.get("data", {}).get("text/html", "")))
    ]
    assert pictures
    for html in pictures:
        assert re.match(r'<img alt="[^"]{20,}" src="data:image/svg\+xml;base64,', html)
        assert "<details>" in html


def test_both_languages_have_the_same_lessons_and_the_same_code() -> None:
    english, chinese = (sorted((NOTEBOOKS / language).glob("*.ipynb")) for language in ("en", "zh"))
    assert [path.name for path in english] == [path.name for path in chinese]
    for one, other in zip(english, chinese, strict=True):
        for cell, twin in zip(load(one)["cells"], load(other)["cells"], strict=True):
            assert (cell["id"], cell["cell_type"], cell["metadata"]) == (
                twin["id"],
                twin["cell_type"],
                twin["metadata"],
            )
            if cell["cell_type"] == "code":
                assert source(cell) == source(twin)
                assert plain(cell) == plain(twin)
            else:
                assert source(cell) != source(twin)
                assert source(cell).count("\n#") == source(twin).count("\n#")


def plain(cell: Any) -> list[str]:
    """What a cell shows without its pictures: English, and the same everywhere."""
    shown = ["".join(out.get("text") or out.get("data", {}).get("text/plain", "")) for out in cell["outputs"]]
    return [re.sub(r"(?m)^Started etcd .*$", "Started etcd", text) for text in shown]


@each
def test_predictions_have_options_and_an_ending(lesson: Path) -> None:
    text = prose(lesson)
    label = "> **先猜，再运行。**" if lesson.parent.name == "zh" else "> **Predict before you run.**"
    assert text.count(label) >= 2
    assert text.count("\n> A. ") == text.count("\n> B. ") == text.count(label)


@pytest.mark.parametrize("lesson", [path for path in LESSONS if path.parent.name == "en"], ids=lambda path: path.stem)
def test_english_sentences_are_short_and_sober(lesson: Path) -> None:
    sentences = re.split(r"(?<=[.?:;])\s+", prose(lesson))
    long = [sentence for sentence in sentences if len(sentence.split()) > MOST_WORDS]
    assert not long
    assert not PRAISE.findall(prose(lesson))


@pytest.mark.parametrize("lesson", [path for path in LESSONS if path.parent.name == "zh"], ids=lambda path: path.stem)
def test_chinese_keeps_its_terms_and_its_punctuation(lesson: Path) -> None:
    text = prose(lesson)
    assert NOT_CHINESE.findall(text) == []
    assert VERSION.findall(text) == []
    assert not re.findall(r"[\u4e00-\u9fff][,:;?!]|[,:;?!][\u4e00-\u9fff]", text), "full-width punctuation"
    assert not re.findall(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", text), (
        "a space before Latin and digits"
    )
    sentences = re.split(r"[。？！：；\n]", text)
    assert max(map(len, sentences)) <= MOST_CHARACTERS
