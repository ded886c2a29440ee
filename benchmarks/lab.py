"""Seconds from a command to JupyterLab's first HTTP 200: `make lab` beside bare `jupyter lab`, in turn.

python benchmarks/lab.py [--rounds 3] [--only "make lab"] [--painted]

--painted goes on until a notebook stands in a real browser; it needs playwright and Chromium.

The first round of `make lab` in a fresh clone is the installation. Exits 1 when a command prints no address.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import perf_counter, sleep
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/lab\S*\?token=\w+")
BARE = f"{ROOT}/.venv/bin/jupyter lab --no-browser --ip=127.0.0.1" + (" --allow-root" if os.geteuid() == 0 else "")


def seconds(command: str, folder: str, until: Callable[[str], None]) -> float:
    """Start ``command``, wait ``until`` its page is what is asked for, interrupt it."""
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
            until(address(process))
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


@contextmanager
def browser() -> Iterator[Callable[[str], None]]:
    """What waits until the page shows a notebook, or the launcher where no lesson is opened."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=["--no-sandbox"])

        def painted(page: str) -> None:
            answered(page)
            opened = chromium.new_page()
            opened.goto(page)
            opened.locator(".jp-Notebook .jp-Cell, .jp-LauncherCard").first.wait_for(timeout=60_000)
            opened.close()

        yield painted
        chromium.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", help="one command instead of the two")
    options.add_argument("--painted", action="store_true", help="until a browser has painted it, not to HTTP 200")
    chosen = options.parse_args()
    with browser() if chosen.painted else nullcontext(answered) as until, tempfile.TemporaryDirectory() as course:
        ours = f"make -C {shlex.quote(str(ROOT))} lab DIR={shlex.quote(course)}"
        commands = {chosen.only: chosen.only} if chosen.only else {"make lab": ours, "jupyter lab": BARE}
        for _ in range(chosen.rounds):
            for name, command in commands.items():
                print(f"{name}: {seconds(command, course, until):.2f} s", flush=True)


if __name__ == "__main__":
    main()
