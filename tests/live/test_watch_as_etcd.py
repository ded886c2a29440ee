"""What etcd's own tests ask of watches, asked of this client. Each test names those of etcd that it re-expresses.

They are in etcd's repository below tests/: integration/clientv3/watch, common/watch_test.go, e2e/watch_test.go. The
same behaviour is tested already for TestV3WatchFutureRevision, TestWatchCompactRevision, TestWatchWithFilter,
TestV3WatchWithFilter, TestV3WatchWithPrevKV, TestWatchAfterClose and TestWatchClose in ``test_watch.py`` and
``test_watch_options.py``; TestWatchResumeCompacted and TestV3NoEventsLostOnCompact in ``tests/faults``;
TestWatchResumeAfterDisconnect (cut between "created" and the first event) in ``tests/unit/test_watch_stream.py``.

What cannot be asked here:

* of one member: TestV3WatchRestoreSnapshotUnsync;
* without faults built into the server: TestResumeCompactionOnTombstone;
* before this client can log in: TestWatchWithLowPermissionUser;
* because we have no such thing: TestWatchCancelImmediate (a context), TestWatchWithCreatedNotification (``watch()``
  itself returns then), TestWatchFragmentDisableWithGRPCLimit and ...EnableWithGRPCLimit (answers have no limit here);
* of a machine that does other things at the same time: TestWatchDelayForEvent and its like.
"""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count, takewhile
from time import monotonic

import pytest

from etcdlearn import (
    Client,
    ClientClosedError,
    CompactedError,
    DeadlineError,
    LocalServer,
    NoLeaderError,
    UnavailableError,
    server,
)
from etcdlearn._rpc import rpc_pb2
from etcdlearn.client import Event, KeyValue, Watch, WatchResponse
from etcdlearn.client import _methods as methods
from etcdlearn.servers.binary import find
from etcdlearn.testing import Proxy


@pytest.fixture
def own() -> Iterator[LocalServer]:
    """A fresh store: the first change is at revision 2."""
    with server() as started:
        yield started


@pytest.fixture
def proxy(etcd: LocalServer) -> Iterator[Proxy]:
    with Proxy(etcd.endpoints[0]) as made:
        yield made


@pytest.fixture
def far(proxy: Proxy) -> Iterator[Client]:
    """A client behind the proxy."""
    with Client(proxy.endpoint) as made:
        yield made


def progress_often() -> str:
    return f"--{'' if find().number >= (3, 6, 0) else 'experimental-'}watch-progress-notify-interval=100ms"


def take(watch: Watch, number: int) -> list[Event]:
    events: list[Event] = []
    while len(events) < number:
        events += watch.get(timeout=10).events
    return events


def values(watch: Watch, number: int) -> list[bytes]:
    return [event.kv.value for event in take(watch, number)]


def nothing_more(watch: Watch, client: Client) -> bool:
    """Nothing is left: asked how far it has come, the watch says so without an event before. On any etcd."""
    watch.request_progress()
    while not (answer := watch.get(timeout=10)).is_progress_notify:
        if answer.events:
            return False
    return watch.pending == 0


def put_all(client: Client, *keys: str) -> None:
    """All in one transaction."""
    puts = [rpc_pb2.RequestOp(request_put=rpc_pb2.PutRequest(key=key.encode(), value=b"bar")) for key in keys]
    client._caller.unary(methods.TXN, rpc_pb2.TxnRequest(success=puts))


RANGES = {
    "key": ({"key": "foo"}, ["foo"], ["fo", "foo1", "fop"]),
    "prefix": ({"key": "foo", "prefix": True}, ["foo", "fooLong", "foo\xff"], ["fo", "fop"]),
    "range": ({"key": "a", "range_end": "c"}, ["a", "b", "bar"], ["A", "c", "ca"]),
    "from a key": ({"key": "foo", "from_key": True}, ["foo", "fop", "z"], ["fo", "a"]),
    "everything": ({"key": "", "prefix": True}, ["fooLong", "\0", "z"], []),
}


