"""Our values to etcd's messages and back: beside ``_namespace.py``, the one module that spells protobuf's fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from google.protobuf.message import Message

from etcdlearn._rpc import mvcc_pb2, rpc_pb2
from etcdlearn.client import _methods as methods
from etcdlearn.client._methods import Method
from etcdlearn.client._resume import Answer, Request
from etcdlearn.client._server_errors import server_error
from etcdlearn.client.op import DeleteOp, GetOp, Op, PutOp
from etcdlearn.client.types import (
    CompactResponse,
    DeleteResponse,
    Event,
    GetResponse,
    Header,
    KeyValue,
    LeaseGrantResponse,
    LeaseKeepAliveResponse,
    LeaseLeasesResponse,
    LeaseRevokeResponse,
    LeaseTimeToLiveResponse,
    OpResponse,
    PutResponse,
)
from etcdlearn.errors import CompactedError, EtcdError, WatchCanceledError

_SORT_TARGET = {
    "key": rpc_pb2.RangeRequest.KEY,
    "version": rpc_pb2.RangeRequest.VERSION,
    "create": rpc_pb2.RangeRequest.CREATE,
    "mod": rpc_pb2.RangeRequest.MOD,
    "value": rpc_pb2.RangeRequest.VALUE,
    None: rpc_pb2.RangeRequest.KEY,
}
_SORT_ORDER = {
    "ascend": rpc_pb2.RangeRequest.ASCEND,
    "descend": rpc_pb2.RangeRequest.DESCEND,
    None: rpc_pb2.RangeRequest.NONE,
}


def encode_put(op: PutOp) -> rpc_pb2.PutRequest:
    return rpc_pb2.PutRequest(
        key=op.key,
        value=op.value,
        lease=op.lease,
        prev_kv=op.prev_kv,
        ignore_value=op.ignore_value,
        ignore_lease=op.ignore_lease,
    )


def encode_get(op: GetOp) -> rpc_pb2.RangeRequest:
    return rpc_pb2.RangeRequest(
        key=op.key,
        range_end=op.range_end,
        limit=op.limit,
        revision=op.revision,
        sort_target=_SORT_TARGET[op.sort_target],
        sort_order=_SORT_ORDER[op.sort_order],
        serializable=op.serializable,
        keys_only=op.keys_only,
        count_only=op.count_only,
        min_mod_revision=op.min_mod_revision,
        max_mod_revision=op.max_mod_revision,
        min_create_revision=op.min_create_revision,
        max_create_revision=op.max_create_revision,
    )


def encode_delete(op: DeleteOp) -> rpc_pb2.DeleteRangeRequest:
    return rpc_pb2.DeleteRangeRequest(key=op.key, range_end=op.range_end, prev_kv=op.prev_kv)


def encode(op: Op) -> tuple[Method, Message]:
    """The call that carries ``op``. Raises ``TypeError`` for anything that is no operation."""
    if isinstance(op, PutOp):
        return methods.PUT, encode_put(op)
    if isinstance(op, GetOp):
        return methods.RANGE, encode_get(op)
    if isinstance(op, DeleteOp):
        return methods.DELETE_RANGE, encode_delete(op)
    raise TypeError(f"do() takes an operation, made by Op.put, Op.get or Op.delete; not {type(op).__name__}")


def encode_compact(revision: int, physical: bool) -> rpc_pb2.CompactionRequest:
    return rpc_pb2.CompactionRequest(revision=revision, physical=physical)


def decode_header(message: rpc_pb2.ResponseHeader) -> Header:
    return Header(message.cluster_id, message.member_id, message.revision, message.raft_term)


def decode_kv(message: mvcc_pb2.KeyValue) -> KeyValue:
    return KeyValue(
        message.key, message.value, message.create_revision, message.mod_revision, message.version, message.lease
    )


def _decode_kvs(messages: Iterable[mvcc_pb2.KeyValue]) -> tuple[KeyValue, ...]:
    return tuple(map(decode_kv, messages))


def decode_put(message: rpc_pb2.PutResponse) -> PutResponse:
    replaced = decode_kv(message.prev_kv) if message.HasField("prev_kv") else None
    return PutResponse(decode_header(message.header), replaced)


def decode_get(message: rpc_pb2.RangeResponse) -> GetResponse:
    return GetResponse(decode_header(message.header), _decode_kvs(message.kvs), message.more, message.count)


def decode_delete(message: rpc_pb2.DeleteRangeResponse) -> DeleteResponse:
    return DeleteResponse(decode_header(message.header), message.deleted, _decode_kvs(message.prev_kvs))


def decode_compact(message: rpc_pb2.CompactionResponse) -> CompactResponse:
    return CompactResponse(decode_header(message.header))


def decode(message: Message) -> OpResponse:
    """The answer to ``do(op)``."""
    if isinstance(message, rpc_pb2.PutResponse):
        return OpResponse(put=decode_put(message))
    if isinstance(message, rpc_pb2.RangeResponse):
        return OpResponse(get=decode_get(message))
    return OpResponse(delete=decode_delete(cast(rpc_pb2.DeleteRangeResponse, message)))


def encode_lease_grant(ttl: int, lease: int) -> rpc_pb2.LeaseGrantRequest:
    return rpc_pb2.LeaseGrantRequest(TTL=ttl, ID=lease)


def encode_lease_revoke(lease: int) -> rpc_pb2.LeaseRevokeRequest:
    return rpc_pb2.LeaseRevokeRequest(ID=lease)


def encode_time_to_live(lease: int, keys: bool) -> rpc_pb2.LeaseTimeToLiveRequest:
    return rpc_pb2.LeaseTimeToLiveRequest(ID=lease, keys=keys)


def encode_leases() -> rpc_pb2.LeaseLeasesRequest:
    return rpc_pb2.LeaseLeasesRequest()


def decode_lease_grant(message: rpc_pb2.LeaseGrantResponse) -> LeaseGrantResponse:
    return LeaseGrantResponse(decode_header(message.header), message.ID, message.TTL)


def decode_lease_revoke(message: rpc_pb2.LeaseRevokeResponse) -> LeaseRevokeResponse:
    return LeaseRevokeResponse(decode_header(message.header))


def decode_time_to_live(message: rpc_pb2.LeaseTimeToLiveResponse) -> LeaseTimeToLiveResponse:
    keys = tuple(sorted(message.keys))  # etcd keeps them in no order
    return LeaseTimeToLiveResponse(decode_header(message.header), message.ID, message.TTL, message.grantedTTL, keys)


def decode_leases(message: rpc_pb2.LeaseLeasesResponse) -> LeaseLeasesResponse:
    return LeaseLeasesResponse(decode_header(message.header), tuple(lease.ID for lease in message.leases))


def encode_keep_alive(lease: int) -> rpc_pb2.LeaseKeepAliveRequest:
    return rpc_pb2.LeaseKeepAliveRequest(ID=lease)


def decode_keep_alive(message: rpc_pb2.LeaseKeepAliveResponse) -> LeaseKeepAliveResponse:
    return LeaseKeepAliveResponse(decode_header(message.header), message.ID, message.TTL)


_FILTERS = {
    "noput": rpc_pb2.WatchCreateRequest.NOPUT,
    "nodelete": rpc_pb2.WatchCreateRequest.NODELETE,
}


def encode_watch(watch_id: int, start_revision: int, request: Request) -> rpc_pb2.WatchRequest:
    return rpc_pb2.WatchRequest(
        create_request=rpc_pb2.WatchCreateRequest(
            key=request.key,
            range_end=request.range_end,
            start_revision=start_revision,
            progress_notify=request.progress_notify,
            filters=[_FILTERS[name] for name in request.filters],
            prev_kv=request.prev_kv,
            watch_id=watch_id,
            fragment=request.fragment,
        )
    )


def encode_watch_cancel(watch_id: int) -> rpc_pb2.WatchRequest:
    return rpc_pb2.WatchRequest(cancel_request=rpc_pb2.WatchCancelRequest(watch_id=watch_id))


def encode_progress_request() -> rpc_pb2.WatchRequest:
    return rpc_pb2.WatchRequest(progress_request=rpc_pb2.WatchProgressRequest())


def decode_event(message: mvcc_pb2.Event) -> Event:
    replaced = decode_kv(message.prev_kv) if message.HasField("prev_kv") else None
    return Event("DELETE" if message.type == mvcc_pb2.Event.DELETE else "PUT", decode_kv(message.kv), replaced)


def decode_watch_answer(message: rpc_pb2.WatchResponse, last: int) -> Answer:
    return Answer(
        message.watch_id,
        decode_header(message.header),
        message.created,
        message.canceled,
        message.compact_revision,
        message.cancel_reason,
        message.fragment,
        tuple(map(decode_event, message.events)),
        last,
    )


def watch_error(answer: Answer) -> EtcdError:
    """Why the server ended a watch. A compaction says so by its revision alone, with no reason in words."""
    if answer.compact_revision:
        error = CompactedError("OUT_OF_RANGE", f"etcdserver: {CompactedError.sentence}")
        error.compact_revision = answer.compact_revision
        return error
    return server_error("CANCELLED", answer.reason or f"etcdserver: {WatchCanceledError.sentence}")
