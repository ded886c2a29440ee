"""One member of etcd on this machine, started for you and gone with you."""

from __future__ import annotations

import atexit
import os
import signal
import warnings
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

from etcdlearn.client import Client
from etcdlearn.errors import ServerStartError
from etcdlearn.servers import datadir, process
from etcdlearn.servers.arguments import addresses, flags, supported, texts
from etcdlearn.servers.binary import Binary, find
from etcdlearn.servers.faults import SIGKILL, Faults
from etcdlearn.servers.folder import Folder
from etcdlearn.servers.port import Port
from etcdlearn.servers.ready import Readiness, failed

START_LIMIT = 20.0  # seconds; a start takes a tenth of one
STOP_LIMIT = 5.0
TRIES = 5  # ports; between choosing one and listening on it somebody else may take it

_running: weakref.WeakSet[LocalServer] = weakref.WeakSet()


class LocalServer(Faults):
    """A real etcd with one member. It listens on 127.0.0.1 on a free port, and to no browser.

    Its name, peer URL and cluster token are fixed, so the ids in headers are the same on every run. It ends with the
    process that made it, however that one ends. Use it in a ``with``, or call ``stop``.

    Args:
        binary: the etcd to start; left out, ``$ETCDLEARN_ETCD``, one that ``etcdlearn etcd install`` placed, one of
            3.5.3 or newer on PATH, or the one that pip brings.
        data_dir: where its data are kept, and stay; left out, a temporary folder that is removed with the server. Data
            belong to the version of etcd that made them; another one is refused before it is started.
        quota_backend_bytes: size of the database at which writes are refused; left out, etcd's 2 GiB.
        heartbeat_ms, election_ms: Raft's timers. etcd's own are 100 and 1000; with these it starts ten times faster.
        args: further flags for etcd, as in ``("--max-txn-ops=256",)``.

    Attributes:
        binary: which etcd it is, with its ``path``, ``version`` and ``origin``.
        endpoints: its address for clients, a tuple of one.
        version: its version, as in "3.5.1".

    Raises:
        ValueError, TypeError: an argument that etcd would refuse; nothing was started.
        ServerStartError: no etcd found, ``data_dir`` in use or of another version, or etcd did not start; then the
            text quotes etcd's reason and ``.log`` has the rest.
    """

    def __init__(
        self,
        *,
        binary: str | os.PathLike[str] | None = None,
        data_dir: str | os.PathLike[str] | None = None,
        quota_backend_bytes: int | None = None,
        heartbeat_ms: int = 10,
        election_ms: int = 100,
        args: Sequence[str] = (),
    ) -> None:
        supported()
        self._flags = [*flags(quota_backend_bytes, heartbeat_ms, election_ms), *texts(args)]
        self._timers = (heartbeat_ms, election_ms)
        self._lock = RLock()
        self._owner = os.getpid()
        self._child: process.Child | None = None
        self._port = Port()
        self._stopped = self._paused = False
        self._wiped = 0
        self._data_lock = -1
        self.binary: Binary = find(binary)
        self._folder = Folder()
        try:
            self._data = self._folder.path / "data" if data_dir is None else self._take(Path(data_dir).absolute())
            self._start_on_a_free_port()
        except BaseException:
            self.stop()
            raise
        _running.add(self)

    def _take(self, data: Path) -> Path:
        self._data_lock = datadir.take(data, self.binary)
        return data

    def _start_on_a_free_port(self) -> None:
        for tries_left in reversed(range(TRIES)):
            self._port.hold(another=True)
            self.endpoints = (self._port.endpoint,)
            try:
                self._start()
                return
            except ServerStartError as exc:
                if not tries_left or "address already in use" not in str(exc):
                    raise

    def _start(self) -> None:
        """Start the process and wait until it is ready; on any failure nothing of it is left running."""
        with Readiness(self._folder.path) as readiness, open(self._folder.path / "log", "ab") as log:
            start_of_log = log.tell()
            env = {name: value for name, value in os.environ.items() if not name.startswith("ETCD_")}
            self._port.release()
            try:
                self._child = process.start(
                    [
                        str(self.binary.path),
                        *addresses(self.binary, self.endpoints[0], self._data, self._token),
                        *self._flags,
                    ],
                    cwd=self._folder.path,
                    env={**env, "NOTIFY_SOCKET": str(readiness.path)},
                    output=log,
                )
                ready = readiness.wait(self._child, START_LIMIT)
            except BaseException:
                self._end(SIGKILL)
                raise
            if not ready:
                self._failed(start_of_log)
            self._mark()

    def _mark(self) -> None:
        """The user's own directory is for this version from now on."""
        if self._data_lock < 0:
            return
        try:
            datadir.mark(self._data, self.binary)
        except BaseException:
            self._end(SIGKILL)
            raise

    def _failed(self, start_of_log: int) -> None:
        child = self._child
        assert child is not None
        with suppress(Exception):
            child.handle.wait(0.5)
        status = child.handle.poll()
        self._end(SIGKILL)
        how = f"was not ready after {START_LIMIT:g} s" if status is None else f"ended with status {status} at its start"
        raise failed(self.binary, how, self._read_log(start_of_log), datadir.advice(self._data))

    def _end(self, how: int) -> None:
        """End the process, if there is one."""
        child, self._child, self._paused = self._child, None, False
        if child is not None:
            child.end(how, STOP_LIMIT)

    @property
    def _token(self) -> str:
        """Of the cluster, from which etcd makes ids: the same on every run, another one once the data were lost."""
        return f"etcdlearn-{self._wiped}" if self._wiped else "etcdlearn"

    @property
    def version(self) -> str:
        return self.binary.version

    @property
    def timers(self) -> tuple[int, int]:
        """Raft's timers in milliseconds: heartbeat, election."""
        return self._timers

    @property
    def pid(self) -> int:
        """The id of etcd's process. Raises ``RuntimeError`` when it does not run."""
        child = self._child
        if child is None:
            raise RuntimeError("this etcd is not running")
        return child.handle.pid

    @property
    def ended(self) -> int:
        """A file descriptor that can be read once etcd's process has ended. Raises ``RuntimeError`` as ``pid`` does."""
        child = self._child
        if child is None:
            raise RuntimeError("this etcd is not running")
        return child.ended

    @property
    def data_dir(self) -> Path:
        """Where etcd keeps its data."""
        return self._data

    def client(self, **options: Any) -> Client:
        """A new client of this server; options are those of ``Client`` but ``endpoints``. Close it yourself."""
        return Client(self.endpoints, **options)

    def logs(self, tail: int = 50) -> str:
        """The last ``tail`` lines that etcd wrote: one JSON object each. "" after ``stop``."""
        return "\n".join(self._read_log(0).splitlines()[-tail:]) if tail > 0 else ""

    def _read_log(self, start: int) -> str:
        try:
            with open(self._folder.path / "log", "rb") as log:
                log.seek(start)
                return log.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def stop(self) -> None:
        """End the server and remove its data, unless you named their place. Harmless when repeated."""
        with self._lock:
            self._stopped = True
            if os.getpid() != self._owner:  # a forked child has no say over its parent's server
                return
            self._end(signal.SIGTERM)
            self._port.release()
            self._folder.remove()
            if self._data_lock >= 0:
                os.close(self._data_lock)
                self._data_lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def __del__(self) -> None:
        if not getattr(self, "_stopped", True) and hasattr(self, "_folder") and os.getpid() == self._owner:
            warnings.warn(f"{self!r} was never stopped", ResourceWarning, source=self, stacklevel=2)
            self.stop()

    def __repr__(self) -> str:
        running = "paused" if self._paused else "running"
        state = "stopped" if self._stopped else running if self._child else "killed"
        return f"LocalServer(etcd {self.version}, {state})"


@atexit.register
def _stop_all() -> None:
    """At the end of Python: what the parent-death signal would do, and the folders as well."""
    for server in list(_running):
        server.stop()
