"""Seconds from a command to JupyterLab's first HTTP 200: `make lab` beside bare `jupyter lab`, in turn.

python benchmarks/lab.py [--rounds 3] [--only "make lab"]

The first round of `make lab` in a fresh clone is the installation. Exits 1 when a command prints no address.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter, sleep
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/lab\S*\?token=\w+")
BARE = f"{ROOT}/.venv/bin/jupyter lab --no-browser --ip=127.0.0.1" + (" --allow-root" if os.geteuid() == 0 else "")


def seconds(command: str, folder: str) -> float:
    """Start ``command``, ask its page until it answers, interrupt it."""
    began = perf_counter()
    with subprocess.Popen(
        shlex.split(command),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            answered(address(process))
            return perf_counter() - began
        finally:
            os.killpg(process.pid, signal.SIGINT)
            if "make" not in command:
                os.killpg(process.pid, signal.SIGTERM)  # away from a terminal Jupyter minds nothing else


def address(process: subprocess.Popen[str]) -> str:
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if found := ADDRESS.search(line):
            threading.Thread(target=process.stdout.read, daemon=True).start()  # a full pipe would stop it
            return found[0]
    sys.exit("".join(said))


def answered(page: str) -> None:
    while True:
        try:
            with urlopen(page, timeout=60) as answer:
                assert answer.status == 200
                return
        except URLError:
            sleep(0.005)  # Jupyter prints the address a moment before it opens the port


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", help="one command instead of the two")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as course:
        ours = f"make -C {shlex.quote(str(ROOT))} lab DIR={shlex.quote(course)}"
        commands = {chosen.only: chosen.only} if chosen.only else {"make lab": ours, "jupyter lab": BARE}
        for _ in range(chosen.rounds):
            for name, command in commands.items():
                print(f"{name}: {seconds(command, course):.2f} s", flush=True)


if __name__ == "__main__":
    main()
