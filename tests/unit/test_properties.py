"""What must hold for every key and every request: ranges against their definition, requests there and back."""

from dataclasses import fields
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from etcdlearn import Op, prefix_range_end
from etcdlearn._rpc import rpc_pb2
from etcdlearn.client import _wire as wire
from etcdlearn.client._namespace import Namespace
from etcdlearn.client.op import SORT_ORDERS, SORT_TARGETS

# Few bytes, the edges among them, so that one key is often a prefix of another.
KEYS = st.lists(st.sampled_from([0x00, 0x01, 0x61, 0x62, 0xFE, 0xFF]), max_size=5).map(bytes) | st.binary(max_size=8)
NUMBERS = st.integers(0, 2**63 - 1)
LEASES = st.integers(-(2**63), 2**63 - 1)
SPANS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}), st.just({"prefix": True}), st.just({"from_key": True}), st.fixed_dictionaries({"range_end": KEYS})
)


def inside(key: bytes, start: bytes, end: bytes) -> bool:
    """etcd's own reading of a range."""
    if not end:
        return key == start
    return key >= start and (end == b"\0" or key < end)


@given(KEYS, KEYS)
@settings(derandomize=True, max_examples=500)
def test_a_prefix_is_exactly_its_range(prefix: bytes, key: bytes) -> None:
    end = prefix_range_end(prefix)
    assert inside(key, prefix, end) == key.startswith(prefix)
    assert inside(prefix + key, prefix, end)


@given(KEYS, KEYS, SPANS, KEYS.filter(bool))
@settings(derandomize=True, max_examples=500)
def test_a_namespace_holds_exactly_what_the_range_holds_outside_of_one(
    key: bytes, start: bytes, span: dict[str, Any], prefix: bytes
) -> None:
    op = Op.get(start or b"a", **span)
    sent = Namespace(prefix).enter(wire.encode_get(op))
    assert inside(prefix + key, sent.key, sent.range_end) == inside(key, op.key, op.range_end)
    if not key.startswith(prefix):
        assert not inside(key, sent.key, sent.range_end)


@st.composite
def gets(draw: st.DrawFn) -> Any:
    numbers = ["limit", "revision"] + [f"{end}_{what}_revision" for end in ("min", "max") for what in ("mod", "create")]
    flags = ["serializable", "keys_only", "count_only"]
    options: dict[str, Any] = {name: draw(NUMBERS) for name in numbers}
    options |= {name: draw(st.booleans()) for name in flags}
    options["sort_target"] = draw(st.sampled_from([None, *SORT_TARGETS]))
    options["sort_order"] = draw(st.sampled_from([None, *SORT_ORDERS]))
    return Op.get(draw(KEYS), **draw(SPANS), **options)


@st.composite
def puts(draw: st.DrawFn) -> Any:
    flags = {name: draw(st.booleans()) for name in ("prev_kv", "ignore_value", "ignore_lease")}
    return Op.put(draw(KEYS), draw(st.binary(max_size=20)), lease=draw(LEASES), **flags)


@given(gets())
@settings(derandomize=True)
def test_every_field_of_a_get_arrives(op: Any) -> None:
    message = rpc_pb2.RangeRequest.FromString(wire.encode_get(op).SerializeToString())
    names = [field.name for field in fields(op) if not field.name.startswith("sort")]
    assert [getattr(message, name) for name in names] == [getattr(op, name) for name in names]
    order = {None: "NONE", "ascend": "ASCEND", "descend": "DESCEND"}[op.sort_order]
    assert rpc_pb2.RangeRequest.SortOrder.Name(message.sort_order) == order
    assert rpc_pb2.RangeRequest.SortTarget.Name(message.sort_target) == (op.sort_target or "key").upper()
    assert len(names) + 2 == len(rpc_pb2.RangeRequest.DESCRIPTOR.fields)


@given(puts())
@settings(derandomize=True)
def test_every_field_of_a_put_arrives(op: Any) -> None:
    message = rpc_pb2.PutRequest.FromString(wire.encode_put(op).SerializeToString())
    assert {field.name for field in fields(op)} == {field.name for field in rpc_pb2.PutRequest.DESCRIPTOR.fields}
    assert all(getattr(message, field.name) == getattr(op, field.name) for field in fields(op))


@given(KEYS, SPANS, st.booleans())
@settings(derandomize=True)
def test_every_field_of_a_delete_arrives(key: bytes, span: dict[str, Any], prev_kv: bool) -> None:
    op: Any = Op.delete(key, prev_kv=prev_kv, **span)
    message = rpc_pb2.DeleteRangeRequest.FromString(wire.encode_delete(op).SerializeToString())
    names = {field.name for field in rpc_pb2.DeleteRangeRequest.DESCRIPTOR.fields}
    assert {field.name for field in fields(op)} == names
    assert all(getattr(message, name) == getattr(op, name) for name in names)


KVS = st.tuples(KEYS, st.binary(max_size=10), NUMBERS, NUMBERS, NUMBERS, LEASES)


@given(st.lists(KVS, max_size=4), st.booleans(), NUMBERS, st.tuples(*[st.integers(0, 2**63 - 1)] * 4))
@settings(derandomize=True)
def test_every_field_of_an_answer_arrives(
    kvs: list[tuple[Any, ...]], more: bool, count: int, header: tuple[int, ...]
) -> None:
    names = ("key", "value", "create_revision", "mod_revision", "version", "lease")
    sent = rpc_pb2.RangeResponse(
        header=dict(zip(("cluster_id", "member_id", "revision", "raft_term"), header, strict=True)),
        kvs=[dict(zip(names, kv, strict=True)) for kv in kvs],
        more=more,
        count=count,
    )
    got = wire.decode_get(rpc_pb2.RangeResponse.FromString(sent.SerializeToString()))
    assert [tuple(getattr(kv, name) for name in names) for kv in got.kvs] == kvs
    assert (got.more, got.count) == (more, count)
    seen = got.header
    assert (seen.cluster_id, seen.member_id, seen.revision, seen.raft_term) == header
