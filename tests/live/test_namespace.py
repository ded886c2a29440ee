"""A client with a namespace against a real etcd: to it there is no other store than its own."""

import contextlib
import random
from collections.abc import Iterator
from time import monotonic

import pytest

from etcdlearn import Client, CompactedError, EmptyKeyError, KeyValue, LocalServer, Op, server
from etcdlearn.client import Event, Watch
from etcdlearn.client._compaction import find_compaction
from etcdlearn.widgets import RangeRuler, RevisionTimeline
from tests.live.test_watch import brief, take

PREFIX = "student42/"
AROUND = ("student42", "student42/", "student420", "student42.", "a", "z")  # neighbours, and the prefix itself


@pytest.fixture
def mine(etcd: LocalServer, client: Client) -> Iterator[Client]:
    """A namespaced client whose neighbours have keys on all sides."""
    for key in AROUND:
        client.put(key, "of others")
    with etcd.client(namespace=PREFIX) as made:
        yield made


def keys(kvs: tuple[KeyValue, ...]) -> list[bytes]:
    return [kv.key for kv in kvs]


def others(client: Client) -> list[bytes]:
    return [
        kv.key
        for kv in client.get("", prefix=True).kvs
        if not kv.key.startswith(b"student42/") or kv.key == b"student42/"
    ]


def test_keys_live_under_the_prefix_and_are_seen_without_it(client: Client, mine: Client) -> None:
    mine.put("abc", "bar")
    assert keys(mine.get("abc").kvs) == [b"abc"]
    assert client.get("student42/abc").kvs[0].value == b"bar"
    client.put("student42/abc", "baz")
    replaced = mine.put("abc", "qux", prev_kv=True).prev_kv
    assert replaced is not None
    assert (replaced.key, replaced.value, replaced.version) == (b"abc", b"baz", 2)
    assert mine.get("student42/abc").kvs == ()


def test_every_way_to_say_all_keys_ends_with_the_namespace(client: Client, mine: Client) -> None:
    for key in ("b", "a", b"\xff", b"\0"):
        mine.put(key, "v")
    everything = [b"\0", b"a", b"b", b"\xff"]
    for span in ({"prefix": True}, {"from_key": True}):
        got = mine.get("", **span)  # type: ignore[arg-type]
        assert (keys(got.kvs), got.count) == (everything, 4)
        assert mine.get("", count_only=True, **span).count == 4  # type: ignore[arg-type]
    assert keys(mine.get(b"\0", range_end=b"\0").kvs) == everything
    assert keys(mine.get("b", from_key=True).kvs) == [b"b", b"\xff"]
    assert keys(mine.get(b"\xff", prefix=True).kvs) == [b"\xff"]
    assert keys(mine.get("a", range_end="c").kvs) == [b"a", b"b"]
    assert keys(mine.get("c", range_end="a").kvs) == []
    assert [keys(page.kvs) for page in mine.kv.pages("", prefix=True, page_size=3)] == [everything[:3], everything[3:]]
    assert keys(mine.delete("b", from_key=True, prev_kv=True).prev_kvs) == [b"b", b"\xff"]
    assert mine.delete("", prefix=True).deleted == 2
    assert others(client) == sorted(key.encode() for key in AROUND)


def test_an_empty_key_alone_is_refused(mine: Client) -> None:
    sent: list[object] = []
    mine._caller.observers = (sent.append,)
    for call in (
        lambda: mine.put("", "v"),
        lambda: mine.get(""),
        lambda: mine.get("", range_end="z"),
        lambda: mine.delete(""),
        lambda: mine.do(Op.get("")),
        lambda: next(mine.kv.pages("")),
    ):
        with pytest.raises(EmptyKeyError, match="key is not provided"):
            call()
    assert sent == []


def test_operations_as_values(client: Client, mine: Client) -> None:
    put = mine.do(Op.put("k", "1"))
    assert put.put is not None
    got = mine.do(Op.get("", from_key=True)).get
    assert got is not None
    assert keys(got.kvs) == [b"k"]
    gone = mine.do(Op.delete("", prefix=True, prev_kv=True)).delete
    assert gone is not None
    assert keys(gone.prev_kvs) == [b"k"]
    assert client.get("student42/k").kvs == ()


