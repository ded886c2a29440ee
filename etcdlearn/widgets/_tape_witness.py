"""The second watcher of a WatchTape: it says what etcd wrote."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from etcdlearn.client import Client, Header, Watch, WatchResponse
from etcdlearn.client._ranges import END_OF_KEYS
from etcdlearn.errors import ClientClosedError, CompactedError, EtcdError
from etcdlearn.widgets._tape import Step, steps
from etcdlearn.widgets._tape_recorder import Recorder

SHORT = 1.0  # seconds for one answer of a server that may stand still
AGAIN = 0.2  # seconds between two attempts to begin anew
MOST_PROVED = 32  # keys of one revision whose lease is asked for


def is_inside(key: bytes, first: bytes, end: bytes) -> bool:
    """Whether ``[first, end)`` holds the key; the ends are those of the wire."""
    return key == first if not end else key >= first and (end == END_OF_KEYS or key < end)


class Witness:
    """Watches the whole store on a thread of its own, and records what was written to the keys of a watch.

    The whole store, since only then it knows how far it has seen: those keys alone say nothing on whether more of them
    will come at a revision.

    Args:
        client: on whose connection it watches.
        watch: whose keys it records, from where it started.
        record: what it writes to, under ``known``.
        changed: called for news.
        revoked: whether a lease was revoked by somebody whom we know.

    Attributes:
        seen: the revision up to which it has seen everything.
        now: the newest revision of the store that was heard of.
        lost: it cannot be heard.
        over: it never will be again.
    """

    def __init__(
        self,
        client: Client,
        watch: Watch,
        record: Recorder,
        known: threading.Condition,
        changed: Callable[[], None],
        revoked: Callable[[int], bool],
    ) -> None:
        self.seen = watch.start_revision - 1
        self.now = 0
        self.lost = self.over = False
        self._client, self._shown, self._record = client, watch, record
        self._known, self._changed, self._revoked = known, changed, revoked
        self._leases: dict[bytes, int] = {}
        self._closed = threading.Event()
        self._watch = self._follow(watch.start_revision)
        threading.Thread(target=self._run, name="etcdlearn-tape-second", daemon=True).start()

    def close(self) -> None:
        """End its watch."""
        self._closed.set()
        self._watch.close()

    def _follow(self, start: int) -> Watch:
        watch = self._client.watcher.watch_store(start)
        watch._listeners = (self._heard,)
        return watch

    def _heard(self, what: str, _detail: Header | int | str) -> None:
        if what in ("broke", "resumed"):
            self.lost = what == "broke"
            self._wake()

    def _wake(self) -> None:
        with self._known:
            self._known.notify_all()
        self._changed()

    def _run(self) -> None:
        start = 0
        while not self._closed.is_set():
            try:
                for response in self._watch:
                    self._see(response)
                return
            except CompactedError as exc:  # what is gone nobody can tell; go on with the rest
                start = exc.compact_revision
            except EtcdError:
                break
            if not self._begin_anew(start):
                break
        self.over, self.lost = True, not self._closed.is_set()
        self._wake()

    def _begin_anew(self, start: int) -> bool:
        while not self._closed.is_set():
            try:
                self._watch = self._follow(start)
                if self._closed.is_set():
                    self._watch.close()
                elif not self._is_left(start):
                    self.seen = max(self.seen, start)
                    self._wake()
                return True
            except ClientClosedError:
                return False
            except EtcdError:
                self._closed.wait(AGAIN)
        return False

    def _is_left(self, revision: int) -> bool:
        """Whether what was put at the compact revision is there, so that its event will come; of a delete, it may not.

        A progress request would not tell: up to etcd 3.5.7 it is answered before the events.
        """
        shown, at = self._shown, revision
        end = shown.range_end or None
        found = self._client.get(shown.key, range_end=end, revision=at, min_mod_revision=at, limit=1, keys_only=True)
        return bool(found.kvs)

    def _see(self, response: WatchResponse) -> None:
        shown = self._shown
        inside = [event for event in response.events if is_inside(event.kv.key, shown.key, shown.range_end)]
        written = steps(inside)
        expired = {found for step in written for found in self._expired(step)}
        with self._known:
            self._record.write(written)
            self._record.expired |= expired
            self.now = self.seen = max(self.seen, self._watch.revision - 1)
            self._known.notify_all()
        if written:
            self._changed()

    def _expired(self, step: Step) -> Iterator[tuple[int, bytes]]:
        """The deletes that were the end of a lease: only if it is gone, and nobody we know revoked it."""
        for event in step.events:
            key = event.kv.key
            if event.type == "PUT":
                self._leases[key] = event.kv.lease
            elif len(step.events) <= MOST_PROVED and self._is_gone(self._lease(key, step.revision)):
                yield step.revision, key

    def _lease(self, key: bytes, revision: int) -> int:
        """The lease that a key had before it was deleted; one that was put before the tape began is asked for."""
        if key in self._leases:
            return self._leases.pop(key)
        try:
            found = self._client.get(key, revision=revision - 1, timeout=SHORT).kvs
        except EtcdError:
            return 0
        return found[0].lease if found else 0

    def _is_gone(self, lease: int) -> bool:
        if not lease or self._revoked(lease):
            return False
        try:
            return self._client.lease.time_to_live(lease, timeout=SHORT).ttl < 0
        except EtcdError:
            return False
