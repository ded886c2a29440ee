"""Files in a learner's folder: whole or not there at all, and never one written over another by accident."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

PART = ".etcdlearn-"  # how a file is called while it is being written; one that was left by an interrupt is removed
PATIENCE = 10.0  # seconds to wait for another etcdlearn in the same folder; a copy takes a tenth of one
LONGEST = 200  # numbers that are tried for a free name


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """Alone among those who write lessons into a folder; the lock ends with the process, however that ends.

    Where files cannot be locked (Windows, some network drives) two may write at once: each file is whole all the same.

    Raises:
        TimeoutError: another one holds the lock.
        OSError: the lock cannot be made.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if monotonic() > until:
                    raise TimeoutError(f"another etcdlearn is writing into {state.parent}; try again later") from None
                sleep(0.02)
            except OSError:
                break
        yield
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove what an interrupted etcdlearn has left; nobody else may be writing there."""
    for part in folder.glob(f"{PART}*"):
        with suppress(OSError):
            part.unlink()


def write_new(target: Path, content: bytes) -> None:
    """Write a file that is not there yet: all of it or nothing.

    Raises:
        FileExistsError: it is there, and stays as it is.
    """
    part = _part(target, content)
    try:
        _link(part, target)
    finally:
        part.unlink(missing_ok=True)


def replace(target: Path, content: bytes) -> None:
    """Write a file in the place of the one that is there."""
    part = _part(target, content)
    try:
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def keep_beside(file: Path, name: str) -> Path:
    """Give the content of a file a second name beside it that no other file has: ``name``, or one with a number.

    A second name for the same file, so that nothing is lost at whatever moment this is interrupted.
    """
    for target in names(file.with_name(name)):
        with suppress(FileExistsError):
            _link(file, target)
            return target
    raise FileExistsError(f"{file.parent} holds too many copies of {file.name}; remove some")


def names(first: Path) -> Iterator[Path]:
    """``first``, then the same with a number: ``a.b.ipynb``, ``a.b-2.ipynb``."""
    yield first
    for number in range(2, LONGEST):
        yield first.with_name(f"{first.stem}-{number}{first.suffix}")


def _part(target: Path, content: bytes) -> Path:
    """``content`` in a file beside ``target``, safe on the disk."""
    part = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=PART)
        part = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # a machine that loses power must not keep the name and lose the content
        part.chmod(_mode(target))
        return part
    except BaseException as exc:
        if part is not None:
            part.unlink(missing_ok=True)
        if isinstance(exc, OSError):  # of the lesson, not of a file with a strange name
            raise OSError(exc.errno, exc.strerror, str(target)) from exc
        raise


def _mode(target: Path) -> int:
    """That of the file that is replaced; for a new one what any program would give it."""
    with suppress(OSError):
        return target.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _link(file: Path, target: Path) -> None:
    """``os.link``, or where the disk has no links (FAT), a copy that is made under a name nobody has."""
    try:
        os.link(file, target)
    except FileExistsError:
        raise
    except OSError:
        with target.open("xb") as copy:
            try:
                with file.open("rb") as original:
                    shutil.copyfileobj(original, copy)
            except BaseException:
                target.unlink(missing_ok=True)
                raise
