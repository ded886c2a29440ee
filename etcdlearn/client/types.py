"""What etcd answers, as frozen values: nothing here knows protobuf.

Field names are those of ``rpc.proto`` and ``kv.proto``. Sequences are tuples, keys and values ``bytes``; a message that
etcd left out is ``None``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from etcdlearn.client._text import show, show_id

MOST_SHOWN = 3  # parts of a list inside a repr; the rest is counted


def _listed(parts: Sequence[object]) -> str:
    shown = [repr(part) for part in parts[:MOST_SHOWN]]
    more = len(parts) - len(shown)
    return ", ".join([*shown, f"… {more:,} more"] if more else shown)


@dataclass(frozen=True, slots=True, repr=False)
class Header:
    """What every answer says about the store that gave it.

    Attributes:
        cluster_id: the cluster's id.
        member_id: the id of the member that answered.
        revision: the store's revision when it answered; a fresh store is at 1.
        raft_term: the term of the member that answered.
    """

    cluster_id: int
    member_id: int
    revision: int
    raft_term: int

    def __repr__(self) -> str:
        ids = f"cluster {show_id(self.cluster_id)}, member {show_id(self.member_id)}"
        return f"Header(revision {self.revision}, raft_term {self.raft_term}, {ids})"


@dataclass(frozen=True, slots=True, repr=False)
class KeyValue:
    """One key as the store holds it.

    Attributes:
        key: the key.
        value: the value, ``b""`` where only keys were asked for.
        create_revision: the revision of the first put of this life of the key.
        mod_revision: the revision of its last put; in a DELETE event the revision of the delete.
        version: puts since the key was created: 1 is the first, a delete starts again at 1.
        lease: the id of the lease that holds the key, 0 for none.
    """

    key: bytes
    value: bytes
    create_revision: int
    mod_revision: int
    version: int
    lease: int

    @property
    def text(self) -> str:
        """The value as text. Raises ``UnicodeDecodeError`` when it is no UTF-8."""
        return self.value.decode()

    @property
    def key_text(self) -> str:
        """The key as text. Raises ``UnicodeDecodeError`` when it is no UTF-8."""
        return self.key.decode()

    def __repr__(self) -> str:
        numbers = f"create {self.create_revision}, mod {self.mod_revision}, version {self.version}"
        lease = f", lease {show_id(self.lease)}" if self.lease else ""
        return f"KeyValue({show(self.key)} = {show(self.value)}, {numbers}{lease})"


@dataclass(frozen=True, slots=True, repr=False)
class PutResponse:
    """Answer to a put: ``header.revision`` is the revision that the put made.

    Attributes:
        header: see ``Header``.
        prev_kv: what the put replaced; ``None`` when it was not asked for or there was nothing.
    """

    header: Header
    prev_kv: KeyValue | None

    def __repr__(self) -> str:
        replaced = f", prev_kv {self.prev_kv!r}" if self.prev_kv else ""
        return f"PutResponse(revision {self.header.revision}{replaced})"


@dataclass(frozen=True, slots=True, repr=False)
class GetResponse:
    """Answer to a get.

    Attributes:
        header: see ``Header``; its revision is the store's own, also when the past was read.
        kvs: the keys found, in the order of their bytes unless another was asked for.
        more: True when ``limit`` left something out.
        count: how many keys the range holds, whatever ``limit`` and the revision filters leave.
    """

    header: Header
    kvs: tuple[KeyValue, ...]
    more: bool
    count: int

    def __repr__(self) -> str:
        more = ", more" if self.more else ""
        found = f": {_listed(self.kvs)}" if self.kvs else ""
        return f"GetResponse(revision {self.header.revision}, count {self.count}{more}{found})"


@dataclass(frozen=True, slots=True, repr=False)
class DeleteResponse:
    """Answer to a delete.

    Attributes:
        header: see ``Header``; a delete that found nothing does not move the revision.
        deleted: how many keys it deleted.
        prev_kvs: what it deleted, where that was asked for.
    """

    header: Header
    deleted: int
    prev_kvs: tuple[KeyValue, ...]

    def __repr__(self) -> str:
        replaced = f", prev_kvs {_listed(self.prev_kvs)}" if self.prev_kvs else ""
        return f"DeleteResponse(revision {self.header.revision}, deleted {self.deleted}{replaced})"


@dataclass(frozen=True, slots=True, repr=False)
class CompactResponse:
    """Answer to a compaction. A compaction does not move the revision."""

    header: Header

    def __repr__(self) -> str:
        return f"CompactResponse(revision {self.header.revision})"


@dataclass(frozen=True, slots=True, repr=False)
class OpResponse:
    """Answer to ``do(op)``: the one field that belongs to the operation is set, the others are ``None``."""

    put: PutResponse | None = None
    get: GetResponse | None = None
    delete: DeleteResponse | None = None

    def __repr__(self) -> str:
        return f"OpResponse({self.put or self.get or self.delete!r})"


@dataclass(frozen=True, slots=True, repr=False)
class LeaseGrantResponse:
    """Answer to a grant; goes wherever the id of a lease goes.

    Attributes:
        header: see ``Header``. Granting a lease does not move the revision.
        id: the lease's.
        ttl: seconds that were granted, which may be more than were asked for.
    """

    header: Header
    id: int
    ttl: int

    def __repr__(self) -> str:
        return f"LeaseGrantResponse(lease {show_id(self.id)}, ttl {self.ttl})"


@dataclass(frozen=True, slots=True, repr=False)
class LeaseRevokeResponse:
    """Answer to a revoke; its keys were deleted at ``header.revision``, if it held any."""

    header: Header

    def __repr__(self) -> str:
        return f"LeaseRevokeResponse(revision {self.header.revision})"


@dataclass(frozen=True, slots=True, repr=False)
class LeaseTimeToLiveResponse:
    """What is left of a lease.

    Attributes:
        header: see ``Header``.
        id: the lease's.
        ttl: whole seconds left; 0 in its last one; -1 for no such lease.
        granted_ttl: seconds that it was granted; 0 for no such lease.
        keys: those that it holds, where asked for, in the order of their bytes.
    """

    header: Header
    id: int
    ttl: int
    granted_ttl: int
    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        keys = f", keys {', '.join(map(show, self.keys[:MOST_SHOWN]))}" if self.keys else ""
        more = f", … {len(self.keys) - MOST_SHOWN:,} more" if len(self.keys) > MOST_SHOWN else ""
        left = f"ttl {self.ttl} of {self.granted_ttl}" if self.ttl >= 0 else f"ttl {self.ttl}"
        return f"LeaseTimeToLiveResponse(lease {show_id(self.id)}, {left}{keys}{more})"


@dataclass(frozen=True, slots=True, repr=False)
class LeaseLeasesResponse:
    """Answer to ``leases``: the ids of all leases there are."""

    header: Header
    leases: tuple[int, ...]

    def __repr__(self) -> str:
        shown = [show_id(lease) for lease in self.leases[:MOST_SHOWN]]
        more = [f"… {len(self.leases) - MOST_SHOWN:,} more"] if len(self.leases) > MOST_SHOWN else []
        return f"LeaseLeasesResponse({', '.join([*shown, *more]) or 'none'})"


@dataclass(frozen=True, slots=True, repr=False)
class LeaseKeepAliveResponse:
    """One beat: the lease has ``ttl`` seconds again."""

    header: Header
    id: int
    ttl: int

    def __repr__(self) -> str:
        return f"LeaseKeepAliveResponse(lease {show_id(self.id)}, ttl {self.ttl})"


@dataclass(frozen=True, slots=True, repr=False)
class Event:
    """One change of one key.

    Attributes:
        type: ``"PUT"`` or ``"DELETE"``; a key whose lease expired is a ``"DELETE"`` too.
        kv: the key after the change; after a DELETE only ``key`` and ``mod_revision`` are filled.
        prev_kv: the key before it, where asked for; ``None`` when there was none or it is compacted.
    """

    type: Literal["PUT", "DELETE"]
    kv: KeyValue
    prev_kv: KeyValue | None = None

    @property
    def is_create(self) -> bool:
        """True for the first put of a key's life."""
        return self.type == "PUT" and self.kv.create_revision == self.kv.mod_revision

    @property
    def is_modify(self) -> bool:
        """True for a put on a key that was there."""
        return self.type == "PUT" and self.kv.create_revision != self.kv.mod_revision

    def __repr__(self) -> str:
        value = f" = {show(self.kv.value)}" if self.type == "PUT" else ""
        return f"Event({self.type} {show(self.kv.key)}{value}, mod {self.kv.mod_revision})"


@dataclass(frozen=True, slots=True, repr=False)
class WatchResponse:
    """Events as etcd sent them together: those of one revision are never split.

    Attributes:
        header: the header of the answer; its revision may be later than the events in it.
        events: in the order of revisions.
    """

    header: Header
    events: tuple[Event, ...]

    @property
    def is_progress_notify(self) -> bool:
        """True when it has no events and only says how far the watch has come."""
        return not self.events

    def __repr__(self) -> str:
        many = "1 event" if len(self.events) == 1 else f"{len(self.events):,} events"
        events = f": {_listed(self.events)}" if self.events else ""
        return f"WatchResponse(revision {self.header.revision}, {many}{events})"
