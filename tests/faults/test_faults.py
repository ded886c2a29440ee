"""One fault at a time: each event comes once and in order, and leases are lost only when they are."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import monotonic

import pytest

from etcdlearn import Client, CompactedError, LocalServer, RevisionWentBackError, server
from etcdlearn.client import Watch
from etcdlearn.testing import Proxy


@pytest.fixture
def etcd() -> Iterator[LocalServer]:
    with server() as started:
        yield started


@pytest.fixture
def proxy(etcd: LocalServer) -> Iterator[Proxy]:
    with Proxy(etcd.endpoints[0]) as made:
        yield made


@pytest.fixture
def writer(etcd: LocalServer) -> Iterator[Client]:
    """Writes past the proxy."""
    with etcd.client() as made:
        yield made


@pytest.fixture
def client(proxy: Proxy) -> Iterator[Client]:
    with Client(proxy.endpoint) as made:
        yield made


def values(watch: Watch, number: int, timeout: float = 30) -> list[bytes]:
    found: list[bytes] = []
    while len(found) < number:
        found += [event.kv.value for event in watch.get(timeout=timeout).events]
    return found


def pause_3_seconds(etcd: LocalServer, proxy: Proxy) -> None:
    etcd.pause()
    threading.Timer(3, etcd.resume).start()


def delayed(etcd: LocalServer, proxy: Proxy) -> None:
    proxy.delay(0.3)


def killed(etcd: LocalServer, proxy: Proxy) -> None:
    etcd.kill()
    etcd.restart()


def refused_for_a_while(etcd: LocalServer, proxy: Proxy) -> None:
    proxy.refuse()
    threading.Timer(1.5, proxy.heal).start()


def held_for_a_while(etcd: LocalServer, proxy: Proxy) -> None:
    proxy.black_hole()
    threading.Timer(1, proxy.heal).start()


@pytest.mark.parametrize(
    "fault",
    [
        killed,
        pause_3_seconds,
        lambda etcd, proxy: proxy.reset(),
        lambda etcd, proxy: proxy.cut(),
        refused_for_a_while,
        held_for_a_while,
        delayed,
    ],
    ids=["kill and restart", "paused 3 s", "reset", "cut", "refused", "held", "delayed"],
)
def test_every_event_once_and_in_order(
    etcd: LocalServer, proxy: Proxy, writer: Client, client: Client, fault: Callable[[LocalServer, Proxy], None]
) -> None:
    writer.put("k", "before")
    with client.watch("k") as watch:
        for n in range(5):
            writer.put("k", str(n))
        fault(etcd, proxy)
        for n in range(5, 10):
            writer.put("k", str(n), timeout=30)
        assert values(watch, 10) == [str(n).encode() for n in range(10)]
        assert watch.pending == 0


def test_a_watch_leaves_a_black_hole_within_20_seconds(etcd: LocalServer, writer: Client) -> None:
    """Nobody says that the connection is dead: pings without an answer do. Another endpoint still answers."""
    with ExitStack() as stack:
        proxies = [stack.enter_context(Proxy(etcd.endpoints[0])) for _ in range(6)]
        with Client([proxy.endpoint for proxy in proxies]) as client, client.watch("k") as watch:
            used = [proxy for proxy in proxies if proxy.connections]
            assert 0 < len(used) < 6
            for proxy in used:
                proxy.black_hole()
            writer.put("k", "v")
            began = monotonic()
            assert values(watch, 1) == [b"v"]
            assert 1 < monotonic() - began < 20


def test_compacted_while_the_reader_was_away(proxy: Proxy, writer: Client, client: Client) -> None:
    first = writer.put("k", "1").header.revision
    with client.watch("k") as watch:
        proxy.refuse()
        for n in range(5):
            last = writer.put("k", str(n)).header.revision
        writer.compact(last)
        proxy.heal()
        with pytest.raises(CompactedError) as caught:
            values(watch, 1)
    assert caught.value.compact_revision == last > first
    with client.watch("k", start_revision=last) as watch:  # what to do then: read, and go on from there
        assert values(watch, 1) == [b"4"]


def test_compacted_under_a_reader_that_lags(writer: Client, client: Client) -> None:
    """What was delivered before is handed out first; then, and only then, it is told that the rest is gone."""
    start = writer.put("k", "0").header.revision
    for n in range(1, 3000):
        last = writer.put("k", str(n)).header.revision
    watch = client.watch("k", start_revision=start)
    writer.compact(last)
    seen: list[bytes] = []
    told = 0
    while len(seen) < 3000 and not told:
        try:
            seen += [event.kv.value for event in watch.get(timeout=10).events]
        except CompactedError as exc:
            told = exc.compact_revision
    assert told in (0, last)
    assert (len(seen) < 3000) is bool(told)
    assert seen == [str(n).encode() for n in range(len(seen))]
    watch.close()


def test_lost_data_are_told_and_leases_with_them(etcd: LocalServer, proxy: Proxy, client: Client) -> None:
    for n in range(5):
        client.put("k", str(n))
    watch, renewing = client.watch("k"), client.keep_alive(client.grant(60))
    next(renewing)
    etcd.wipe()
    with pytest.raises(RevisionWentBackError) as caught:
        watch.get(timeout=20)
    assert (caught.value.known, caught.value.now) == (6, 1)
    assert renewing.wait_lost(20) is not None
    with client.watch("k") as again:
        client.put("k", "new")
        assert values(again, 1) == [b"new"]


def test_leases_survive_what_is_shorter_than_they_live(etcd: LocalServer, proxy: Proxy, client: Client) -> None:
    lease = client.grant(3)
    client.put("k", "v", lease=lease)
    with client.keep_alive(lease) as renewing:
        next(renewing)
        for fault in (proxy.reset, proxy.cut, lambda: killed(etcd, proxy)):
            fault()
            for _ in range(3):
                assert next(renewing).ttl == 3
        assert renewing.alive
    assert client.get("k").count == 1
