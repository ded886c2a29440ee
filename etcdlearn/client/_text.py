"""Bytes from strangers, shown as text: the one rule by which reprs write keys and values."""

from __future__ import annotations

LONGEST = 72  # characters of one value inside a repr; a 10 kB value must not fill the screen
HEAD = 48


def show(data: bytes) -> str:
    """One line for any bytes, safe for a terminal.

    UTF-8 stays readable; control, bidi and zero-width characters are escaped (Python's own rule for ``repr``);
    bytes that are no UTF-8 are written as ``b'...'``. A long value is cut and its length in bytes said.
    """
    text: str | bytes
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data
    if len(text) <= LONGEST:
        return repr(text)
    return f"{text[:HEAD]!r}… {len(data):,} B"


def show_id(number: int) -> str:
    """A 64-bit id as etcdctl prints it: lower-case hexadecimal, without leading zeros."""
    return f"{number & 0xFFFFFFFFFFFFFFFF:x}"
