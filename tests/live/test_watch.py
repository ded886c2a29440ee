"""The watcher's first form: one stream and one thread, an exact start, the past, compaction, the end."""

import threading
from time import monotonic

import pytest

from etcdlearn import Client, ClientClosedError, CompactedError, DeadlineError, LocalServer, server
from etcdlearn.client import Event, Watch


def take(watch: Watch, number: int) -> list[Event]:
    """The next ``number`` events; fails rather than waits for ever."""
    events: list[Event] = []
    while len(events) < number:
        events += watch.get(timeout=5).events
    return events


def brief(events: list[Event]) -> list[tuple[str, bytes]]:
    return [(event.type, event.kv.key) for event in events]


def test_a_watch_from_now_starts_at_the_next_revision(client: Client) -> None:
    before = client.put("k", "before").header.revision
    with client.watch("k") as watch:
        assert watch.start_revision == watch.revision == before + 1
        after = client.put("k", "after").header.revision
        (event,) = take(watch, 1)
    assert (event.type, event.kv.value, event.kv.mod_revision) == ("PUT", b"after", after)
    assert watch.revision == after + 1
    assert event.prev_kv is None


def test_events_of_a_range_in_order_with_what_was_before(client: Client) -> None:
    with client.watch("/illusory/", prefix=True, prev_kv=True) as watch:
        client.put("/illusory/cloud", "1")
        client.put("/illusoryxxx", "no")
        client.put("/illusory/cloud", "2")
        client.delete("/illusory/", prefix=True)
        first, second, third = take(watch, 3)
    assert first.is_create
    assert first.prev_kv is None
    assert second.is_modify
    assert second.prev_kv is not None
    assert second.prev_kv.value == b"1"
    assert (third.type, third.kv.value, third.kv.version) == ("DELETE", b"", 0)
    assert third.prev_kv is not None
    assert third.prev_kv.value == b"2"


def test_the_past_is_delivered_from_the_revision_asked_for(client: Client) -> None:
    start = client.put("a", "1").header.revision
    client.put("b", "2")
    client.delete("a")
    with client.watch("", prefix=True, start_revision=start) as watch:
        assert brief(take(watch, 3)) == [("PUT", b"a"), ("PUT", b"b"), ("DELETE", b"a")]
        client.put("c", "3")
        assert brief(take(watch, 1)) == [("PUT", b"c")]


def test_a_long_past_arrives_whole_and_in_order(client: Client) -> None:
    revisions = [client.put("k", str(n)).header.revision for n in range(1500)]
    with client.watch("k", start_revision=revisions[0]) as watch:
        assert [event.kv.mod_revision for event in take(watch, 1500)] == revisions
        assert watch.pending == 0


def test_a_delete_of_a_range_is_one_response(client: Client) -> None:
    for n in range(5):
        client.put(f"k{n}", "v")
    with client.watch("k", prefix=True) as watch:
        client.delete("k", prefix=True)
        response = watch.get(timeout=5)
    assert len(response.events) == 5
    assert len({event.kv.mod_revision for event in response.events}) == 1
    assert not response.is_progress_notify


def test_below_the_compaction(client: Client) -> None:
    start = client.put("k", "1").header.revision
    last = client.put("k", "2").header.revision
    client.compact(last)
    watch = client.watch("k", start_revision=start)
    with pytest.raises(CompactedError) as caught:
        next(watch)
    assert caught.value.compact_revision == last
    assert list(watch) == []
    with pytest.raises(CompactedError):
        watch.get()
    with client.watch("k", start_revision=last) as other:  # the compact revision itself is there
        assert take(other, 1)[0].kv.value == b"2"


def test_a_future_start_waits(client: Client) -> None:
    now = client.put("k", "1").header.revision
    with client.watch("k", start_revision=now + 2) as watch:
        client.put("k", "too early")
        client.put("k", "now")
        assert take(watch, 1)[0].kv.value == b"now"


def test_waiting_has_a_deadline_and_the_watch_goes_on(client: Client) -> None:
    with client.watch("k") as watch:
        with pytest.raises(DeadlineError, match=r"watch of 'k': no answer within 0.05 s"):
            watch.get(timeout=0.05)
        client.put("k", "v")
        assert take(watch, 1)


def test_bad_arguments_are_refused_before_anything_is_sent(client: Client) -> None:
    with pytest.raises(ValueError, match="empty"):
        client.watch("b", range_end="a")
    with pytest.raises(ValueError, match="start_revision must be 0 or more"):
        client.watch("k", start_revision=-1)
    with pytest.raises(ValueError, match="choose one"):
        client.watch("k", prefix=True, from_key=True)
    with client.watch("k") as watch, pytest.raises(ValueError, match="above 0"):
        watch.get(timeout=0)


def test_all_watches_share_one_thread(client: Client) -> None:
    watches = [client.watch(f"k{n}") for n in range(50)]
    assert sum(thread.name == "etcdlearn-watch" for thread in threading.enumerate()) == 1
    for n in range(50):
        client.put(f"k{n}", str(n))
    for n, watch in enumerate(watches):
        assert take(watch, 1)[0].kv.value == str(n).encode()
        watch.close()


def test_closing_ends_a_reader_that_waits(client: Client) -> None:
    watch = client.watch("k")
    seen: list[object] = []
    reader = threading.Thread(target=lambda: seen.extend(watch))
    reader.start()
    began = monotonic()
    watch.close()
    watch.close()
    reader.join(5)
    assert monotonic() - began < 1
    assert not reader.is_alive()
    assert seen == list(watch) == []
    with pytest.raises(ClientClosedError):
        watch.get()
    with client.watch("k") as other:  # the stream goes on
        client.put("k", "v")
        assert take(other, 1)


def test_closing_the_client_ends_its_watches_and_their_thread(etcd: LocalServer) -> None:
    client = etcd.client()
    watch = client.watch("k")
    thread = next(thread for thread in threading.enumerate() if thread.name == "etcdlearn-watch")
    client.close()
    assert list(watch) == []
    thread.join(1)
    assert not thread.is_alive()
    with pytest.raises(ClientClosedError):
        client.watch("k")


def test_a_watch_goes_on_through_a_restart() -> None:
    with server() as etcd, etcd.client() as client:
        client.put("k", "1")
        with client.watch("k") as watch:
            client.put("k", "2")
            etcd.kill()
            etcd.restart()
            client.put("k", "3")
            assert [event.kv.value for event in take(watch, 2)] == [b"2", b"3"]


def test_events_of_a_watch_are_single_events(client: Client) -> None:
    with client.watch("k") as watch:
        client.put("k", "1")
        client.put("k", "2")
        events = watch.events()
        assert [next(events).kv.value, next(events).kv.value] == [b"1", b"2"]


def test_repr(client: Client) -> None:
    start = client.put("k", "1").header.revision + 1
    watch = client.watch("/illusory/", prefix=True)
    assert repr(watch) == f"Watch('/illusory/', range_end='/illusory0', from revision {start}, open)"
    watch.close()
    assert repr(watch).endswith(", closed)")
