"""What finds the processes that tests leave behind does find them, and waits for those that are about to end."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.leftovers import left

pytestmark = pytest.mark.linux
MARK = "ETCDLEARN_TEST_OF_LEFTOVERS=1"
# The child of a child that has ended: nobody's, and alive until its input ends.
ORPHAN = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"])
print(child.pid, flush=True)
"""


@pytest.fixture
def orphan() -> Iterator[subprocess.Popen[str]]:
    name, value = MARK.split("=")
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # an orphan whose test is over must not write below the run's last line
        text=True,
        env={name: value},
    ) as parent:
        yield parent


def test_an_orphan_is_found_until_it_ends(orphan: subprocess.Popen[str]) -> None:
    assert orphan.stdin is not None
    assert orphan.stdout is not None
    told = orphan.stdout.readline() + orphan.stdout.readline()
    assert orphan.wait() == 0
    (found,) = left(MARK, patience=0)
    assert found.split()[0] == told.strip()
    orphan.stdin.close()
    assert left(MARK) == []


def test_a_stranger_is_not_found(orphan: subprocess.Popen[str]) -> None:
    assert left("ETCDLEARN_TEST_OF_LEFTOVERS=2", patience=0) == []
