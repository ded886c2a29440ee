"""What a check looks at: everything that the store can still tell, read at one revision and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from etcdlearn.client import Client, Event, Header, KeyValue, LeaseTimeToLiveResponse
from etcdlearn.client._compaction import find_compaction

PATIENCE = 5.0  # seconds for each answer, and for each part of the history
# A learner waits for a check: 10,000 changes take about a second, and no lesson makes that many.
MOST = 10_000  # keys, and changes after the compaction
MOST_LEASES = 200
MOST_BYTES = 64 << 20  # of values, in the keys and in the history
PAGE = 500


class TooLargeError(Exception):
    """The store holds more than can be looked through while somebody waits."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store as it was at one revision.

    Attributes:
        header: of the read; its revision is the store's.
        compacted: the oldest revision that can be read, 0 when nothing was compacted.
        kvs: the keys that were alive, with value, versions and lease.
        events: every change after the compaction, oldest first.
        leases: those that lived, by id, with what they have left and the keys that they hold.
    """

    header: Header
    compacted: int
    kvs: Mapping[bytes, KeyValue]
    events: tuple[Event, ...]
    leases: Mapping[int, LeaseTimeToLiveResponse] = field(default_factory=dict)

    def get(self, key: str) -> KeyValue | None:
        return self.kvs.get(key.encode())

    def text(self, key: str) -> str | None:
        """The value without surrounding blanks; None when there is no such key, or when it is no text."""
        kv = self.get(key)
        try:
            return None if kv is None else kv.value.decode().strip()
        except UnicodeDecodeError:
            return None

    def under(self, prefix: str) -> list[bytes]:
        """The keys that begin with ``prefix``, in order."""
        return sorted(key for key in self.kvs if key.startswith(prefix.encode()))

    def since(self, marker: str) -> tuple[Event, ...]:
        """What happened after the marker was last put: an exercise begins by putting its own."""
        kv = self.get(marker)
        return tuple(event for event in self.events if kv and event.kv.mod_revision > kv.mod_revision)

    def before(self, marker: str) -> tuple[Event, ...]:
        """What happened before the marker was last put."""
        kv = self.get(marker)
        return tuple(event for event in self.events if kv and event.kv.mod_revision < kv.mod_revision)


def read(client: Client) -> Store:
    """Read all of it, at one revision: the keys, and the history up to that revision.

    Raises:
        TooLargeError: it holds more than an exercise leaves behind.
        UnavailableError, DeadlineError, ServerError: the server did not answer, or refused.
    """
    now = client.get("", prefix=True, count_only=True, timeout=PATIENCE)
    compacted = find_compaction(client)
    if max(now.count, now.header.revision - compacted) > MOST:
        raise TooLargeError
    revision = now.header.revision
    history = tuple(_history(client, compacted, revision))
    return Store(now.header, compacted, _keys(client, revision), history, _leases(client))


def _leases(client: Client) -> dict[int, LeaseTimeToLiveResponse]:
    """Of now: etcd keeps no history of leases."""
    ids = client.lease.leases(timeout=PATIENCE).leases
    if len(ids) > MOST_LEASES:
        raise TooLargeError
    asked = [client.lease.time_to_live(one, keys=True, timeout=PATIENCE) for one in ids]
    return {lease.id: lease for lease in asked if lease.ttl >= 0}


def _keys(client: Client, revision: int) -> dict[bytes, KeyValue]:
    keys: dict[bytes, KeyValue] = {}
    size = 0
    for page in client.kv.pages("", prefix=True, page_size=PAGE, revision=revision, timeout=PATIENCE):
        keys |= {kv.key: kv for kv in page.kvs}
        size = _bounded(size + sum(len(kv.value) for kv in page.kvs))
    return keys


def _history(client: Client, compacted: int, revision: int) -> list[Event]:
    events: list[Event] = []
    if revision <= max(compacted, 1):  # a fresh store is at revision 1, and no event made it
        return events
    size = 0
    with client.watch("", prefix=True, start_revision=compacted + 1, timeout=PATIENCE) as watch:
        while not events or events[-1].kv.mod_revision < revision:
            arrived = watch.get(timeout=PATIENCE).events
            events += arrived
            size = _bounded(size + sum(len(event.kv.value) for event in arrived))
    return [event for event in events if event.kv.mod_revision <= revision]


def _bounded(size: int) -> int:
    if size > MOST_BYTES:
        raise TooLargeError
    return size
