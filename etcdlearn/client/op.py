"""Operations as values: made now, sent later, compared and printed like any value.

``Op.put``, ``Op.get`` and ``Op.delete`` take exactly the arguments of the methods of the same name (but ``timeout``)
and check all of them, so that nothing malformed can leave: an out-of-range sort target makes etcd 3.5 panic.
"""

from __future__ import annotations

from dataclasses import Field, dataclass, fields
from typing import SupportsIndex

from etcdlearn.client._ranges import as_bytes, as_int64, as_lease, as_range
from etcdlearn.client._text import show, show_id

SORT_TARGETS = ("key", "version", "create", "mod", "value")
SORT_ORDERS = ("ascend", "descend")


class Op:
    """One operation on the store: made by ``Op.put``, ``Op.get`` or ``Op.delete``, sent by ``client.do(op)``."""

    __slots__ = ()

    @staticmethod
    def put(
        key: str | bytes,
        value: str | bytes,
        *,
        lease: object = 0,
        prev_kv: bool = False,
        ignore_value: bool = False,
        ignore_lease: bool = False,
    ) -> PutOp:
        """A put; see ``client.put``."""
        return PutOp(
            as_bytes(key, "key"),
            as_bytes(value, "value"),
            as_lease(lease) if lease else 0,
            bool(prev_kv),
            bool(ignore_value),
            bool(ignore_lease),
        )

    @staticmethod
    def get(
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
    ) -> GetOp:
        """A get; see ``client.get``."""
        return GetOp(
            *as_range(key, prefix=prefix, from_key=from_key, range_end=range_end),
            as_int64(limit, "limit"),
            as_int64(revision, "revision"),
            *_sort(sort_target, sort_order),
            bool(serializable),
            bool(keys_only),
            bool(count_only),
            as_int64(min_mod_revision, "min_mod_revision"),
            as_int64(max_mod_revision, "max_mod_revision"),
            as_int64(min_create_revision, "min_create_revision"),
            as_int64(max_create_revision, "max_create_revision"),
        )

    @staticmethod
    def delete(
        key: str | bytes,
        *,
        prefix: bool = False,
        from_key: bool = False,
        range_end: str | bytes | None = None,
        prev_kv: bool = False,
    ) -> DeleteOp:
        """A delete; see ``client.delete``."""
        return DeleteOp(*as_range(key, prefix=prefix, from_key=from_key, range_end=range_end), bool(prev_kv))


def _sort(target: str | None, order: str | None) -> tuple[str | None, str | None]:
    """The sort that travels: ``(None, None)`` for ascending keys, which etcd does anyway (clientv3: ``WithSort``)."""
    if target is order is None:
        return None, None
    if target is not None and target not in SORT_TARGETS:
        raise ValueError(f"sort_target must be one of {', '.join(SORT_TARGETS)}, not {target!r}")
    if order is not None and order not in SORT_ORDERS:
        raise ValueError(f"sort_order must be one of {', '.join(SORT_ORDERS)}, not {order!r}")
    target, order = target or "key", order or "ascend"
    return (None, None) if (target, order) == ("key", "ascend") else (target, order)


def _said(op: Op, field: Field[object]) -> str:
    """``name=value`` of a field that is not at its default, else ""."""
    value = getattr(op, field.name)
    if value == field.default:
        return ""
    if field.name == "lease":
        return f"lease=0x{show_id(value)}"
    return f"{field.name}={show(value) if isinstance(value, bytes) else repr(value)}"


def _repr(op: PutOp | GetOp | DeleteOp, name: str, *positional: bytes) -> str:
    options = [_said(op, field) for field in fields(op)[len(positional) :]]
    return f"Op.{name}({', '.join([*map(show, positional), *filter(None, options)])})"


@dataclass(frozen=True, slots=True, repr=False)
class PutOp(Op):
    """A put, checked and ready to send; field names as in ``rpc.proto``."""

    key: bytes
    value: bytes
    lease: int = 0
    prev_kv: bool = False
    ignore_value: bool = False
    ignore_lease: bool = False

    def __repr__(self) -> str:
        return _repr(self, "put", self.key, self.value)


@dataclass(frozen=True, slots=True, repr=False)
class GetOp(Op):
    """A get, checked and ready to send: the range is resolved, the sort is what travels."""

    key: bytes
    range_end: bytes = b""
    limit: int = 0
    revision: int = 0
    sort_target: str | None = None
    sort_order: str | None = None
    serializable: bool = False
    keys_only: bool = False
    count_only: bool = False
    min_mod_revision: int = 0
    max_mod_revision: int = 0
    min_create_revision: int = 0
    max_create_revision: int = 0

    def __repr__(self) -> str:
        return _repr(self, "get", self.key)


@dataclass(frozen=True, slots=True, repr=False)
class DeleteOp(Op):
    """A delete, checked and ready to send."""

    key: bytes
    range_end: bytes = b""
    prev_kv: bool = False

    def __repr__(self) -> str:
        return _repr(self, "delete", self.key)
