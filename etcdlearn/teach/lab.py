"""The top of every lesson: a fresh etcd, a client, and one line that says what was started."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Self

from etcdlearn._language import language
from etcdlearn.client import Client
from etcdlearn.servers import LocalServer, server

ENDPOINTS = "ETCDCTL_ENDPOINTS"
ETCDS_OWN_TIMERS = (100, 1000)
MAY_CORRUPT = ("3.5.0", "3.5.1", "3.5.2")

_current: Lab | None = None


class Lab:
    """A running lesson; made by ``etcdlearn.lab()``.

    Attributes:
        server: the etcd of this lesson.
        client: a client of it.
        language: "en" or "zh", in which pictures speak.
    """

    def __init__(self, started: LocalServer) -> None:
        self.server = started
        self.client: Client = started.client()
        self.language = language()
        self._closed = False
        # For `!etcdctl` in a cell and for every child of the kernel.
        self._former = os.environ.get(ENDPOINTS)
        os.environ[ENDPOINTS] = ",".join(started.endpoints)

    def close(self) -> None:
        """End the lesson: its client, its server and their data. Harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        self.client.close()
        self.server.stop()
        if self._former is None:
            os.environ.pop(ENDPOINTS, None)
        else:
            os.environ[ENDPOINTS] = self._former

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Lab(etcd {self.server.version}, {'closed' if self._closed else 'running'})"


def lab(**options: Any) -> Lab:
    """Start a fresh etcd for a lesson and say so in one line; a lesson that still runs in this kernel is closed.

    Args:
        options: those of ``LocalServer``.

    Raises:
        ServerStartError: no etcd was found, or it did not start; the former lesson is closed all the same.
    """
    global _current
    if _current is not None:
        _current.close()
    started = server(**options)
    try:
        _current = Lab(started)
    except BaseException:
        started.stop()
        raise
    print(introduction(started))
    return _current


def introduction(started: LocalServer) -> str:
    """The line; it begins the same everywhere, and what follows the word etcd depends on what is installed."""
    said = f"Started etcd {started.version}"
    if started.timers != ETCDS_OWN_TIMERS:
        said += f", with Raft timers of {started.timers[0]} and {started.timers[1]} ms where etcd has 100 and 1000"
    if started.version in MAY_CORRUPT:
        said += f"; {started.version} may corrupt data when it is killed: fine to learn on, never for production"
    return said + "."
