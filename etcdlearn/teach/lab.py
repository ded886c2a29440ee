"""The top of every lesson: a fresh etcd, a client, and one line that says what was started."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from etcdlearn._language import language
from etcdlearn.client import Client
from etcdlearn.errors import ClientClosedError, EtcdError
from etcdlearn.servers import LocalServer, server
from etcdlearn.teach import _store, formatters, progress, tracebacks
from etcdlearn.teach._answers import Checked, Hint, Solution, cannot
from etcdlearn.teach._progress_picture import ProgressPicture
from etcdlearn.teach._words import words
from etcdlearn.teach.exercises import EXERCISES, Exercise

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
        self._course = progress.course_folder(Path.cwd())
        self._progress = progress.Progress()
        self._hints: dict[str, int] = {}
        # For `!etcdctl` in a cell and for every child of the kernel.
        self._former = os.environ.get(ENDPOINTS)
        os.environ[ENDPOINTS] = ",".join(started.endpoints)

    def check(self, id: str) -> Checked:
        """Judge an exercise by what the store says: what is there, with its lease, and its history.

        The store is read and never changed; how you got there does not matter. What was once right stays done.

        Args:
            id: lesson and number, as in "2.1".

        Raises:
            ValueError, TypeError: there is no such exercise.
        """
        exercise = _exercise(id)
        try:
            found = exercise.judge(_store.read(self.client))
        except ClientClosedError:
            return cannot(exercise, "closed", self.language)
        except _store.TooLargeError:
            return cannot(exercise, "large", self.language, most=f"{_store.MOST:,}")
        except EtcdError as exc:
            return cannot(exercise, "unreachable", self.language, error=" ".join(str(exc).split()))
        if not found.unclear:
            self._record(id, found.right)
        return Checked(id, found.right, found.name, found, self.language)

    def _record(self, id: str, right: bool) -> None:
        """Keep it for this kernel, and in the course's folder where there is one."""
        self._progress = self._progress.after(id, right)
        if self._course is None:
            return
        try:
            self._tell(progress.record(self._course, id, right).damaged)
        except OSError as exc:
            self._tell_failure(words(self.language)["frame"]["unkept"], exc)

    def _tell(self, damaged: Path | None) -> None:
        if damaged:
            print(words(self.language)["frame"]["damaged"].format(path=damaged.name), file=sys.stderr)

    def _tell_failure(self, text: str, exc: OSError) -> None:
        print(text.format(folder=self._course, error=exc.strerror), file=sys.stderr)

    def hint(self, id: str) -> Hint:
        """The next hint for an exercise; each call goes one step further, the last one stays. Hints cost nothing."""
        exercise = _exercise(id)
        most = len(words(self.language)[id]["hints"])
        self._hints[id] = min(self._hints.get(id, 0) + 1, most)
        return Hint(exercise.id, self._hints[id], self.language)

    def solution(self, id: str) -> Solution:
        """One way to do an exercise."""
        return Solution(id, _exercise(id).solution, self.language)

    def progress(self) -> ProgressPicture:
        """Which exercises are done: in the course's folder, and in this kernel."""
        kept = self._progress
        if self._course is not None:
            try:
                kept |= progress.load(self._course)
                self._tell(kept.damaged)
            except OSError as exc:
                self._tell_failure(words(self.language)["frame"]["unread"], exc)
        return ProgressPicture(kept, self.language)

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


def _exercise(id: str) -> Exercise:
    if not isinstance(id, str):
        raise TypeError(f'an exercise is named by text, as in "2.1", not by {type(id).__name__}')
    if id not in EXERCISES:
        raise ValueError(f"there is no exercise {id!r}; there are {', '.join(EXERCISES)}")
    return EXERCISES[id]


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
    formatters.register()
    tracebacks.register()
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
