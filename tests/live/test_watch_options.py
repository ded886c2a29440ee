"""What a watch can be told, on a real etcd: filters, progress, fragments, a leader; and very many watches."""

import threading
from collections.abc import Iterator
from time import monotonic

import pytest

from etcdlearn import Client, CompactedError, DeadlineError, LocalServer, RevisionWentBackError, server
from etcdlearn.client import Watch
from etcdlearn.client.watch import MOST_UNREAD
from etcdlearn.servers.binary import find


def take(watch: Watch, number: int) -> list[int]:
    found: list[int] = []
    while len(found) < number:
        found += [event.kv.mod_revision for event in watch.get(timeout=10).events]
    return found


@pytest.fixture
def own() -> Iterator[LocalServer]:
    with server() as started:
        yield started


def test_filters(client: Client) -> None:
    with client.watch("k", filters=("noput",)) as deletes, client.watch("k", filters=("nodelete",)) as puts:
        put = client.put("k", "v").header.revision
        delete = client.delete("k").header.revision
        again = client.put("k", "w").header.revision
        assert take(puts, 2) == [put, again]
        assert take(deletes, 1) == [delete]
        assert deletes.pending == puts.pending == 0


def test_asked_for_progress_the_answer_says_how_far_it_has_come(client: Client) -> None:
    client.put("other", "v")
    with client.watch("k") as watch:
        now = client.put("other", "w").header.revision
        watch.request_progress()
        answer = watch.get(timeout=10)
    assert answer.is_progress_notify
    assert answer.events == ()
    assert answer.header.revision == now


def test_asked_for_progress_before_anything_was_written(client: Client) -> None:
    now = client.put("other", "v").header.revision
    with client.watch("k") as watch, client.watch("k", start_revision=now + 100):
        watch.request_progress()
        answer = watch.get(timeout=10)
        assert (answer.is_progress_notify, answer.header.revision) == (True, now)


def test_progress_comes_after_the_events_before_it(client: Client) -> None:
    with client.watch("k", prefix=True) as watch:
        last = [client.put(f"k{n}", "v").header.revision for n in range(50)][-1]
        watch.request_progress()
        seen = 0
        while not (answer := watch.get(timeout=10)).is_progress_notify:
            seen += len(answer.events)
    assert seen == 50
    assert answer.header.revision >= last


def test_progress_by_itself_moves_the_revision_of_the_watch() -> None:
    experimental = "" if find().number >= (3, 6, 0) else "experimental-"
    with (
        server(args=(f"--{experimental}watch-progress-notify-interval=100ms",)) as etcd,
        etcd.client() as client,
        client.watch("k", progress_notify=True) as watch,
    ):
        now = client.put("other", "v").header.revision
        while watch.revision <= now:
            assert watch.get(timeout=10).is_progress_notify
        assert watch.revision == now + 1


def test_fragments_are_put_together(client: Client) -> None:
    start = client.put("k", "").header.revision
    for _ in range(30):
        client.put("k", b"x" * 100_000)
    with client.watch("k", start_revision=start + 1, fragment=True) as watch:
        assert take(watch, 30) == list(range(start + 1, start + 31))


def test_with_a_leader_it_is_a_watch_like_any_other(client: Client) -> None:
    with client.watch("k", require_leader=True) as strict, client.watch("k") as plain:
        revision = client.put("k", "v").header.revision
        assert take(strict, 1) == take(plain, 1) == [revision]
    assert sum(thread.name == "etcdlearn-watch" for thread in threading.enumerate()) == 2


def test_a_thousand_watches_on_one_stream(own: LocalServer) -> None:
    with own.client() as client:
        before = {thread.name for thread in threading.enumerate()}
        watches = [client.watch(f"k{n}", start_revision=2) for n in range(1000)]
        new = [thread for thread in threading.enumerate() if thread.name not in before]
        assert len(new) <= 3
        revisions = [client.put(f"k{n}", "v").header.revision for n in range(1000)]
        assert [take(watch, 1)[0] for watch in watches] == revisions
        own.kill()
        own.restart()
        revisions = [client.put(f"k{n}", "w").header.revision for n in range(1000)]
        assert [take(watch, 1)[0] for watch in watches] == revisions
        began = monotonic()
        client.close()
        assert monotonic() - began < 1
    assert not any(thread.name == "etcdlearn-watch" for thread in threading.enumerate())


def test_a_reader_that_lags_is_paused_and_loses_nothing_but_to_a_compaction(own: LocalServer) -> None:
    with own.client() as client:
        kept, compacted = client.watch("k", prefix=True), client.watch("k", prefix=True)
        number = MOST_UNREAD + 2000
        revisions = [client.put(f"k{n % 1000}", "v").header.revision for n in range(number)]
        client.watch("other").close()  # answered after everything that was sent before
        for watch in (kept, compacted):
            assert MOST_UNREAD < watch.pending <= MOST_UNREAD + 1000
        assert take(kept, number) == revisions
        client.compact(revisions[-1])
        seen = compacted.pending
        assert take(compacted, seen) == revisions[:seen]
        with pytest.raises(CompactedError) as caught:
            compacted.get(timeout=10)
        assert caught.value.compact_revision == revisions[-1]


def test_lost_data_are_an_error_and_then_the_end(own: LocalServer) -> None:
    with own.client() as client:
        for n in range(5):
            client.put("k", str(n))
        watch = client.watch("k")
        own.wipe()
        with pytest.raises(RevisionWentBackError, match="the store was at revision 6, and is at 1"):
            watch.get(timeout=20)
        assert list(watch) == []
        with pytest.raises(RevisionWentBackError):
            watch.get()


def test_an_interrupted_wait_ends_nothing(client: Client) -> None:
    with client.watch("k") as watch:
        with pytest.raises(DeadlineError):
            watch.get(timeout=0.05)
        revision = client.put("k", "v").header.revision
        assert take(watch, 1) == [revision]
