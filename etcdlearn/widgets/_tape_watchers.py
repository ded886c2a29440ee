"""The two watchers of a WatchTape: the watch that is shown, and a second one that says what etcd wrote."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from etcdlearn.client import Client, Header, Watch
from etcdlearn.client._ranges import END_OF_KEYS
from etcdlearn.errors import CompactedError, EtcdError, RevisionWentBackError, UnavailableError
from etcdlearn.widgets._tape import Ended, Gap, Tape
from etcdlearn.widgets._tape_recorder import Recorder
from etcdlearn.widgets._tape_witness import Witness

PATIENCE = 5.0  # seconds for what the server has and we have not
TRIES = 2  # gRPC may wait a second before it tries a broken connection again, and a call gives up after about as long


class Watchers:
    """Reads the watch that is shown on a thread of its own, beside a ``Witness``.

    Attributes:
        record: what both told; read and changed under ``known``.
        known: the lock, which also wakes whoever waits for more.

    Raises:
        UnavailableError, DeadlineError: the second watcher found no server.
    """

    def __init__(
        self, client: Client, second: Client | None, watch: Watch, record: Recorder, changed: Callable[[], None]
    ) -> None:
        self.record = record
        self.known = threading.Condition()
        self._client, self._other = client, second or client
        self._watch, self._changed = watch, changed
        self._closed = threading.Event()
        self._since = 0.0
        self._recorded = 0  # responses of the watch
        self._now = 0  # the newest revision of the store that was asked for
        watch._listeners = (self._heard,)
        try:
            self._witness = Witness(self._other, watch, record, self.known, changed, self._revoked)
        except BaseException:
            watch.close()
            raise
        threading.Thread(target=self._read, name="etcdlearn-tape", daemon=True).start()

    def close(self) -> None:
        """End both watches."""
        self._closed.set()
        self._watch.close()
        self._witness.close()

    def _revoked(self, lease: int) -> bool:
        return self._client.lease.revoked(lease) or self._other.lease.revoked(lease)

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
                now=max(self._now, self._witness.now),
                received=items,
                wrote=tuple(record.wrote),
                expired=frozenset(record.expired),
                ended=record.ended,
                second_lost=self._witness.lost,
                left_out=record.left_out,
            )

    # What the watch that is shown tells.

    def _read(self) -> None:
        ended = None
        try:
            for response in self._watch:
                with self.known:
                    self.record.receive(response)
                    self._recorded += 1
                self._wake()
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
        """Its own account of its stream; on the stream's thread, which alone delivers."""
        with self.known:
            if what in ("broke", "paused"):
                again = self.record.items and isinstance(self.record.items[-1], Gap)
                self._since = self._since if again else monotonic()
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

    # What the picture asks.

    def catch_up(self) -> None:
        """Wait until everything that the server has now was delivered; in a break, until it turns out to be one."""
        revision = revision_of(self._other)
        if not revision:
            return
        with self.known:
            self._now = max(self._now, revision)
            self.known.wait_for(lambda: self.record.away or self._has(revision), PATIENCE)
            away = self.record.away
        if away and (self._other is self._client or revision_of(self._client)):  # it can be reached, so it comes back
            with self.known:
                self.known.wait_for(lambda: self._has(revision), PATIENCE)

    def _has(self, revision: int) -> bool:
        """Whether all up to there was handled: what both watchers were told, and the progress that was asked for."""
        if self._closed.is_set() or (self.record.ended and self._witness.over):
            return True
        if self._witness.seen < revision and not self._witness.over:
            return False
        return self.record.ended is not None or not (self.record.away or self._is_behind())

    def _is_behind(self) -> bool:
        watch, record = self._watch, self.record
        with watch._changed:
            unread = watch._asking or watch._arrived or watch._taken > self._recorded
        return bool(unread) or record.received_to < record.expected


def revision_of(client: Client) -> int:
    """How far the store is; 0 when the server cannot be reached."""
    for _ in range(TRIES):
        try:
            return client.get(END_OF_KEYS, count_only=True, timeout=PATIENCE).header.revision
        except UnavailableError:
            continue
        except EtcdError:
            break
    return 0
