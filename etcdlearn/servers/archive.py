"""The first way to get an etcd: the archive of its official release, checked against the digests published with it."""

from __future__ import annotations

import os
import platform
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from etcdlearn.servers.download import Limits, download
from etcdlearn.servers.installed import PROGRAMS
from etcdlearn.servers.report import InstallError, Report, failed_to_write

RELEASES = "https://github.com/etcd-io/etcd/releases/download"
SUMS = "SHA256SUMS"
LIMITS = Limits()
MOST_BYTES = 200_000_000  # of a program; they have 30 million
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_ENDINGS = {"linux": ("linux", ".tar.gz"), "darwin": ("darwin", ".zip")}


def fetch(version: str, into: Path, report: Report, *, releases: str = RELEASES, limits: Limits = LIMITS) -> None:
    """Put the three programs of ``version`` into ``into``.

    Args:
        releases: address below which each release has a folder, as in "v3.7.3", with its archives and their digests.

    Raises:
        InstallError: no archive is made for this machine, it could not be had whole, or it is not what it should be.
    """
    stem, ending = archive_name(version)
    address = f"{releases}/v{version}"
    report.tell(f"Release archive: asking {urlsplit(address).hostname} for {stem}{ending} ...")
    try:
        sums = download(f"{address}/{SUMS}", None, into / SUMS, Report(), limits)
        digest = _digest(sums.read_text(encoding="utf-8", errors="replace"), stem + ending)
        archive = download(f"{address}/{stem}{ending}", digest, into / f"archive{ending}", report, limits)
        unpack(archive, stem, into)
        archive.unlink()
        sums.unlink()
    except OSError as exc:
        raise failed_to_write(exc) from exc


def archive_name(version: str) -> tuple[str, str]:
    """The archive for this machine, without and with its ending."""
    machine = _MACHINES.get(platform.machine().lower())
    if sys.platform not in _ENDINGS or machine is None:
        raise InstallError(f"there is none for {sys.platform} on {platform.machine()}")
    system, ending = _ENDINGS[sys.platform]
    return f"etcd-v{version}-{system}-{machine}", ending


def _digest(sums: str, name: str) -> str:
    """The SHA-256 of file ``name``, of lines as sha256sum writes them."""
    for line in sums.splitlines():
        words = line.split()
        if len(words) == 2 and words[1].removeprefix("*").removeprefix("./") == name:
            return words[0].lower()
    raise InstallError(f"{SUMS} of the release does not name {name}")


def unpack(archive: Path, stem: str, into: Path) -> None:
    """Put etcd, etcdctl and etcdutl of ``archive`` into ``into``; whatever else it holds is not looked at.

    Raises:
        InstallError: it is no archive, or one of them is missing, no plain file, or far too large.
        OSError: they could not be written.
    """
    try:
        with _opened(archive) as members:
            for name, size, opened in members:
                folder, _, program = name.partition("/")
                if folder == stem and program in PROGRAMS:
                    if size > MOST_BYTES:
                        raise InstallError(f"{name} in the archive is too large to be a program")
                    _write(opened(), into / program)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError) as exc:
        raise InstallError(f"the archive is damaged: {exc}") from exc
    if missing := [program for program in PROGRAMS if not (into / program).is_file()]:
        raise InstallError(f"the archive has no {', '.join(missing)}")


@contextmanager
def _opened(archive: Path) -> Iterator[Iterator[tuple[str, int, Callable[[], IO[bytes]]]]]:
    """The files in an archive: name, size, and what opens one."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as unzipped:
            yield ((info.filename, info.file_size, partial(unzipped.open, info)) for info in unzipped.infolist())
    else:
        with tarfile.open(archive, "r:gz") as tar:
            yield ((one.name, one.size, partial(_plain, tar, one)) for one in tar)


def _plain(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(member) if member.isreg() else None
    if file is None:
        raise InstallError(f"{member.name} in the archive is no plain file")
    return file


def _write(content: IO[bytes], path: Path) -> None:
    with content, path.open("xb") as file:
        while chunk := content.read(1 << 20):
            file.write(chunk)
        os.fchmod(file.fileno(), 0o755)
