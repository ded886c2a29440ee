"""What can happen to a server, made to happen: it is killed, stands still, comes back, loses its data."""

from __future__ import annotations

import shutil
import signal
from abc import ABC, abstractmethod
from pathlib import Path
from threading import RLock

from etcdlearn.servers import process
from etcdlearn.servers.port import Port

SIGKILL = getattr(signal, "SIGKILL", signal.SIGTERM)


class Faults(ABC):
    """The part of a ``LocalServer`` that breaks it on purpose; whoever waits for it meets the real thing."""

    _child: process.Child | None
    _port: Port
    _lock: RLock
    _data: Path
    _stopped: bool
    _paused: bool
    _wiped: int

    @abstractmethod
    def _start(self) -> None:
        """Start the process and wait until it is ready."""

    @abstractmethod
    def _end(self, how: int) -> None:
        """End the process by a signal, if there is one."""

    def kill(self) -> None:
        """SIGKILL, as when a machine loses power: data and endpoint stay, ``restart`` brings it back."""
        with self._lock:
            self._end(SIGKILL)
            self._port.hold()

    def restart(self) -> None:
        """Start again, with the same data at the same endpoint; a running server is stopped first.

        Raises:
            RuntimeError: the server was stopped: its data are gone.
            ServerStartError: it did not start again.
        """
        with self._lock:
            self._must_not_be_stopped()
            self._end(signal.SIGTERM)
            self._port.hold()
            self._start()

    def pause(self) -> None:
        """SIGSTOP, as on a machine that hangs: it answers nothing, and connections stay. Returns once it has stopped.

        Raises:
            RuntimeError: the server does not run.
        """
        with self._lock:
            self._running_child().pause()
            self._paused = True

    def resume(self) -> None:
        """Let a paused server go on; harmless when it was not paused.

        Raises:
            RuntimeError: the server does not run.
        """
        with self._lock:
            self._running_child().resume()
            self._paused = False

    def wipe(self) -> None:
        """Lose all data, as with a broken disk, and start again at the same endpoint: an empty store with other ids.

        Raises:
            RuntimeError: the server was stopped.
            ServerStartError: it did not start again.
        """
        with self._lock:
            self._must_not_be_stopped()
            self._end(SIGKILL)
            self._port.hold()
            shutil.rmtree(self._data / "member")
            self._wiped += 1
            self._start()

    def _must_not_be_stopped(self) -> None:
        if self._stopped:
            raise RuntimeError("this server was stopped and its data are gone; start a new one")

    def _running_child(self) -> process.Child:
        if self._child is None:
            raise RuntimeError("this etcd is not running")
        return self._child
