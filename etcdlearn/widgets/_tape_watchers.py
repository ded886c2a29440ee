"""The two watchers of a WatchTape: the watch that is shown, and a second one that says what etcd wrote."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from time import monotonic

from etcdlearn.client import Client, Header, Watch, WatchResponse
from etcdlearn.client._ranges import END_OF_KEYS
from etcdlearn.errors import ClientClosedError, CompactedError, EtcdError, RevisionWentBackError
from etcdlearn.widgets._tape import Ended, Gap, Recorder, Step, Tape, steps

PATIENCE = 5.0  # seconds for what the server has and we have not
SHORT = 1.0  # seconds for one answer of a server that may stand still
AGAIN = 0.2  # seconds between two attempts of the second watcher to begin anew
MOST_PROVED = 32  # keys of one revision whose lease is asked for


def is_inside(key: bytes, first: bytes, end: bytes) -> bool:
    """Whether ``[first, end)`` holds the key; the ends are those of the wire."""
    return key == first if not end else key >= first and (end == END_OF_KEYS or key < end)


class Watchers:
    """Reads both watches, each on a thread of its own. ``changed`` is called for news, on any thread.

    The second one watches the whole store, since only then it knows how far it has seen: its own keys alone say nothing
    on whether more of them will come at a revision.

    Attributes:
        record: what they told; read and changed under ``known``.
        known: the lock, which also wakes whoever waits for more.
        second_lost: the second watcher cannot be heard.
    """

    def __init__(
        self, client: Client, second: Client | None, watch: Watch, record: Recorder, changed: Callable[[], None]
    ) -> None:
        self.record = record
        self.known = threading.Condition()
        self.second_lost = False
        self._client, self._witness = client, second or client
        self._watch = watch
        self._changed = changed
        self._closed = threading.Event()
        self._since = 0.0
        self._seen = watch.start_revision - 1  # how far the second watcher has come
        self._recorded = 0  # responses of the watch
        self._second_over = False
        self._now = 0  # the newest revision of the store that was heard of
        self._anew = False
        self._leases: dict[bytes, int] = {}
        watch._listeners = (self._heard,)
        try:
            self._second = self._follow(watch.start_revision)
        except BaseException:
            watch.close()
            raise
        for name, work in (("etcdlearn-tape", self._read), ("etcdlearn-tape-second", self._read_second)):
            threading.Thread(target=work, name=name, daemon=True).start()

    def close(self) -> None:
        """End both watches."""
        self._closed.set()
        self._watch.close()
        self._second.close()

    def tape(self, blank: Tape) -> Tape:
        """What is known now; ``blank`` says what was asked for."""
        with self.known:
            record, away = self.record, self.record.away
            items = tuple(record.items)
            if away:
                items = (*items[:-1], replace(away, seconds=monotonic() - self._since))
            return replace(
                blank,
                next=self._watch.revision,
                now=self._now,
                received=items,
                wrote=tuple(record.wrote),
                expired=frozenset(record.expired),
                ended=record.ended,
                second_lost=self.second_lost,
                left_out=record.left_out,
            )

    # The watch that is shown.

    def _read(self) -> None:
        ended = None
        try:
            for response in self._watch:
                with self.known:
                    self.record.receive(response)
                    self._recorded += 1
                    self.known.notify_all()
                self._changed()
        except CompactedError as exc:
            ended = Ended(compacted=exc.compact_revision, words=str(exc))
        except RevisionWentBackError as exc:
            ended = Ended(known=exc.known, now=exc.now, words=str(exc))
        except EtcdError as exc:
            ended = Ended(words=str(exc))
        with self.known:
            self.record.ended = ended
        if ended is None:  # closed: here, or with its client
            self._closed.set()
        self._wake()

    def _heard(self, what: str, detail: Header | int | str) -> None:
        """The watch's own account of its stream; on the stream's thread, which alone delivers."""
        with self.known:
            if what in ("broke", "paused"):
                gap = self.record.items[-1:] and isinstance(self.record.items[-1], Gap)
                self._since = self._since if gap else monotonic()
                self.record.leave(Gap(self._delivered(), paused=what == "paused", why=str(detail)))
            elif what == "resumed" and isinstance(detail, Header):
                self.record.come_back(detail.revision, monotonic() - self._since)
        self._wake()

    def _delivered(self) -> int:
        """The first revision that the stream has not delivered, whether it was read here or not."""
        watch = self._watch
        with watch._changed:
            return max([watch._revision, *(following for _, following in watch._arrived)])

    def _wake(self) -> None:
        with self.known:
            self.known.notify_all()
        self._changed()

    # The second watcher.

    def _follow(self, start: int) -> Watch:
        watch = self._witness.watcher.watch_store(start)
        watch._listeners = (self._heard_second,)
        return watch

    def _heard_second(self, what: str, _detail: Header | int | str) -> None:
        if what in ("broke", "resumed"):
            self.second_lost = what == "broke"
            self._wake()

    def _read_second(self) -> None:
        while not self._closed.is_set():
            try:
                for response in self._second:
                    self._see(response)
                return
            except CompactedError as exc:  # what is gone nobody can tell; go on with the rest
                start = exc.compact_revision
            except EtcdError:
                break
            if not self._begin_anew(start):
                break
        self._second_over = True
        self.second_lost = not self._closed.is_set()
        self._wake()

    def _begin_anew(self, start: int) -> bool:
        while not self._closed.is_set():
            try:
                self._second = self._follow(start)
                self._second.request_progress()  # perhaps nothing is left: then it is the only answer
                self._anew = True
                if self._closed.is_set():
                    self._second.close()
                return True
            except ClientClosedError:
                return False
            except EtcdError:
                self._closed.wait(AGAIN)
        return False

    def _see(self, response: WatchResponse) -> None:
        inside = [e for e in response.events if is_inside(e.kv.key, self._watch.key, self._watch.range_end)]
        written = steps(inside)
        expired = {found for step in written for found in self._expired(step)}
        with self.known:
            self.record.write(written)
            self.record.expired |= expired
            told = response.header.revision if self._anew and response.is_progress_notify else 0
            self._now = max(self._now, self._second.revision - 1 if response.events else 0)
            self._seen, self._anew = max(self._seen, self._second.revision - 1, told), False
            self.known.notify_all()
        if written:
            self._changed()

    def _expired(self, step: Step) -> Iterable[tuple[int, bytes]]:
        """The deletes that were the end of a lease: only if it is gone, and neither client revoked it."""
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
            found = self._witness.get(key, revision=revision - 1, timeout=SHORT).kvs
        except EtcdError:
            return 0
        return found[0].lease if found else 0

    def _is_gone(self, lease: int) -> bool:
        if not lease or self._client.lease.revoked(lease) or self._witness.lease.revoked(lease):
            return False
        try:
            return self._witness.lease.time_to_live(lease, timeout=SHORT).ttl < 0
        except EtcdError:
            return False

    # What the picture asks.

    def catch_up(self) -> None:
        """Wait until everything that the server has now was delivered; in a break, until it turns out to be one."""
        try:
            revision = self._witness.get(END_OF_KEYS, count_only=True, timeout=PATIENCE).header.revision
        except EtcdError:
            return
        with self.known:
            self._now = max(self._now, revision)
            self.known.wait_for(lambda: self.record.away or self._has(revision), PATIENCE)
            if not self.record.away:
                return
        if self._reaches():
            with self.known:
                self.known.wait_for(lambda: self._has(revision), PATIENCE)

    def _reaches(self) -> bool:
        """Whether the client that watches can reach the server: then its watch is about to go on."""
        try:
            self._client.get(END_OF_KEYS, count_only=True, timeout=SHORT)
        except EtcdError:
            return False
        return True

    def _has(self, revision: int) -> bool:
        """Whether all up to there was handled: what both watchers were told, and the progress that was asked for."""
        if self._closed.is_set() or (self.record.ended and self._second_over):
            return True
        if self._seen < revision and not self._second_over:
            return False
        return self.record.ended is not None or not (self.record.away or self._behind())

    def _behind(self) -> bool:
        watch, record = self._watch, self.record
        with watch._changed:
            unread = watch._asking or watch._arrived or watch._taken > self._recorded
        return bool(unread) or record.received_to < record.expected
