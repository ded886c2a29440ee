"""Watches over scripted streams: what is asked for again after a break, what ends one, and what a lagging one costs."""

import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import pytest
from google.protobuf.message import Message

from etcdlearn._rpc import mvcc_pb2, rpc_pb2
from etcdlearn.client import Watch
from etcdlearn.client._call import Caller
from etcdlearn.client._channel import Metadata, Stream, TransportError
from etcdlearn.client._endpoints import Endpoint
from etcdlearn.client._methods import Method
from etcdlearn.client.kv import KV
from etcdlearn.client.watch import MOST_UNREAD
from etcdlearn.client.watcher import Watcher
from etcdlearn.errors import (
    ClientClosedError,
    CompactedError,
    DeadlineError,
    NoLeaderError,
    PermissionDeniedError,
    RevisionWentBackError,
    UnavailableError,
)

BROKEN = TransportError("UNAVAILABLE", "Socket closed")
NO_LEADER = TransportError("UNAVAILABLE", "etcdserver: no leader")
REFUSED = TransportError("UNAVAILABLE", "failed to connect to all addresses; last error: Connection refused")


class Line:
    """One stream of a script: what was asked of it, and what it says."""

    def __init__(self, etcd: "Script", metadata: Metadata) -> None:
        self.etcd, self.metadata = etcd, metadata
        self.said: SimpleQueue[Message | TransportError | None] = SimpleQueue()

    def send(self, message: Message) -> None:
        assert isinstance(message, rpc_pb2.WatchRequest)
        self.etcd.hears(self, message)

    def __iter__(self) -> Iterator[Message]:
        while (said := self.said.get()) is not None:
            if isinstance(said, TransportError):
                raise said
            yield said

    def close(self) -> None:
        self.said.put(None)


class Script:
    """A transport with a store at ``revision``; answers each create request, unless ``answers`` says otherwise."""

    def __init__(self, revision: int = 1) -> None:
        self.revision, self.cluster = revision, 1
        self.lines: list[Line] = []
        self.starts: list[int] = []
        self.cancelled: list[int] = []
        self.progress_asked = 0
        self.ids: list[int] = []
        self.answers: Callable[[Line, rpc_pb2.WatchCreateRequest], bool] = lambda line, request: False
        self.down = threading.Event()

    def header(self, revision: int | None = None) -> rpc_pb2.ResponseHeader:
        at = self.revision if revision is None else revision
        return rpc_pb2.ResponseHeader(cluster_id=self.cluster, member_id=1, revision=at, raft_term=2)

    def hears(self, line: Line, message: rpc_pb2.WatchRequest) -> None:
        if message.HasField("create_request"):
            request = message.create_request
            self.starts.append(request.start_revision)
            self.ids.append(request.watch_id)
            if not self.answers(line, request):
                self.created(line, request.watch_id)
        elif message.HasField("cancel_request"):
            self.cancelled.append(message.cancel_request.watch_id)
        else:
            self.progress_asked += 1

    def then(self, *after: Callable[[], None]) -> None:
        """From now on each create request is answered, and then these things happen."""

        def answer(line: Line, request: rpc_pb2.WatchCreateRequest) -> bool:
            self.created(line, request.watch_id)
            for happens in after:
                happens()
            return True

        self.answers = answer

    def created(self, line: Line, watch_id: int) -> None:
        line.said.put(rpc_pb2.WatchResponse(header=self.header(), watch_id=watch_id, created=True))

    def events(self, *revisions: int, header: int | None = None, watch_id: int = 0, fragment: bool = False) -> None:
        made = [
            mvcc_pb2.Event(kv=mvcc_pb2.KeyValue(key=b"k", value=b"v", create_revision=n, mod_revision=n, version=1))
            for n in revisions
        ]
        self.revision = max(self.revision, *revisions)
        self.lines[-1].said.put(
            rpc_pb2.WatchResponse(
                header=self.header(header), watch_id=watch_id or self.ids[-1], events=made, fragment=fragment
            )
        )

    def progress(self, revision: int, watch_id: int) -> None:
        self.lines[-1].said.put(rpc_pb2.WatchResponse(header=self.header(revision), watch_id=watch_id))

    def compacts(self, watch_id: int, revision: int) -> None:
        self.lines[-1].said.put(rpc_pb2.WatchResponse(watch_id=watch_id, canceled=True, compact_revision=revision))

    def cut(self, failure: TransportError = BROKEN) -> None:
        self.lines[-1].said.put(failure)

    # The seam.

    def unary(self, method: Method, request: Message, timeout: float | None) -> Message:
        return rpc_pb2.RangeResponse(header=self.header())

    def stream(self, method: Method, metadata: Metadata = ()) -> Stream:
        self.lines.append(Line(self, metadata))
        return self.lines[-1]

    def first(self, method: Method, request: Message, timeout: float | None) -> Message:
        raise AssertionError("no stream in this script")

    def probe(self, timeout: float | None) -> None:
        if self.down.is_set():
            raise REFUSED

    def close(self) -> None:
        pass


