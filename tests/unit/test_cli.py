"""The command line without JupyterLab: usage, failures in one line, the learner's copy, the language."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import etcdlearn
from etcdlearn._language import usual_language
from etcdlearn.cli import main
from etcdlearn.cli._lessons import lessons_home


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


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