def test_sorts_filters_and_the_past_are_those_of_the_namespace(client: Client, mine: Client) -> None:
    first = mine.put("b", "1").header.revision
    client.put("other", "x")
    second = mine.put("a", "0").header.revision
    assert second == first + 2  # revisions are the store's
    assert keys(mine.get("", prefix=True, sort_target="mod").kvs) == [b"b", b"a"]
    assert keys(mine.get("", prefix=True, sort_order="descend", limit=1).kvs) == [b"b"]
    assert keys(mine.get("", prefix=True, min_create_revision=second).kvs) == [b"a"]
    assert keys(mine.get("", prefix=True, revision=first + 1).kvs) == [b"b"]


def test_watches(client: Client, mine: Client) -> None:
    start = mine.put("k", "past").header.revision
    with (
        mine.watch("", prefix=True, prev_kv=True) as everything,
        mine.watch("k", start_revision=start) as one,
        client.watch("student42/k", start_revision=start) as real,
    ):
        assert (one.key, everything.key, everything.range_end) == (b"k", b"\0", b"\0")
        assert repr(one) == f"Watch('k', from revision {start}, open)"
        client.put("student42", "of others")
        client.put("student420", "of others")
        mine.put("k", "now")
        mine.delete("k")
        put, delete = take(everything, 2)
        assert (put.kv.key, put.kv.value, delete.type) == (b"k", b"now", "DELETE")
        assert put.prev_kv is not None
        assert delete.prev_kv is not None
        assert (put.prev_kv.key, put.prev_kv.value, delete.prev_kv.key) == (b"k", b"past", b"k")
        assert brief(take(one, 3)) == [("PUT", b"k"), ("PUT", b"k"), ("DELETE", b"k")]
        assert brief(take(real, 3))[0] == ("PUT", b"student42/k")


def test_a_watch_of_the_empty_key_is_one_of_the_smallest(mine: Client, client: Client) -> None:
    with mine.watch("") as inside, client.watch("") as outside:
        mine.put(b"\0", "v")
        client.put(b"\0", "v")
        assert brief(take(inside, 1)) == brief(take(outside, 1)) == [("PUT", b"\0")]


def test_compaction_is_the_stores(client: Client, mine: Client) -> None:
    first = mine.put("k", "1").header.revision
    now = client.put("other", "2").header.revision
    mine.compact(now)
    with pytest.raises(CompactedError):
        mine.get("k", revision=first)
    with mine.watch("k", start_revision=first) as watch, pytest.raises(CompactedError) as caught:
        watch.get(timeout=5)
    assert caught.value.compact_revision == now
    assert find_compaction(mine) == find_compaction(client) == now
    assert find_compaction(mine, now) == 0


def test_a_watch_of_the_store_tells_how_far_it_saw_and_nothing_of_others(client: Client, mine: Client) -> None:
    start = mine.put("k", "1").header.revision
    last = client.put("other", "x").header.revision
    with mine.watcher.watch_store(start) as watch:
        seen: list[Event] = []
        while watch.revision <= last:
            seen += watch.get(timeout=5).events
        assert brief(seen) == [("PUT", b"k")]
        client.delete("other")
        response = watch.get(timeout=5)
        assert response.is_progress_notify
        assert watch.revision == last + 2
        assert watch.pending == 0


