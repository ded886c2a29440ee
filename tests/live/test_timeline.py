"""RevisionTimeline on a real etcd: live, exact on request, back in time, through a compaction, and without a server."""

import base64
import re
import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from etcdlearn import Client, LocalServer, server
from etcdlearn.testing import Proxy
from etcdlearn.widgets import RevisionTimeline


@pytest.fixture
def fresh() -> Iterator[tuple[LocalServer, Client]]:
    with server() as etcd, etcd.client() as client:
        yield etcd, client


def until(picture: RevisionTimeline, wanted: Callable[[], bool]) -> None:
    """Wait for a paint after which ``wanted`` holds; the picture's own change tells, nothing is polled."""
    painted = threading.Event()
    picture.observe(lambda _: painted.set(), "_scene")
    deadline = monotonic() + 5
    while not wanted():
        assert painted.wait(deadline - monotonic()), "the picture did not come"
        painted.clear()


def drawn(picture: RevisionTimeline) -> str:
    return str(picture._scene)


def test_it_shows_what_was_there_and_what_comes(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.put("/illusory/cloud", "hello")
    client.put("/illusory/cloud", "rain")
    client.delete("/illusory/cloud")
    picture = RevisionTimeline(client, "/illusory")
    assert repr(picture) == "RevisionTimeline('/illusory': 1 key, revisions 2 to 4)"
    client.put("/illusory/wind", "world")
    until(picture, lambda: "/illusory/wind" in drawn(picture))
    assert repr(picture) == "RevisionTimeline('/illusory': 2 keys, revisions 2 to 5)"
    picture.close()


def test_refresh_is_exact_also_for_what_came_and_went(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    picture = RevisionTimeline(client, "k")
    for n in range(50):
        client.put("k", str(n))
        client.delete("k")
        client.put("elsewhere", "x")
        assert picture.refresh() is picture
        assert len(picture._snapshot().lanes[0].marks) == 2 * (n + 1)
        assert picture._snapshot().now == 3 * (n + 1) + 1
    picture.close()


def test_the_cursor_reads_the_past_from_the_server(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.put("a", "1")
    client.put("a", "2")
    client.put("b", "3")
    picture = RevisionTimeline(client)
    asked: list[int] = []
    client._caller.observers = (lambda call: asked.append(getattr(call.request, "revision", 0)),)
    picture.cursor = 2
    assert 2 in asked
    assert [(kv.key, kv.value) for kv in picture.answers] == [(b"a", b"1")]
    assert repr(picture) == "RevisionTimeline('': 2 keys, revisions 2 to 4, cursor at 2)"
    client.put("b", "4")
    picture.refresh()
    assert picture.cursor == 2
    assert "1 newer" in drawn(picture)
    picture.cursor = None
    assert [kv.value for kv in picture.answers] == [b"2", b"4"]
    with pytest.raises(ValueError, match="revision 99 has not happened yet: the newest is 5"):
        picture.cursor = 99
    with pytest.raises(ValueError, match="cursor must be"):
        picture.cursor = 0
    picture.close()


def test_what_the_browser_sends_is_an_event_or_nothing(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.put("a", "1")
    client.put("a", "2")
    picture = RevisionTimeline(client)
    picture._receive(picture, {"event": "cursor", "ref": 2}, [])
    until(picture, lambda: picture.cursor == 2 and [kv.value for kv in picture.answers] == [b"1"])
    for odd in (None, "x", {}, {"event": "cursor"}, {"event": "cursor", "ref": "2"}, {"event": "rm", "ref": 1}):
        picture._receive(picture, odd, [])
    picture._receive(picture, {"event": "cursor", "ref": 10**9}, [])
    until(picture, lambda: picture.cursor is None)
    picture._receive(picture, {"event": "width", "ref": 480}, [])
    until(picture, lambda: picture._scene["a"]["width"] == "480")
    picture.close()


def test_a_compaction_is_hatched_and_stops_the_cursor(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    for value in "12345":
        client.put("a", value)
    client.put("b", "x")
    picture = RevisionTimeline(client)
    client.compact(5)
    picture.refresh()
    assert repr(picture) == "RevisionTimeline('': 2 keys, revisions 5 to 7, compacted at 5)"
    picture.cursor = 3
    assert picture.cursor == 5
    assert [kv.value for kv in picture.answers] == [b"4"]
    assert "the oldest readable revision is 5" in drawn(picture)
    picture.close()
    later = RevisionTimeline(client)  # one that begins after the compaction sees the same
    assert repr(later) == "RevisionTimeline('': 2 keys, revisions 5 to 7, compacted at 5)"
    later.close()


def test_a_survivor_of_a_compaction_is_there_but_grey(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.put("old", "alive")
    for n in range(5):
        client.put("new", str(n))
    client.compact(6)
    picture = RevisionTimeline(client)
    assert [mark.revision for mark in picture._snapshot().lanes[1].marks] == [2]
    picture.close()


def test_a_broken_watch_is_said_and_the_picture_stays(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    client.put("a", "1")
    picture = RevisionTimeline(client)
    etcd.kill()
    until(picture, lambda: "not connected" in drawn(picture))
    assert repr(picture) == "RevisionTimeline('': 1 key, revisions 2 to 2, not connected)"
    assert "put at revision 2" in drawn(picture)
    until(picture, lambda: "not connected for 1 s · last heard at revision 2" in drawn(picture))
    picture.refresh()
    with etcd.client(dial_timeout=None) as writer:
        etcd.restart()
        writer.put("a", "2")
        writer.put("b", "1")
    until(picture, lambda: "not connected" not in drawn(picture) and picture._snapshot().now == 4)
    assert repr(picture.refresh()) == "RevisionTimeline('': 2 keys, revisions 2 to 4)"
    picture.close()


def test_what_came_while_the_server_was_away_is_said(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    client.put("a", "1")
    with Proxy(etcd.endpoints[0]) as proxy, Client(proxy.endpoint) as cut:
        picture = RevisionTimeline(cut)
        proxy.refuse()
        until(picture, lambda: "not connected" in drawn(picture))
        client.put("a", "2")
        client.put("a", "3")
        proxy.heal()
        until(picture, lambda: picture._scene["l"]["caption"].startswith("Connected again: revisions 3 to 4 came"))
        client.put("a", "4")
        until(picture, lambda: picture._scene["l"]["caption"].startswith("Revision 5 put"))
        picture.close()


def test_a_server_that_lost_its_data(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    for n in range(5):
        client.put("a", str(n))
    picture = RevisionTimeline(client)
    etcd.wipe()
    until(picture, lambda: "The server lost its data: it was at revision 6, and is at 1 now." in drawn(picture))
    client.put("new", "1")
    until(picture, lambda: repr(picture) == "RevisionTimeline('': 1 key, revisions 2 to 2)")
    picture.close()


def test_a_server_that_stands_still_does_not_hold_the_kernel(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    client.put("a", "1")
    picture = RevisionTimeline(client)
    etcd.pause()
    picture.changed()
    until(picture, lambda: "not connected" in drawn(picture))
    etcd.resume()
    until(picture, lambda: "not connected" not in drawn(picture))
    picture.close()


def test_an_expiry_is_proved_and_a_delete_is_a_delete(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    short, long, revoked = client.grant(1), client.grant(60), client.grant(60)
    for key, lease in (("a", short), ("b", long), ("c", revoked)):
        client.put(key, "v", lease=lease)
    picture = RevisionTimeline(client)
    client.delete("b")
    client.revoke(revoked)
    until(picture, lambda: "lease expired" in drawn(picture))
    types = {lane.key: lane.marks[-1].type for lane in picture._snapshot().lanes}
    assert types == {b"a": "EXPIRED", b"b": "DELETE", b"c": "DELETE"}
    picture.close()


def follower() -> threading.Thread:
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "etcdlearn-follower"]
    return thread


def test_a_flood_is_a_few_paints_and_the_last_one_is_true(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    picture = RevisionTimeline(client)
    paints: list[int] = []
    picture.observe(lambda _: paints.append(1), "_scene")
    began = monotonic()
    for n in range(2_000):
        client.put(f"k{n % 7}", str(n))
    until(picture, lambda: picture._scene["l"]["caption"].startswith("Revision 2001 "))
    assert len(paints) <= 25 * (monotonic() - began) + 5
    assert len(drawn(picture)) < 300_000
    picture.close()


def test_closing_ends_both_threads_and_is_harmless_twice(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    picture = RevisionTimeline(client, "a")
    threads = [follower(), picture._painter]
    picture.close()
    picture.close()
    for thread in threads:
        thread.join(1)
        assert not thread.is_alive()
    before = drawn(picture)
    client.put("a", "1")
    assert drawn(picture.refresh()) == before


def test_a_closed_client_leaves_the_picture_quiet(fresh: tuple[LocalServer, Client]) -> None:
    etcd, _ = fresh
    client = etcd.client()
    client.put("a", "1")
    picture = RevisionTimeline(client)
    thread = follower()
    client.close()
    thread.join(1)
    assert not thread.is_alive()
    picture.refresh()
    picture.close()


def test_what_a_notebook_stores(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.put("<b>", "<script>alert(1)</script>")
    picture = RevisionTimeline(client)
    client.put("<b>", "2")
    bundle = picture._repr_mimebundle_()
    assert bundle is not None
    data, _ = bundle
    assert data["text/plain"] == repr(picture) == "RevisionTimeline('': 1 key, revisions 2 to 3)"
    html = data["text/html"]
    assert "<script" not in html
    assert "<b>" not in html
    assert html.startswith('<img alt="RevisionTimeline: Revision 3 put ')
    image = re.search(r'src="data:image/svg\+xml;base64,([^"]+)">', html)
    assert image
    assert base64.b64decode(image[1]).decode() == picture.to_svg()
    assert "<details>" in html
    assert html == picture._repr_mimebundle_()[0]["text/html"]  # type: ignore[index]
    assert "application/vnd.jupyter.widget-view+json" in data
    picture.close()


def test_two_pictures_of_one_client(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    one, other = RevisionTimeline(client, "a"), RevisionTimeline(client, "b")
    client.put("b", "1")
    assert repr(one.refresh()) == "RevisionTimeline('a': 0 keys, revision 2)"
    assert repr(other.refresh()) == "RevisionTimeline('b': 1 key, revisions 2 to 2)"
    one.close()
    other.close()


def test_no_server_no_picture() -> None:
    with Client("127.0.0.1:1", dial_timeout=None) as client, pytest.raises(ConnectionError, match="nothing was sent"):
        RevisionTimeline(client)