@pytest.fixture
def etcd() -> Script:
    return Script(100)


@pytest.fixture
def watcher(etcd: Script) -> Iterator[Watcher]:
    caller = Caller((Endpoint("h:1", "h:1"),), 5.0, lambda _endpoint: etcd)
    made = Watcher(caller, KV(caller))
    yield made
    caller.closed = True
    made.close()
    made.join()
    assert not any(thread.name == "etcdlearn-watch" for thread in threading.enumerate())


def revisions(watch: Watch, number: int) -> list[int]:
    found: list[int] = []
    while len(found) < number:
        found += [event.kv.mod_revision for event in watch.get(timeout=5).events]
    return found


def test_a_watch_from_now_is_created_at_the_revision_after_the_one_read(etcd: Script, watcher: Watcher) -> None:
    def others_write(line: Line, request: rpc_pb2.WatchCreateRequest) -> bool:
        etcd.revision = 103
        return False

    etcd.answers = others_write
    with watcher.watch("k") as watch:
        assert etcd.starts == [101]
        etcd.events(101, 103)
        assert revisions(watch, 2) == [101, 103]


def test_cut_after_created_it_is_created_again_where_it_was(etcd: Script, watcher: Watcher) -> None:
    with watcher.watch("k", start_revision=2) as watch:
        etcd.then(lambda: etcd.events(2, header=100))
        etcd.cut()
        assert revisions(watch, 1) == [2]
    assert etcd.starts == [2, 2]


def test_cut_inside_a_backlog_with_equal_headers(etcd: Script, watcher: Watcher) -> None:
    with watcher.watch("k", start_revision=2) as watch:
        etcd.events(*range(2, 1002), header=2501)
        assert revisions(watch, 1000) == list(range(2, 1002))
        etcd.then(lambda: etcd.events(*range(1002, 2502), header=2501))
        etcd.cut()
        assert revisions(watch, 1500) == list(range(1002, 2502))
    assert etcd.starts == [2, 1002]


def test_cut_between_fragments(etcd: Script, watcher: Watcher) -> None:
    with watcher.watch("k", start_revision=5, fragment=True) as watch:
        etcd.events(5, 5, fragment=True)
        etcd.then(lambda: etcd.events(5, 5, fragment=True), lambda: etcd.events(5))
        etcd.cut()
        assert len(watch.get(timeout=5).events) == 3
    assert etcd.starts == [5, 5]


def test_compacted_while_away(etcd: Script, watcher: Watcher) -> None:
    watch = watcher.watch("k", start_revision=50)
    etcd.then(lambda: etcd.compacts(etcd.ids[-1], 60))
    etcd.cut()
    with pytest.raises(CompactedError) as caught:
        next(watch)
    assert caught.value.compact_revision == 60
    assert list(watch) == []
    etcd.then()
    with watcher.watch("k", start_revision=60):  # the stream goes on, and etcd heard that the other one is over
        assert etcd.cancelled == [etcd.ids[1]]


def test_a_future_start_survives_progress_and_a_cut(etcd: Script, watcher: Watcher) -> None:
    with watcher.watch("k", start_revision=500, progress_notify=True) as watch:
        etcd.progress(120, etcd.ids[-1])
        assert watch.get(timeout=5).is_progress_notify
        etcd.then(lambda: etcd.events(500))
        etcd.cut()
        assert revisions(watch, 1) == [500]
    assert etcd.starts == [500, 500]


def test_progress_under_its_own_id_moves_the_start_and_an_answer_for_everyone_does_not(
    etcd: Script, watcher: Watcher
) -> None:
    with watcher.watch("k", start_revision=101) as watch:
        etcd.progress(110, etcd.ids[-1])
        watch.request_progress()
        assert watch.get(timeout=5).header.revision == 110
        watch.request_progress()
        etcd.progress(200, -1)
        assert watch.get(timeout=5).header.revision == 200
        etcd.then(lambda: etcd.events(150))
        etcd.revision = 200
        etcd.cut()
        assert revisions(watch, 1) == [150]
    assert etcd.starts == [101, 111]


