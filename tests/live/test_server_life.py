"""An etcd ends with its process, however that ends; and lives on where it should."""

import os
import queue
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from etcdlearn import Client, LocalServer, server
from etcdlearn.servers import process

# Starts a server and says its pid and folder; then whatever the test wants to see survived.
START = """
import etcdlearn, sys, os, signal
etcd = etcdlearn.server()
print(etcd.pid, etcd.data_dir.parent, flush=True)
"""


def run(ending: str) -> tuple[int, Path, subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", START + ending], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    pid, folder = child.stdout.readline().split(maxsplit=1)
    return int(pid), Path(folder.strip()), child


def gone(pid: int, seconds: float = 5) -> bool:
    """Whether the process has ended, waiting for it without polling: its pidfd becomes readable."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


@pytest.mark.linux
@pytest.mark.parametrize(
    ("ending", "status", "tidy"),
    [
        ("", 0, True),
        ("raise SystemExit(3)", 3, True),
        ("raise ValueError('oh')", 1, True),
        ("signal.raise_signal(signal.SIGINT)", -signal.SIGINT, True),
        ("os._exit(4)", 4, False),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, False),
        ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM, False),
    ],
)
def test_it_does_not_outlive_its_process(ending: str, status: int, tidy: bool) -> None:
    pid, folder, child = run(ending)
    child.communicate()
    assert child.returncode == status
    assert gone(pid)
    if not tidy:
        assert folder.exists()
        with server():  # the next start removes what was left
            pass
    assert not folder.exists()


@pytest.mark.linux
def test_a_server_from_a_thread_that_ends_lives_on() -> None:
    made: queue.SimpleQueue[LocalServer] = queue.SimpleQueue()
    thread = threading.Thread(target=lambda: made.put(server()))
    thread.start()
    thread.join()
    with made.get() as etcd, etcd.client() as client:
        client.put("k", "v")
        assert not gone(etcd.pid, 0.2)


@pytest.mark.linux
def test_a_fork_neither_ends_nor_removes_its_parent_s_server() -> None:
    ending = "pid = os.fork()\nif pid == 0: etcd.stop(); sys.exit()\n"
    ending += "os.waitpid(pid, 0); etcd.client().put('k', 'v'); print('ok')"
    pid, _, child = run(ending)
    told, _ = child.communicate()
    assert told.strip() == "ok"
    assert gone(pid)


def test_starting_one_while_a_watch_is_open_prints_nothing() -> None:
    code = """
import etcdlearn
with etcdlearn.server() as etcd, etcdlearn.Client(etcd.endpoints) as client, client.watch("k") as watch:
    with etcdlearn.server() as other, other.client() as twin:
        twin.put("k", "v")
    client.put("k", "v")
    watch.get(timeout=5)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (told.stdout, told.stderr) == ("", "")


def test_the_watchdog_kills_when_its_pipe_closes() -> None:
    """What guards a child where the kernel has no parent-death signal, as on macOS."""
    child = subprocess.Popen(["sleep", "60"])
    dog = process.watchdog(child.pid)
    assert dog.stdin is not None
    dog.stdin.close()
    assert child.wait(5) == -signal.SIGKILL
    dog.wait(5)


@pytest.mark.linux
@pytest.mark.parametrize("story", ["interrupt", "restart", "shutdown", "kill", "error"])
def test_in_a_kernel(story: str) -> None:
    """An interrupt spares it; restart, shutdown and a killed kernel end it. In a process of its own (see there)."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.live.kernel", story]
    told = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.strip().endswith(f"{story}: ok")


def test_a_client_of_nobody(etcd: LocalServer) -> None:
    """Servers are for clients of their own; any other client works as well."""
    with Client(etcd.endpoints[0]) as client, Client(f"http://{etcd.endpoints[0]}") as other:
        client.put("k", "v")
        assert other.get("k").count == 1
