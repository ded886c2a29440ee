"""Processes that a run of the tests started and that are still there when it is over.

They are told by a mark in the environment, which every child hands on, also one whose parent has ended; never by a
name, which the etcd or the browser of somebody else may have too. Only Linux shows a process's environment.
"""

from __future__ import annotations

import os
import select
from pathlib import Path
from time import monotonic

PROC = Path("/proc")


def left(mark: str, *, patience: float = 5.0) -> list[str]:
    """Pid and command line of each process with ``mark`` ("NAME=value") that does not end in ``patience`` seconds."""
    until = monotonic() + patience
    return [f"{pid} {line}" for pid, line in marked(mark) if not _ends(pid, until)]


def marked(mark: str) -> list[tuple[int, str]]:
    """Every process but this one that was started with ``mark`` in its environment, by pid."""
    found = []
    for folder in PROC.glob("[0-9]*"):
        if int(folder.name) == os.getpid():
            continue
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue  # it has ended, or is not ours to look at
        if mark.encode() in environment:
            found.append((int(folder.name), line))
    return sorted(found)


def _ends(pid: int, until: float) -> bool:
    """One that was told to end a moment ago may still be at it; its pidfd becomes readable when it is done."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return True
    try:
        return bool(select.select([descriptor], [], [], max(0.0, until - monotonic()))[0])
    finally:
        os.close(descriptor)
