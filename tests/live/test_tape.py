"""WatchTape on a real etcd: through a proxy that cuts, past compactions, filters and lost data, and all alone."""

import base64
import re
import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from etcdlearn import Client, LocalServer, server
from etcdlearn.testing import Proxy
from etcdlearn.widgets import WatchTape

KEY = "/illusory/cloud"


@pytest.fixture
def fresh() -> Iterator[tuple[LocalServer, Client]]:
    with server() as etcd, etcd.client() as client:
        yield etcd, client


@pytest.fixture
def away(fresh: tuple[LocalServer, Client]) -> Iterator[tuple[Proxy, Client]]:
    """A client behind a proxy."""
    with Proxy(fresh[0].endpoints[0]) as proxy, Client(proxy.endpoint) as client:
        yield proxy, client


def until(picture: WatchTape, wanted: Callable[[], bool]) -> None:
    """Wait for a paint after which ``wanted`` holds; the picture's own change tells, nothing is polled."""
    painted = threading.Event()
    picture.observe(lambda _: painted.set(), "_scene")
    deadline = monotonic() + 5
    while not wanted():
        assert painted.wait(deadline - monotonic()), "the picture did not come"
        painted.clear()


def said(picture: WatchTape) -> str:
    return str(picture._scene["l"]["caption"])


def revisions(picture: WatchTape) -> list[int]:
    return [step.revision for step in picture._snapshot().steps]


def static(picture: WatchTape) -> str:
    bundle = picture._repr_mimebundle_()
    assert bundle is not None
    return str(bundle[0]["text/html"])