def test_pictures_of_a_namespace_are_up_to_date_at_once(client: Client, mine: Client) -> None:
    mine.put("/illusory/cloud", "hello")
    client.put("elsewhere", "x")
    picture = RevisionTimeline(mine, "/illusory/")
    ruler = RangeRuler("/illusory/", prefix=True, client=mine)
    began = monotonic()
    for n in range(20):
        client.put("elsewhere", str(n))
        mine.put("/illusory/wind", str(n))
        mine.delete("/illusory/wind")
        now = client.put("elsewhere", str(n)).header.revision
        picture.refresh()
        data = picture._snapshot()
        assert data.now == now
        assert [(lane.key, len(lane.marks)) for lane in data.lanes] == [
            (b"/illusory/cloud", 1),
            (b"/illusory/wind", 2 * (n + 1)),
        ]
    assert monotonic() - began < 5  # what refresh waits for events that do not come
    assert [kv.key for kv in picture.answers] == [b"/illusory/cloud"]
    ruler.refresh()
    for shown in (picture, ruler):
        assert "student42" not in str(shown._scene)
        shown.close()


def random_op(chance: random.Random) -> Op:
    """Any operation on a few keys, ranges of all kinds among them."""
    key = chance.choice([b"a", b"b", b"ab", b"\xff", b"\0", b"b/x", b"c"])
    span: dict[str, object] = chance.choice(
        [{}, {"prefix": True}, {"from_key": True}, {"range_end": b"\0"}, {"range_end": "b"}]
    )
    if chance.random() < 0.5:
        return Op.put(key, str(chance.random()), prev_kv=chance.random() < 0.5)
    if chance.random() < 0.4:
        return Op.delete(key, prev_kv=True, **span)  # type: ignore[arg-type]
    return Op.get(
        b"" if span and chance.random() < 0.3 and "range_end" not in span else key,
        limit=chance.choice([0, 0, 2]),
        keys_only=chance.random() < 0.2,
        sort_order=chance.choice([None, "descend"]),
        **span,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("prefix", ["student42/", b"n\xff", b"\xff\xff", b"\0"])
def test_a_namespace_is_a_store_of_its_own(prefix: str | bytes) -> None:
    """The same operations in a namespace of a busy store, and alone in a fresh one: the same answers and events."""
    chance = random.Random(20)
    raw = prefix.encode() if isinstance(prefix, str) else prefix
    with contextlib.ExitStack() as stack:
        busy, alone = stack.enter_context(server()), stack.enter_context(server())
        neighbour, inside = stack.enter_context(busy.client()), stack.enter_context(busy.client(namespace=prefix))
        only = stack.enter_context(alone.client())
        for key in (raw, raw[:-1] or b"x", raw[:-1] + b"\x01", b"a", b"\xfe", b"\xff\xfe", b"zz"):
            neighbour.put(key, "of others")
        before = set(neighbour.get("", prefix=True).kvs)
        offset = inside.get("a").header.revision - only.get("a").header.revision
        with inside.watch("", prefix=True, prev_kv=True) as seen, only.watch("", prefix=True, prev_kv=True) as told:
            number = compare(inside, only, [random_op(chance) for _ in range(150)], offset)
            compare_events(seen, told, number, offset)
        assert before <= set(neighbour.get("", prefix=True).kvs)


def compare(inside: Client, only: Client, ops: list[Op], offset: int) -> int:
    events = 0
    for op in ops:
        one, other = inside.do(op), only.do(op)
        assert moved(parts(one), 0) == moved(parts(other), offset), op
        events += 1 if one.put else one.delete.deleted if one.delete else 0
    return events


def compare_events(seen: Watch, told: Watch, number: int, offset: int) -> None:
    for one, other in zip(take(seen, number), take(told, number), strict=True):
        assert one.type == other.type
        assert moved([one.kv, one.prev_kv], 0) == moved([other.kv, other.prev_kv], offset)


def parts(answer: object) -> list[object]:
    """What an answer holds, but the header, which names the server."""
    put, get, delete = (getattr(answer, name) for name in ("put", "get", "delete"))
    if put:
        return [put.prev_kv]
    return [get.count, get.more, *get.kvs] if get else [delete.deleted, *delete.prev_kvs]


def moved(found: list[object], offset: int) -> list[object]:
    """The same with all revisions moved: the busy store is ahead of the fresh one."""
    return [
        (
            part.key,
            part.value,
            part.create_revision and part.create_revision + offset,
            part.mod_revision + offset,
            part.version,
        )
        if isinstance(part, KeyValue)
        else part
        for part in found
    ]
