"""Leases against a real etcd: granted and asked, keys that end with them, renewing, and every way to lose one."""

import threading
from collections.abc import Iterator
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


def deleted(client: Client, key: str, timeout: float = 10.0) -> int:
    """The revision at which ``key`` was deleted, which is waited for."""
    with client.watch(key, filters=("noput",), start_revision=1) as watch:
        return watch.get(timeout=timeout).events[0].kv.mod_revision


def test_grant_says_what_was_granted(client: Client) -> None:
    before = client.get("k").header.revision
    lease = client.grant(10)
    assert (lease.ttl, lease.header.revision) == (10, before)
    assert lease.id > 0
    assert client.grant(0.2).ttl == 1  # a part of a second counts as a whole one, 1 is the least here
    assert client.grant(2.5).ttl == 3
    assert client.grant(60, id=-7).id == -7
    assert repr(client.grant(60, id=255)) == "LeaseGrantResponse(lease ff, ttl 60)"


def test_the_least_ttl_is_one_and_a_half_times_the_election_timeout() -> None:
    with server(heartbeat_ms=100, election_ms=1000) as etcd, etcd.client() as client:
        assert [client.grant(ttl).ttl for ttl in (0, 1, 2, 3)] == [2, 2, 2, 3]


def test_what_grant_refuses(client: Client) -> None:
    lease = client.grant(60)
    with pytest.raises(LeaseExistsError):
        client.grant(60, id=lease.id)
    with pytest.raises(LeaseTTLTooLargeError):
        client.grant(9_000_000_001)
    with pytest.raises(ValueError, match="ttl must be 0 seconds or more, not -1"):
        client.grant(-1)
    with pytest.raises(ValueError, match="not nan"):
        client.grant(float("nan"))
    with pytest.raises(TypeError, match="ttl must be a number of seconds, not str"):
        client.grant("10")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        client.grant(True)


def test_a_lease_holds_keys_until_it_is_revoked(client: Client) -> None:
    lease = client.grant(60)
    client.put("a", "1", lease=lease)
    client.put("b", "2", lease=lease.id)
    assert client.get("a").kvs[0].lease == lease.id
    left = client.lease.time_to_live(lease, keys=True)
    assert (left.granted_ttl, left.keys) == (60, (b"a", b"b"))
    assert 58 <= left.ttl <= 60
    assert client.lease.time_to_live(lease).keys == ()
    assert lease.id in client.lease.leases().leases
    revision = client.revoke(lease).header.revision
    assert client.get("", prefix=True).count == 0
    assert deleted(client, "a") == deleted(client, "b") == revision
    assert lease.id not in client.lease.leases().leases


def test_an_unknown_lease(client: Client) -> None:
    left = client.lease.time_to_live(12345)
    assert (left.ttl, left.granted_ttl, left.keys) == (-1, 0, ())
    assert repr(left) == "LeaseTimeToLiveResponse(lease 3039, ttl -1)"
    for call in (
        lambda: client.revoke(12345),
        lambda: client.put("k", "v", lease=12345),
        lambda: client.lease.keep_alive_once(12345),
    ):
        with pytest.raises(LeaseNotFoundError):
            call()
    with client.keep_alive(12345) as renewing:  # no error here, as in Go: it is lost at once, with its reason
        assert isinstance(renewing.wait_lost(5), LeaseNotFoundError)
        assert list(renewing) == []
        assert not renewing.alive
        assert repr(renewing) == "KeepAlive(lease 3039, lost)"


def test_a_key_ends_with_its_lease(client: Client) -> None:
    lease = client.grant(1)
    put = client.put("k", "v", lease=lease).header.revision
    began = monotonic()
    assert deleted(client, "k") == put + 1
    assert 0.5 < monotonic() - began < 3
    with pytest.raises(LeaseNotFoundError):
        client.put("k", "v", lease=lease)


def test_a_put_without_the_lease_takes_the_key_off_it(client: Client) -> None:
    lease = client.grant(60)
    client.put("k", "v", lease=lease)
    client.put("k", "w", ignore_lease=True)
    assert client.get("k").kvs[0].lease == lease.id
    client.put("k", "x")
    assert client.get("k").kvs[0].lease == 0
    client.revoke(lease)
    assert client.get("k").count == 1