@pytest.mark.parametrize("past", [False, True], ids=["from now", "from the past"])
@pytest.mark.parametrize(("asked", "inside", "outside"), RANGES.values(), ids=RANGES)
def test_a_watch_sees_its_range_and_nothing_else(
    client: Client, asked: dict[str, object], inside: list[str], outside: list[str], past: bool
) -> None:
    """TestV3WatchFromCurrentRevision, TestWatchRange, TestWatch (common and clientv3)."""
    start = client.get("x").header.revision + 1
    keys = [*outside, *inside, *inside]

    def change() -> list[tuple[bytes, int]]:
        put = [(key.encode(), client.put(key, "bar").header.revision) for key in keys]
        return put[len(outside) :]

    changes = change() if past else []
    with client.watch(**asked, start_revision=start if past else 0) as watch:  # type: ignore[arg-type]
        changes = changes or change()
        assert [(event.kv.key, event.kv.mod_revision) for event in take(watch, len(changes))] == changes
        assert nothing_more(watch, client)


def test_what_an_event_says_of_three_puts(own: LocalServer) -> None:
    """TestV3WatchFromCurrentRevision: several puts are several responses, each at its own revision."""
    with own.client() as client, client.watch("foo") as watch:
        for n in range(3):
            client.put("foo", "bar")
            response = watch.get(timeout=10)
            assert response.header.revision == n + 2
            assert response.events == (Event("PUT", KeyValue(b"foo", b"bar", 2, n + 2, n + 1, 0), None),)


def test_a_range_without_room_is_refused_and_one_without_end_is_not(client: Client) -> None:
    """TestV3WatchWrongRange, TestWatch with a negative revision."""
    for end in ("a", "A"):
        with pytest.raises(ValueError, match="empty: no key could ever be in it"):
            client.watch("a", range_end=end, start_revision=1)
    with pytest.raises(ValueError, match="start_revision must be 0 or more"):
        client.watch("a", start_revision=-1)
    with client.watch("foo", range_end="\0", start_revision=1):
        pass


def test_several_watchers_each_in_order_and_one_of_two_of_their_keys(client: Client) -> None:
    """TestWatchMultiWatcher."""
    keys = ["foo", "bar", "baz"]
    with ExitStack() as stack:
        watches = {key: stack.enter_context(client.watch(key)) for key in keys}
        both = stack.enter_context(client.watch("b", prefix=True))
        for n in range(4):
            for key in keys:
                client.put(key, f"{key}-{n}")
        for key, watch in watches.items():
            assert values(watch, 4) == [f"{key}-{n}".encode() for n in range(4)]
        assert values(both, 8) == [f"{key}-{n}".encode() for n in range(4) for key in ("bar", "baz")]
        assert nothing_more(both, client)


@pytest.mark.parametrize("start", [0, 1], ids=["synced", "unsynced"])
@pytest.mark.parametrize("clients", [1, 5], ids=["one stream", "several streams"])
def test_many_watchers_of_one_key_see_the_same(own: LocalServer, start: int, clients: int) -> None:
    """TestV3WatchMultipleWatchersSynced and ...Unsynced, TestV3WatchMultipleStreamsSynced and ...Unsynced."""
    with ExitStack() as stack:
        made = [stack.enter_context(own.client()) for _ in range(clients)]
        watches = [stack.enter_context(made[n % clients].watch("foo", start_revision=start)) for n in range(5)]
        wider = stack.enter_context(made[-1].watch("fo", prefix=True, start_revision=start))
        made[0].put("foo", "bar")
        for watch in (*watches, wider):
            assert take(watch, 1) == [Event("PUT", KeyValue(b"foo", b"bar", 2, 2, 1, 0), None)]
        made[0].put("fo", "bar")
        assert [event.kv.key for event in take(wider, 1)] == [b"fo"]
        assert all(nothing_more(watch, made[0]) for watch in watches)


@pytest.mark.parametrize("start", [0, 1], ids=["synced", "unsynced"])
def test_a_transaction_is_one_response(own: LocalServer, start: int) -> None:
    """TestV3WatchMultipleEventsTxnSynced and ...Unsynced."""
    with own.client() as client, client.watch("foo", prefix=True, start_revision=start) as watch:
        put_all(client, "foo0", "foo1", "foo2")
        events = watch.get(timeout=10).events
        assert [event.kv for event in events] == [KeyValue(f"foo{n}".encode(), b"bar", 2, 2, 1, 0) for n in range(3)]
        assert nothing_more(watch, client)


