"""The lessons are passing tests: running gives every stored output, strictly, again and again and in parallel."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.conftest import THOROUGH

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
SANITIZE = Path("tests/notebooks/sanitize.cfg")
NBVAL = ("--nbval", "--nbval-current-env", "--nbval-cell-timeout=60", f"--nbval-sanitize-with={SANITIZE}")


@contextmanager
def nbval(*lessons: Path) -> Iterator[subprocess.Popen[str]]:
    """pytest --nbval, strict, in a process of its own and without the options of this run."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={ROOT}"]
    with subprocess.Popen(
        [*command, *NBVAL, *map(str, lessons)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "ETCDLEARN_LANG"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def passed(process: subprocess.Popen[str]) -> bool:
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert "passed" in told.splitlines()[-1]
    assert "skipped" not in told.splitlines()[-1]
    return True


@pytest.mark.parametrize("run", range(3 if THOROUGH else 1))
def test_strictly_as_stored(run: int) -> None:
    """All of them, half in one process and half in another at the same time."""
    with nbval(*LESSONS[::2]) as one, nbval(*LESSONS[1::2]) as other:
        assert passed(one)
        assert passed(other)


@pytest.mark.parametrize("run", ["first", "second", "third"])
def test_the_first_lesson_three_times_in_a_row(run: str) -> None:
    with nbval(*(lesson for lesson in LESSONS if lesson.stem.startswith("00"))) as process:
        assert passed(process)


def test_many_at_once() -> None:
    """Several at the same time, each set in another order: nothing that kernels and etcds share may show."""
    some = LESSONS if THOROUGH else LESSONS[:2]
    third = len(some) // 3
    with ExitStack() as stack:
        runs = [stack.enter_context(nbval(*some[start:], *some[:start])) for start in (0, third, 2 * third)]
        assert all([passed(run) for run in runs])


def test_there_is_one_pattern_and_it_is_narrow() -> None:
    lines = (ROOT / SANITIZE).read_text().splitlines()
    assert [line for line in lines if line.startswith("regex: ")] == [r"regex: Started etcd [^\n]*"]


def test_a_changed_output_fails(tmp_path: Path) -> None:
    """The comparison is real: one digit of a stored revision changed, and nbval says so."""
    spoilt = tmp_path / "en" / "spoilt.ipynb"
    spoilt.parent.mkdir()
    text = LESSONS[0].read_text(encoding="utf-8")
    assert "PutResponse(revision 2)" in text
    spoilt.write_text(text.replace("PutResponse(revision 2)", "PutResponse(revision 3)", 1), encoding="utf-8")
    with nbval(spoilt) as process:
        told, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "1 failed" in told.splitlines()[-1]
