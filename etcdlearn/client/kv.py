"""The KV service: put, get, delete, compact, and ``do`` for an operation that is a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import SupportsIndex, cast

from etcdlearn._rpc import rpc_pb2
from etcdlearn.client import _methods as methods
from etcdlearn.client import _wire as wire
from etcdlearn.client._call import DEFAULT, Caller, Timeout
from etcdlearn.client._ranges import as_int64
from etcdlearn.client.op import GetOp, Op
from etcdlearn.client.types import CompactResponse, DeleteResponse, GetResponse, OpResponse, PutResponse


class KV:
    """Keys and values. Every method takes ``timeout=`` in seconds: left out, the client's; ``None``, no deadline.

    Every method raises, beside what it lists itself:

    * ``ValueError``, ``TypeError``: an argument that etcd could not use; nothing was sent.
    * ``UnavailableError``: no endpoint reached (``outcome_unknown`` is False: nothing was sent), or the connection
      broke after sending (``outcome_unknown`` is True).
    * ``DeadlineError``: no answer within ``timeout``; a write may have happened.
    * ``ClientClosedError``: the client was closed.
    * another ``ServerError``: etcd refused, for instance ``PermissionDeniedError``.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def put(
        self,
        key: str | bytes,
        value: str | bytes,
        *,
        lease: object = 0,
        prev_kv: bool = False,
        ignore_value: bool = False,
        ignore_lease: bool = False,
        timeout: Timeout = DEFAULT,
    ) -> PutResponse:
        """Store ``value`` under ``key``. The store moves to a new revision, which is the answer's ``header.revision``.

        Args:
            key: not empty.
            value: may be empty; must be ``""`` with ``ignore_value``.
            lease: id of the lease that holds the key, or what ``grant`` answered; 0 for none.
            prev_kv: ask for what was replaced.
            ignore_value: keep the value the key has, change its lease only.
            ignore_lease: keep the lease the key has, change its value only.
            timeout: see the class.

        Raises:
            EmptyKeyError: the key is empty.
            LeaseNotFoundError: no such lease, or it has expired.
            KeyNotFoundError: ``ignore_value`` or ``ignore_lease`` on a key that does not exist.
            ValueProvidedError, LeaseProvidedError: a value with ``ignore_value``, a lease with ``ignore_lease``.
            NoSpaceError: the database reached its quota.
            RequestTooLargeError: more than the server takes, 1.5 MiB unless it was told otherwise.
        """
        op = Op.put(key, value, lease=lease, prev_kv=prev_kv, ignore_value=ignore_value, ignore_lease=ignore_lease)
        answer = self._caller.unary(methods.PUT, wire.encode_put(op), timeout)
        return wire.decode_put(cast(rpc_pb2.PutResponse, answer))

    def get(
        self,
        key: str | bytes,
        *,
        prefix: bool = False,
        from_key: bool = False,
        range_end: str | bytes | None = None,
        limit: SupportsIndex = 0,
        revision: SupportsIndex = 0,
        sort_target: str | None = None,
        sort_order: str | None = None,
        serializable: bool = False,
        keys_only: bool = False,
        count_only: bool = False,
        min_mod_revision: SupportsIndex = 0,
        max_mod_revision: SupportsIndex = 0,
        min_create_revision: SupportsIndex = 0,
        max_create_revision: SupportsIndex = 0,
        timeout: Timeout = DEFAULT,
    ) -> GetResponse:
        """Read one key or a range; a key that does not exist is no error: ``kvs`` is empty, ``count`` 0.

        Args:
            key: the key, or where the range begins. Empty with ``prefix`` or ``from_key``: every key.
            prefix: all keys that begin with ``key``.
            from_key: all keys from ``key`` on.
            range_end: all keys from ``key`` up to, but without, this one.
            limit: the most keys to return; 0 for all. ``count`` and ``more`` tell what was left out.
            revision: read the store as it was at this revision; 0 for now.
            sort_target: ``"key" "version" "create" "mod" "value"``; left out, the key.
            sort_order: ``"ascend" "descend"``; left out, ascending.
            serializable: let the asked member answer from its own data, which may be old, without asking the leader.
            keys_only: leave the values out.
            count_only: only ``count``.
            min_mod_revision: leave out keys last put before it; 0 for no bound, here and below.
            max_mod_revision: leave out keys last put after it.
            min_create_revision: leave out keys created before it.
            max_create_revision: leave out keys created after it.
            timeout: see the class.

        Raises:
            EmptyKeyError: the key is empty, without ``prefix`` or ``from_key``.
            CompactedError: ``revision`` is older than the compaction (the compact revision itself can be read).
            FutureRevisionError: ``revision`` has not happened yet.
        """
        op = Op.get(
            key,
            prefix=prefix,
            from_key=from_key,
            range_end=range_end,
            limit=limit,
            revision=revision,
            sort_target=sort_target,
            sort_order=sort_order,
            serializable=serializable,
            keys_only=keys_only,
            count_only=count_only,
            min_mod_revision=min_mod_revision,
            max_mod_revision=max_mod_revision,
            min_create_revision=min_create_revision,
            max_create_revision=max_create_revision,
        )
        answer = self._caller.unary(methods.RANGE, wire.encode_get(op), timeout)
        return wire.decode_get(cast(rpc_pb2.RangeResponse, answer))

    def pages(
        self,
        key: str | bytes,
        *,
        page_size: SupportsIndex = 1000,
        revision: SupportsIndex = 0,
        prefix: bool = False,
        from_key: bool = False,
        range_end: str | bytes | None = None,
        serializable: bool = False,
        keys_only: bool = False,
        min_mod_revision: SupportsIndex = 0,
        max_mod_revision: SupportsIndex = 0,
        min_create_revision: SupportsIndex = 0,
        max_create_revision: SupportsIndex = 0,
        timeout: Timeout = DEFAULT,
    ) -> Iterator[GetResponse]:
        """Read a large range page by page, all pages at one revision: that of the first, unless ``revision`` says.

        Memory holds one page at a time. Arguments are checked here, before the first page is asked for; an empty range
        gives one empty page.

        Args:
            page_size: the most keys of one page; above 0.
            key, revision, prefix, ..., timeout: as in ``get``; ``timeout`` is each page's.

        Raises:
            CompactedError: also in the middle, when the revision is compacted before the last page was read.
        """
        op = Op.get(
            key,
            prefix=prefix,
            from_key=from_key,
            range_end=range_end,
            limit=as_int64(page_size, "page_size", lowest=1),
            revision=revision,
            serializable=serializable,
            keys_only=keys_only,
            min_mod_revision=min_mod_revision,
            max_mod_revision=max_mod_revision,
            min_create_revision=min_create_revision,
            max_create_revision=max_create_revision,
        )
        return self._pages(op, self._caller.seconds(timeout))

    def _pages(self, op: GetOp, timeout: float | None) -> Iterator[GetResponse]:
        while True:
            answer = self._caller.unary(methods.RANGE, wire.encode_get(op), timeout)
            page = wire.decode_get(cast(rpc_pb2.RangeResponse, answer))
            yield page
            if not page.more:
                return
            # The next key there can be, at the revision of the first page.
            op = replace(op, key=page.kvs[-1].key + b"\0", revision=op.revision or page.header.revision)

    def delete(
        self,
        key: str | bytes,
        *,
        prefix: bool = False,
        from_key: bool = False,
        range_end: str | bytes | None = None,
        prev_kv: bool = False,
        timeout: Timeout = DEFAULT,
    ) -> DeleteResponse:
        """Delete one key or a range, all at one new revision. Deleting nothing does not move the revision.

        Args:
            key, prefix, from_key, range_end: the range, as in ``get``.
            prev_kv: ask for what was deleted.
            timeout: see the class.

        Raises:
            EmptyKeyError: the key is empty, without ``prefix`` or ``from_key``.
        """
        op = Op.delete(key, prefix=prefix, from_key=from_key, range_end=range_end, prev_kv=prev_kv)
        answer = self._caller.unary(methods.DELETE_RANGE, wire.encode_delete(op), timeout)
        return wire.decode_delete(cast(rpc_pb2.DeleteRangeResponse, answer))

    def compact(
        self, revision: SupportsIndex, *, physical: bool = False, timeout: Timeout = DEFAULT
    ) -> CompactResponse:
        """Forget what was overwritten or deleted before ``revision``; ``revision`` itself can still be read.

        Args:
            revision: above the last compaction, not above the store's revision.
            physical: answer only when the old entries are gone from the database.
            timeout: see the class.

        Raises:
            CompactedError: compacted at this revision, or a later one, already.
            FutureRevisionError: ``revision`` has not happened yet.
        """
        request = wire.encode_compact(as_int64(revision, "revision"), bool(physical))
        answer = self._caller.unary(methods.COMPACT, request, timeout)
        return wire.decode_compact(cast(rpc_pb2.CompactionResponse, answer))

    def do(self, op: Op, *, timeout: Timeout = DEFAULT) -> OpResponse:
        """Send an operation made by ``Op.put``, ``Op.get`` or ``Op.delete``; errors are those of the method.

        Raises:
            TypeError: ``op`` is no operation.
        """
        method, request = wire.encode(op)
        return wire.decode(self._caller.unary(method, request, timeout))