def test_the_past_and_what_comes_meanwhile_are_one_sequence(own: LocalServer) -> None:
    """TestV3WatchMultipleEventsPutUnsynced."""
    with own.client() as client:
        client.put("foo0", "bar")
        client.put("foo1", "bar")
        with client.watch("foo", prefix=True, start_revision=1) as watch:
            client.put("foo0", "bar")
            client.put("foo1", "bar")
            seen = [(event.kv.key, event.kv.create_revision, event.kv.mod_revision) for event in take(watch, 4)]
            assert seen == [(b"foo0", 2, 2), (b"foo1", 3, 3), (b"foo0", 2, 4), (b"foo1", 3, 5)]
            assert nothing_more(watch, client)


def test_made_while_others_write_a_watch_misses_nothing_after_its_start(own: LocalServer) -> None:
    """TestV3WatchCurrentPutOverlap."""
    last = 400
    with own.client() as writer, own.client() as client, ThreadPoolExecutor(4) as threads, ExitStack() as stack:
        puts = [threads.submit(writer.put, f"foo{n % 7}", "bar") for n in range(last - 1)]
        watches: list[Watch] = []
        while not watches or watches[-1].start_revision <= last:
            watches.append(stack.enter_context(client.watch("foo", prefix=True)))
        assert all(put.result() for put in puts)
        for watch in watches:
            wanted = list(range(watch.start_revision, last + 1))
            assert [event.kv.mod_revision for event in take(watch, len(wanted))] == wanted
        assert len(watches) > 1


def test_an_empty_value_is_a_put(client: Client) -> None:
    """TestV3WatchEmptyKey."""
    with client.watch("foo") as watch:
        client.put("foo", "")
        (event,) = take(watch, 1)
    assert (event.type, event.kv.value, event.is_create) == ("PUT", b"", True)


def test_created_modified_deleted_and_expired(client: Client) -> None:
    """TestWatchEventType."""
    with client.watch("/", prefix=True) as watch:
        client.put("/toDelete", "foo")
        client.put("/toDelete", "bar")
        client.delete("/toDelete")
        client.put("/toExpire", "foo", lease=client.grant(1))
        kinds = [(event.type, event.is_create, event.is_modify) for event in take(watch, 5)]
    put, changed, gone = ("PUT", True, False), ("PUT", False, True), ("DELETE", False, False)
    assert kinds == [put, changed, gone, put, gone]


def test_some_want_what_was_before_and_others_do_not(own: LocalServer) -> None:
    """TestWatchMixedPrevKVOnSameKeySeparateStreams, and on one stream."""
    with own.client() as writer, ExitStack() as stack:
        writer.put("k", "v0")
        clients = [stack.enter_context(own.client()) for _ in range(5)]
        watches = [
            (wants, stack.enter_context(client.watch("k", prev_kv=wants)))
            for client in clients
            for wants in (True, False)
        ]
        for n in range(1, 11):
            writer.put("k", f"v{n}")
            for wants, watch in watches:
                (event,) = take(watch, 1)
                assert event.kv.value == f"v{n}".encode()
                assert (event.prev_kv and event.prev_kv.value) == (f"v{n - 1}".encode() if wants else None)


# Breaks.


def test_a_watch_is_made_although_the_connection_breaks_again_and_again(
    client: Client, proxy: Proxy, far: Client
) -> None:
    """TestWatchReconnRequest."""
    start = client.get("a").header.revision + 1

    def cut_often() -> None:
        for _ in range(30):
            proxy.cut()

    breaking = threading.Thread(target=cut_often)
    breaking.start()
    with far.watch("a", start_revision=start) as watch:
        breaking.join()
        client.put("a", "a")
        assert values(watch, 1) == [b"a"]


@pytest.mark.parametrize("before", [0, 1], ids=["before any event", "after one"])
@pytest.mark.parametrize("trouble", [Proxy.cut, Proxy.reset])
def test_a_watch_goes_on_after_a_break(
    client: Client, proxy: Proxy, far: Client, before: int, trouble: Callable[[Proxy], None]
) -> None:
    """TestWatchReconnInit, TestWatchReconnRunning, TestWatchWithCreatedNotificationDropConn: nothing comes twice."""
    client.put("a", "older")
    with far.watch("a") as watch:
        for n in range(before):
            client.put("a", str(n))
            assert values(watch, 1) == [str(n).encode()]
        trouble(proxy)
        client.put("a", "newer")
        assert values(watch, 1) == [b"newer"]
        assert nothing_more(watch, client)


