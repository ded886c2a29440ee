"""LeaseClock on a real etcd: beats, ends and their proof, leases of others, a lost server, and what it costs."""

import base64
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from etcdlearn import Client, LocalServer, server
from etcdlearn.testing import Proxy
from etcdlearn.widgets import LeaseClock
from etcdlearn.widgets._burn import Burn


@pytest.fixture
def fresh() -> Iterator[tuple[LocalServer, Client]]:
    with server() as etcd, etcd.client() as client:
        yield etcd, client


def until(picture: LeaseClock, wanted: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for a paint after which ``wanted`` holds; the picture's own change tells, nothing is polled."""
    painted = threading.Event()
    picture.observe(lambda _: painted.set(), "_scene")
    deadline = monotonic() + seconds
    while not wanted():
        assert painted.wait(deadline - monotonic()), "the picture did not come"
        painted.clear()


def drawn(picture: LeaseClock) -> str:
    return str(picture._scene)


def burns(picture: LeaseClock) -> dict[int, Burn]:
    return {burn.id: burn for burn in picture._snapshot().burns}


def ended(client: Client, key: str) -> int:
    """The revision at which ``key`` was deleted, which is waited for."""
    with client.watch(key, filters=("noput",), start_revision=1) as watch:
        return watch.get(timeout=10).events[0].kv.mod_revision


def test_leases_that_were_there_and_what_comes(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.grant(60, id=0x10)
    picture = LeaseClock(client)
    assert repr(picture) == "LeaseClock(1 lease: 10 granted 60 s, 0 keys)"
    client.put("/illusory/a", "1", lease=0x10)
    client.put("/illusory/b", "1", lease=0x10)
    until(picture, lambda: "/illusory/b" in drawn(picture))
    assert repr(picture) == "LeaseClock(1 lease: 10 granted 60 s, 2 keys)"
    client.grant(30, id=0x20)
    until(picture, lambda: "0000000000000020" in drawn(picture))
    client.delete("/illusory/b")
    assert repr(picture.refresh()) == "LeaseClock(2 leases: 10 granted 60 s, 1 key; 20 granted 30 s, 0 keys)"
    picture.close()


def test_refresh_is_exact(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    picture = LeaseClock(client)
    for n in range(1, 6):
        client.grant(60, id=n)
        client.put("k", "v", lease=n)
        assert picture.refresh() is picture
        assert burns(picture)[n].keys == (b"k",)
        assert all(burns(picture)[older].keys == () for older in range(1, n))
    client.revoke(5)
    assert repr(picture.refresh()).endswith("; 5 granted 60 s, 1 key revoked at revision 7)")
    picture.close()


def test_beats_are_seen_and_closing_revokes_nothing(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    lease = client.grant(3, id=0x10)
    client.put("k", "v", lease=lease)
    picture = LeaseClock(client)
    with client.keep_alive(lease) as renewing:
        for _ in range(3):
            next(renewing)
        until(picture, lambda: "a beat every 1 s" in drawn(picture))
        burn = burns(picture)[0x10]
        assert (burn.beats, burn.renewal, burn.exact) == (3, "kept", True)
    until(picture, lambda: "close() ended beats" in drawn(picture))
    assert picture._scene["l"]["caption"].startswith("Beats held lease …0010 at 3")
    assert burns(picture)[0x10].end is None
    revision = ended(client, "k")
    assert repr(picture.refresh()) == f"LeaseClock(1 lease: 10 granted 3 s, 1 key expired at revision {revision})"
    assert picture._tick() is None
    picture.close()


def test_asked_is_not_granted_and_the_key_ends_with_the_lease() -> None:
    with server(heartbeat_ms=100, election_ms=1000) as etcd, etcd.client() as client:
        picture = LeaseClock(client)
        client.put("k", "v", lease=client.grant(1, id=0x20))
        until(picture, lambda: "asked 1 s · granted 2 s" in drawn(picture))
        until(picture, lambda: "expired at revision 3" in drawn(picture))
        assert repr(picture) == "LeaseClock(1 lease: 20 asked 1 s, granted 2 s, 1 key expired at revision 3)"
        burn = burns(picture)[0x20]
        assert burn.end is not None
        assert 2 <= burn.end.at - burn.refills[0].at < 4
        assert [refill.how for refill in burn.refills] == ["granted"]
        picture.close()


def test_each_end_has_its_proof(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    with etcd.client() as other:
        for lease, ttl in ((1, 60), (2, 60), (3, 1), (4, 60)):
            client.put(f"k{lease}", "v", lease=client.grant(ttl, id=lease))
        picture = LeaseClock(client)
        client.revoke(1)
        other.revoke(2)
        client.delete("k4")
        ended(client, "k3")
        picture.refresh()
        hows = {lease: burn.end.how if burn.end else "" for lease, burn in burns(picture).items()}
        assert hows == {1: "revoked", 2: "elsewhere", 3: "expired", 4: ""}
        assert "by another client" in drawn(picture)
        picture.close()


def test_a_lease_of_another_client_is_drawn_from_answers_alone(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    picture = LeaseClock(client)
    with etcd.client() as other:
        other.grant(4, id=0x30)
        other.put("o", "v", lease=0x30)
        until(picture, lambda: "≈ " in drawn(picture))
        burn = burns(picture)[0x30]
        assert (burn.asked, burn.beats, burn.refills[0].how) == (None, 0, "seen")
        with other.keep_alive(0x30):
            until(picture, lambda: "found renewed by others" in drawn(picture))
        assert burns(picture)[0x30].beats == 0
        other.revoke(0x30)
    picture.close()


def test_an_id_that_is_granted_again(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    picture = LeaseClock(client)
    client.revoke(client.grant(60, id=0x10))
    assert repr(picture.refresh()) == "LeaseClock(1 lease: 10 granted 60 s, revoked)"
    client.put("k", "v", lease=client.grant(1, id=0x10))
    assert repr(picture.refresh()) == "LeaseClock(1 lease: 10 granted 1 s, 1 key)"
    ended(client, "k")
    assert repr(picture.refresh()) == "LeaseClock(1 lease: 10 granted 1 s, 1 key expired at revision 3)"
    picture.close()


def test_a_lease_without_keys_ends_too(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.grant(1, id=0x10)
    picture = LeaseClock(client)
    until(picture, lambda: "it held no key" in drawn(picture))
    assert repr(picture) == "LeaseClock(1 lease: 10 granted 1 s, expired)"
    picture.close()


def test_a_beat_sent_once(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.grant(60, id=0x10)
    picture = LeaseClock(client)
    client.lease.keep_alive_once(0x10)
    assert [refill.how for refill in burns(picture)[0x10].refills] == ["granted", "beat"]
    picture.close()


def test_a_keep_alive_that_runs_already_is_known(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    lease = client.grant(60, id=0x10)
    with client.keep_alive(lease) as renewing:
        next(renewing)
        picture = LeaseClock(client)
        assert burns(picture)[0x10].renewal == "kept"
        assert burns(picture)[0x10].beats == 0  # nobody has told it
    assert burns(picture)[0x10].renewal == "closed"
    picture.close()


def test_it_asks_once_a_second_and_nothing_while_there_is_no_lease(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    picture = LeaseClock(client)
    asked: Counter[str] = Counter()
    client._caller.observers = (lambda call: asked.update([call.method.name]),)
    client.put("k", "v")
    picture._follower.catch_up()
    picture._paint()
    assert picture._tick() is None
    assert not asked["Lease/LeaseLeases"]
    client.grant(60, id=0x10)
    began = monotonic()
    until(picture, lambda: "now 3" in drawn(picture))
    rounds = 2 + (monotonic() - began)
    assert 2 <= asked["Lease/LeaseLeases"] <= rounds
    assert asked["Lease/LeaseTimeToLive"] <= rounds
    picture.close()


def test_it_burns_four_times_a_second_and_more_calmly_on_request(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.grant(10, id=0x10)
    picture = LeaseClock(client)
    paints: list[float] = []
    picture.observe(lambda _: paints.append(monotonic()), "_scene")
    until(picture, lambda: len(paints) >= 6)
    assert paints[5] - paints[0] > 0.9  # five steps of a quarter
    picture._receive(picture, {"event": "calm", "ref": 1}, [])
    until(picture, lambda: picture._calm)
    assert picture._tick() == 1
    picture.close()


def test_a_thousand_leases_are_eight_rows_and_a_number(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    for n in range(1, 1001):
        client.grant(600, id=n)
    picture = LeaseClock(client)
    asked: Counter[str] = Counter()
    client._caller.observers = (lambda call: asked.update([call.method.name]),)
    picture.refresh()
    assert asked["Lease/LeaseTimeToLive"] <= 32
    assert "… 992 more leases" in drawn(picture)
    assert "1,000 alive" in drawn(picture)
    assert repr(picture).endswith(", … 992 more)")
    assert len(drawn(picture)) < 100_000
    picture.close()


def test_a_lost_server_and_its_return(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    client.grant(60, id=0x10)
    client.put("k", "v", lease=0x10)
    picture = LeaseClock(client)
    etcd.kill()
    until(picture, lambda: "// not connected" in drawn(picture))
    assert repr(picture) == "LeaseClock(1 lease: 10 granted 60 s, 1 key, not connected)"
    stood = picture._snapshot().now
    until(picture, lambda: "not connected for 1 s" in drawn(picture))
    assert picture._snapshot().now == stood  # nothing burns that nobody has told
    picture.refresh()
    etcd.restart()
    until(picture, lambda: "not connected" not in drawn(picture))
    assert repr(picture.refresh()) == "LeaseClock(1 lease: 10 granted 60 s, 1 key)"
    picture.close()


def test_what_came_while_the_server_was_away_is_said(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    client.grant(60, id=0x10)
    with Proxy(etcd.endpoints[0]) as proxy, Client(proxy.endpoint) as cut:
        picture = LeaseClock(cut)
        proxy.refuse()
        until(picture, lambda: "not connected" in drawn(picture))
        client.put("k", "v", lease=0x10)
        client.revoke(0x10)
        proxy.heal()
        until(picture, lambda: picture._scene["l"]["caption"].startswith("Connected again: 2 revisions came"))
        assert repr(picture.refresh()) == "LeaseClock(1 lease: 10 granted 60 s, 1 key revoked at revision 3)"
        picture.close()


def test_a_server_that_lost_its_data_has_no_leases(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    client.grant(60, id=0x10)
    for n in range(5):
        client.put("k", str(n), lease=0x10)
    picture = LeaseClock(client)
    etcd.wipe()
    until(picture, lambda: "The server lost its data, and with it every lease" in drawn(picture))
    assert repr(picture.refresh()) == "LeaseClock(no lease)"
    client.grant(60, id=0x20)
    until(picture, lambda: "0000000000000020" in drawn(picture))
    picture.close()


def test_a_server_that_stands_still_does_not_hold_the_kernel(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    client.grant(60, id=0x10)
    picture = LeaseClock(client)
    etcd.pause()
    until(picture, lambda: "not connected" in drawn(picture))
    etcd.resume()
    until(picture, lambda: "not connected" not in drawn(picture))
    picture.close()


def test_closing_ends_both_threads_and_is_harmless_twice(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.grant(60, id=0x10)
    picture = LeaseClock(client)
    (follower,) = [thread for thread in threading.enumerate() if thread.name == "etcdlearn-follower"]
    picture.close()
    picture.close()
    for thread in (follower, picture._painter):
        thread.join(2)
        assert not thread.is_alive()
    before = drawn(picture)
    client.grant(60, id=0x20)
    assert drawn(picture.refresh()) == before
    assert repr(picture) == "LeaseClock(1 lease: 10 granted 60 s, 0 keys)"


def test_a_closed_client_leaves_the_picture_quiet(fresh: tuple[LocalServer, Client]) -> None:
    etcd, _ = fresh
    client = etcd.client()
    client.grant(60, id=0x10)
    picture = LeaseClock(client)
    client.close()
    picture.refresh()
    assert "not connected" not in repr(picture)
    picture.close()


def test_a_namespace_has_its_own_keys_and_all_leases(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    with etcd.client(namespace="student42/") as student:
        picture = LeaseClock(student)
        student.put("mine", "v", lease=student.grant(60, id=0x10))
        client.put("elsewhere", "v", lease=0x10)
        picture.refresh()
        assert b"mine" in burns(picture)[0x10].keys
        picture.close()


def stored(client: Client) -> tuple[str, str]:
    """A small lesson, and what a notebook keeps of its picture."""
    picture = LeaseClock(client)
    lease = client.grant(3, id=0x10)
    client.put("<b>", "<script>alert(1)</script>", lease=lease)
    with client.keep_alive(lease) as renewing:
        for _ in range(3):
            next(renewing)
    client.put("gone", "v", lease=client.grant(1, id=0x20))
    ended(client, "gone")
    bundle = picture._repr_mimebundle_()
    assert bundle is not None
    picture.close()
    return bundle[0]["text/plain"], bundle[0]["text/html"]


def test_what_a_notebook_stores_is_the_same_on_every_run() -> None:
    runs = []
    for _ in range(2):
        with server() as etcd, etcd.client() as client:
            runs.append(stored(client))
    assert runs[0] == runs[1]
    text, html = runs[0]
    assert text == "LeaseClock(2 leases: 10 granted 3 s, 1 key; 20 granted 1 s, 1 key expired at revision 4)"
    assert "<script" not in html
    assert "<b>" not in html
    assert html.startswith('<img alt="LeaseClock: Beats held lease …0010 at 3')
    image = re.search(r'src="data:image/svg\+xml;base64,([^"]+)">', html)
    assert image
    svg = base64.b64decode(image[1]).decode()
    assert "each from its own start" in svg
    assert "<td><code>3 s</code></td><td><code>3 s</code></td><td><code>3</code></td>" in html


def test_no_server_no_picture() -> None:
    with Client("127.0.0.1:1", dial_timeout=None) as client, pytest.raises(ConnectionError, match="nothing was sent"):
        LeaseClock(client)
