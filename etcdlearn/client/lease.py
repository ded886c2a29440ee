"""The Lease service: grant, renew, revoke; keys that a lease holds are deleted when it ends."""

from __future__ import annotations

import math
from collections import deque
from time import monotonic
from typing import SupportsIndex, cast

from etcdlearn._rpc import rpc_pb2
from etcdlearn.client import _methods as methods
from etcdlearn.client import _wire as wire
from etcdlearn.client._call import DEFAULT, Caller, Timeout
from etcdlearn.client._lease_news import LeaseLog, LeaseNews
from etcdlearn.client._ranges import MAX_INT64, MIN_INT64, as_int64, as_lease
from etcdlearn.client._renewals import Renewals, lease_not_found
from etcdlearn.client.keepalive import KeepAlive
from etcdlearn.client.types import (
    LeaseGrantResponse,
    LeaseKeepAliveResponse,
    LeaseLeasesResponse,
    LeaseRevokeResponse,
    LeaseTimeToLiveResponse,
)

FIRST_ANSWER = 5.0  # seconds for a client that was told no dial_timeout; clientv3's
SLACK = 1.0
MOST_REVOKED = 1000


class Lease:
    """Leases. Every method takes ``timeout=`` and raises as those of ``KV`` do, beside what it lists itself.

    Where an id goes, what ``grant`` answered is accepted too. Ids may be negative: etcd has them.
    """

    def __init__(self, caller: Caller, dial_timeout: float | None) -> None:
        self._caller = caller
        self._revoked: deque[int] = deque(maxlen=MOST_REVOKED)
        self._log = LeaseLog()
        patience = FIRST_ANSWER if dial_timeout is None else dial_timeout + SLACK
        self._renewals = Renewals(caller, patience, self._log.tell)

    def grant(self, ttl: float, *, id: SupportsIndex = 0, timeout: Timeout = DEFAULT) -> LeaseGrantResponse:
        """Make a lease that lives ``ttl`` seconds unless it is renewed. It holds the keys that are put with it.

        Args:
            ttl: seconds, 0 or more; a part of a second counts as a whole one. The server may raise it, to 1.5 times its
                election timeout (2 s unless it was told otherwise): the answer says what was granted.
            id: its id; 0 lets the server choose.
            timeout: see the class.

        Raises:
            LeaseExistsError: ``id`` is taken.
            LeaseTTLTooLargeError: more than 9,000,000,000 s.
            NoSpaceError: the database reached its quota.
        """
        asked = as_ttl(ttl)
        request = wire.encode_lease_grant(asked, as_int64(id, "id", lowest=MIN_INT64))
        since = monotonic()
        answer = self._caller.unary(methods.LEASE_GRANT, request, timeout)
        granted = wire.decode_lease_grant(cast(rpc_pb2.LeaseGrantResponse, answer))
        if granted.id in self._revoked:  # an id may come again
            self._revoked.remove(granted.id)
        self._log.tell(LeaseNews("granted", granted.id, since, monotonic(), granted.ttl, asked))
        return granted

    def revoke(self, id: object, *, timeout: Timeout = DEFAULT) -> LeaseRevokeResponse:
        """End a lease now: its keys are deleted, all at one revision.

        Raises:
            LeaseNotFoundError: no such lease, or it has expired.
        """
        lease = as_lease(id)
        self._revoked.append(lease)  # before it is sent: a watcher may hear of it before we have the answer
        since = monotonic()
        answer = self._caller.unary(methods.LEASE_REVOKE, wire.encode_lease_revoke(lease), timeout)
        revoked = wire.decode_lease_revoke(cast(rpc_pb2.LeaseRevokeResponse, answer))
        self._log.tell(LeaseNews("revoked", lease, since, monotonic(), revision=revoked.header.revision))
        return revoked

    def revoked(self, id: object) -> bool:
        """Whether this client tried to revoke a lease; of many it remembers the last thousand."""
        return as_lease(id) in self._revoked

    def time_to_live(self, id: object, *, keys: bool = False, timeout: Timeout = DEFAULT) -> LeaseTimeToLiveResponse:
        """How long a lease has to live; an unknown one is no error: ``ttl`` is -1.

        Args:
            id: the lease.
            keys: ask for the keys that it holds, too.
            timeout: see the class.
        """
        request = wire.encode_time_to_live(as_lease(id), bool(keys))
        answer = self._caller.unary(methods.LEASE_TIME_TO_LIVE, request, timeout)
        return wire.decode_time_to_live(cast(rpc_pb2.LeaseTimeToLiveResponse, answer))

    def leases(self, *, timeout: Timeout = DEFAULT) -> LeaseLeasesResponse:
        """The ids of all leases."""
        answer = self._caller.unary(methods.LEASE_LEASES, wire.encode_leases(), timeout)
        return wire.decode_leases(cast(rpc_pb2.LeaseLeasesResponse, answer))

    def keep_alive_once(self, id: object, *, timeout: Timeout = DEFAULT) -> LeaseKeepAliveResponse:
        """Renew a lease once: it has its whole TTL again.

        Raises:
            LeaseNotFoundError: no such lease, or it has expired.
        """
        since = monotonic()
        answer = self._caller.first(methods.LEASE_KEEP_ALIVE, wire.encode_keep_alive(as_lease(id)), timeout)
        response = wire.decode_keep_alive(cast(rpc_pb2.LeaseKeepAliveResponse, answer))
        if response.ttl <= 0:
            raise lease_not_found()
        self._log.tell(LeaseNews("beat", response.id, since, monotonic(), response.ttl))
        return response

    def keep_alive(self, id: object) -> KeepAlive:
        """Renew a lease at a third of its TTL until the answer is closed or the lease is lost. Returns at once.

        All leases of a client are renewed on one stream. A break of the connection is survived, as long as it is
        shorter than the lease lives.

        Raises:
            ClientClosedError: the client, or ``client.lease``, is closed.
        """
        return self._renewals.add(as_lease(id))

    def close(self) -> None:
        """Stop renewing every lease. Nothing is revoked: each lives until its TTL is over. Harmless when repeated."""
        self._renewals.close()
        self._renewals.join()

    def _abandon(self) -> None:
        """Close without waiting: the connections are closed next."""
        self._renewals.close()


def as_ttl(ttl: float) -> int:
    """``ttl`` in whole seconds, rounded up. ``TypeError`` for no number, ``ValueError`` below 0."""
    if isinstance(ttl, bool) or not isinstance(ttl, int | float):
        raise TypeError(f"ttl must be a number of seconds, not {type(ttl).__name__}")
    if not (0 <= ttl <= MAX_INT64):
        raise ValueError(f"ttl must be 0 seconds or more, not {ttl}")
    return math.ceil(ttl)