def test_progress_and_a_restart_bring_nothing_twice() -> None:
    """TestV3WatchProgressOnMemberRestart."""
    with (
        server(args=(progress_often(),)) as etcd,
        etcd.client() as client,
        client.watch("foo", progress_notify=True) as watch,
    ):

        def until(wanted: Callable[[WatchResponse], bool]) -> list[bytes]:
            answers = takewhile(lambda answer: not wanted(answer), (watch.get(timeout=20) for _ in count()))
            return [event.kv.value for answer in answers for event in answer.events]

        now = client.put("foo", "bar1").header.revision
        seen = until(lambda answer: answer.is_progress_notify and answer.header.revision >= now)
        etcd.kill()
        etcd.restart()
        now = client.put("foo", "bar2").header.revision
        seen += until(lambda answer: answer.is_progress_notify and answer.header.revision >= now)
    assert seen == [b"bar1", b"bar2"]


@pytest.mark.parametrize("breaks", [False, True], ids=["quiet", "with breaks"])
def test_watches_that_come_and_go_do_not_take_each_other_along(
    client: Client, proxy: Proxy, far: Client, breaks: bool
) -> None:
    """TestWatchOverlapContextCancel, TestWatchOverlapDropConnContextCancel."""
    revision = client.put("abc", "def").header.revision

    def come_and_go(number: int) -> bytes:
        with far.watch("abc", start_revision=revision) as watch:
            if breaks and number % 10 == 0:
                proxy.cut()
            return values(watch, 1)[0]

    with ThreadPoolExecutor(10) as threads:
        assert set(threads.map(come_and_go, range(100))) == {b"def"}


def test_watches_made_during_a_break_are_made_or_say_why_not(proxy: Proxy) -> None:
    """TestV3WatchClose."""
    with ExitStack() as stack, ThreadPoolExecutor(20) as threads:
        clients = [stack.enter_context(Client(proxy.endpoint, timeout=20)) for _ in range(20)]

        def watch(client: Client) -> bool:
            try:
                client.watch("a").close()
            except UnavailableError:
                return False
            return True

        for _ in range(3):
            made = threads.map(watch, clients)
            proxy.cut()
            assert len(list(made)) == 20
        assert all(threads.map(watch, clients))


# The end.


def test_closed_with_events_unread_it_ends(client: Client) -> None:
    """TestWatchCancelInit, TestWatchCancelRunning, TestV3WatchCancelSynced, TestV3WatchCancelUnsynced."""
    start = client.put("a", "0").header.revision
    for revision in (0, start):
        watch = client.watch("a", start_revision=revision)
        client.put("a", "a")
        began = monotonic()
        watch.close()
        assert list(watch) == []
        client.put("a", "b")
        assert list(watch) == []
        assert monotonic() - began < 1


@pytest.mark.parametrize("gone", ["the watch", "the watch and the server", "the watch and the client", "the client"])
def test_a_reader_that_waits_ends_at_once_and_silently(own: LocalServer, gone: str) -> None:
    """TestWatchCancelAndCloseClient, TestWatchCancelDisconnected, TestWatchErrConnClosed."""
    with own.client() as client, ThreadPoolExecutor(1) as threads:
        watch = client.watch("abc")
        reader = threads.submit(list[WatchResponse], watch)
        if "server" in gone:
            own.kill()
        if "watch" in gone:
            watch.close()
        if "client" in gone:
            client.close()
        assert reader.result(timeout=1) == []
        with pytest.raises(ClientClosedError):
            watch.get()


def test_a_watch_that_waits_for_its_confirmation_ends_with_the_client(proxy: Proxy, far: Client) -> None:
    """TestWatchErrConnClosed."""
    with ThreadPoolExecutor(1) as threads:
        proxy.black_hole("answers")
        made = threads.submit(far.watch, "foo", start_revision=1)
        assert proxy.wait_held()
        far.close()
        assert isinstance(made.exception(timeout=2), ClientClosedError)


def test_closed_in_the_middle_of_a_break_many_watches_leave_nothing(proxy: Proxy) -> None:
    """TestWatchStressResumeClose."""
    with Client(proxy.endpoint) as client:
        watches = [client.watch("abc", start_revision=1) for _ in range(500)]
        proxy.cut()
        began = monotonic()
        for watch in watches[:250]:
            watch.close()
        client.close()
        assert monotonic() - began < 2
        assert [list(watch) for watch in watches] == [[]] * 500
    assert not any(thread.name == "etcdlearn-watch" for thread in threading.enumerate())


