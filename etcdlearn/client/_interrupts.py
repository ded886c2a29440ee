"""Ctrl-C, held back while gRPC's own Python code runs.

An interrupt is an exception between any two instructions of the main thread. Inside gRPC it can leave a lock of the
channel taken for ever; then every watch on that channel stands still, and nobody says so (grpcio 1.85). So it is noted,
and raised when gRPC is done. A call that does not end by itself is ended from another thread, by what can end it.
"""

from __future__ import annotations

import signal
import threading
from _signal import getsignal  # signal's own functions: those of `signal` look up an enum each time, which costs
from _signal import signal as set_signal  # ten times as much as all the rest of this
from _thread import allocate_lock, start_new_thread
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

SIGINT = int(signal.SIGINT)
GRACE = 0.3  # seconds that an interrupted call has to end by itself; nearly all take a thousandth of that


class Held:
    """While this is entered in the main thread, an interrupt waits; ``end`` is called when it waits for too long.

    Elsewhere it does nothing: Python runs the handlers of signals in the main thread only.
    """

    __slots__ = ("_end", "_former", "_hit", "_over")

    def __init__(self, end: Callable[[], None] | None = None) -> None:
        self._end = end
        self._former: Callable[[int, FrameType | None], Any] | None = None
        self._hit = False
        self._over: Any = None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            former = getsignal(SIGINT)
            if callable(former):  # neither ignored nor left to the system
                self._former = former
                set_signal(SIGINT, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        if self._hit:
            return
        self._hit = True
        if self._end is not None:
            self._over = allocate_lock()
            self._over.acquire()
            # Not threading.Thread: the code that was interrupted may hold one of its locks.
            start_new_thread(self._wait, (self._over, self._end))

    @staticmethod
    def _wait(over: Any, end: Callable[[], None]) -> None:
        if not over.acquire(timeout=GRACE):
            end()

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        if self._former is None:
            return
        set_signal(SIGINT, self._former)
        if self._over is not None:
            self._over.release()
        if self._hit:
            self._former(SIGINT, None)  # Python's own raises KeyboardInterrupt
