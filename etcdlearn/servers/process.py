"""A child process that does not outlive us, however we end.

Linux: the kernel kills it when we die (a parent-death signal). That signal follows the *thread* that forked, so every
child is started by one thread that lives as long as the process. It is set by a tiny Python program that then becomes
the child; ``preexec_fn`` would print gRPC's fork warnings into the learner's cell, and has crashed the forked child.

Elsewhere: a second process waits for the end of a pipe that only we hold, and kills the child then.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from typing import IO

# prctl(PR_SET_PDEATHSIG, SIGKILL); had we died before it, the parent would be another process by now.
_GUARD = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); "
    "os.getppid() == int(sys.argv[1]) or os._exit(1); os.execv(sys.argv[2], sys.argv[2:])"
)
_WATCH = 'read -r _; kill -9 "$1"'


class Starter:
    """The thread from which children are started; it never ends."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Callable[[], Child], Future[Child]]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def run(self, job: Callable[[], Child]) -> Child:
        """Do ``job`` on the thread and hand back what it returned or raised."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="etcdlearn-starter", daemon=True)
                self._thread.start()
        done: Future[Child] = Future()
        self._jobs.put((job, done))
        return done.result()

    def _work(self) -> None:
        while True:
            job, done = self._jobs.get()
            try:
                done.set_result(job())
            except BaseException as exc:
                done.set_exception(exc)


class Child:
    """A started process: its handle, and the read end of a pipe that ends with it (``ended``, a file descriptor)."""

    def __init__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], output: IO[bytes]) -> None:
        self._watchdog: subprocess.Popen[bytes] | None = None
        self.ended, ours = os.pipe()
        guard = [sys.executable, "-S", "-E", "-c", _GUARD, str(os.getpid())] if sys.platform == "linux" else []
        try:
            self.handle = subprocess.Popen(
                [*guard, *argv],
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # an interrupt of the kernel goes to its process group: not for this one
                pass_fds=(ours,),
            )
        except BaseException:
            os.close(self.ended)
            raise
        finally:
            os.close(ours)
        if not guard:
            self._watchdog = watchdog(self.handle.pid)

    def end(self, how: int, patience: float) -> None:
        """Send the signal ``how``; kill what has not ended after ``patience`` seconds."""
        self.handle.send_signal(how)
        self.resume()  # a paused process minds no signal but SIGKILL
        try:
            self.handle.wait(patience)
        except subprocess.TimeoutExpired:
            self.handle.kill()
            self.handle.wait()
        self.release()

    def pause(self) -> None:
        """SIGSTOP; returns once the process has stopped, or has ended."""
        self.handle.send_signal(signal.SIGSTOP)
        if hasattr(os, "waitid"):
            # Without taking its end: that is for whoever waits for it.
            os.waitid(os.P_PID, self.handle.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        """SIGCONT; harmless when it was not paused."""
        self.handle.send_signal(signal.SIGCONT)

    def release(self) -> None:
        """Let go of what belongs to a process that has ended."""
        if self._watchdog is not None:
            self._watchdog.kill()
            self._watchdog.wait()
            if self._watchdog.stdin is not None:
                self._watchdog.stdin.close()
            self._watchdog = None
        if self.ended >= 0:
            os.close(self.ended)
            self.ended = -1


def watchdog(pid: int) -> subprocess.Popen[bytes]:
    """A process that kills ``pid`` when the pipe to it closes, which happens when we end in whatever way."""
    return subprocess.Popen(["/bin/sh", "-c", _WATCH, "sh", str(pid)], stdin=subprocess.PIPE, start_new_session=True)


_starter = Starter()


def _after_fork() -> None:
    global _starter
    _starter = Starter()  # the thread did not come along


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def start(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], output: IO[bytes]) -> Child:
    """Start ``argv`` guarded. Raises ``OSError`` when it cannot be run."""
    starter = _starter
    return starter.run(lambda: Child(argv, cwd=cwd, env=env, output=output))