class OverUnixSocket(http.client.HTTPConnection):
    """etcd's metrics: its server is told to show them on a socket in its own folder, and nowhere else."""

    ARGS = ("--listen-metrics-urls=unix://m:4",)

    def __init__(self, etcd: LocalServer) -> None:
        super().__init__("localhost", timeout=10)
        self._path = str(etcd._folder.path / "m:4")

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)

    def value(self, name: str) -> int:
        self.request("GET", "/metrics")
        lines = self.getresponse().read().decode().splitlines()
        return int(next(line for line in lines if line.startswith(f"{name} ")).split()[1])


def test_what_is_closed_here_is_closed_on_the_server() -> None:
    """TestWatchCancelOnServer, TestV3WatchCancellation, TestV3WatchCloseCancelRace."""
    with server(args=OverUnixSocket.ARGS) as etcd, etcd.client() as client:
        metrics = OverUnixSocket(etcd)

        def watchers() -> int:
            return metrics.value("etcd_debugging_mvcc_watcher_total")

        watches = [client.watch(f"k{n}", start_revision=n % 2) for n in range(10)]
        assert watchers() == 10
        for watch in watches[1:]:
            watch.close()
        for _ in range(300):
            client.watch("k").close()
        client.watch("k").close()
        client.watch("last")  # answered after every cancel before it
        assert watchers() == 2
        watches[0].close()
        client.watcher.close()
        until = monotonic() + 10
        while watchers():
            assert monotonic() < until
        metrics.close()


# Progress.


def test_progress_comes_by_itself_to_those_that_asked_and_to_no_other() -> None:
    """TestConfigurableWatchProgressNotifyInterval, TestWatchWithProgressNotify, ...2 and ...NoEvent."""
    with server(args=(progress_often(),)) as etcd, etcd.client() as client, ExitStack() as stack:
        quiet = stack.enter_context(client.watch("foo", progress_notify=True))
        busy = stack.enter_context(client.watch("foo", prefix=True, progress_notify=True))
        plain = stack.enter_context(client.watch("foo", prefix=True))
        client.put("other", "")  # until something changes, newer etcds say nothing to a watch from now
        for watch in (quiet, busy):
            while (first := watch.get(timeout=10)).header.revision != 2:
                assert first.is_progress_notify
            assert (first.is_progress_notify, first.events) == (True, ())
        client.put("foox", "bar")
        while not (answer := busy.get(timeout=10)).events:
            assert answer.header.revision == 2
        while (progress := quiet.get(timeout=10)).header.revision < 3:
            assert not progress.events
        assert (progress.header.revision, progress.events) == (3, ())
        assert busy.get(timeout=10).is_progress_notify
        assert plain.get(timeout=10).events == answer.events
        with pytest.raises(DeadlineError):
            plain.get(timeout=0.25)


def test_on_a_store_at_rest_a_watch_from_now_is_told_how_far_it_has_come(own: LocalServer) -> None:
    """TestWatchRequestProgress without the puts: etcd since 3.5.8 does not answer, see ``_watch_stream.py``."""
    with own.client() as client:
        now = client.put("x", "1").header.revision
        with client.watch("/", prefix=True) as watch:
            watch.request_progress()
            answer = watch.get(timeout=10)
            assert (answer.is_progress_notify, answer.header.revision) == (True, now)
            after = client.put("/a", "1").header.revision
            assert [event.kv.mod_revision for event in take(watch, 1)] == [after]


@pytest.mark.parametrize("number", [1, 2])
def test_each_watch_that_asks_for_progress_hears_of_it(client: Client, number: int) -> None:
    """TestWatchRequestProgress; Go asks for all watches of a stream at once, here each asks for itself."""
    with ExitStack() as stack:
        watches = [stack.enter_context(client.watch("/", prefix=True)) for _ in range(number)]
        client.put("/a", "1")
        for watch in watches:
            assert len(take(watch, 1)) == 1
        now = client.put("x", "1").header.revision
        for watch in watches:
            watch.request_progress()
        for watch in watches:
            answer = watch.get(timeout=10)
            assert (answer.is_progress_notify, answer.header.revision) == (True, now)