def test_progress_is_asked_for_again_until_it_comes(etcd: Script, watcher: Watcher) -> None:
    with watcher.watch("k", start_revision=50) as watch:
        watch.request_progress()
        with pytest.raises(DeadlineError):
            watch.get(timeout=0.6)
        assert etcd.progress_asked >= 2


def test_where_nothing_can_have_happened_yet_a_read_says_so(etcd: Script, watcher: Watcher) -> None:
    """etcd answers no question about progress before the revision at which the watch starts."""
    with watcher.watch("k") as watch:
        watch.request_progress()
        answer = watch.get(timeout=5)
        assert (answer.is_progress_notify, answer.header.revision) == (True, 100)
        etcd.progress(100, -1)  # late: it was told already
        etcd.events(101)
        assert revisions(watch, 1) == [101]


def test_lost_data_are_no_progress(etcd: Script, watcher: Watcher) -> None:
    with watcher.watch("k") as watch:
        etcd.revision, etcd.cluster = 7, 2
        watch.request_progress()
        with pytest.raises(DeadlineError):
            watch.get(timeout=0.8)
        etcd.cut()
        with pytest.raises(RevisionWentBackError):
            watch.get(timeout=5)


def test_an_event_on_its_way_comes_before_the_progress_that_covers_it(etcd: Script, watcher: Watcher) -> None:
    """The stream's thread has taken event 101 and hands it over last: until then no read counts as an answer."""
    with watcher.watch("k") as watch:
        stream = watcher._stream(False)
        etcd.revision = 101
        stream._places[watch].course.next = 102
        stream.ask_progress_again(watch, 1)
        with pytest.raises(DeadlineError):
            watch.get(timeout=0.05)


def test_only_the_watch_that_asked_hears_of_progress(etcd: Script, watcher: Watcher) -> None:
    with watcher.watch("a") as one, watcher.watch("b") as other:
        one.request_progress()
        etcd.progress(100, -1)
        assert one.get(timeout=5).is_progress_notify
        with pytest.raises(DeadlineError):
            other.get(timeout=0.05)


def test_a_refusal_concerns_one_watch(etcd: Script, watcher: Watcher) -> None:
    def refuse(line: Line, request: rpc_pb2.WatchCreateRequest) -> bool:
        if request.key != b"secret":
            return False
        why = "rpc error: code = PermissionDenied desc = etcdserver: permission denied"
        refusal = rpc_pb2.WatchResponse(
            header=etcd.header(), watch_id=-1, created=True, canceled=True, cancel_reason=why
        )
        line.said.put(refusal)
        return True

    with watcher.watch("k") as watch:
        etcd.answers = refuse
        mine = etcd.ids[-1]
        with pytest.raises(PermissionDeniedError):
            watcher.watch("secret")
        etcd.events(101, watch_id=mine)
        assert revisions(watch, 1) == [101]
    assert len(etcd.lines) == 1


def test_where_a_refusal_silences_the_stream_the_others_get_a_new_one(etcd: Script, watcher: Watcher) -> None:
    """etcd up to 3.5.5: the refusal comes under an id of a watch, and the stream is silent from then on."""

    def refuse(line: Line, request: rpc_pb2.WatchCreateRequest) -> bool:
        if request.key != b"secret":
            return False
        why = "rpc error: code = PermissionDenied desc = etcdserver: permission denied"
        line.said.put(rpc_pb2.WatchResponse(header=etcd.header(), created=True, canceled=True, cancel_reason=why))
        return True

    etcd.answers = refuse
    with watcher.watch("k") as watch:
        with pytest.raises(PermissionDeniedError):
            watcher.watch("secret")
        with watcher.watch("other"):  # after which k was created again, too
            etcd.events(101, watch_id=etcd.ids[-2])
            assert revisions(watch, 1) == [101]
    assert len(etcd.lines) == 2


