"""Seconds that the lessons take as tests (strict nbval): each alone, the whole set in one process, and in several.

    python benchmarks/lessons.py [--processes 2]

A lesson's seconds are those of its kernel, its etcd and its cells. Exits 1 when a lesson fails.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from time import perf_counter
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
SANITIZE = "--nbval-sanitize-with=tests/notebooks/sanitize.cfg"
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={ROOT}", "--nbval")


def start(lessons: list[Path], report: Path) -> subprocess.Popen[str]:
    options = ("--nbval-current-env", "--nbval-cell-timeout=60", SANITIZE, f"--junitxml={report}")
    return subprocess.Popen(
        [sys.executable, *PYTEST, *options, *map(str, lessons)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def wait(runs: list[subprocess.Popen[str]]) -> None:
    for run in runs:
        told, _ = run.communicate(timeout=600)
        if run.returncode:
            sys.exit(told)


def by_lesson(report: Path) -> dict[str, float]:
    """Seconds of each lesson: the sum of its cells, the start of its kernel counted in the first."""
    seconds: dict[str, float] = defaultdict(float)
    for case in ElementTree.parse(report).iter("testcase"):
        seconds[case.attrib["classname"].removeprefix("notebooks.")] += float(case.attrib["time"])
    return seconds


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--processes", type=int, default=2)
    processes = options.parse_args().processes
    lessons = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
    with tempfile.TemporaryDirectory() as folder:
        reports = [Path(folder) / f"{number}.xml" for number in range(processes + 1)]
        began = perf_counter()
        wait([start(lessons, reports[0])])
        alone = perf_counter() - began
        began = perf_counter()
        wait([start(lessons[part::processes], reports[part + 1]) for part in range(processes)])
        together = perf_counter() - began
        seconds = by_lesson(reports[0])
    for lesson, spent in seconds.items():
        print(f"{spent:6.1f} s  {lesson}")
    print(f"{alone:6.1f} s  all {len(lessons)} in one process\n{together:6.1f} s  all in {processes} processes at once")


if __name__ == "__main__":
    main()
