"""What the command line does to a terminal: completion, pipes, interrupts, encodings, strangers' names."""

import os
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from etcdlearn.cli import main
from etcdlearn.cli._course import copy_course
from etcdlearn.cli._lessons import stems
from etcdlearn.cli._terminal import Group, one_line, plain, shown

SCRIPT = Path(sys.executable).with_name("etcdlearn")
COMMANDS = ("doctor", "etcd", "lab", "progress", "reset", "serve")


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [SCRIPT, *words], env={**os.environ, **environment}, capture_output=True, text=True, encoding="utf-8"
    )


def asked(**environment: str) -> str:
    """What a shell is told that asks by click's variables."""
    return CliRunner().invoke(main, [], prog_name="etcdlearn", env=environment).output


def completed(*words: str) -> list[str]:
    """What it is told when Tab is pressed after the last word."""
    words = ("etcdlearn", *words)
    position = str(len(words) - 1)
    return asked(COMP_WORDS=" ".join(words), COMP_CWORD=position, _ETCDLEARN_COMPLETE="bash_complete").splitlines()


def test_tab_completes_commands_lessons_options_and_folders() -> None:
    assert completed("") == [f"plain,{name}" for name in COMMANDS]
    assert completed("pro") == ["plain,progress"]
    assert completed("reset", "") == [f"plain,{stem}" for stem in stems()]
    assert completed("reset", "00") == ["plain,00_ten_minutes"]
    assert completed("reset", "0", "my") == completed("lab", "my") == completed("progress", "my") == ["dir,my"]
    assert completed("lab", "--lang", "") == ["plain,en", "plain,zh"]
    assert "plain,--quota" in completed("serve", "--")


def test_tab_in_a_process_of_its_own() -> None:
    told = run(COMP_WORDS="etcdlearn reset ", COMP_CWORD="2", _ETCDLEARN_COMPLETE="bash_complete")
    assert told.stdout.splitlines() == [f"plain,{stem}" for stem in stems()]
    assert told.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_help_names_the_line_that_turns_completion_on(shell: str) -> None:
    variable = f"_ETCDLEARN_COMPLETE={shell}_source"
    assert variable in CliRunner().invoke(main, ["--help"]).output
    assert "etcdlearn" in asked(**dict([variable.split("=")]))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str) -> None:
    told = CliRunner().invoke(main, [command, "--help"])
    assert told.exit_code == 0
    assert f"\n  Examples:\n    etcdlearn {command}" in told.output


def test_a_reader_who_has_enough_hears_no_complaint(tmp_path: Path) -> None:
    copy_course(tmp_path)
    reader, writer = os.pipe()
    os.close(reader)
    try:
        told = subprocess.run([SCRIPT, "progress", tmp_path], stdout=writer, stderr=subprocess.PIPE)
    finally:
        os.close(writer)
    assert told.stderr == b""
    assert told.returncode == 1


@pytest.mark.linux
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    copy_course(tmp_path)
    with open("/dev/full", "w") as full:
        told = subprocess.run([SCRIPT, "progress", tmp_path], stdout=full, stderr=subprocess.PIPE)
    assert told.stderr == b"Error: No space left on device\n"
    assert told.returncode == 1


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [({"LC_ALL": "C"}, "完成 0/"), ({"LANG": "C"}, "完成 0/"), ({"PYTHONIOENCODING": "latin-1"}, "\\u5b8c\\u6210 0/")],
)
def test_chinese_where_the_locale_has_none(tmp_path: Path, encoding: dict[str, str], expected: str) -> None:
    copy_course(tmp_path)
    told = run("progress", str(tmp_path), "--lang", "zh", **encoding)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(expected)


@click.group(cls=Group)
def group() -> None:
    pass


@group.command()
def interrupted() -> None:
    signal.raise_signal(signal.SIGINT)


@group.command()
@click.argument("word")
def refuse(word: str) -> None:
    raise FileNotFoundError(2, "No such file or directory", word)


def test_ctrl_c_is_one_line_and_status_130() -> None:
    told = CliRunner().invoke(group, ["interrupted"])
    assert told.output == "Interrupted.\n"
    assert told.exit_code == 130


HOSTILE = ["\x1b[31mred", "a\u202eb", "line\nbreak\r", "\x9b2J", "zero\u200bwidth", "\u2066\u2069", "tab\t", "\udcff"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("words", [("refuse",), ("--",), ("refuse", "a")])
def test_names_cannot_write_to_the_terminal(name: str, words: tuple[str, ...]) -> None:
    told = CliRunner().invoke(group, [*words, name])
    assert told.exit_code in (1, 2)
    assert "Error: " in told.output
    for line in told.output.split("\n"):
        assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs")]


def test_plain_leaves_text_alone() -> None:
    assert plain("课程/a b.ipynb 'x' \\ é") == "课程/a b.ipynb 'x' \\ é"
    assert plain("a\x1b\u202e\udcff") == "a\\x1b\\u202e\\udcff"
    assert one_line(OSError("two\nlines")) == "two lines"


def test_home_is_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert shown(tmp_path / "course") == f"~{os.sep}course"
    assert shown(f"{tmp_path}2") == f"{tmp_path}2"
