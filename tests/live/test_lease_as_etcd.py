"""What etcd's own tests ask of leases, asked of this client. Each test names those of etcd that it re-expresses.

They are in etcd's repository below tests/: integration/clientv3/lease/lease_test.go, integration/v3_lease_test.go,
common/lease_test.go, e2e/v3_lease_no_proxy_test.go. ``test_lease.py`` has the same behaviour already for
TestLeaseNotFoundError, TestV3PutOnNonExistLease, TestLeaseKeepAliveSeconds, TestLeaseKeepAliveHandleFailure (a
restart), TestLeaseKeepAliveInitTimeout, TestLeaseKeepAliveTTLTimeout, TestLeaseTimeToLive, TestV3LeaseExists,
TestV3LeaseRevoke, TestV3LeaseExpire, TestV3LeaseKeepAlive, TestV3LeaseGrantByID, TestLeaseGrantTimeToLive and
TestLeaseGrantRevoke; ``test_failures.py`` for TestLeaseGrantErrConnClosed, TestLeaseGrantNewAfterClose and
TestLeaseRevokeNewAfterClose.

What cannot be asked here:

* of one member: TestLeaseRenewLostQuorum (that quorum comes back), TestV3LeaseFailover,
  TestV3LeaseKeepAliveForwardingCatchError, TestLeaseRevoke_IgnoreOldLeader, TestLeaseRevoke_ClientSwitchToOtherMember;
* without faults built into the server: TestV3LeaseTimeToLiveWithLeaderChanged, TestLeaseRevokeDuringRenew;
* without changing etcd's code: TestV3LeaseCheckpoint with checkpoints, whose interval of five minutes no flag shortens;
* because we have no such thing: TestLeaseWithRequireLeader, whose patient half is below.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from queue import SimpleQueue
from statistics import median
from time import monotonic

import pytest

from etcdlearn import (
    Client,
    ClientClosedError,
    LeaseExistsError,
    LeaseNotFoundError,
    LeaseTTLTooLargeError,
    LocalServer,
    UnavailableError,
    server,
)
from etcdlearn._rpc import rpc_pb2
from etcdlearn.client import _methods as methods
from etcdlearn.client._lease_news import LeaseNews
from etcdlearn.client.keepalive import MOST_UNREAD
from etcdlearn.testing import Proxy

LONGEST = 9_000_000_000  # seconds; etcd's limit
MANY = 300  # seconds that no test takes


@pytest.fixture
def own() -> Iterator[LocalServer]:
    with server() as started:
        yield started


def wait_until(holds: Callable[[], bool], timeout: float = 10.0) -> None:
    """Ask until it holds; each question is an RPC, so this does not spin."""
    until = monotonic() + timeout
    while not holds():
        assert monotonic() < until


def test_the_longest_ttl_is_granted_and_a_second_more_is_not(client: Client) -> None:
    """TestLeaseGrant."""
    assert client.grant(LONGEST).ttl == LONGEST
    with pytest.raises(LeaseTTLTooLargeError):
        client.grant(LONGEST + 1)
    assert client.put("foo", "bar", lease=client.grant(10)).header.revision


def test_a_revoked_lease_takes_no_keys_and_is_not_found(client: Client) -> None:
    """TestLeaseRevoke, TestLeaseTimeToLiveLeaseNotFound, TestV3GetNonExistLease."""
    lease = client.grant(10)
    client.put("foo", "bar", lease=lease)
    client.revoke(lease)
    with pytest.raises(LeaseNotFoundError):
        client.put("foo", "bar", lease=lease)
    with pytest.raises(LeaseNotFoundError):
        client.revoke(lease)
    for keys in (False, True):
        left = client.lease.time_to_live(lease, keys=keys)
        assert (left.id, left.ttl, left.keys) == (lease.id, -1, ())
        assert left.header.revision == client.get("foo").header.revision


def test_lease_zero_is_none(client: Client) -> None:
    """TestLeaseKeepAliveOnce."""
    assert client.lease.keep_alive_once(client.grant(10)).ttl == 10
    with pytest.raises(LeaseNotFoundError):
        client.lease.keep_alive_once(0)
    with client.keep_alive(0) as renewing:
        assert isinstance(renewing.wait_lost(5), LeaseNotFoundError)


def test_renewed_once_a_lease_that_burned_down_is_whole_again(client: Client) -> None:
    """TestLeaseGrantKeepAliveOnce."""
    lease = client.grant(3)
    wait_until(lambda: client.lease.time_to_live(lease).ttl <= 1)
    client.lease.keep_alive_once(lease)
    assert client.lease.time_to_live(lease).ttl >= 2


def test_an_expired_lease_is_gone_with_its_key(client: Client) -> None:
    """TestLeaseGrantTimeToLiveExpired."""
    lease = client.grant(1)
    client.put("foo", "bar", lease=lease)
    assert client.get("foo").count == 1
    wait_until(lambda: client.lease.time_to_live(lease).ttl == -1)
    wait_until(lambda: client.get("foo").count == 0)


def test_all_leases_are_listed_those_first_that_expire_first(own: LocalServer) -> None:
    """TestLeaseLeases, TestV3LeaseLeases, TestLeaseGrantAndList: with none, one and several."""
    with own.client() as client:
        assert client.lease.leases().leases == ()
        ids = [client.grant(10).id]
        assert client.lease.leases().leases == tuple(ids)
        ids += [client.grant(10).id for _ in range(4)]
        assert client.lease.leases().leases == tuple(ids)


def test_of_two_holders_one_ends_and_the_other_goes_on_until_the_service_is_closed(own: LocalServer) -> None:
    """TestLeaseKeepAlive."""
    with own.client() as client:
        lease = client.grant(1)
        first = client.keep_alive(lease)
        assert next(first).id == lease.id
        second = client.keep_alive(lease)
        second.close()
        assert list(second) == []
        assert [next(first).ttl for _ in range(4)] == [1] * 4
        client.lease.close()
        assert list(first) == []
        assert (first.alive, first.lost) == (False, None)


def test_a_revoked_lease_takes_no_other_with_it(client: Client) -> None:
    """TestLeaseKeepAliveNotFound."""
    leases = [client.grant(1) for _ in range(3)]
    holders = [client.keep_alive(lease) for lease in leases]
    for holder in holders:
        next(holder)
    client.revoke(leases[1])
    assert isinstance(holders[1].wait_lost(5), LeaseNotFoundError)
    for holder in (holders[0], holders[2]):
        assert [next(holder).ttl for _ in range(4)] == [1] * 4
        assert holder.alive
        holder.close()


def test_nobody_reads_the_answers_and_the_beats_still_come_at_a_third(client: Client) -> None:
    """TestLeaseKeepAliveFullResponseQueue."""
    beats: SimpleQueue[LeaseNews] = SimpleQueue()
    lease = client.grant(2)
    client.lease._log.listen(lambda news: beats.put(news) if news.what == "beat" else None)
    with client.keep_alive(lease) as renewing:
        answer = next(renewing)
        for _ in range(MOST_UNREAD + 1):
            renewing._deliver(answer)
        times = [beats.get(timeout=10).since for _ in range(5)]
        assert len(renewing._arrived) == MOST_UNREAD
        assert renewing.alive
    assert 0.55 < median(after - before for before, after in pairwise(times)) < 0.8


def test_revoked_while_the_connection_was_away_it_is_lost_at_the_next_contact(own: LocalServer) -> None:
    """TestLeaseKeepAliveCloseAfterDisconnectRevoke."""
    with Proxy(own.endpoints[0]) as proxy, Client(proxy.endpoint) as far, own.client() as near:
        lease = far.grant(MANY)
        with far.keep_alive(lease) as renewing:
            next(renewing)
            proxy.refuse()
            near.revoke(lease)
            assert renewing.alive  # it cannot know
            proxy.heal()
            assert isinstance(renewing.wait_lost(10), LeaseNotFoundError)
            assert list(renewing) == []


def test_a_closed_client_keeps_nothing_alive(own: LocalServer) -> None:
    """TestLeaseKeepAliveLoopExit."""
    client = own.client()
    lease = client.grant(5)
    renewing = client.keep_alive(lease)
    next(renewing)
    client.close()
    assert (renewing.alive, renewing.lost, list(renewing)) == (False, None, [])
    with pytest.raises(ClientClosedError):
        client.keep_alive(lease)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("etcdlearn-lease")]


def test_granted_kept_and_revoked_while_the_server_goes_and_comes(own: LocalServer) -> None:
    """TestV3LeaseFailureOverlap, with a member in place of a quorum: it works, or says that nobody answers."""

    def up_and_down(_: int) -> bool:
        try:
            lease = client.grant(60)
            with client.keep_alive(lease):
                client.revoke(lease)
        except UnavailableError:
            return False
        except LeaseNotFoundError:
            pass  # revoke was sent again, as Go does: the first one had arrived
        return True

    with own.client() as client, ThreadPoolExecutor(5) as threads:
        before = list(threads.map(up_and_down, range(5)))
        during = threads.map(up_and_down, range(100))
        own.kill()
        own.restart()
        assert len(list(during)) == 100
        assert before == list(threads.map(up_and_down, range(5))) == [True] * 5


def test_without_a_leader_a_lease_is_held_for_its_ttl_and_then_lost_with_the_reason(own: LocalServer) -> None:
    """TestLeaseWithRequireLeader, of a keep-alive that does not require one.

    A member that never comes takes the quorum from the only one that is there.
    """
    with own.client() as client:
        lease = client.grant(3)
        with client.keep_alive(lease) as renewing:
            next(renewing)
            client._caller.unary(methods.MEMBER_ADD, rpc_pb2.MemberAddRequest(peerURLs=["http://127.0.0.1:1"]))
            began = monotonic()
            assert renewing.wait_lost(1) is None
            assert isinstance(renewing.wait_lost(10), UnavailableError)
            assert 1.5 < monotonic() - began < 6


@pytest.mark.parametrize("ask", ["keep_alive_once", "time_to_live"])
def test_a_lease_is_there_at_once_for_everybody(own: LocalServer, ask: str) -> None:
    """TestV3LeaseRenewStress, TestV3LeaseTimeToLiveStress, both also WithClusterClient."""
    with own.client() as one, own.client() as other, ThreadPoolExecutor(6) as threads:

        def stress(number: int) -> int:
            answers, asks = (one, other) if number % 2 else (other, one)
            return min(int(getattr(asks.lease, ask)(answers.grant(60)).ttl) for _ in range(30))

        assert all(ttl >= 59 for ttl in threads.map(stress, range(6)))


def test_a_key_goes_from_one_lease_to_another(client: Client) -> None:
    """TestV3LeaseSwitch."""
    one, other = client.grant(30), client.grant(30)
    client.put("foo", "", lease=one)
    client.put("foo", "", lease=other)
    assert client.lease.time_to_live(one, keys=True).keys == ()
    client.revoke(one)
    assert client.get("foo").count == 1
    client.revoke(other)
    assert client.get("foo").count == 0


def test_after_a_restart_a_lease_has_its_whole_ttl_again(own: LocalServer) -> None:
    """TestV3LeasePromote and TestV3LeaseCheckpoint without checkpoints: who becomes the leader renews all leases."""
    with own.client() as client:
        lease = client.grant(6)
        wait_until(lambda: client.lease.time_to_live(lease).ttl <= 3)
        own.kill()
        own.restart()
        assert client.lease.time_to_live(lease).ttl >= 4
        with pytest.raises(LeaseExistsError):
            client.grant(6, id=lease.id)


def test_after_a_restart_a_lease_still_holds_the_keys_that_it_held(own: LocalServer) -> None:
    """TestV3LeaseRecoverAndRevoke, ...RevokeAndRecover, ...RecoverKeyWithDetachedLease, ...WithMultipleLease."""
    with own.client() as client:
        revoked, held, detached, first, last = (client.grant(MANY) for _ in range(5))
        held_by: dict[str, list[object]] = {"revoked": [revoked], "held": [held], "free": [detached, 0]}
        held_by["moved"] = [first, last]
        for key, leases in held_by.items():
            for lease in leases:
                client.put(key, "bar", lease=lease)
        client.revoke(revoked)
        own.kill()
        own.restart()
        assert client.get("revoked").count == 0
        alive = client.lease.leases().leases
        assert set(alive) == {held.id, detached.id, first.id, last.id}
        for granted in (held, detached, first):
            client.revoke(granted)
            assert [kv.key for kv in client.get("", prefix=True).kvs] == [b"free", b"moved"]
        client.revoke(last)
        assert [kv.key for kv in client.get("", prefix=True).kvs] == [b"free"]


def test_a_restart_keeps_leases_whose_ids_are_at_the_ends_of_what_there_is(own: LocalServer) -> None:
    """TestV3LeaseNegativeID; up to 3.5.2 etcd itself forgot the greatest one and those below zero."""
    ids = [1, 2**63 - 2] if own.binary.number < (3, 5, 3) else [-1, 2**63 - 1, -(2**63)]
    with own.client() as client:
        for lease in ids:
            assert client.grant(MANY, id=lease).id == lease
            client.put(f"key of {lease}", "bar", lease=lease)
        own.kill()
        own.restart()
        assert set(client.lease.leases().leases) == set(ids)
        for lease in ids:
            assert client.lease.time_to_live(lease, keys=True).keys == (f"key of {lease}".encode(),)
            client.revoke(lease)
        assert client.get("", prefix=True).count == 0
