"""Several endpoints: calls go round and pass over the dead; reads move on when a connection breaks, writes do not."""

import threading
from collections.abc import Iterator

import pytest

from etcdlearn import Client, LocalServer, RevisionWentBackError, UnavailableError, server
from etcdlearn.testing import Proxy


@pytest.fixture
def two() -> Iterator[tuple[LocalServer, LocalServer]]:
    """Two etcds that know nothing of each other, so that one sees who answered."""
    with server() as one, server() as other:
        for name, etcd in (("one", one), ("other", other)):
            with etcd.client() as client:
                client.put("who", name)
        yield one, other


def who(client: Client) -> str:
    return client.get("who").kvs[0].text


def test_calls_go_round(two: tuple[LocalServer, LocalServer]) -> None:
    with Client([etcd.endpoints[0] for etcd in two]) as client:
        assert {who(client) for _ in range(2)} == {"one", "other"}
        assert client.endpoints == tuple(etcd.endpoints[0] for etcd in two)


def test_the_dead_are_passed_over_and_found_again(two: tuple[LocalServer, LocalServer]) -> None:
    one, other = two
    with Client([one.endpoints[0], other.endpoints[0]]) as client:
        assert {who(client), who(client)} == {"one", "other"}
        one.kill()
        assert [who(client) for _ in range(6)] == ["other"] * 6
        for n in range(6):
            client.put("n", str(n))  # nobody hears at the dead one, so nothing was sent there
        one.restart()
        assert {who(client) for _ in range(50)} == {"one", "other"}
        other.kill()
        assert [who(client) for _ in range(4)] == ["one"] * 4
        one.kill()
        with pytest.raises(UnavailableError, match=r"outcome is unknown|nothing was sent") as caught:
            who(client)
        assert set(caught.value.reasons) == set(client.endpoints)


def test_a_read_moves_on_when_its_connection_breaks(two: tuple[LocalServer, LocalServer]) -> None:
    one, other = two
    with Proxy(one.endpoints[0]) as proxy, Client(proxy.endpoint) as client:
        assert who(client) == "one"
        client.endpoints = [proxy.endpoint, other.endpoints[0]]
        while who(client) != "other":  # the next turn is the proxy's
            pass
        proxy.black_hole("answers")
        heard: list[str] = []
        reading = threading.Thread(target=lambda: heard.append(who(client)))
        reading.start()
        assert proxy.wait_held()
        proxy.reset()
        reading.join(5)
        assert heard == ["other"]


def test_a_write_is_not_sent_to_a_second_endpoint(two: tuple[LocalServer, LocalServer]) -> None:
    one, other = two
    with Proxy(one.endpoints[0]) as proxy, Client(proxy.endpoint) as client, other.client() as second:
        client.endpoints = [proxy.endpoint, other.endpoints[0]]
        while who(client) != "other":
            pass
        proxy.black_hole("answers")
        caught: list[UnavailableError] = []

        def write() -> None:
            try:
                client.put("written", "once")
            except UnavailableError as error:
                caught.append(error)

        writing = threading.Thread(target=write)
        writing.start()
        assert proxy.wait_held()
        proxy.reset()
        writing.join(5)
        assert [error.outcome_unknown for error in caught] == [True]
        assert second.get("written").count == 0


def test_endpoints_are_assigned_while_calls_and_watches_go_on(two: tuple[LocalServer, LocalServer]) -> None:
    one, other = two
    with Client(one.endpoints[0]) as client, client.watch("k") as watch:
        client.endpoints = [other.endpoints[0], one.endpoints[0]]
        with one.client() as near:
            near.put("k", "seen")
        assert watch.get(timeout=5).events[0].kv.value == b"seen"  # its connection stayed
        client.endpoints = other.endpoints[0]
        assert [who(client) for _ in range(3)] == ["other"] * 3
        assert client.endpoints == (other.endpoints[0],)
        with pytest.raises(RevisionWentBackError):  # it moves with its client, and meets another store there
            watch.get(timeout=5)