def test_renewed_it_outlives_its_ttl_and_the_beats_come_at_a_third(client: Client) -> None:
    lease = client.grant(1)
    client.put("k", "v", lease=lease)
    began = monotonic()
    with client.keep_alive(lease) as renewing:
        beats = [next(renewing) for _ in range(7)]
        span = monotonic() - began
        assert renewing.alive
        assert renewing.lost is None
    assert {(beat.id, beat.ttl) for beat in beats} == {(lease.id, 1)}
    assert 6 / 3 - 0.1 < span < 2.8  # the first at once, six more each a third of a second later
    assert client.get("k").count == 1
    assert (renewing.alive, renewing.lost) == (False, None)
    assert deleted(client, "k")  # closed, it is not revoked: it runs out


def test_renewed_once_it_has_its_whole_ttl_again(client: Client) -> None:
    lease = client.grant(60)
    answer = client.lease.keep_alive_once(lease)
    assert (answer.id, answer.ttl) == (lease.id, 60)
    assert repr(answer) == f"LeaseKeepAliveResponse(lease {lease.id:x}, ttl 60)"


def test_unread_answers_do_not_pile_up(client: Client) -> None:
    lease = client.grant(60)
    with client.keep_alive(lease) as renewing:
        first = next(renewing)
        for _ in range(1000):
            renewing._deliver(first)
        assert len(renewing._arrived) == 16


def test_revoked_while_it_is_renewed(client: Client) -> None:
    lease = client.grant(1)
    with client.keep_alive(lease) as renewing:
        next(renewing)
        client.revoke(lease)
        assert isinstance(renewing.wait_lost(5), LeaseNotFoundError)
        assert list(renewing) == []


def test_two_holders_of_one_lease(client: Client) -> None:
    lease = client.grant(1)
    with client.keep_alive(lease) as one, client.keep_alive(lease) as other:
        next(one)
        one.close()
        assert [next(other).ttl for _ in range(4)] == [1] * 4
        assert other.alive


def test_waiting_for_a_loss_has_an_end(client: Client) -> None:
    with client.keep_alive(client.grant(60)) as renewing:
        assert renewing.wait_lost(0.05) is None
        waiter = threading.Thread(target=renewing.wait_lost)
        waiter.start()
        renewing.close()
        waiter.join(1)
        assert not waiter.is_alive()


@pytest.fixture
def own() -> Iterator[LocalServer]:
    with server() as started:
        yield started


def test_closing_the_service_stops_renewing_and_revokes_nothing(own: LocalServer) -> None:
    with own.client() as client:
        lease = client.grant(2)
        client.put("k", "v", lease=lease)
        renewing = client.keep_alive(lease)
        next(renewing)
        client.lease.close()
        client.lease.close()
        assert list(renewing) == []
        assert (renewing.alive, renewing.lost) == (False, None)
        assert client.get("k").count == 1
        assert client.lease.time_to_live(lease).ttl >= 0
        with pytest.raises(ClientClosedError):
            client.keep_alive(lease)
        assert deleted(client, "k")
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("etcdlearn-lease")]


def test_a_restart_is_survived(own: LocalServer) -> None:
    with own.client() as client:
        lease = client.grant(2)
        client.put("k", "v", lease=lease)
        with client.keep_alive(lease) as renewing:
            next(renewing)
            own.kill()
            own.restart()
            assert [next(renewing).ttl for _ in range(4)] == [2] * 4
            assert renewing.alive
        assert client.get("k").count == 1


def test_silence_for_a_ttl_is_a_loss_with_its_reason(own: LocalServer) -> None:
    with own.client() as client:
        lease = client.grant(1)
        with client.keep_alive(lease) as renewing:
            next(renewing)
            began = monotonic()
            own.kill()
            lost = renewing.wait_lost(5)
            assert 0.5 < monotonic() - began < 2
            assert isinstance(lost, UnavailableError)
            assert "was not renewed: no answer for its TTL" in str(lost)


def test_nobody_there_from_the_start(own: LocalServer) -> None:
    with own.client(dial_timeout=0.5) as client:
        own.kill()
        began = monotonic()
        with client.keep_alive(1) as renewing:
            assert isinstance(renewing.wait_lost(5), UnavailableError)
        assert 1.4 < monotonic() - began < 3


def test_a_thousand_leases_on_two_threads(own: LocalServer) -> None:
    with own.client() as client:
        before = threading.active_count()
        holders = [client.keep_alive(client.grant(60)) for _ in range(1000)]
        for holder in holders:
            assert next(holder).ttl == 60
        ours = [thread for thread in threading.enumerate() if thread.name.startswith("etcdlearn-lease")]
        assert len(ours) == 2
        assert threading.active_count() <= before + 4  # two more are gRPC's
