"""A data directory that the user named: locked while its server lives, and for one version of etcd.

Another version may refuse what is there, upgrade it for ever, or panic: etcd 3.7 does on what 3.5 wrote. So the version
that made it is kept in a file beside etcd's own. What came without that file (of an etcd started by hand, restored by
etcdutl) is taken as it is: etcd is the judge, and once it runs on the data they belong to its version.
"""

from __future__ import annotations

import os
from pathlib import Path

from etcdlearn.errors import ServerStartError
from etcdlearn.servers import installed
from etcdlearn.servers.binary import OLDEST_SAFE, Binary, places
from etcdlearn.servers.folder import lock

MARK = "etcdlearn-version"


def take(data: Path, binary: Binary) -> int:
    """Make the folder if need be and lock it: two servers in one would wait for each other. The lock's descriptor.

    Raises:
        ServerStartError: it cannot be made, is in use, or its data belong to another version.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = lock(data)
    except BlockingIOError as exc:
        raise ServerStartError(f"data_dir {str(data)!r} is in use by another server") from exc
    except OSError as exc:
        raise ServerStartError(f"data_dir {str(data)!r} cannot be used: {exc.strerror}") from exc
    made = maker(data)
    if made in (None, binary.version):
        return descriptor
    os.close(descriptor)
    raise ServerStartError(
        f"data_dir {str(data)!r} belongs to etcd {made}, and this is etcd {binary.version}",
        hint=_start_it(str(made)),
    )


def maker(data: Path) -> str | None:
    """The version of etcd that the data in ``data`` belong to; ``None`` where there are none, or nobody knows."""
    try:
        text = (data / MARK).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return text if has_data(data) and installed.is_version(text) else None


def has_data(data: Path) -> bool:
    """Whether an etcd ever ran on ``data``."""
    return (data / "member").is_dir()


def mark(data: Path, binary: Binary) -> None:
    """Say whose the data are. Raises ``ServerStartError`` when it cannot be written."""
    if maker(data) == binary.version:
        return
    try:
        (data / MARK).write_text(f"{binary.version}\n", encoding="ascii")
    except OSError as exc:
        raise ServerStartError(f"data_dir {str(data)!r} cannot be used: {exc.strerror}") from exc


def advice(data: Path) -> str:
    """What to do when etcd does not start on data that somebody else made; "" for others."""
    if maker(data) or not has_data(data):
        return ""
    return "If another version of etcd made the data in data_dir, name that one: binary=..."


def _start_it(version: str) -> str:
    """How to start etcd ``version``."""
    for place in places():
        try:
            if (found := place.binary()).version == version:
                return f"Start that one: binary={str(found.path)!r}"
        except (ServerStartError, OSError):
            continue
    if installed.number(version) < OLDEST_SAFE:
        return "Start that one, with binary=..., or choose another data_dir"
    path = installed.place(version) / "etcd"
    return f"`etcdlearn etcd install {version}` gets that one; start it with binary={str(path)!r}"
