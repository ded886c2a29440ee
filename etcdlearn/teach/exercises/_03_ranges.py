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


FRUITS = b"/fruit/"
BANANA, DATE = b"/fruit/banana", b"/fruit/date"
ENDS = {
    RIGHT: DATE + b"\0",
    "end left out": DATE,
    "below": prefix_range_end(DATE),
    "to the last fruit": prefix_range_end(FRUITS),
}


def fruits(store: Store) -> Finding:
    """3.2: /answers/fruits says how many keys there are from /fruit/banana to /fruit/date, both of them inside."""
    keys = store.under(FRUITS.decode())
    if not keys:
        return no_situation(store)
    text, wrong = answer(store, "/answers/fruits")
    if wrong:
        return wrong
    if not text.isdecimal() or len(text) > 18:
        return found("no number", value=text.encode())
    number = int(text)
    for name, end in ENDS.items():
        if number == sum(BANANA <= key < end for key in keys):
            return found(name, number=number)
    if number == len(keys):
        return found("prefix", number=number)
    return found("from key" if number == sum(key >= BANANA for key in store.kvs) else "off", number=number)


def carry(store: Store) -> Finding:
    """3.3: /answers/end holds the range_end of the prefix a 0xfe 0xff."""
    kv = store.get("/answers/end")
    if kv is None:
        return found("missing")
    if not kv.value:
        return found("empty")
    if kv.value == prefix_range_end(b"a\xfe\xff"):
        return found(RIGHT)
    if python_text(kv):
        return found("python", value=kv.value)
    names = {
        b"a\xfe\xff\x00": "next key",
        b"a\xfe\x00": "wrapped",
        b"a\xff\x00": "not cut",
        b"a\xff\xff": "not cut",
        b"a\xfe\xff\xff": "longer",
        b"b": "too far",
        b"\x00": "all",
        prefix_range_end("a\xfe\xff"): "text",
        "a\xff".encode(): "text",
    }
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


LATE = b"/job/bb"
SECOND_PAGE = ["/job/c", "/job/d"]


def page(store: Store) -> Finding:
    """3.5: /answers/page holds the two keys after /job/b as they were when the first page was read."""
    if not any(event.kv.key == LATE for event in store.events):
        return no_situation(store)
    text, wrong = answer(store, "/answers/page")
    if wrong:
        return wrong
    names = text.split()
    if names == SECOND_PAGE:
        return found(RIGHT)
    if LATE.decode() in names:
        return found("late")
    if "/job/a" in names:
        return found("first again")
    if "/job/b" in names:
        return found("repeated")
    return found("size" if names[:2] == SECOND_PAGE else "other", value=text.encode())


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
        (
            *(RIGHT, "missing", "empty", "no number", "end left out", "below", "to the last fruit", "prefix"),
            *("from key", "off", "other"),
        ),
        'found = client.get("/fruit/banana", range_end="/fruit/date\\0", count_only=True)\n'
        'client.put("/answers/fruits", str(found.count))',
    ),
    Exercise(
        "3.3",
        carry,
        (
            *(RIGHT, "missing", "empty", "python", "next key", "wrapped", "not cut", "longer", "too far", "all"),
            *("text", "other"),
        ),
        'client.put("/answers/end", etcd.prefix_range_end(b"a\\xfe\\xff"))',
    ),
    Exercise(
        "3.4",
        log,
        (RIGHT, "untouched", "zone", "too early", "off by one", "left"),
        'end = etcd.prefix_range_end("/log/")\nclient.delete("/log/07", range_end=end)',
    ),
    Exercise(
        "3.5",
        page,
        (RIGHT, "missing", "empty", "late", "first again", "repeated", "size", "other"),
        'after, then = first.kvs[-1].key + b"\\0", first.header.revision\n'
        'page = client.get(after, range_end="/job0", limit=2, revision=then)\n'
        'client.put("/answers/page", " ".join(kv.key_text for kv in page.kvs))',
    ),
)
