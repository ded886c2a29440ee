"""Timelines with data made by hand, for golden pictures and for the test that compares the two writers."""

from dataclasses import replace

from etcdlearn.client import Event, KeyValue
from etcdlearn.widgets._history import History, Timeline

HOSTILE = (
    b"<img src=x onerror=alert(1)>",
    b'"><script>alert(1)</script>',
    b"javascript:alert(1)",
    "\u202eevil\u2066 \u200b\ufeff".encode(),
    b"\x00\x1b[2J\r\n\t\x7f",
    b"\xff\xfe not utf-8",
    b"&lt;&#38;'\"`${x}",
    "مرحبا שלום".encode(),
    "\U0001f600 \U000e0001 e\u0301".encode(),
    b"x" * 10_240,
    b"",
    b"  two  spaces  ",
)


def put(key: str | bytes, value: str | bytes, create: int, mod: int, version: int, lease: int = 0) -> Event:
    raw = [data.encode() if isinstance(data, str) else data for data in (key, value)]
    return Event("PUT", KeyValue(raw[0], raw[1], create, mod, version, lease))


def delete(key: str | bytes, mod: int) -> Event:
    return Event("DELETE", KeyValue(key.encode() if isinstance(key, str) else key, b"", 0, mod, 0, 0))


def story() -> Timeline:
    """The story of the mocks: two overwritten in one transaction, a delete, a lease, a compaction at 4."""
    history = History(b"/illusory")
    history.add(
        [
            put("/illusory/cloud", "hello", 2, 2, 1),
            put("/illusory/wind", "world", 3, 3, 1),
            put("/illusoryxxx", "干扰", 4, 4, 1),
            put("/illusory/cloud", "rain", 2, 5, 2),
            put("/illusory/cloud", "snow", 2, 6, 3),
            put("/illusory/wind", "storm", 3, 6, 2),
            delete("/illusory/cloud", 7),
            put("/illusory/cloud/x", "ok", 8, 8, 1, 0x694D9B1C3C7FCA06),
            delete("/illusory/cloud/x", 9),
        ]
    )
    history.compact(4)
    return read(history.timeline(), None)


def read(data: Timeline, cursor: int | None) -> Timeline:
    """The same with the cursor there, and what a server would answer."""
    moved = replace(data, cursor=cursor)
    found = [mark for lane in data.lanes if (mark := lane.at(moved.at)) and mark.type == "PUT"]
    return replace(moved, answers=tuple(mark.kv for mark in found))


def hostile() -> Timeline:
    history = History(b"")
    for n, text in enumerate(HOSTILE, 2):
        history.add([put(b"k" + text, text, n, n, 1, -n)])
    return read(history.timeline(), None)


def crowd(revisions: int, keys: int) -> Timeline:
    """Many revisions over many keys; every seventh is a delete."""
    history = History(b"k")
    for n in range(2, revisions + 2):
        key = f"k{n % keys:04d}"
        history.add([delete(key, n) if n % 7 == 3 else put(key, str(n), 2, n, 3)])
    return read(history.timeline(), None)


def one() -> Timeline:
    history = History(b"/illusory")
    history.add([put("/illusory/cloud", "hello", 2, 2, 1)])
    return read(history.timeline(), None)


STATES = {
    "story": story(),
    "past": read(story(), 5),
    "newer": replace(read(story(), 5), newer=3),
    "lost": replace(read(story(), 5), lost="Socket closed"),
    "stopped": replace(read(story(), 4), stopped=True),
    "empty": replace(Timeline(b"/illusory"), answers=()),
    "empty-all": Timeline(),
    "one": one(),
    "hostile": hostile(),
    "crowd": crowd(500, 60),
    "huge": crowd(5_000, 1_000),
}
