"""What a check looks at: everything that the store can still tell, read at one revision and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from etcdlearn.client import Client, Event, Header, KeyValue
from etcdlearn.client._compaction import find_compaction

PATIENCE = 10.0  # seconds for the history to arrive


@dataclass(frozen=True, slots=True)
class Store:
    """A store as it was at one revision.

    Attributes:
        header: of the read; its revision is the store's.
        compacted: the oldest revision that can be read, 0 when nothing was compacted.
        kvs: the keys that were alive, with value, versions and lease.
        events: every change after the compaction, oldest first.
    """

    header: Header
    compacted: int
    kvs: Mapping[bytes, KeyValue]
    events: tuple[Event, ...]

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


def read(client: Client) -> Store:
    """Read all of it: one get, and the history up to the revision of that get.

    Raises:
        UnavailableError, DeadlineError, ServerError: the server did not answer, or refused.
    """
    now = client.get("", prefix=True)
    compacted = find_compaction(client)
    return Store(
        now.header, compacted, {kv.key: kv for kv in now.kvs}, _history(client, compacted, now.header.revision)
    )


def _history(client: Client, compacted: int, revision: int) -> tuple[Event, ...]:
    events: list[Event] = []
    if revision <= max(compacted, 1):  # a fresh store is at revision 1, and no event made it
        return ()
    with client.watch("", prefix=True, start_revision=compacted + 1) as watch:
        while not events or events[-1].kv.mod_revision < revision:
            events += watch.get(timeout=PATIENCE).events
    return tuple(event for event in events if event.kv.mod_revision <= revision)
