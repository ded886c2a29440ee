"""A live etcd beside a few lines of Python that say what a store with revisions is: the same after every operation."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etcdlearn import Client, CompactedError, FutureRevisionError, KeyValue

KEYS = st.sampled_from([b"a", b"a/", b"a/b", b"b", b"b\xff", b"\x00", b"\xff"])
SPANS = st.sampled_from([{}, {"prefix": True}, {"from_key": True}, {"range_end": b"b"}, {"range_end": b"\0"}])
OPS = st.one_of(
    st.tuples(st.just("put"), KEYS, st.binary(max_size=3)),
    st.tuples(st.just("delete"), KEYS, SPANS),
    st.tuples(st.just("get"), KEYS, SPANS, st.integers(0, 30)),
    st.tuples(st.just("compact"), st.integers(0, 12)),
)


@dataclass
class Model:
    """Every state there was, by revision; the oldest that may be read."""

    revision: int
    compacted: int = 0
    states: dict[int, dict[bytes, KeyValue]] = field(default_factory=dict)

    @property
    def now(self) -> dict[bytes, KeyValue]:
        return self.states[self.revision]

    def move(self, state: dict[bytes, KeyValue]) -> None:
        self.revision += 1
        self.states[self.revision] = state

    def put(self, key: bytes, value: bytes) -> KeyValue | None:
        old, at = self.now.get(key), self.revision + 1
        new = replace(old, value=value, mod_revision=at, version=old.version + 1) if old else None
        self.move({**self.now, key: new or KeyValue(key, value, at, at, 1, 0)})
        return old

    def keys(self, revision: int, key: bytes, span: dict[str, Any]) -> list[KeyValue]:
        def within(name: bytes) -> bool:
            if "prefix" in span:
                return name.startswith(key)
            end = span.get("range_end")
            return (name >= key and end in (None, b"\0")) or key <= name < (end or b"") if span else name == key

        return [kv for name, kv in sorted(self.states[revision].items()) if within(name)]

    def delete(self, key: bytes, span: dict[str, Any]) -> list[KeyValue]:
        gone = self.keys(self.revision, key, span)
        if gone:
            self.move({name: kv for name, kv in self.now.items() if kv not in gone})
        return gone


def step(client: Client, model: Model, name: str, *args: Any) -> None:
    if name == "put":
        put = client.put(*args, prev_kv=True)
        assert put.prev_kv == model.put(*args)
        assert put.header.revision == model.revision
    elif name == "delete":
        key, span = args
        deleted = client.delete(key, prev_kv=True, **span)
        assert list(deleted.prev_kvs) == model.delete(key, span)
        assert (deleted.deleted, deleted.header.revision) == (len(deleted.prev_kvs), model.revision)
    elif name == "get":
        read(client, model, *args)
    else:
        compact(client, model, model.revision - args[0] + 2)


def read(client: Client, model: Model, key: bytes, span: dict[str, Any], back: int) -> None:
    at = model.revision - back + 2  # two revisions of the future among them
    if at < max(model.compacted, min(model.states)):
        if 0 < at < model.compacted:
            with pytest.raises(CompactedError):
                client.get(key, revision=at, **span)
        return
    if at > model.revision:
        with pytest.raises(FutureRevisionError):
            client.get(key, revision=at, **span)
        return
    got = client.get(key, revision=at, **span)
    assert list(got.kvs) == model.keys(at, key, span)
    assert (got.count, got.header.revision) == (len(got.kvs), model.revision)


def compact(client: Client, model: Model, at: int) -> None:
    if at > model.revision:
        with pytest.raises(FutureRevisionError):
            client.compact(at)
    elif 0 < at <= model.compacted:
        with pytest.raises(CompactedError):
            client.compact(at)
    elif at > min(model.states):
        client.compact(at)
        model.compacted = at


@given(st.lists(OPS, min_size=5, max_size=25))
@settings(
    derandomize=True,  # the same sequences on every run
    max_examples=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each sequence begins by emptying the store
)
def test_random_operations_do_what_the_model_says(client: Client, ops: list[tuple[Any, ...]]) -> None:
    client.delete("", prefix=True)
    revision = client.put("start", "").header.revision  # a revision that no former sequence has compacted
    client.delete("start")
    client.compact(revision + 1)
    model = Model(revision + 1, revision + 1, {revision + 1: {}})
    for op in ops:
        step(client, model, *op)
