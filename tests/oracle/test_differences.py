"""Where we differ from Go's clientv3 on purpose: both are shown, one test for each row of docs/en/differences.md."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from etcdlearn import Client, DeadlineError, LeaseNotFoundError, LocalServer, UnavailableError, server
from etcdlearn.testing import Proxy
from tests.oracle.oracle import Answer, Oracle, Step, build

pytestmark = pytest.mark.go


@pytest.fixture(scope="module")
def program() -> Path:
    return build()


@pytest.fixture
def etcd() -> Iterator[LocalServer]:
    with server() as started:
        yield started


@pytest.fixture
def proxy(etcd: LocalServer) -> Iterator[Proxy]:
    with Proxy(etcd.endpoints[0]) as made:
        yield made


@pytest.fixture
def oracle(program: Path, proxy: Proxy) -> Iterator[Oracle]:
    made = Oracle(program, proxy.endpoint)
    yield made
    made.close()


def test_the_constructor_asks_one_endpoint(oracle: Oracle) -> None:
    nobody = "127.0.0.1:1"
    assert oracle.do({"do": "connect", "endpoint": nobody}) == {}  # Go's New waits for nothing
    with pytest.raises(UnavailableError):
        Client(nobody, dial_timeout=0.3)
    with Client(nobody, dial_timeout=None) as client, pytest.raises(UnavailableError, match="nothing was sent"):
        client.put("k", "v")


def test_calls_have_a_deadline_unless_they_say_otherwise(oracle: Oracle, etcd: LocalServer) -> None:
    """Go's call waits as long as its context lets it: the oracle gives it a second, and it takes all of it."""
    with etcd.client(timeout=0.3) as client:
        etcd.pause()
        began = monotonic()
        with pytest.raises(DeadlineError):
            client.get("k")
        assert monotonic() - began < 1
        theirs = oracle.do({"do": "get", "key": b"k", "wait": 1.0})
        assert theirs["Error"] == "context deadline exceeded"
        etcd.resume()


def test_a_watch_from_now_never_delivers_what_was_before(oracle: Oracle, etcd: LocalServer, proxy: Proxy) -> None:
    """Cut before its first event, Go's watch begins at the revision of the "created" answer: one too early."""
    watch: Step = {"do": "watch", "name": "w", "key": b"k"}
    with etcd.client() as writer, Client(proxy.endpoint) as client:
        before = writer.put("k", "before").header.revision
        assert oracle.do(watch) == {}
        with client.watch("k") as ours:
            proxy.cut()
            after = writer.put("k", "after").header.revision
            assert [event.kv.mod_revision for event in ours.get(timeout=10).events] == [after]
        theirs = oracle.do({"do": "read", "name": "w", "limit": 2})
        assert revisions(theirs) == [before, after]


def revisions(answer: Answer) -> list[int]:
    return [event["KV"]["Mod"] for event in answer["Events"]]


def test_a_watch_returns_when_the_server_has_created_it(oracle: Oracle, etcd: LocalServer, proxy: Proxy) -> None:
    """Go's returns at once; what is put before the server has created the watch, it never sees."""
    with etcd.client() as writer, Client(proxy.endpoint) as client:
        proxy.delay(0.2)
        assert oracle.do({"do": "watch", "name": "w", "key": b"k", "atonce": True}) == {}
        with client.watch("k") as ours:
            proxy.delay(0)
            after = writer.put("k", "v").header.revision
            assert ours.get(timeout=10).events[0].kv.mod_revision == after


def test_a_lost_lease_has_a_reason(oracle: Oracle, etcd: LocalServer) -> None:
    """Go's channel is closed, for whatever reason."""
    assert oracle.do({"do": "keepalive", "lease": 12345}) == {"Error": "oracle: the channel is closed"}
    with etcd.client() as client, client.keep_alive(12345) as renewing:
        assert isinstance(renewing.wait_lost(5), LeaseNotFoundError)


def test_nothing_was_sent_is_told_apart_from_an_unknown_outcome(oracle: Oracle, etcd: LocalServer) -> None:
    """Go says "context deadline exceeded" for both: to a dead address, and to a server that stands still."""
    with etcd.client(timeout=0.3) as client:
        etcd.pause()
        with pytest.raises(DeadlineError) as late:
            client.put("k", "v")
        unknown = oracle.do({"do": "put", "key": b"k", "value": b"v", "wait": 0.3})
        etcd.kill()
        with etcd.client(dial_timeout=None) as other, pytest.raises(UnavailableError) as dead:
            other.put("k", "v")
        nothing = oracle.do({"do": "put", "key": b"k", "value": b"v", "wait": 0.3})
    assert (late.value.outcome_unknown, dead.value.outcome_unknown) == (True, False)
    assert unknown["Error"] == nothing["Error"] == "context deadline exceeded"


def test_an_empty_range_of_a_watch_is_refused_before_it_is_sent(oracle: Oracle, etcd: LocalServer) -> None:
    theirs = oracle.do({"do": "watch", "name": "w", "key": b"b", "end": b"a", "revision": 1})
    assert "watcher range is empty" in theirs["Error"]
    with etcd.client() as client, pytest.raises(ValueError, match="is empty: no key could ever be in it"):
        client.watch("b", range_end="a")
