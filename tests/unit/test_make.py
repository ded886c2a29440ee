"""make lab and make test get the course's etcd once, and go on without it. What they call are stand-ins."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from etcdlearn.servers.binary import COURSE, VARIABLE
from etcdlearn.servers.install import VARIABLE as SOURCE
from tests.releases import write

ROOT = Path(__file__).resolve().parents[2]
GETTING = f"Getting etcd {COURSE} for the lessons, once ..."
AGAIN = "'.venv/bin/etcdlearn etcd install' tries it again."


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What make reads, and a .venv whose programs only say that they were called."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "etcdlearn/servers/binary.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    write(tmp_path / ".venv" / ".made", b"")
    write(tmp_path / ".venv/bin/uv", b"#!/bin/sh\n")
    write(tmp_path / ".venv/bin/python", b"#!/bin/sh\necho python $@\n")
    ends(tmp_path, 0)
    return tmp_path


def ends(checkout: Path, status: int) -> None:
    """How ``etcdlearn etcd install`` ends."""
    text = f"#!/bin/sh\necho etcdlearn $@\n[ $1 = lab ] || exit {status}\n"
    write(checkout / ".venv/bin/etcdlearn", text.encode())


def make(
    checkout: Path, *words: str, status: int = 0, environment: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """What ``make`` says, but for the installation of packages."""
    names = (VARIABLE, SOURCE, "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "TESTS")
    env = {name: value for name, value in os.environ.items() if name not in names} | dict(environment)
    done = subprocess.run(["make", *words], cwd=checkout, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == (status != 0), done.stderr
    return [line for line in done.stdout.splitlines() if not line.startswith("Installing ")]


@pytest.mark.parametrize(
    ("word", "then"), [("lab", "etcdlearn lab ./etcdlearn-course"), ("test", "python -m pytest -n 3 --dist loadfile")]
)
def test_once(checkout: Path, word: str, then: str) -> None:
    assert make(checkout, word) == [GETTING, "etcdlearn etcd install", then]
    assert make(checkout, word) == [then]
    assert make(checkout, "setup") == []


def test_a_failure_is_a_line_and_the_course_opens(checkout: Path) -> None:
    ends(checkout, 1)
    opens = "etcdlearn lab ./etcdlearn-course"
    assert make(checkout, "lab") == [GETTING, "etcdlearn etcd install", AGAIN, opens]
    assert make(checkout, "lab") == [opens]


def test_an_interrupt_ends_make_and_the_next_one_tries_again(checkout: Path) -> None:
    ends(checkout, 130)
    for _ in range(2):
        assert make(checkout, "lab", status=2) == [GETTING, "etcdlearn etcd install"]


@pytest.mark.parametrize("environment", [{VARIABLE: "/some/etcd"}, {SOURCE: "none"}])
def test_who_has_one_or_wants_none_gets_none(checkout: Path, environment: dict[str, str]) -> None:
    assert make(checkout, "test", environment=environment) == ["python -m pytest -n 3 --dist loadfile"]
    assert make(checkout, "test")[0] == GETTING


def test_help_names_the_version(checkout: Path) -> None:
    assert any(line.startswith(f"Both get etcd {COURSE} once.") for line in make(checkout, "help"))
