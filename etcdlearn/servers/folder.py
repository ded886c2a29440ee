"""A private folder for one server: its sockets, its log, and its data unless the user named a place for those.

Each folder holds a lock while its owner lives; the kernel lets go of it however the owner ends. Whoever starts a server
removes the folders whose lock is free: a killed process leaves 128 MB behind.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import time

from etcdlearn.errors import ServerStartError

if sys.platform != "win32":  # there LocalServer says so before anything here is needed
    import fcntl

PREFIX = "etcdlearn-"
UNLOCKED = (
    f".{PREFIX}"  # so it is called until its lock is held: somebody who sweeps meanwhile must not take it for left
)
_LONGEST = 70  # a unix socket's whole path must stay below 104 bytes on macOS, 108 on Linux
_YOUNG = 60.0  # seconds in which an unlocked folder may belong to somebody who is about to lock it


class Folder:
    """A locked temporary folder, readable by its owner only."""

    def __init__(self) -> None:
        where = place()
        sweep(where)
        try:
            made = Path(tempfile.mkdtemp(prefix=UNLOCKED, dir=where))
            self._lock = lock(made / "lock")
            self.path = made.rename(where / made.name.removeprefix("."))
        except OSError as exc:
            raise ServerStartError(
                f"no folder for the server can be made in {str(where)!r}: {exc.strerror}",
                hint="Set TMPDIR to a folder that can be written.",
            ) from exc

    def remove(self) -> None:
        """Remove it with all that is in it; harmless when repeated."""
        if self._lock >= 0:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)
            self._lock = -1


def place() -> Path:
    """Where the folders are: the system's temporary folder, unless its path is too long for a unix socket."""
    usual = Path(tempfile.gettempdir())
    return usual if len(os.fsencode(usual)) <= _LONGEST else Path("/tmp")


def lock(path: Path) -> int:
    """Lock a file, made if need be, or a folder. Its descriptor, or ``BlockingIOError`` when it is taken."""
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    descriptor = os.open(path, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def sweep(where: Path) -> None:
    """Remove the folders of ours whose owner has ended."""
    for path in _ours(where):
        with suppress(OSError):
            _remove_if_left(path)


def left(where: Path) -> tuple[int, int]:
    """How many folders of ours are there whose owner has ended, and how many whose owner lives."""
    ended = living = 0
    for path in _ours(where):
        try:
            os.close(lock(path / "lock"))
            ended += 1
        except BlockingIOError:
            living += 1
        except OSError:
            continue  # it has just gone
    return ended, living


def _ours(where: Path) -> Iterator[Path]:
    for path in (*where.glob(f"{PREFIX}*"), *where.glob(f"{UNLOCKED}*")):
        with suppress(OSError):
            if path.is_dir() and not path.is_symlink() and path.stat().st_uid == os.getuid():
                yield path


def _remove_if_left(path: Path) -> None:
    if path.name.startswith(UNLOCKED) and time() - path.stat().st_mtime < _YOUNG:
        return
    descriptor = lock(path / "lock")  # BlockingIOError, an OSError: its owner lives
    try:
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)
