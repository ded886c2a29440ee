"""Keys and ranges: how a prefix becomes ``[key, range_end)``, and the checks on every argument.

Source of the rules: ``getPrefix``, ``WithPrefix`` and ``WithFromKey`` in clientv3's ``op.go``.
"""

from __future__ import annotations

from typing import Any, SupportsIndex

END_OF_KEYS = b"\x00"  # as a range_end: no upper bound; as a key: the smallest one there is
MIN_INT64, MAX_INT64 = -(2**63), 2**63 - 1


def as_bytes(data: str | bytes, what: str) -> bytes:
    """``data`` as the bytes that travel. Raises ``TypeError`` for anything but text or bytes."""
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    raise TypeError(f"{what} must be str or bytes, not {type(data).__name__}")


def as_int64(number: SupportsIndex, what: str, *, lowest: int = 0) -> int:
    """``number`` checked: ``TypeError`` when it is no whole number, ``ValueError`` when it is out of range."""
    if type(number) is int and lowest <= number <= MAX_INT64:  # nearly always; a get has six numbers to check
        return number
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"{what} must be a whole number, not {type(number).__name__}")
    value = number.__index__()
    if not lowest <= value <= MAX_INT64:
        must = f"{lowest} or more" if MIN_INT64 < value < lowest else "a 64-bit number"
        raise ValueError(f"{what} must be {must}, not {value}")
    return value


def as_lease(lease: object) -> int:
    """The id of a lease, given as a number or as what ``grant`` answered. Ids may be negative: etcd has them."""
    number: Any = getattr(lease, "id", lease)
    return as_int64(number, "lease", lowest=MIN_INT64)


def prefix_range_end(prefix: str | bytes) -> bytes:
    """The first key after all keys that start with ``prefix``.

    The last byte below 0xff is raised by one and what follows is cut off: ``b"/illusory/"`` gives ``b"/illusory0"``.
    Where there is no such byte (``b""``, ``b"\\xff"``) it is ``b"\\x00"``, which etcd reads as "no upper bound".
    Source: ``getPrefix`` in clientv3's ``op.go``.
    """
    data = as_bytes(prefix, "prefix").rstrip(b"\xff")
    return data[:-1] + bytes([data[-1] + 1]) if data else END_OF_KEYS


def as_range(
    key: str | bytes, *, prefix: bool = False, from_key: bool = False, range_end: str | bytes | None = None
) -> tuple[bytes, bytes]:
    """``(key, range_end)`` as they travel; ``range_end`` is ``b""`` for the one key.

    An empty key with ``prefix`` or ``from_key`` means every key. Raises ``ValueError`` for two ways at once.
    """
    if (prefix and from_key) or (range_end is not None and (prefix or from_key)):
        raise ValueError("prefix, from_key and range_end exclude each other: choose one")
    start = as_bytes(key, "key")
    if range_end is not None:
        return start, as_bytes(range_end, "range_end")
    if from_key:
        return start or END_OF_KEYS, END_OF_KEYS
    if prefix:
        return start or END_OF_KEYS, prefix_range_end(start)
    return start, b""
