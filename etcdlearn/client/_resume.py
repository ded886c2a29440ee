"""Where a watch goes on after a break, and what ends it: decided here, without I/O.

The rule: the next revision only grows. Events move it past the last of them; a progress notification under the watch's
own id moves it past its header, since etcd sends one only when all before it was delivered. Nothing else does. In
clientv3's rule (``watch.go``, ``serveSubstream``) a "created" answer sets it to the header's revision, so that after a
break an event can come that is older than the watch, and a progress answer can lower it; both are different here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from etcdlearn.client._channel import TransportError
from etcdlearn.client.types import Event, Header, WatchResponse
from etcdlearn.errors import NoLeaderError

EVERYONE = -1  # the id under which etcd answers a progress request, and refuses a watch


@dataclass(frozen=True, slots=True)
class Request:
    """What a watch asks for; the revision to start at and the id are another matter, and change with every try.

    Attributes:
        whole_store: the keys are the store's own, whatever namespace the client has.
    """

    key: bytes
    range_end: bytes
    prev_kv: bool = False
    filters: tuple[str, ...] = ()
    progress_notify: bool = False
    fragment: bool = False
    whole_store: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One message of a watch stream.

    Attributes:
        watch_id: whose it is; ``EVERYONE`` for all of the stream.
        header: see ``Header``; all zero when a compaction ends a watch.
        created, canceled: the watch begins, or ends; both at once when it is refused.
        compact_revision: above 0 when it ended because what it still had to deliver was compacted.
        reason: why it was canceled, in etcd's words; "" for a compaction, and where the client asked for it.
        fragment: more of the same answer follows.
        events: in order of their revisions; those of the client's namespace.
        last: the revision of the last event, in the namespace or not; 0 for none.
    """

    watch_id: int
    header: Header
    created: bool = False
    canceled: bool = False
    compact_revision: int = 0
    reason: str = ""
    fragment: bool = False
    events: tuple[Event, ...] = ()
    last: int = 0

    @property
    def is_progress(self) -> bool:
        return not (self.created or self.canceled or self.last or self.fragment) and self.header.revision > 0


@dataclass(slots=True)
class Course:
    """How far one watch has come.

    Attributes:
        next: the revision from which it is created again after a break; it never shrinks.
    """

    next: int
    _parts: list[Event] = field(default_factory=list)

    def take(self, answer: Answer) -> WatchResponse | None:
        """What the reader gets of an answer under the watch's own id; None when there is nothing for it (yet)."""
        if answer.fragment:
            self._parts += answer.events
            return None
        events = answer.events
        if self._parts:
            events = (*self._parts, *events)
            self._parts.clear()
        if not answer.last and not answer.is_progress:
            return None
        if answer.last and answer.last < self.next:
            return None
        if events and events[0].kv.mod_revision < self.next:
            events = tuple(event for event in events if event.kv.mod_revision >= self.next)
        self.next = max(self.next, (answer.last or answer.header.revision) + 1)
        return WatchResponse(answer.header, events)

    def broke(self) -> None:
        """The stream ended: parts of an answer that was not whole come again."""
        self._parts.clear()


def looks_back(known: Header | None, now: Header) -> bool:
    """Whether a server seems to have lost what ``known`` came from.

    Another cluster id is proof. A lower revision may be a member that lags, so it has to be confirmed by a linearizable
    read, which no member answers before it has caught up.
    """
    return known is not None and (now.cluster_id != known.cluster_id or now.revision < known.revision)


def newer(known: Header | None, seen: Header) -> Header:
    """The header that says most about how far the store has come."""
    return seen if known is None or seen.revision >= known.revision else known


def is_final(failure: TransportError, *, require_leader: bool) -> bool:
    """Whether a stream that ended so ends its watches; else they are created again on a new one.

    As clientv3 (``isHaltErr``): what is neither UNAVAILABLE nor INTERNAL is final. Besides, a channel that was closed
    under the stream says CANCELLED (the client has other endpoints now), and a connection that broke can be UNKNOWN.
    Without a leader a watch waits, unless it asked not to.
    """
    if NoLeaderError.sentence in failure.details:
        return require_leader
    return not failure.broken and failure.code != "INTERNAL"