def test_progress_of_a_watch_that_lags_waits_for_its_events(own: LocalServer) -> None:
    """TestV3WatchProgressWaitsForSync; before 3.5.8 etcd answers too early, and no event is lost by that."""
    with own.client() as client:
        last = [client.put("foo", f"bar{n}").header.revision for n in range(1001)][-1]
        with client.watch("foo", start_revision=1) as watch:
            watch.request_progress()
            answers = [watch.get(timeout=10)]
            while sum(len(answer.events) for answer in answers) < 1001:
                answers.append(watch.get(timeout=10))
            if own.binary.number >= (3, 5, 8):
                assert not any(answer.is_progress_notify for answer in answers)
            seen = [event.kv.value for answer in answers for event in answer.events]
            assert seen == [f"bar{n}".encode() for n in range(1001)]
            watch.request_progress()
            assert watch.get(timeout=10).header.revision == last


def test_progress_of_a_watch_of_the_past_without_events_comes(own: LocalServer) -> None:
    """TestV3WatchProgressWaitsForSyncNoEvents."""
    with own.client() as client:
        start = client.put("bar", "1").header.revision
        with client.watch("foo", start_revision=start) as watch:
            watch.request_progress()
            assert watch.get(timeout=10).is_progress_notify


# Large answers, compaction, a leader.


@pytest.mark.parametrize("fragment", [False, True])
def test_ten_megabytes_arrive_as_one_response(own: LocalServer, fragment: bool) -> None:
    """TestWatchFragmentDisable, TestWatchFragmentEnable."""
    with own.client() as client:
        for n in range(10):
            client.put(f"foo{n}", b"a" * 2**20)
        with client.watch("foo", prefix=True, start_revision=1, fragment=fragment) as watch:
            events = watch.get(timeout=20).events
    assert [(event.kv.key, len(event.kv.value)) for event in events] == [(f"foo{n}".encode(), 2**20) for n in range(10)]


@pytest.mark.parametrize("tombstone", [False, True], ids=["at a put", "at a delete"])
def test_from_the_compacted_revision_itself_nothing_is_missing(own: LocalServer, tombstone: bool) -> None:
    """TestStartWatcherFromCompactedRevision, TestDeleteEventDrop_Issue18089 (mended in etcd 3.5.16)."""
    if tombstone and own.binary.number < (3, 5, 16):
        pytest.skip("this etcd forgets a deletion at the compacted revision")
    with own.client() as client:
        seen: list[tuple[str, bytes]] = []
        done: list[tuple[str, bytes]] = []
        start = 1
        for step in range(1, 8):
            for n in range(6):
                client.put("foo", f"{step} {n}")
                done.append(("PUT", f"{step} {n}".encode()))
            last = (client.delete("foo") if tombstone else client.put("foo", "end")).header.revision
            done.append(("DELETE", b"") if tombstone else ("PUT", b"end"))
            with client.watch("foo", start_revision=start) as watch:
                again = int(step > 1)  # the event at the compacted revision comes once more
                new = [(event.type, event.kv.value) for event in take(watch, 7 + again)]
            assert new[:again] == seen[-1:] * again
            seen += new[again:]
            client.compact(last, physical=True)
            if step > 1:
                with client.watch("foo", start_revision=start) as late, pytest.raises(CompactedError):
                    late.get(timeout=10)
            start = last
        assert seen == done


def test_without_a_leader_it_ends_if_it_was_told_so_and_waits_otherwise(own: LocalServer) -> None:
    """TestWatchWithRequireLeader. A member that never comes takes the quorum from the only one that is there."""
    with own.client() as client:
        client.put("foo", "bar")
        ends = client.watch("foo", require_leader=True)
        client._caller.unary(methods.MEMBER_ADD, rpc_pb2.MemberAddRequest(peerURLs=["http://127.0.0.1:1"]))
        with pytest.raises(NoLeaderError):
            ends.get(timeout=10)
        assert list(ends) == []
        with pytest.raises(NoLeaderError):
            client.watch("foo", start_revision=1, require_leader=True).get(timeout=10)
        with client.watch("foo", start_revision=1) as waits:
            assert values(waits, 1) == [b"bar"]
            with pytest.raises(DeadlineError):
                waits.get(timeout=0.1)
