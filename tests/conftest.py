"""Fixtures of all tests, and the account of what this machine could not run.

A *part* is something that a machine may lack: a browser, a Linux, Go; Docker later. Tests that need one carry its
marker. Where it is missing they are skipped and the last line of the run says so; with ETCDLEARN_TEST_REQUIRE_ALL=1, as
in CI, they run and fail.

A run that leaves a process behind, an etcd above all, fails.
"""

import os
import shutil
import signal
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from etcdlearn import Client, LocalServer, server
from etcdlearn.servers.gobuild import own_go
from etcdlearn.servers.report import InstallError
from tests.leftovers import left

REQUIRE_ALL = os.environ.get("ETCDLEARN_TEST_REQUIRE_ALL") == "1"
THOROUGH = os.environ.get("ETCDLEARN_TEST_THOROUGH") == "1"  # random tests take ten times as many rounds
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def no_go() -> str:
    """Why no etcd can be built with Go here, "" where it can."""
    try:
        own_go()
    except InstallError as exc:
        return str(exc)
    return ""


def find_chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in CHROMIUMS if (path := shutil.which(name))), None)


HAS = {
    "browser": (find_chromium() is not None, "no Chromium on PATH and none in $CHROMIUM"),
    "linux": (sys.platform == "linux", "/proc and pidfd are Linux's"),
    "go": (not (why := no_go()), why),
    "root": (hasattr(os, "geteuid") and os.geteuid() == 0, "only root can mount a small disk"),
}
MISSING = {part: why for part, (there, why) in HAS.items() if not there}
left_out: Counter[str] = Counter()
MARK = "ETCDLEARN_TEST_RUN"  # in the environment of every process that a run starts


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if REQUIRE_ALL:
        return
    for item in items:
        for part, why in MISSING.items():
            if item.get_closest_marker(part):
                item.add_marker(pytest.mark.skip(reason=f"{part}: {why}"))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        left_out.update(part for part in MISSING if part in report.keywords)


def pytest_configure(config: pytest.Config) -> None:
    # A shell that starts the tests in the background has them ignore SIGINT, and so every process that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        os.environ[MARK] = uuid.uuid4().hex


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """By now every fixture has ended what it started."""
    if hasattr(session.config, "workerinput"):
        return
    if still := left(f"{MARK}={os.environ[MARK]}"):
        print("\nStill running although the tests are over:", *still, sep="\n  ")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of a run, after pytest's own."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    said = [f"{part} ({MISSING[part]}): {number} tests" for part, number in left_out.items()]
    print(f"Left out: {'; '.join(said)}. Everything else ran." if said else "Nothing was left out.")


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """As pytest's, but with a short name: the sockets of a server must fit into it."""
    with tempfile.TemporaryDirectory(prefix="t-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def etcd() -> Iterator[LocalServer]:
    """A fresh etcd for the tests of one file."""
    with server() as started:
        yield started


@pytest.fixture
def client(etcd: LocalServer) -> Iterator[Client]:
    """A client on an empty keyspace; revisions go on from test to test."""
    with etcd.client() as made:
        made.delete("", prefix=True)
        yield made
