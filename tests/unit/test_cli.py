"""The command line without JupyterLab: usage, failures in one line, the learner's copy, the language."""

import json
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner, Result

import etcdlearn
from etcdlearn.cli import main
from etcdlearn.cli._course import FIRST, Copied, copy_course, lessons_home
from etcdlearn.cli.lab import usual_language

LANGUAGES = ("en", "zh")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def read(notebook: Path) -> Any:
    return json.loads(notebook.read_text(encoding="utf-8"))


def test_version() -> None:
    assert run("--version").output == f"etcdlearn, version {etcdlearn.__version__}\n"


@pytest.mark.parametrize("words", [(), ("lab",)])
def test_help_has_examples(words: tuple[str, ...]) -> None:
    told = run(*words, "--help")
    assert told.exit_code == 0
    assert "Examples:\n" in told.output
    assert "\n    etcdlearn lab" in told.output


@pytest.mark.parametrize(
    "words", [("nope",), ("--nope",), ("lab", "--nope"), ("lab", "--lang", "fr"), ("lab", "one", "two")]
)
def test_what_it_does_not_know_is_status_2_with_the_usage(words: tuple[str, ...]) -> None:
    told = run(*words)
    assert told.exit_code == 2
    assert told.output.startswith("Usage: ")


@pytest.mark.parametrize("place", ["notes.txt", "notes.txt/below"])
def test_a_folder_that_cannot_be_made_is_status_1_and_one_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    told = run("lab", str(tmp_path / place))
    assert told.exit_code == 1
    assert told.output.startswith(f"Error: {tmp_path / place}")
    assert told.output.count("\n") == 1
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_the_originals_are_nobody_s_copy() -> None:
    told = run("lab", str(lessons_home()))
    assert told.exit_code == 1
    assert told.output == f"Error: {lessons_home()} holds the originals of the lessons; choose another folder\n"


def test_without_jupyterlab_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    told = run("lab", str(tmp_path / "course"))
    assert told.exit_code == 1
    assert told.output == "Error: JupyterLab is not installed; `pip install 'etcdlearn[lab]'` brings it\n"
    assert not (tmp_path / "course").exists()


def test_a_copy_is_every_lesson_as_before_its_first_run(tmp_path: Path) -> None:
    lessons = sorted(path.relative_to(lessons_home()) for path in lessons_home().glob("*/*.ipynb"))
    assert copy_course(tmp_path / "我的 course") == Copied(new=len(lessons), kept=0)
    copies = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.relative_to(tmp_path / "我的 course") for path in copies] == lessons
    for copy, lesson in zip(copies, lessons, strict=True):
        nbformat.validate(read(copy))
        for cell, original in zip(read(copy)["cells"], read(lessons_home() / lesson)["cells"], strict=True):
            assert (cell["id"], cell["source"]) == (original["id"], original["source"])
            if cell["cell_type"] == "code":
                assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_a_copy_never_touches_what_is_there_and_brings_back_what_is_not(tmp_path: Path) -> None:
    copy_course(tmp_path)
    mine, lost = (tmp_path / language / FIRST for language in LANGUAGES)
    mine.write_text("my own")
    lost.unlink()
    again = copy_course(tmp_path)
    assert again.new == 1
    assert mine.read_text() == "my own"
    assert read(lost)["cells"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "ETCDLEARN_LANG": "en"}, "en"),
        ({"LANG": "C", "ETCDLEARN_LANG": "zh"}, "zh"),
    ],
)
def test_the_usual_language(environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ETCDLEARN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert usual_language() == expected
