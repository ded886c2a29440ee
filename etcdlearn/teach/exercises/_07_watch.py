"""Lesson 07: what a watch tells, where it has to begin, and what it cannot tell after a compaction."""

from __future__ import annotations

from etcdlearn.teach._store import Store
from etcdlearn.teach.exercises._exercise import CANNOT, RIGHT, Exercise, Finding, answer, found, python_text

# Lesson 07 compacts its own store: that history is missing tells nothing about an exercise that was not begun.
UNPREPARED = found(CANNOT + "unprepared")

HEATS = {"220": RIGHT, "180": "newest", "90": "first", "240": "earlier life", "210": "earlier life"}


def peak(store: Store) -> Finding:
    """7.1: /answers/peak says how hot it was at most in this life of /oven/heat."""
    if store.get("/oven/heat") is None:
        return UNPREPARED
    text, wrong = answer(store, "/answers/peak")
    if wrong:
        return wrong
    kv = store.get("/answers/peak")
    if kv is not None and python_text(kv):
        return found("python", value=kv.value)
    return found(HEATS.get(text, "other"), value=text.encode())


# What the kitchen can have written down, by how it went wrong.
CHANGES = {
    "+c +a -c +b": RIGHT,
    "+a +c +a -c +b": "again",
    "+c": "first only",
    "+a": "first again",
    "+c +a +b": "no deletes",
    "-c": "no puts",
    "+a -c +b": "late",
    "+a +b": "state",
    "c a c b": "no signs",
}


def missed(store: Store) -> Finding:
    """7.2: /answers/missed lists the four changes of /order/ after the first."""
    if store.get("/order/b") is None:
        return UNPREPARED
    text, wrong = answer(store, "/answers/missed")
    if wrong:
        return wrong
    said = " ".join(text.replace("/order/", "").split())
    return found(CHANGES.get(said, "other"), value=text.encode())


def start(store: Store) -> Finding:
    """7.3: /answers/start is the revision after the get, at which /job/d was put."""
    job = store.get("/job/d")
    if job is None:
        return UNPREPARED
    text, wrong = answer(store, "/answers/start")
    if wrong:
        return wrong
    if not text.isdecimal() or len(text) > 18:
        return found("no number", value=text.encode())
    number, right = int(text), job.mod_revision
    if number == right:
        return found(RIGHT, number=number)
    if number == 0:
        return found("zero")
    if number == right - 1:
        return found("again", number=number)
    return found("early" if number < right else "late", number=number, put=right)


LIST = {"bob": b"off", "cid": b"on"}
BEFORE = {"ann": b"on", "bob": b"on"}


def mirror(store: Store) -> Finding:
    """7.4: /mirror/ holds what /list/ holds."""
    original, copy = (_below(store, place) for place in ("/list/", "/mirror/"))
    if not (original or copy):
        return UNPREPARED
    if original != LIST:
        return found("list")
    if copy == LIST:
        return found(RIGHT)
    if copy == BEFORE:
        return found("untouched")
    if copy == BEFORE | {"cid": b"on"}:
        return found("from the compaction")
    return _difference(copy)


def _difference(copy: dict[str, bytes]) -> Finding:
    if missing := [name for name in LIST if name not in copy]:
        return found("gap", key="/mirror/" + missing[0])
    if extra := [name for name in copy if name not in LIST]:
        return found("ghost" if extra[0] in BEFORE else "stranger", key=b"/mirror/" + extra[0].encode())
    wrong = next(name for name in LIST if copy[name] != LIST[name])
    return found("value", key="/mirror/" + wrong, value=copy[wrong], original=LIST[wrong])


def _below(store: Store, place: str) -> dict[str, bytes]:
    """Values by the rest of their keys; a stranger's bytes are kept apart from every name."""
    return {
        key.decode(errors="backslashreplace").removeprefix(place): store.kvs[key].value for key in store.under(place)
    }


EXERCISES = (
    Exercise(
        "7.1",
        peak,
        (RIGHT, "missing", "empty", "newest", "first", "earlier life", "python", "other"),
        'heat = client.get("/oven/heat").kvs[0]\n'
        'with client.watch("/oven/heat", start_revision=heat.create_revision) as watch:\n'
        "    degrees = [int(event.kv.value) for event in watch.get(timeout=5).events]\n"
        'client.put("/answers/peak", str(max(degrees)))',
    ),
    Exercise(
        "7.2",
        missed,
        (
            *(RIGHT, "missing", "empty", "again", "first again", "first only", "no deletes", "no puts", "late"),
            *("state", "no signs", "other"),
        ),
        'with client.watch("/order/", prefix=True, start_revision=seen + 1) as watch:\n'
        "    events = watch.get(timeout=5).events\n"
        'signs = {"PUT": "+", "DELETE": "-"}\n'
        "marks = [signs[event.type] + event.kv.key_text[-1] for event in events]\n"
        'client.put("/answers/missed", " ".join(marks))',
    ),
    Exercise(
        "7.3",
        start,
        (RIGHT, "missing", "empty", "no number", "zero", "early", "again", "late", "other"),
        'client.put("/answers/start", str(now.header.revision + 1))',
    ),
    Exercise(
        "7.4",
        mirror,
        (RIGHT, "untouched", "from the compaction", "ghost", "stranger", "gap", "value", "list"),
        'client.delete("/mirror/", prefix=True)\n'
        'for kv in client.get("/list/", prefix=True).kvs:\n'
        '    client.put(kv.key_text.replace("/list/", "/mirror/"), kv.value)',
    ),
)
