"""`etcdlearn serve` as a process: an etcd that others reach, until it is told to end."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from etcdlearn import Client, NoSpaceError
from etcdlearn.cli import main
from etcdlearn.cli.serve import serve
from etcdlearn.cli.serve import size as serve_size
from etcdlearn.servers.folder import PREFIX
from tests.live.test_server_life import gone

SCRIPT = Path(sys.executable).with_name("etcdlearn")


class Serving:
    """A running `etcdlearn serve`, whose temporary folder is its own."""

    def __init__(self, place: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [SCRIPT, "serve", *words],
            cwd=place,
            env={**os.environ, "TMPDIR": str(place)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = [self.process.stdout.readline() for _ in range(4)]
        found = re.search(r"answers at (127\.0\.0\.1:\d+);", self.said[0])
        assert found, self.said
        self.endpoint = found[1]

    def end(self, how: signal.Signals) -> tuple[int, str, str]:
        """Status, the rest of what it said, complaints."""
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def serving(place: Path, *words: str) -> Iterator[Serving]:
    started = Serving(place, *words)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.communicate()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_says_how_to_reach_it_and_ends_with_status_0(tmp_path: Path, how: signal.Signals) -> None:
    with serving(tmp_path) as served:
        assert f"  shell   export ETCDCTL_ENDPOINTS={served.endpoint}\n" in served.said
        assert f'  Python  client = etcdlearn.Client("{served.endpoint}")\n' in served.said
        with Client(served.endpoint) as client:
            client.put("k", "v")
        assert list(tmp_path.glob(f"{PREFIX}*"))
        assert served.end(how) == (0, "etcd has ended; its data are gone.\n", "")
    assert list(tmp_path.iterdir()) == []


def test_data_that_have_a_place_stay(tmp_path: Path) -> None:
    with serving(tmp_path, "--data-dir", "mine") as served, Client(served.endpoint) as client:
        client.put("k", "v")
        assert served.end(signal.SIGINT)[:2] == (0, "etcd has ended; its data are in mine.\n")
    with serving(tmp_path, "--data-dir", "mine") as served, Client(served.endpoint) as client:
        assert client.get("k").kvs[0].text == "v"
        served.end(signal.SIGTERM)


def test_a_quota_is_etcd_s(tmp_path: Path) -> None:
    with serving(tmp_path, "--quota", "1MiB") as served, Client(served.endpoint) as client:
        with pytest.raises(NoSpaceError):
            client.put("k", b"x" * 1_300_000)  # alone above the quota, and below what a request may hold
        served.end(signal.SIGTERM)


@pytest.mark.linux
def test_an_etcd_that_ends_by_itself_is_said(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        (etcd,) = children(served.process.pid)
        os.kill(etcd, signal.SIGKILL)
        _, err = served.process.communicate(timeout=30)
        assert served.process.returncode == 1
        assert err.startswith("Error: etcd has ended by itself; the last line of its log: {")
        assert err.count("\n") == 1
        assert gone(etcd)
    assert list(tmp_path.iterdir()) == []


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def test_where_no_etcd_is_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETCDLEARN_ETCD", str(tmp_path / "none"))
    told = CliRunner().invoke(main, ["serve"])
    assert told.exit_code == 1
    assert told.output.startswith("Error: ")
    assert told.output.count("\n") == 1


@pytest.mark.parametrize(
    "size", ["", "0", "-1", "2 bananas", "1e3", "0.1B", "9TiBs", "٣MiB", "9223372036854775808", "1 KK", "\x1b[31m"]
)
def test_what_is_no_size_is_one_error(size: str) -> None:
    told = CliRunner().invoke(main, ["serve", f"--quota={size}"], prog_name="etcdlearn")
    assert told.exit_code == 2
    assert told.output.startswith("Usage: etcdlearn serve")
    assert f"Error: Invalid value for '--quota': {size!r} is no" in told.output


@pytest.mark.parametrize(
    ("text", "size"), [("1", 1), ("2048B", 2048), ("16MiB", 2**24), ("2gib", 2**31), ("1.5 MB", 1_500_000)]
)
def test_sizes(text: str, size: int) -> None:
    context = click.Context(serve)
    assert serve_size(context, serve.params[0], text) == size
