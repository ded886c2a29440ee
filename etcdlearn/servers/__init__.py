"""A real etcd on this machine: found, started, and gone when you are done."""

from __future__ import annotations

from typing import Any

from etcdlearn.servers.binary import Binary
from etcdlearn.servers.local import LocalServer

__all__ = ["Binary", "LocalServer", "server"]


def server(**options: Any) -> LocalServer:
    """Start a real etcd of one member; options are those of ``LocalServer``.

    It never connects to a server that it did not start: that is ``Client(...)``.

    Raises:
        ServerStartError: no etcd was found, or it did not start.
    """
    return LocalServer(**options)
