"""Keeps a History fed from a server: through breaks of the connection, compactions, and the loss of all data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic

from etcdlearn.client import Client, Event, Header, Watch, WatchResponse
from etcdlearn.client._compaction import find_compaction
from etcdlearn.errors import ClientClosedError, CompactedError, EtcdError, RevisionWentBackError
from etcdlearn.widgets._history import History

PATIENCE = 5.0  # seconds for events which the server has and we have not
SHORT = 1.0  # seconds that a picture waits for one answer: its server may stand still, and the kernel must not
AGAIN = 0.2  # seconds between two attempts to begin anew

Told = Callable[[Iterable[Event], Mapping[int, list[Event]]], None]


@dataclass(frozen=True, slots=True)
class Silence:
    """The server cannot be heard: why, and since when (monotonic seconds)."""

    why: str
    since: float

    @property
    def seconds(self) -> int:
        return int(monotonic() - self.since)


class Follower:
    """Follows the whole store on a thread of its own. ``changed`` is called for news, on any thread.

    ``told`` gets the events themselves, and the deletes of keys that leases held, by lease: with ``known`` held, so
    before ``catch_up`` returns.

    Attributes:
        history: what is known; read and changed under ``known``.
        known: the lock, which also wakes whoever waits for more.
        silence: while the server cannot be heard.
        back: the revisions that had come when it was heard again, first and last; None before.
        lost_data: the store's revision before and after it lost its data; None when it did not.
        ended: the client was closed: there is nothing more to ask, and nothing is lost.

    Raises:
        UnavailableError, DeadlineError: the server did not answer; there is nothing to follow.
    """

    def __init__(
        self, client: Client, prefix: bytes, changed: Callable[[], None], told: Told = lambda events, leases: None
    ) -> None:
        self.history = History(prefix)
        self.known = threading.Condition()
        self.silence: Silence | None = None
        self.back: tuple[int, int] | None = None
        self.lost_data: tuple[int, int] | None = None
        self.ended = False
        self._client = client
        self._changed = changed
        self._told = told
        self._closed = threading.Event()
        self._broken = False  # the stream of the watch, as against one answer that did not come
        self._watch = self._follow()
        threading.Thread(target=self._run, name="etcdlearn-follower", daemon=True).start()

    @property
    def quiet(self) -> bool:
        """Whether nothing will be heard for now."""
        return self._closed.is_set() or self.ended or self._broken

    def close(self) -> None:
        self._closed.set()
        self._watch.close()

    # What the server tells.

    def _follow(self) -> Watch:
        """Start the history at the oldest readable revision, and a watch of all that came after."""
        while True:
            compacted = find_compaction(self._client)
            try:
                prefix = self.history.prefix
                alive = self._client.get(prefix, prefix=True, revision=compacted).kvs if compacted else ()
                watch = self._client.watcher.watch_store(compacted + 1)
            except CompactedError:  # once more, in between
                continue
            watch._listeners = (self._heard,)
            with self.known:
                self.history.start(compacted, alive)
            return watch

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                for response in self._watch:
                    self._take(response)
                return
            except RevisionWentBackError as exc:
                with self.known:
                    self.history = History(self.history.prefix)
                    self.lost_data = (exc.known, exc.now)
            except CompactedError:  # what was not yet delivered is gone: begin anew from what can be read
                pass
            except EtcdError as exc:
                self.lose(exc)
                return
            if not self._begin_anew():
                return

    def _begin_anew(self) -> bool:
        while not self._closed.wait(AGAIN if self.silence else 0):
            try:
                self._watch = self._follow()
            except ClientClosedError as exc:
                self.lose(exc)
                return False
            except EtcdError as exc:
                self.lose(exc)
                continue
            self._broken = False
            self.found()
            return True
        return False

    def _take(self, response: WatchResponse) -> None:
        with self.known:
            leases = self.history.add(response.events, self._watch.revision - 1)
            self._told(response.events, leases)
            self.known.notify_all()
        for lease, deletes in leases.items():
            self._prove(lease, {event.kv.mod_revision for event in deletes})
        if not self._broken:
            self.found()
        self._changed()

    def _prove(self, lease: int, revisions: set[int]) -> None:
        """Keys that a lease held were deleted: did it expire? Only if it is gone and this client did not revoke it."""
        if self._client.lease.revoked(lease):
            return
        try:
            gone = self._client.lease.time_to_live(lease, timeout=SHORT).ttl < 0
        except EtcdError:
            return
        if gone:
            with self.known:
                self.history.expired(lease, revisions)

    def _heard(self, what: str, detail: Header | int | str) -> None:
        """The watch's own account of its stream."""
        if what == "broke":
            self._broken = True
            self.silent(str(detail))
        elif what == "resumed" and isinstance(detail, Header):
            with self.known:
                self._broken = False
                now = self.history.now
                self.back = (now + 1, detail.revision) if self.silence else self.back
            self.found()

    def silent(self, why: str) -> None:
        with self.known:
            since = self.silence.since if self.silence else monotonic()
            self.silence = Silence(why, since)
            self.known.notify_all()
        self._changed()

    def found(self) -> None:
        """It answers."""
        if self.silence is not None and not self._broken:
            with self.known:
                self.silence = None
            self._changed()

    def lose(self, why: EtcdError) -> None:
        if isinstance(why, ClientClosedError):
            self.ended = True
            with self.known:
                self.silence = None
                self.known.notify_all()
            self._changed()
        else:
            self.silent(str(why))

    # What the picture asks.

    def catch_up(self) -> None:
        """Wait until everything that the server has now was delivered; learn of a compaction."""
        try:
            revision = self._client.get(b"\0", count_only=True, timeout=PATIENCE).header.revision
            self.learn_compaction()
        except EtcdError as exc:
            self.lose(exc)
            return
        with self.known:
            self.known.wait_for(lambda: self.history.now >= revision or self._closed.is_set() or self.ended, PATIENCE)

    def learn_compaction(self) -> None:
        """Raises ``EtcdError`` when the server does not answer."""
        compacted = find_compaction(self._client, max(self.history.compacted, 1), SHORT)
        if compacted:
            with self.known:
                self.history.compact(compacted)
