"""When is a started etcd ready? It says so itself, by systemd's notify protocol: a datagram, no polling."""

from __future__ import annotations

import json
import select
import socket
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from etcdlearn.errors import ServerStartError
from etcdlearn.servers.binary import Binary
from etcdlearn.servers.process import Child

# 3.6 and newer write it at every first start, as an error; it means nothing.
_HARMLESS = "failed to update storage version"


class Readiness:
    """The socket on which etcd says READY=1, which it does once it has a leader."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ready"
        self.path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))

    def wait(self, child: Child, seconds: float) -> bool:
        """True when etcd said that it is ready; False when it ended, or said nothing for ``seconds``."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            heard, _, _ = select.select([self._socket.fileno(), child.ended], [], [], left)
            if self._socket.fileno() in heard and b"READY=1" in self._socket.recv(4096):
                return True
            if child.ended in heard:
                return False
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._socket.close()
        self.path.unlink(missing_ok=True)


def failed(binary: Binary, how: str, log: str, advice: str) -> ServerStartError:
    """The error of a start that did not succeed: which etcd, how it ended, etcd's own reason, what to do."""
    reason = cause(log)
    full = "no space left" in reason
    return ServerStartError(
        f"etcd {binary.version} ({binary.origin}: {binary.path}) {how}: {reason}",
        hint="Free some disk space, or set TMPDIR to a larger disk." if full else advice,
        log="\n".join(log.splitlines()[-50:]),
    )


def cause(log: str) -> str:
    """The line of etcd's log that says why it ended: the last panic, fatal or error line, else the last line.

    A Go panic repeats the message of the log line before it, without the error; then that line says more.
    """
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    said = [text for line in lines if (text := _complaint(line))]
    if not said:
        return lines[-1] if lines else "it wrote nothing"
    message = said[-1].removeprefix("panic: ")
    return next((text for text in reversed(said) if text.startswith(f"{message}: ")), said[-1])


def _complaint(line: str) -> str:
    """What a line complains of, "" for one that does not."""
    if line.startswith(("panic:", "fatal error:", "flag provided but not defined")):
        return line
    try:
        entry = json.loads(line)
    except ValueError:
        return ""
    if not isinstance(entry, dict) or entry.get("level") not in ("error", "dpanic", "panic", "fatal"):
        return ""
    if entry.get("msg") == _HARMLESS:
        return ""
    error = entry.get("error")
    return f"{entry.get('msg')}: {error}" if error else str(entry.get("msg"))
