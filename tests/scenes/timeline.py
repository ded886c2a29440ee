"""Timelines with data made by hand."""

from collections.abc import Sequence
from dataclasses import replace

from etcdlearn.client import Event, KeyValue
from etcdlearn.widgets._history import History, Timeline
from tests.hostile import HOSTILE


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
    history.expired(0x694D9B1C3C7FCA06, {9})
    history.compact(4)
    return read(history.timeline(), None)


def read(data: Timeline, cursor: int | None) -> Timeline:
    """The same with the cursor there, and what a server would answer."""
    moved = replace(data, cursor=cursor)
    found = [mark for lane in data.lanes if (mark := lane.at(moved.at)) and mark.type == "PUT"]
    return replace(moved, answers=tuple(mark.kv for mark in found))


def hostile(texts: Sequence[bytes]) -> Timeline:
    """Each of ``texts`` as a key and as a value."""
    history = History(b"")
    for n, text in enumerate(texts, 2):
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


def short(*events: Event, compacted: int = 0) -> Timeline:
    """What these events leave; read now."""
    history = History(b"k")
    history.add(events)
    if compacted:
        history.compact(compacted)
    return read(history.timeline(), None)


def expired(cursor: int | None) -> Timeline:
    """Two keys of one lease, which expired."""
    history = History(b"k")
    history.add([put("k", "1", 2, 2, 1, 7), put("kk", "2", 3, 3, 1, 7), delete("k", 4), delete("kk", 4)])
    history.expired(7, {4})
    return read(history.timeline(), cursor)


CREATED, OVERWRITTEN = put("k", "1", 2, 2, 1), put("k", "2", 2, 3, 2)
STATES = {
    "story": story(),
    "past": read(story(), 5),
    "newer": replace(read(story(), 5), newer=3),
    "lost": replace(read(story(), 5), lost="Socket closed"),
    "lost-for": replace(read(story(), 5), lost="Socket closed", silent=3),
    "back": replace(short(CREATED, OVERWRITTEN, put("k", "3", 2, 4, 3)), back=(3, 4)),
    "back-one": replace(short(CREATED, OVERWRITTEN), back=(3, 3)),
    "back-nothing": replace(short(CREATED, OVERWRITTEN), back=(4, 3)),
    "lost-data": replace(short(CREATED), lost_data=(9, 2)),
    "expired": expired(None),
    "expired-past": expired(2),
    "stopped": replace(read(story(), 4), stopped=True),
    "empty": replace(Timeline(b"/illusory"), answers=()),
    "empty-all": Timeline(),
    "one": one(),
    "hostile": hostile(HOSTILE[::2]),
    "hostile-more": hostile(HOSTILE[1::2]),
    "overwritten": read(short(CREATED, OVERWRITTEN), 2),
    "overwritten-compacted": short(CREATED, OVERWRITTEN, compacted=3),
    "deleted-compacted": short(CREATED, delete("k", 3), compacted=3),
    "missing": read(short(CREATED, OVERWRITTEN), 1),
    "together": short(CREATED, put("k", "2", 2, 3, 2), put("kk", "3", 3, 3, 1)),
    "elsewhere": short(CREATED, put("other", "x", 3, 3, 1)),
    "nothing-since": read(short(CREATED, put("other", "x", 3, 3, 1)), 2),
    "left-out": replace(crowd(120, 2), left_out=20),
    "crowd": crowd(500, 60),
    "huge": crowd(5_000, 1_000),
}