def test_it_is_live_and_exact_on_request(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    client.put("elsewhere", "x")
    tape = WatchTape(client, "/illusory/", prefix=True)
    assert repr(tape) == "WatchTape('/illusory/' prefix, from revision 3: received nothing)"
    client.put(KEY, "rain")
    until(tape, lambda: said(tape) == f'Revision 3 put "rain" into {KEY}, and the watch received it.')
    for n in range(50):
        client.put(KEY, str(n))
        client.put("elsewhere", "x")
        assert tape.refresh() is tape
        assert revisions(tape)[-1] == 2 * n + 4
    assert tape.watch.revision == 103
    client.put("/illusory/wind", "storm")
    client.delete("/illusory/", prefix=True)
    tape.refresh()
    assert said(tape) == "Revision 105 changed 2 keys: the watch received them together, in one response."
    assert repr(tape) == "WatchTape('/illusory/' prefix, from revision 3: received 53 revisions, 3 to 105)"
    tape.close()


def test_a_cut_connection_and_nothing_missed(fresh: tuple[LocalServer, Client], away: tuple[Proxy, Client]) -> None:
    (_, client), (proxy, cut) = fresh, away
    tape = WatchTape(cut, "/illusory/", prefix=True, second=client)
    client.put(KEY, "rain")
    tape.refresh()
    proxy.refuse()
    client.delete(KEY)
    client.put(KEY, "sun")
    assert repr(tape.refresh()) == (
        "WatchTape('/illusory/' prefix, from revision 2: received revision 2, not connected)"
    )
    assert said(tape) == (
        "The connection broke after revision 2; etcd wrote 2 revisions since, and the watch will go on from 3."
    )
    until(tape, lambda: "not connected for 2 s" in str(tape._scene))
    proxy.heal()
    assert repr(tape.refresh()) == (
        "WatchTape('/illusory/' prefix, from revision 2: received 3 revisions, 2 to 4, resumed at 3)"
    )
    client.put(KEY, "hail")
    tape.refresh()
    assert said(tape) == (
        "The connection broke after revision 2 and the watch resumed at 3; "
        "every revision from 2 to 5 arrived once, in order, and none was missed."
    )
    (gap,) = tape._snapshot().gaps
    assert (gap.next, gap.back) == (3, 4)
    assert gap.seconds > 1
    tape.close()


def told_story(etcd: LocalServer) -> tuple[str, str]:
    """A lesson's story, and what a notebook stores of it during the break and after it."""
    with etcd.client() as client, Proxy(etcd.endpoints[0]) as proxy, Client(proxy.endpoint) as cut:
        tape = WatchTape(cut, "/illusory/", prefix=True, second=client)
        client.put(KEY, "rain")
        tape.refresh()
        proxy.refuse()
        client.put(KEY, "snow")
        during = static(tape)
        proxy.heal()
        after = static(tape)
        tape.close()
    return during, after


def test_what_a_notebook_stores_is_the_same_every_time() -> None:
    told = []
    for _ in range(2):
        with server() as etcd:
            told.append(told_story(etcd))
    assert told[0] == told[1]
    for html in told[0]:
        image = re.search(r'src="data:image/svg\+xml;base64,([^"]+)">', html)
        assert image
        svg = base64.b64decode(image[1]).decode()
        assert ">cut</text>" in svg
        assert not re.search(r"\d s\b", svg + html.replace(image[1], ""))


def test_without_a_second_connection_both_break_and_the_order_is_known(
    fresh: tuple[LocalServer, Client], away: tuple[Proxy, Client]
) -> None:
    (_, client), (proxy, cut) = fresh, away
    tape = WatchTape(cut, KEY)
    assert "order only" in str(tape._scene)
    client.put(KEY, "rain")
    tape.refresh()
    proxy.refuse()
    client.put(KEY, "snow")
    tape.refresh()
    assert said(tape) == "The connection broke after revision 2; the watch will go on from 3."
    assert "'k': 'lost'" in str(tape._scene)
    proxy.heal()
    tape.refresh()
    assert said(tape).endswith("every revision from 2 to 3 arrived once, in order, and none was missed.")
    tape.close()


def test_the_second_watcher_is_cut_and_the_watch_goes_on(
    fresh: tuple[LocalServer, Client], away: tuple[Proxy, Client]
) -> None:
    (_, client), (proxy, cut) = fresh, away
    tape = WatchTape(client, KEY, second=cut)
    proxy.refuse()
    until(tape, lambda: "2nd watcher cut off" in str(tape._scene))
    client.put(KEY, "rain")
    until(tape, lambda: revisions(tape) == [2])
    proxy.heal()
    until(tape, lambda: "2nd watcher cut off" not in str(tape._scene))
    tape.refresh()
    assert [step.revision for step in tape._snapshot().wrote] == [2]
    tape.close()


def test_what_a_filter_keeps_back(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    tape = WatchTape(client, KEY, filters=("noput",))
    client.put(KEY, "rain")
    client.put(KEY, "snow")
    client.delete(KEY)
    tape.refresh()
    assert revisions(tape) == [4]
    assert said(tape) == "etcd wrote 3 revisions and kept 2 of them back, as the watch had asked: noput."
    tape.close()


def test_progress_is_waited_for(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    tape = WatchTape(client, KEY)
    client.put("elsewhere", "x")
    tape.watch.request_progress()
    tape.refresh()
    assert said(tape).startswith("A progress notification: everything up to revision 2 was handed over")
    assert repr(tape) == "WatchTape('/illusory/cloud', from revision 2: received nothing)"
    tape.close()


def test_a_compacted_start_ends_the_watch_and_says_where_to_go_on(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    for n in range(6):
        client.put(KEY, str(n))
    client.compact(7)
    tape = WatchTape(client, KEY, start_revision=2)
    tape.refresh()
    assert repr(tape) == "WatchTape('/illusory/cloud', from revision 2: received nothing, ended: compacted at 7)"
    assert said(tape) == (
        "The watch ended: revision 2 was compacted before it arrived; the oldest one that can still be had is 7."
    )
    assert [step.revision for step in tape._snapshot().wrote] == [7]
    tape.close()


def test_a_start_compacted_up_to_a_delete(fresh: tuple[LocalServer, Client]) -> None:
    """Whether etcd still tells of a delete at the compact revision depends on its version; nobody waits for it."""
    _, client = fresh
    client.put(KEY, "rain")
    client.delete(KEY)
    client.compact(3)
    began = monotonic()
    tape = WatchTape(client, KEY, start_revision=2)
    tape.refresh()
    assert monotonic() - began < 3
    assert repr(tape).endswith("ended: compacted at 3)")
    tape.close()


def test_a_compaction_while_away(fresh: tuple[LocalServer, Client], away: tuple[Proxy, Client]) -> None:
    (_, client), (proxy, cut) = fresh, away
    tape = WatchTape(cut, KEY, second=client)
    client.put(KEY, "rain")
    tape.refresh()
    proxy.refuse()
    for n in range(4):
        client.put(KEY, str(n))
    tape.refresh()
    client.compact(5)
    proxy.heal()
    assert repr(tape.refresh()) == (
        "WatchTape('/illusory/cloud', from revision 2: received revision 2, resumed at 3, ended: compacted at 5)"
    )
    assert "revision 3 was compacted before it arrived" in said(tape)
    tape.close()


def test_a_server_that_lost_its_data(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    tape = WatchTape(client, KEY)
    client.put(KEY, "rain")
    tape.refresh()
    etcd.wipe()
    until(tape, lambda: "the server lost its data; it was at revision 2, and is at 1 now" in said(tape))
    assert repr(tape).endswith("resumed at 3, ended by the server)")
    tape.close()


def test_an_expiry_is_proved_also_for_a_key_from_before(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    old, new = client.grant(1), client.grant(1)
    client.put("a", "v", lease=old)
    tape = WatchTape(client, "", prefix=True)
    client.put("b", "v", lease=new)
    client.put("c", "v")
    client.delete("c")
    revoked = client.grant(60)
    client.put("d", "v", lease=revoked)
    client.revoke(revoked)
    until(tape, lambda: {key for _, key in tape._snapshot().expired} == {b"a", b"b"})
    tape.close()


def test_a_server_killed_and_started_again(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    tape = WatchTape(client, KEY)
    client.put(KEY, "rain")
    tape.refresh()
    etcd.kill()
    until(tape, lambda: said(tape) == "The connection broke after revision 2; the watch will go on from 3.")
    etcd.restart()
    client.put(KEY, "snow")
    tape.refresh()
    assert revisions(tape) == [2, 3]
    assert len(tape._snapshot().gaps) == 1
    tape.close()


def test_a_server_that_stands_still_does_not_hold_the_kernel(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    tape = WatchTape(client, KEY)
    etcd.pause()
    began = monotonic()
    tape.refresh()
    assert monotonic() - began < 8
    etcd.resume()
    tape.close()


def test_it_takes_nothing_from_another_watch(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    with client.watch(KEY) as mine:
        tape = WatchTape(client, KEY)
        for n in range(20):
            client.put(KEY, str(n))
        tape.refresh()
        events = mine.events()
        assert [next(events).kv.mod_revision for _ in range(20)] == revisions(tape) == list(range(2, 22))
        tape.close()


def test_a_flood_is_in_columns_and_whole(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    tape = WatchTape(client, "k", prefix=True)
    for n in range(2_000):
        client.put(f"k{n % 7}", str(n))
    tape.refresh()
    assert revisions(tape) == list(range(2, 2_002))
    assert "2,000 revisions in " in str(tape._scene)
    assert len(str(tape._scene)) < 100_000
    tape.close()


def test_an_inside_of_a_namespace(fresh: tuple[LocalServer, Client]) -> None:
    etcd, client = fresh
    with etcd.client(namespace="mine/") as inside:
        tape = WatchTape(inside, "", prefix=True)
        client.put("other", "x")
        inside.put("k", "v")
        tape.refresh()
        assert said(tape) == 'Revision 3 put "v" into k, and the watch received it.'
        with pytest.raises(ValueError, match="second must see the same keys: its namespace is '', not 'mine/'"):
            WatchTape(inside, "k", second=client)
        tape.close()


def test_closing_ends_both_watches_and_leaves_the_picture(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    tape = WatchTape(client, KEY)
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("etcdlearn-tape")]
    assert len(threads) == 2
    tape.close()
    tape.close()
    for thread in (*threads, tape._painter):
        thread.join(1)
        assert not thread.is_alive()
    before = str(tape._scene)
    client.put(KEY, "rain")
    assert str(tape.refresh()._scene) == before


def test_a_closed_client_leaves_the_picture_quiet(fresh: tuple[LocalServer, Client]) -> None:
    etcd, _ = fresh
    client = etcd.client()
    tape = WatchTape(client, KEY)
    client.close()
    assert repr(tape.refresh()) == "WatchTape('/illusory/cloud', from revision 2: received nothing)"
    tape.close()


def test_what_is_refused(fresh: tuple[LocalServer, Client]) -> None:
    _, client = fresh
    with pytest.raises(ValueError, match="is empty: no key could ever be in it"):
        WatchTape(client, "b", range_end="a")
    with pytest.raises(ValueError, match="a filter is one of noput, nodelete"):
        WatchTape(client, "a", filters=("nothing",))
    with server() as other, other.client() as stranger:
        other.wipe()
        with pytest.raises(ValueError, match="second is connected to another cluster"):
            WatchTape(client, "a", second=stranger)
    with Client("127.0.0.1:1", dial_timeout=None) as nobody, pytest.raises(ConnectionError, match="nothing was sent"):
        WatchTape(nobody, "a")
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("etcdlearn-tape")] == []
