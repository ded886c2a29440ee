"""Lesson 03: what a range covers, to the byte, and what it takes along that nobody meant."""

from __future__ import annotations

from etcdlearn.client import prefix_range_end
from etcdlearn.teach._store import Store
from etcdlearn.teach.exercises._exercise import RIGHT, Exercise, Finding, answer, found, no_situation, python_text

TEAM = (b"/team/a/ann", b"/team/a/bob")
OTHERS = (b"/team/ab/cid", b"/team/b/dee")


def team(store: Store) -> Finding:
    """3.1: team a is gone, and nobody else."""
    left, others = ([key for key in keys if key in store.kvs] for keys in (TEAM, OTHERS))
    if not (left or others) and not any(event.kv.key in TEAM for event in store.events):
        return no_situation(store)
    if not others:
        return found("everybody")
    if OTHERS[0] not in others:
        return found("neighbour", key=OTHERS[0].decode())
    if len(others) < len(OTHERS):
        return found("too far", key=OTHERS[1].decode())
    if len(left) == len(TEAM):
        return found("untouched")
    return found("half", key=left[0].decode()) if left else found(RIGHT)


def fruits(store: Store) -> Finding:
    """3.2: /answers/fruits says how many keys [/fruit/banana, /fruit/date) covers."""
    keys = store.under("/fruit/")
    if not keys:
        return no_situation(store)
    text, wrong = answer(store, "/answers/fruits")
    if wrong:
        return wrong
    if not text.isdecimal():
        return found("no number", value=text.encode())
    inside = [key for key in keys if b"/fruit/banana" <= key < b"/fruit/date"]
    if int(text) == len(inside):
        return found(RIGHT, number=len(inside))
    if int(text) == len([key for key in keys if b"/fruit/banana" <= key <= b"/fruit/date"]):
        return found("end included")
    if int(text) == len(keys):
        return found("prefix", number=len(keys))
    return found("from key" if int(text) == len([key for key in keys if key >= b"/fruit/banana"]) else "off", said=text)


def carry(store: Store) -> Finding:
    """3.3: /answers/end holds the range_end of the prefix a 0xff."""
    kv = store.get("/answers/end")
    if kv is None:
        return found("missing")
    if not kv.value:
        return found("empty")
    if kv.value == prefix_range_end(b"a\xff"):
        return found(RIGHT)
    if python_text(kv):
        return found("python", value=kv.value)
    names = {b"a\xff\x00": "next key", b"a\x00": "wrapped", b"b\x00": "not cut", b"a\xff\xff": "longer", b"\x00": "all"}
    return found(names.get(kv.value, "other"), value=kv.value)


LOG = tuple(f"/log/{number:02}".encode() for number in range(10))
ZONE = b"/zone"


def log(store: Store) -> Finding:
    """3.4: /log/07 and what follows it in the log is gone; the log before it and /zone are not."""
    if not any(event.kv.key == ZONE for event in store.events):
        return no_situation(store)
    if ZONE not in store.kvs:
        return found("zone")
    there = [key for key in LOG if key in store.kvs]
    lost = [key for key in LOG[:7] if key not in store.kvs]
    if lost:
        return found("too early", key=lost[-1].decode())
    if there == list(LOG):
        return found("untouched")
    if LOG[7] in there:
        return found("off by one")
    return found("left", key=there[7].decode()) if len(there) > 7 else found(RIGHT)


EXERCISES = (
    Exercise(
        "3.1",
        team,
        (RIGHT, "untouched", "half", "neighbour", "too far", "everybody"),
        'client.delete("/team/a/", prefix=True)',
    ),
    Exercise(
        "3.2",
        fruits,
        (RIGHT, "missing", "empty", "no number", "end included", "prefix", "from key", "off", "other"),
        'found = client.get("/fruit/banana", range_end="/fruit/date", count_only=True)\n'
        'client.put("/answers/fruits", str(found.count))',
    ),
    Exercise(
        "3.3",
        carry,
        (RIGHT, "missing", "empty", "python", "next key", "wrapped", "not cut", "longer", "all", "other"),
        'client.put("/answers/end", etcd.prefix_range_end(b"a\\xff"))',
    ),
    Exercise(
        "3.4",
        log,
        (RIGHT, "untouched", "zone", "too early", "off by one", "left"),
        'end = etcd.prefix_range_end("/log/")\nclient.delete("/log/07", range_end=end)',
    ),
)
