"""A namespace on messages: every key that leaves has it in front, every key that arrives has lost it."""

from typing import Any

import pytest
from google.protobuf.message import Message

from etcdlearn import Client
from etcdlearn._rpc import mvcc_pb2, rpc_pb2
from etcdlearn.client import _methods as methods
from etcdlearn.client._namespace import Namespace
from etcdlearn.errors import EmptyKeyError

MINE = Namespace(b"pfx/")
EMPTY = [
    rpc_pb2.PutRequest(value=b"v"),
    rpc_pb2.RangeRequest(),
    rpc_pb2.RangeRequest(range_end=b"x"),
    rpc_pb2.DeleteRangeRequest(),
    rpc_pb2.TxnRequest(compare=[rpc_pb2.Compare()]),
    rpc_pb2.TxnRequest(failure=[rpc_pb2.RequestOp(request_put=rpc_pb2.PutRequest())]),
]


@pytest.mark.parametrize(
    ("prefix", "key", "end", "wanted"),
    [
        (b"pfx/", b"a", b"", (b"pfx/a", b"")),
        (b"pfx/", b"abc", b"def", (b"pfx/abc", b"pfx/def")),
        (b"pfx/", b"abc", b"\0", (b"pfx/abc", b"pfx0")),
        (b"pfx/", b"\0", b"\0", (b"pfx/\0", b"pfx0")),
        (b"pfx/", b"z", b"a", (b"pfx/z", b"pfx/a")),
        (b"p\xff", b"a", b"\0", (b"p\xffa", b"q")),
        (b"\xff\xff", b"abc", b"\0", (b"\xff\xffabc", b"\0")),
        (b"\0", b"a", b"\0", (b"\0a", b"\1")),
        (b"", b"a", b"\0", (b"a", b"\0")),
    ],
)
@pytest.mark.parametrize(
    "kind", [rpc_pb2.RangeRequest, rpc_pb2.DeleteRangeRequest, rpc_pb2.Compare, rpc_pb2.WatchCreateRequest]
)
def test_ranges_end_with_the_namespace(
    kind: Any, prefix: bytes, key: bytes, end: bytes, wanted: tuple[bytes, bytes]
) -> None:
    given = kind(key=key, range_end=end)
    sent = Namespace(prefix).enter(given)
    assert (sent.key, sent.range_end) == wanted
    assert (given.key, given.range_end) == (key, end)


@pytest.mark.parametrize("request_", EMPTY)
def test_an_empty_key_is_refused_as_etcd_refuses_it(request_: Message) -> None:
    with pytest.raises(EmptyKeyError, match="key is not provided") as caught:
        MINE.enter(request_)
    assert caught.value.code == "INVALID_ARGUMENT"
    assert not caught.value.outcome_unknown
    assert Namespace(b"").enter(request_) is request_  # without a namespace etcd itself says so


def test_an_empty_key_in_a_watch_is_the_smallest_one() -> None:
    sent = MINE.enter(rpc_pb2.WatchRequest(create_request=rpc_pb2.WatchCreateRequest()))
    assert sent.create_request.key == b"pfx/\0"


def nested(key: bytes) -> rpc_pb2.TxnRequest:
    """Every operation there is, in both branches and one level down."""
    ops = [
        rpc_pb2.RequestOp(request_put=rpc_pb2.PutRequest(key=key, value=key)),
        rpc_pb2.RequestOp(request_range=rpc_pb2.RangeRequest(key=key)),
        rpc_pb2.RequestOp(request_delete_range=rpc_pb2.DeleteRangeRequest(key=key)),
    ]
    inner = rpc_pb2.RequestOp(
        request_txn=rpc_pb2.TxnRequest(compare=[rpc_pb2.Compare(key=key)], success=ops, failure=ops)
    )
    return rpc_pb2.TxnRequest(compare=[rpc_pb2.Compare(key=key, value=key)], success=[*ops, inner], failure=[inner])