def test_without_a_leader_a_watch_waits_unless_it_asked_not_to(etcd: Script, watcher: Watcher) -> None:
    with watcher.watch("k") as patient:
        strict = watcher.watch("k", require_leader=True)
        assert etcd.lines[0].metadata == ()
        assert etcd.lines[1].metadata == (("hasleader", "true"),)
        etcd.lines[1].said.put(NO_LEADER)
        with pytest.raises(NoLeaderError):
            strict.get(timeout=5)
        etcd.lines[0].said.put(NO_LEADER)
        with watcher.watch("other"):
            etcd.events(101, watch_id=etcd.ids[-2])
            assert revisions(patient, 1) == [101]


@pytest.mark.parametrize(("revision", "cluster"), [(7, 1), (100, 2)], ids=["revision", "cluster id"])
def test_lost_data_are_told_and_new_watches_work(etcd: Script, watcher: Watcher, revision: int, cluster: int) -> None:
    watch = watcher.watch("k")
    etcd.revision, etcd.cluster = revision, cluster
    etcd.cut()
    with pytest.raises(RevisionWentBackError, match=f"the store was at revision 100, and is at {revision}"):
        next(watch)
    assert list(watch) == []
    with pytest.raises(RevisionWentBackError):
        watch.get()
    with watcher.watch("k") as again:
        etcd.events(revision + 1)
        assert revisions(again, 1) == [revision + 1]


def test_a_member_that_lags_has_lost_nothing(etcd: Script, watcher: Watcher) -> None:
    def lag(line: Line, request: rpc_pb2.WatchCreateRequest) -> bool:
        behind = rpc_pb2.WatchResponse(header=etcd.header(90), watch_id=request.watch_id, created=True)
        line.said.put(behind)
        return True

    with watcher.watch("k") as watch:
        etcd.answers = lag
        etcd.cut()
        with watcher.watch("other"):
            etcd.events(101, watch_id=etcd.ids[-2])
            assert revisions(watch, 1) == [101]


def test_a_reader_that_lags_is_paused_and_goes_on_losing_nothing(etcd: Script, watcher: Watcher) -> None:
    with watcher.watch("k", start_revision=101) as watch:
        first = etcd.ids[-1]
        for start in range(101, 101 + MOST_UNREAD + 1000, 1000):
            etcd.events(*range(start, start + 1000))
        etcd.events(*range(50_000, 60_000), watch_id=first)  # already on its way when the watch is cancelled
        with watcher.watch("other"):  # answered after all of the above was read
            assert etcd.cancelled == [first]
            assert MOST_UNREAD < watch.pending <= MOST_UNREAD + 1000
            assert revisions(watch, 5000) == list(range(101, 5101))
        # Half of it read: created again, where it was paused.
        assert revisions(watch, 6000) == list(range(5101, 11_101))
        while len(etcd.starts) < 3:
            pass
        assert etcd.starts[-1] == 11_101
        etcd.events(11_101)
        assert revisions(watch, 1) == [11_101]


def test_nobody_there_is_told_by_watch_itself_after_about_a_second(etcd: Script, watcher: Watcher) -> None:
    with watcher.watch("k") as watch:
        etcd.down.set()
        etcd.cut()
        with pytest.raises(UnavailableError):
            watcher.watch("other", start_revision=1)
        etcd.then(lambda: etcd.events(101))
        etcd.down.clear()
        assert revisions(watch, 1) == [101]


def test_a_watch_that_nobody_confirms(etcd: Script, watcher: Watcher) -> None:
    etcd.answers = lambda line, request: True
    with pytest.raises(DeadlineError, match="not confirmed"):
        watcher.watch("k", start_revision=1, timeout=0.05)
    etcd.answers = lambda line, request: False
    etcd.created(etcd.lines[-1], etcd.ids[-1])  # late: it is cancelled, and the next one is not taken for it
    with watcher.watch("other", start_revision=1):
        assert etcd.cancelled == [etcd.ids[0]]


def test_closed_while_nobody_answers(etcd: Script, watcher: Watcher) -> None:
    watch = watcher.watch("k")
    etcd.down.set()
    etcd.cut()
    watch.close()
    assert list(watch) == []
    with pytest.raises(ClientClosedError):
        watch.get()
    with pytest.raises(ClientClosedError):
        watch.request_progress()


def test_filters_are_checked_before_anything_is_sent(etcd: Script, watcher: Watcher) -> None:
    with pytest.raises(ValueError, match="a filter is one of noput, nodelete, not 'put'"):
        watcher.watch("k", filters=("put",))
    with pytest.raises(TypeError, match=r"\('noput',\)"):
        watcher.watch("k", filters="noput")
    assert etcd.lines == []
