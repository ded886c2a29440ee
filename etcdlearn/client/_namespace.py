"""A client's own part of the keyspace: each key that leaves gets the namespace in front, each that arrives loses it.

It works on messages, where they leave and where they arrive (``Caller.unary``, the watcher's stream), so every call
that carries keys is inside, transactions and what they answer too. Permissions of users name real keys and stay as they
are. Source of the rules: clientv3's ``namespace`` package; unlike there, an empty key is refused in a compare as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from google.protobuf.message import Message

from etcdlearn._rpc import mvcc_pb2, rpc_pb2
from etcdlearn.client._ranges import END_OF_KEYS, prefix_range_end
from etcdlearn.errors import EmptyKeyError

_M = TypeVar("_M", bound=Message)
_RANGES = (rpc_pb2.RangeRequest, rpc_pb2.DeleteRangeRequest, rpc_pb2.Compare, rpc_pb2.WatchCreateRequest)


class Namespace:
    """The prefix under which a client lives; ``b""`` is the whole keyspace and changes nothing."""

    __slots__ = ("_end", "prefix")

    def __init__(self, prefix: bytes) -> None:
        self.prefix = prefix
        self._end = prefix_range_end(prefix)

    def enter(self, request: _M) -> _M:
        """The request as it goes on the wire; the one given stays as it is, so that it can be sent again.

        Raises:
            EmptyKeyError: an empty key alone. etcd would refuse it, and cannot tell when something stands before it.
        """
        if not self.prefix:
            return request
        inside = type(request)()
        inside.CopyFrom(request)
        for part in _parts(inside):
            if isinstance(part, rpc_pb2.PutRequest):
                part.key = self._key(part.key)
            elif isinstance(part, _RANGES):
                self._enter_range(part)
        return inside

    def _enter_range(
        self,
        part: rpc_pb2.RangeRequest | rpc_pb2.DeleteRangeRequest | rpc_pb2.Compare | rpc_pb2.WatchCreateRequest,
    ) -> None:
        if isinstance(part, rpc_pb2.WatchCreateRequest):
            part.key = part.key or END_OF_KEYS  # etcd's own reading of an empty key in a watch
        part.key = self._key(part.key)
        if part.range_end:
            part.range_end = self._end if part.range_end == END_OF_KEYS else self.prefix + part.range_end

    def _key(self, key: bytes) -> bytes:
        if not key:
            raise EmptyKeyError("INVALID_ARGUMENT", f"etcdserver: {EmptyKeyError.sentence}")
        return self.prefix + key

    def leave(self, answer: _M) -> _M:
        """The answer as this client sees it, without what belongs to others; the one given stays as it is."""
        if not self.prefix:
            return answer
        seen = type(answer)()
        seen.CopyFrom(answer)
        if isinstance(seen, rpc_pb2.WatchResponse):
            own = [event for event in seen.events if self._owns(event.kv.key)]
            del seen.events[:]
            seen.events.extend(own)
        elif isinstance(seen, rpc_pb2.LeaseTimeToLiveResponse):  # a lease may hold keys of others
            seen.keys[:] = [key[len(self.prefix) :] for key in seen.keys if self._owns(key)]
        for part in _parts(seen):
            if isinstance(part, mvcc_pb2.KeyValue):
                part.key = part.key[len(self.prefix) :]
        return seen

    def _owns(self, key: bytes) -> bool:
        """The prefix itself is not inside: its name there would be empty."""
        return key.startswith(self.prefix) and key != self.prefix


def _parts(message: Message) -> Iterator[Message]:
    """The message and all messages in it."""
    yield message
    for _, value in message.ListFields():
        if isinstance(value, Message):
            yield from _parts(value)
        elif not isinstance(value, str | bytes | int | bool) and len(value) and isinstance(value[0], Message):
            for part in value:
                yield from _parts(part)
