"""``etcdlearn lab``: the course in JupyterLab."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click

from etcdlearn._language import LANGUAGES, usual_language
from etcdlearn.cli._course import Copied, copy_course
from etcdlearn.cli._lessons import FIRST
from etcdlearn.cli._places import DEFAULT, Folder
from etcdlearn.cli._terminal import shown

SETTINGS = Path(__file__).parent / "jupyter"
LONGEST = 12  # lines that say what became of single lessons


@click.command()
@click.argument("folder", metavar="[DIR]", default=DEFAULT, type=Folder())
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the lessons; left out, that of your locale.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def lab(folder: Path, lang: str | None, no_browser: bool) -> None:
    """Open the course in JupyterLab, in a copy that is yours.

    It is in DIR; left out, in ./etcdlearn-course.

    What you changed or ran in DIR stays as it is: a newer version of that lesson is put beside it, the others are
    brought up to date, those that you deleted come back. Ctrl-C ends JupyterLab and every etcd of the lessons.

    \b
    Examples:
      etcdlearn lab
      etcdlearn lab ~/etcd --lang zh
      etcdlearn lab --no-browser
    """
    if find_spec("jupyterlab") is None:
        raise click.ClickException("JupyterLab is not installed; `pip install 'etcdlearn[lab]'` brings it")
    for line in told(folder, copy_course(folder)):
        click.echo(line)
    click.echo("Starting JupyterLab; Ctrl-C here ends it.")
    sys.stdout.flush()
    serve(folder.resolve(), lang or usual_language(), browser=not no_browser and has_browser())


def told(folder: Path, copied: Copied) -> Iterator[str]:
    """What became of the lessons, in a short list."""
    if copied.damaged:
        yield f"The record of this folder could not be read and was put aside: {shown(copied.damaged)}"
    kept = {name: beside for name, beside in copied.kept.items() if beside}
    counts = [
        (len(copied.new), "new"),
        (len(copied.updated), "updated"),
        (len(copied.restored), "restored"),
        (len(copied.kept), "left as you have them"),
    ]
    said = ", ".join(f"{count} {what}" for count, what in counts if count) or "up to date"
    yield f"Lessons in {shown(folder)}: {said}."
    lines = [
        *(f"  updated: {name}" for name in copied.updated),
        *(f"  restored: {name}" for name in copied.restored),
        *(f"  yours: {name}; the newer one is beside it: {beside}" for name, beside in kept.items()),
    ]
    yield from lines[:LONGEST]
    if len(lines) > LONGEST:
        yield f"  and {len(lines) - LONGEST} more"


def has_browser() -> bool:
    """False on a Linux without a screen, where opening one would start a text browser, or nothing."""
    return sys.platform != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def serve(folder: Path, language: str, *, browser: bool) -> None:
    """Run JupyterLab here until it is interrupted."""
    # Settings of ours for this run only; the user's own come first, and none of them is written. They ask for no news,
    # keep pictures in saved lessons, and look for no language servers: that runs npm, which writes into ~/.npm.
    paths = [os.environ.get("JUPYTER_CONFIG_PATH", ""), str(SETTINGS)]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    from jupyter_core.paths import jupyter_runtime_dir
    from jupyterlab.labapp import LabApp

    # Jupyter would tell a home that cannot be written in sixty lines of traceback.
    Path(jupyter_runtime_dir()).mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {
        "ServerApp.root_dir": folder,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.open_browser": browser,
        "ServerApp.answer_yes": True,  # Ctrl-C means it
        "ServerApp.log_level": "WARN",
        "LabApp.default_url": f"/lab/tree/{language}/{FIRST}",
        "LabApp.log_level": "WARN",
    }
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options["ServerApp.allow_root"] = True
    if not (sys.stdin and sys.stdin.isatty()):
        # There Jupyter minds SIGTERM only; an interrupt would leave its kernels running.
        signal.signal(signal.SIGINT, lambda *_: signal.raise_signal(signal.SIGTERM))
    status: object = 0
    try:
        LabApp.launch_instance([f"--{name}={value}" for name, value in options.items()])
    except SystemExit as exc:
        status = exc.code
    sys.stdout.flush()
    sys.stderr.flush()
    # Interrupted while a kernel starts, Jupyter leaves worker threads behind for which Python would wait for ever. All
    # is cleaned up by now: kernels are stopped, and every etcd ended with its kernel.
    os._exit(status if isinstance(status, int) else 1 if status else 0)
