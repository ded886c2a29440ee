"""Programs that are run to build an etcd: within bounds of time, and never left behind."""

import os
import select
from pathlib import Path

import pytest

from etcdlearn.servers.bounded import run
from etcdlearn.servers.report import InstallError


def shell(place: Path, text: str, *, limit: float = 30, silence: float = 30) -> str:
    return run(["/bin/sh", "-c", text], cwd=place, env=os.environ, limit=limit, silence=lambda: silence)


def test_what_it_wrote_comes_back_and_is_heard(tmp_path: Path) -> None:
    heard: list[str] = []
    command = ["/bin/sh", "-c", "echo one; echo two >&2; printf three"]
    told = run(command, cwd=tmp_path, env={}, limit=30, silence=lambda: 30, heard=heard.append)
    assert told.splitlines() == heard == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("text", "reason", "final"),
    [
        ("exit 3", "sh failed: status 3", False),
        ("echo 'go: x: dial tcp: refused'; echo some/package; exit 1", "sh failed: go: x: dial tcp: refused", False),
        ("echo 'write a.out: no space left on device'; exit 1", "sh failed: write a.out: no space left", True),
    ],
)
def test_a_failure_gives_the_last_line_that_is_a_reason(tmp_path: Path, text: str, reason: str, final: bool) -> None:
    with pytest.raises(InstallError, match=reason) as caught:
        shell(tmp_path, text)
    assert caught.value.final is final


def test_no_such_program(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="nowhere cannot be run: No such file or directory"):
        run([tmp_path / "nowhere"], cwd=tmp_path, env={}, limit=1, silence=lambda: 1)


@pytest.mark.parametrize(
    ("text", "bounds", "reason"),
    [
        ("sleep 60", {"silence": 0.3}, "sh said nothing for 0.3 s"),
        ("while :; do echo more; done", {"limit": 0.3}, "sh took longer than 0.3 s"),
        ("exec >&- 2>&-; sleep 60", {"silence": 0.3}, "sh did not end"),
    ],
)
@pytest.mark.linux
def test_what_takes_too_long_is_killed_with_all_that_it_started(
    tmp_path: Path, text: str, bounds: dict[str, float], reason: str
) -> None:
    with pytest.raises(InstallError, match=reason):
        shell(tmp_path, f"sleep 61 >/dev/null 2>&1 & echo $! >child; {text}", **bounds)
    assert gone(int((tmp_path / "child").read_text()))


@pytest.mark.linux
def test_an_interrupt_ends_it_too(tmp_path: Path) -> None:
    def interrupt(line: str) -> None:
        raise KeyboardInterrupt

    text = "sleep 61 >/dev/null 2>&1 & echo $! >child; echo begun; sleep 60"
    with pytest.raises(KeyboardInterrupt):
        run(["/bin/sh", "-c", text], cwd=tmp_path, env=os.environ, limit=30, silence=lambda: 30, heard=interrupt)
    assert gone(int((tmp_path / "child").read_text()))


def gone(pid: int) -> bool:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 5)[0])
    finally:
        os.close(descriptor)
