"""``etcdlearn lab``: the course in JupyterLab."""

from __future__ import annotations

import locale
import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from etcdlearn._language import LANGUAGES, VARIABLE
from etcdlearn.cli._course import FIRST, copy_course

DEFAULT = "./etcdlearn-course"
SETTINGS = Path(__file__).parent / "jupyter"


@click.command()
@click.argument("folder", metavar="[DIR]", default=DEFAULT, type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the lessons; left out, that of your locale.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def lab(folder: Path, lang: str | None, no_browser: bool) -> None:
    """Open the course in JupyterLab, in a copy that is yours (DIR, default ./etcdlearn-course).

    Lessons that are in DIR stay as they are. Ctrl-C ends JupyterLab and every etcd of the lessons.

    \b
    Examples:
      etcdlearn lab
      etcdlearn lab ~/etcd --lang zh
      etcdlearn lab --no-browser
    """
    if find_spec("jupyterlab") is None:
        raise click.ClickException("JupyterLab is not installed; `pip install 'etcdlearn[lab]'` brings it")
    copied = copy_course(folder)
    kept = f", {copied.kept} left as they are" if copied.kept else ""
    click.echo(f"Lessons in {folder}: {copied.new} new{kept}.")
    click.echo("Starting JupyterLab; Ctrl-C here ends it.")
    sys.stdout.flush()
    serve(folder.resolve(), lang or usual_language(), browser=not no_browser and has_browser())


def usual_language() -> str:
    """The language of ``$ETCDLEARN_LANG``, else of the locale.

    Its variables are asked before Python is: where zh_CN was never generated, Python is left with C.UTF-8.
    """
    names = (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next(filter(None, map(os.environ.get, names)), None) or locale.getlocale()[0] or ""
    return "zh" if chosen.lower().startswith(("zh", "chinese")) else "en"


def has_browser() -> bool:
    """False on a Linux without a screen, where opening one would start a text browser, or nothing."""
    return sys.platform != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def serve(folder: Path, language: str, *, browser: bool) -> None:
    """Run JupyterLab here until it is interrupted."""
    # Settings of ours for this run only; the user's own come first, and none of them is written.
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
