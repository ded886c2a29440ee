"""All watches of a client on one stream, and the one thread that reads it and opens it anew whenever it breaks."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import cast

from etcdlearn._rpc import rpc_pb2
from etcdlearn.client import _methods as methods
from etcdlearn.client import _wire as wire
from etcdlearn.client._call import DEFAULT, Caller, Timeout
from etcdlearn.client._channel import Stream, TransportError
from etcdlearn.client._resume import EVERYONE, Answer, Course, Request, is_final, looks_back, newer
from etcdlearn.client._server_errors import server_error
from etcdlearn.client.types import Header, WatchResponse
from etcdlearn.client.watch import MOST_UNREAD, Watch
from etcdlearn.errors import ClientClosedError, CompactedError, EtcdError, RevisionWentBackError

FIRST_PAUSE, LAST_PAUSE, GROWTH = 0.001, 0.1, 1.25  # seconds between two attempts to reach anybody; clientv3's
LEADER = (("hasleader", "true"),)  # metadata by which etcd ends a stream whose member has lost its leader

_ids = count(1)  # 0 would ask the server to choose; our own ids tell its answers apart


@dataclass(slots=True, eq=False)
class Place:
    """A watch's place on the stream.

    Attributes:
        watch: the reader's side.
        request: what it asks for; id and start are filled in each time.
        course: how far it has come.
        id: under which it was created last; another one each time, so that late answers find nobody.
        confirmed: the server has created it at least once.
        settled: set when it was created for the first time, or refused.
    """

    watch: Watch
    request: Request
    course: Course
    id: int = 0
    confirmed: bool = False
    settled: threading.Event = field(default_factory=threading.Event)


class WatchStream:
    """One stream with its watches. ``revision`` asks the store linearizably; it may raise ``EtcdError``."""

    def __init__(self, caller: Caller, revision: Callable[[Timeout], Header], *, require_leader: bool = False) -> None:
        self._caller = caller
        self._revision = revision
        self._require_leader = require_leader
        self._lock = threading.RLock()  # over all that follows; never held while a watch is handed something
        self._places: dict[Watch, Place] = {}
        self._live: dict[int, Place] = {}
        self._queue: deque[Place] = deque()  # to be created; one at a time, since a refusal does not say whose it is
        self._creating: Place | None = None
        self._asked: set[Watch] = set()  # for progress
        self._stream: Stream | None = None
        self._thread: threading.Thread | None = None
        self._known: Header | None = None
        self._over = threading.Event()

    # Called by readers.

    @property
    def forked(self) -> bool:
        """True in a child of fork."""
        return self._caller.forked

    def check_process(self) -> None:
        """Raise ``RuntimeError`` in a child of fork."""
        self._caller.check_process()

    def add(self, watch: Watch, request: Request) -> Place:
        """Have the watch created; wait for ``settled``."""
        place = Place(watch, request, Course(watch.start_revision))
        with self._lock:
            self._places[watch] = place
            self._queue.append(place)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="etcdlearn-watch", daemon=True)
                self._thread.start()
            self._create_next()
        return place

    def forget(self, watch: Watch) -> None:
        """Cancel a watch on the server."""
        with self._lock:
            place = self._places.pop(watch, None)
            self._asked.discard(watch)
            if place is not None:
                self._withdraw(place)

    def drained(self, watch: Watch) -> None:
        """A reader has caught up: go on where its watch was paused."""
        with self._lock:
            place = self._places.get(watch)
            if place and place.confirmed and place.id not in self._live and place is not self._creating:
                if place not in self._queue:
                    self._queue.append(place)
                self._create_next()

    def ask_progress(self, watch: Watch) -> None:
        """Ask how far the stream has come. etcd drops the question while any watch of the stream lags: ask again."""
        with self._lock:
            self._asked.add(watch)
            if self._stream is not None:
                self._stream.send(wire.encode_progress_request())

    def ask_progress_again(self, watch: Watch, patience: float) -> None:
        """No answer yet. etcd gives none before the revision at which a watch starts has happened, and a watch from now
        starts at the next one; but then a read that says so is the answer: nothing up to there is still to come.

        The read is on the reader's thread, whose time is bounded. What counts is how far the reader has come: an event
        that the stream's thread holds and has not handed over yet must not come after an answer that covers it.
        """
        self.ask_progress(watch)
        try:
            now = self._revision(patience)
        except EtcdError:  # it will be asked once more
            return
        with self._lock:
            waits = watch in self._asked and now.revision < watch.revision and not looks_back(self._known, now)
            if waits:
                self._asked.discard(watch)
        if waits:
            watch._deliver(WatchResponse(now, ()))

    def close(self) -> None:
        """End every watch and the thread; harmless when repeated."""
        self._over.set()
        with self._lock:
            stream, places = self._stream, list(self._places.values())
        if stream is not None:
            stream.close()
        for place in places:
            place.watch._fail(None)
            place.settled.set()

    def join(self) -> None:
        """Wait a moment for the thread of a closed stream to end."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(1)

    # The thread.

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._over.wait(pause if pause > FIRST_PAUSE else 0):
            try:
                connection, stream = self._caller.stream(methods.WATCH, None, LEADER if self._require_leader else ())
            except EtcdError as exc:
                if not self._nobody_answers(exc):
                    break
                pause = min(pause * GROWTH, LAST_PAUSE)
                continue
            heard, failure = self._serve(stream)
            connection.proven = False  # whoever uses it next asks first
            if self._over.is_set() or not self._go_on(failure):
                break
            pause = FIRST_PAUSE if heard else min(pause * GROWTH, LAST_PAUSE)

    def _nobody_answers(self, exc: EtcdError) -> bool:
        """Tell the watches that nobody confirmed yet; False when none is left, and the thread ends."""
        with self._lock:
            fresh = [place for place in self._queue if not place.confirmed]
        for place in fresh:
            self._end(place, exc)
        return not isinstance(exc, ClientClosedError) and self._has_work()

    def _has_work(self) -> bool:
        with self._lock:
            if not self._places:
                self._thread = None
            return bool(self._places)

    def _serve(self, stream: Stream) -> tuple[bool, TransportError]:
        """Create the watches, then hand on what comes until the stream ends: was anything heard, and why it ended."""
        heard = False
        with self._lock:
            self._stream = stream
            if self._over.is_set():
                stream.close()
            self._create_next()
        try:
            for message in stream:
                heard = True
                self._dispatch(self._decode(cast(rpc_pb2.WatchResponse, message)))
        except TransportError as broken:
            return heard, broken
        finally:
            with self._lock:
                self._stream = None
            stream.close()
        return heard, TransportError("UNAVAILABLE", "the server ended the stream")

    def _decode(self, message: rpc_pb2.WatchResponse) -> Answer:
        last = message.events[-1].kv.mod_revision if message.events else 0
        return wire.decode_watch_answer(self._caller.namespace.leave(message), last)

    def _go_on(self, failure: TransportError) -> bool:
        """After the stream ended: its watches are created again, or end with it. False when none is left."""
        with self._lock:
            places = sorted(self._places.values(), key=lambda place: place.id)
            creating, self._creating = self._creating, None
            live = set(map(id, self._live.values()))
            self._live.clear()
            if not is_final(failure, require_leader=self._require_leader):
                again = [place for place in places if id(place) in live or place is creating]
                self._queue.extendleft(reversed([place for place in again if place not in self._queue]))
                broken = [place for place in places if place.confirmed]
                places = []
            else:
                broken = []
        for place in broken:
            place.course.broke()
            place.watch._happened("broke", failure.details)
        for place in places:
            self._end(place, self._why(failure))
        return self._has_work()

    @staticmethod
    def _why(failure: TransportError) -> EtcdError:
        error = server_error(failure.code, failure.details, method="Watch")
        error.rpc_error = failure.cause
        return error

    def _create_next(self) -> None:
        """Send the next create request, if the stream is open and no other one is unanswered. Holds the lock."""
        if self._stream is None or self._creating is not None or not self._queue:
            return
        place = self._creating = self._queue.popleft()
        place.id = next(_ids)
        message = wire.encode_watch(place.id, place.course.next, place.request)
        self._stream.send(message if place.request.whole_store else self._caller.namespace.enter(message))

    def _withdraw(self, place: Place) -> None:
        """Take a watch off the stream. Its late answers find nobody. Holds the lock."""
        if place in self._queue:
            self._queue.remove(place)
        if self._live.pop(place.id, None) is not None and self._stream is not None:
            self._stream.send(wire.encode_watch_cancel(place.id))
        # One that is just being created is cancelled when its answer comes.

    def _end(self, place: Place, error: EtcdError) -> None:
        with self._lock:
            self._places.pop(place.watch, None)
            self._asked.discard(place.watch)
            self._withdraw(place)
        place.watch._fail(error)
        place.settled.set()

    # What one message means.

    def _dispatch(self, answer: Answer) -> None:
        if answer.created:
            self._created(answer)
            return
        if answer.watch_id == EVERYONE:
            self._progress(answer)
            return
        place = self._live.get(answer.watch_id)
        if place is None:
            return
        if answer.canceled:
            self._canceled(place, answer)
            return
        response = place.course.take(answer)
        if response is not None:
            self._note(response.header)
            place.watch._deliver(response, place.course.next)
            if place.watch.pending > MOST_UNREAD:
                self._pause(place)

    def _note(self, header: Header) -> None:
        self._known = newer(self._known, header)

    def _created(self, answer: Answer) -> None:
        with self._lock:
            place, self._creating = self._creating, None
            if place is None:
                return
            wanted = place.watch in self._places and not answer.canceled
            if wanted:
                self._live[place.id] = place
            elif not answer.canceled and self._stream is not None:
                self._stream.send(wire.encode_watch_cancel(place.id))
        if answer.canceled:
            self._end(place, wire.watch_error(answer))
            if answer.watch_id != EVERYONE:  # up to 3.5.5 the other watches of this stream hear nothing any more
                self._reopen()
        elif wanted:
            self._check_history(answer.header)
            self._confirm(place, answer.header)
        with self._lock:
            self._create_next()

    def _confirm(self, place: Place, header: Header) -> None:
        kind = "resumed" if place.confirmed else "created"
        if place.watch in self._places:
            place.confirmed = True
            place.watch._happened(kind, header)
            place.settled.set()

    def _check_history(self, header: Header) -> None:
        """End the watches that began on data which the server no longer has."""
        if not looks_back(self._known, header):
            self._note(header)
            return
        try:
            now = self._revision(DEFAULT)
        except EtcdError:  # it broke again; the next "created" asks anew
            return
        if looks_back(self._known, now):
            known, self._known = self._known or now, now
            with self._lock:
                old = [place for place in self._places.values() if place.confirmed]
            for place in old:
                self._end(
                    place, RevisionWentBackError(known.revision, now.revision, other=known.cluster_id != now.cluster_id)
                )

    def _reopen(self) -> None:
        with self._lock:
            if self._stream is not None:
                self._stream.close()

    def _progress(self, answer: Answer) -> None:
        """An answer to ``ask_progress``: it says nothing on where to resume, before 3.5.8 it came too early."""
        with self._lock:
            asked = [watch for watch in self._asked if (place := self._places.get(watch)) and place.id in self._live]
            self._asked.difference_update(asked)
        for watch in asked:
            watch._deliver(WatchResponse(answer.header, ()))

    def _canceled(self, place: Place, answer: Answer) -> None:
        error = wire.watch_error(answer)
        with self._lock:
            if not isinstance(error, CompactedError):
                self._live.pop(place.id, None)
        # A compacted watch is cancelled once more, as clientv3 does: to a newer server it counts as one that lags until
        # then, and no progress request on this stream is answered.
        self._end(place, error)

    def _pause(self, place: Place) -> None:
        with self._lock:
            self._withdraw(place)
        place.watch._happened("paused", place.course.next)
        if not place.watch._is_behind():  # read meanwhile
            self.drained(place.watch)
