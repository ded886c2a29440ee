"""What a local server is told, checked by etcd's own rules before anything is started."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from etcdlearn.errors import ServerStartError
from etcdlearn.servers.binary import Binary

GRPC_ONLY = (3, 5, 8)  # the first version that can keep HTTP away from the port of its clients


def flags(quota: int | None, heartbeat: int, election: int) -> list[str]:
    """The flags for these arguments, checked by etcd's own rules."""
    for name, value in (("heartbeat_ms", heartbeat), ("election_ms", election), ("quota_backend_bytes", quota)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise TypeError(f"{name} must be a whole number, not {type(value).__name__}")
        if value is not None and value <= 0:
            raise ValueError(f"{name} must be above 0, not {value}")
    if not 5 * heartbeat <= election <= 50_000:
        raise ValueError(
            f"election_ms must be at least 5 times heartbeat_ms and at most 50000; "
            f"heartbeat_ms is {heartbeat}, election_ms {election}"
        )
    told = [f"--heartbeat-interval={heartbeat}", f"--election-timeout={election}"]
    return told if quota is None else [*told, f"--quota-backend-bytes={quota}"]


def addresses(binary: Binary, endpoint: str, data: Path, token: str) -> list[str]:
    """The flags that say who a single member is, where it listens, and where its data are."""
    # Relative names: the server's folder is etcd's working directory, and 3.5.1 knows no absolute ones.
    http = ["--listen-client-http-urls=unix://h:3"] if binary.number >= GRPC_ONLY else []
    return [
        "--name=etcdlearn",
        f"--data-dir={data}",
        f"--listen-client-urls=http://{endpoint}",
        f"--advertise-client-urls=http://{endpoint}",
        "--listen-peer-urls=unix://p:2",
        "--initial-advertise-peer-urls=unix://p:2",
        "--initial-cluster=etcdlearn=unix://p:2",
        f"--initial-cluster-token={token}",
        "--enable-grpc-gateway=false",
        *(http or ["--host-whitelist=none.invalid"]),
    ]


def texts(args: Iterable[str]) -> list[str]:
    found = [] if isinstance(args, str) else list(args)
    if isinstance(args, str) or not all(isinstance(arg, str) for arg in found):
        raise TypeError("args must be a sequence of texts, as in ('--max-txn-ops=256',)")
    return found


def supported() -> None:
    """Raises ``ServerStartError`` where no etcd can be started as a process that ends with us."""
    if sys.platform == "win32":
        raise ServerStartError(
            "a local etcd needs Linux or macOS", hint="On Windows use WSL, or an etcd in Docker and Client(...)."
        )