def test_transactions_are_inside_at_every_depth() -> None:
    sent = MINE.enter(nested(b"KEY")).SerializeToString()
    assert sent.count(b"pfx/KEY") == 4 + 2 * 7  # compares and operations ...
    assert sent.count(b"KEY") - sent.count(b"pfx/KEY") == 2 + 2 * 2  # ... and values stay as they are


def test_what_arrives_has_lost_the_namespace() -> None:
    kv = mvcc_pb2.KeyValue(key=b"pfx/k", value=b"pfx/v", lease=7)
    answers = [
        rpc_pb2.ResponseOp(response_range=rpc_pb2.RangeResponse(kvs=[kv, kv], count=2)),
        rpc_pb2.ResponseOp(response_put=rpc_pb2.PutResponse(prev_kv=kv)),
        rpc_pb2.ResponseOp(response_delete_range=rpc_pb2.DeleteRangeResponse(prev_kvs=[kv, kv])),
    ]
    inner = rpc_pb2.ResponseOp(response_txn=rpc_pb2.TxnResponse(responses=answers))
    given = rpc_pb2.TxnResponse(header=rpc_pb2.ResponseHeader(revision=3), responses=[*answers, inner])
    seen = MINE.leave(given)
    assert given.SerializeToString().count(b"pfx/k") == 10
    assert seen.SerializeToString().count(b"pfx/k") == 0
    assert seen.SerializeToString().count(b"pfx/v") == 10
    assert seen.responses[3].response_txn.responses[0].response_range.kvs[1].key == b"k"
    assert seen.header.revision == 3


def test_events_and_keys_of_others_do_not_arrive() -> None:
    keys = [b"pfx/a", b"pfx/", b"pfx", b"pfx0", b"other", b"pfx/b"]
    events = [
        mvcc_pb2.Event(kv=mvcc_pb2.KeyValue(key=key), prev_kv=mvcc_pb2.KeyValue(key=key, value=b"v")) for key in keys
    ]
    seen = MINE.leave(rpc_pb2.WatchResponse(events=events))
    assert [(event.kv.key, event.prev_kv.key) for event in seen.events] == [(b"a", b"a"), (b"b", b"b")]
    assert list(MINE.leave(rpc_pb2.LeaseTimeToLiveResponse(keys=keys)).keys) == [b"a", b"b"]


def test_messages_with_keys_are_all_known() -> None:
    """A request of a later etcd that carries keys fails here until somebody decided what it means."""
    known = {"PutRequest", "RangeRequest", "DeleteRangeRequest", "Compare", "WatchCreateRequest"}
    real = {"AuthRoleRevokePermissionRequest", "Permission"}  # permissions name real keys

    def named(message: Any, seen: set[str]) -> set[str]:
        if message.name in seen:
            return set()
        seen.add(message.name)
        below = [named(field.message_type, seen) for field in message.fields if field.message_type]
        names = {field.name for field in message.fields if field.type == field.TYPE_BYTES}
        own = {message.name} if {"key", "keys", "range_end"} & names else set()
        return own.union(*below)

    found: set[str] = set().union(*(named(method.request.DESCRIPTOR, set()) for method in methods.METHODS))
    assert found == known | real
    answers: set[str] = set().union(*(named(method.response.DESCRIPTOR, set()) for method in methods.METHODS))
    assert answers == {"KeyValue", "LeaseTimeToLiveResponse", "Permission"}


@pytest.mark.parametrize(("given", "prefix"), [("a/", b"a/"), (b"a\xff", b"a\xff"), ("", b""), (None, b"")])
def test_a_namespace_is_text_or_bytes(given: str | bytes | None, prefix: bytes) -> None:
    with Client("127.0.0.1:1", dial_timeout=None, namespace=given) as client:
        assert client._caller.namespace.prefix == prefix


def test_anything_else_is_refused_and_a_repr_tells() -> None:
    for wrong in (1, ["a"], True):
        with pytest.raises(TypeError, match="namespace must be str or bytes"):
            Client("127.0.0.1:1", dial_timeout=None, namespace=wrong)  # type: ignore[arg-type]
    with Client("127.0.0.1:1", dial_timeout=None, namespace="学生/") as client:
        assert repr(client) == "Client(127.0.0.1:1, namespace '学生/')"
