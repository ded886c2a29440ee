"""Lesson 02: what a put replaced, what a version counts, what history keeps, and how it is made to forget."""

from __future__ import annotations

from etcdlearn.client import KeyValue
from etcdlearn.teach._store import Store
from etcdlearn.teach.exercises._exercise import CANNOT, RIGHT, Exercise, Finding, found, python_text

# Lesson 02 compacts its own store: that history is missing tells nothing about an exercise that was not begun.
UNPREPARED = found(CANNOT + "unprepared")


def replaced(store: Store) -> Finding:
    """2.1: /desk/lamp went from amber to blue, and /desk/was holds amber."""
    lamp, was = store.get("/desk/lamp"), store.get("/desk/was")
    if lamp is None:
        return UNPREPARED
    if lamp.value != b"blue":
        return found("lamp", value=lamp.value)
    if was is None:
        return found("missing")
    if not was.value.strip():
        return found("empty")
    if was.value == b"blue":
        return found("after")
    if was.value == b"None":
        return found("not asked")
    if python_text(was):
        return found("python", value=was.value)
    return found(RIGHT) if was.value == b"amber" else found("other", value=was.value)


def version(store: Store) -> Finding:
    """2.2: /desk/cup reads five at version 2, although it was written five times."""
    cup = store.get("/desk/cup")
    if cup is None:
        return found("gone") if any(event.kv.key == b"/desk/cup" for event in store.events) else UNPREPARED
    if cup.value == b"three" and cup.version == 3:
        return found("untouched")
    if cup.version == 1:
        return found("one put")
    if cup.version != 2:
        return found("not deleted", version=cup.version)
    return found(RIGHT) if cup.value == b"five" else found("other", value=cup.value)


DRAFTS = (b"draft", b"better")


def restored(store: Store) -> Finding:
    """2.3: /desk/note reads again what it read before it was deleted."""
    if store.get("/desk/pen") is None:
        return UNPREPARED
    note = store.get("/desk/note")
    if note is None:
        return found("missing")
    if not note.value.strip():
        return found("empty")
    if note.value in DRAFTS:
        return found("older", value=note.value)
    if python_text(note):
        return found("python", value=note.value)
    return found(RIGHT, version=note.version) if note.value == b"best" else found("other", value=note.value)


def forgotten(store: Store) -> Finding:
    """2.4: no revision that can be read holds tulip, one still holds monday, and /desk/secret reads rose."""
    secret, diary = store.get("/desk/secret"), store.get("/desk/diary")
    if diary is None:
        return UNPREPARED
    if secret is None:
        return found("gone")
    if secret.value != b"rose":
        return found("other", value=secret.value)
    changes = [event.kv for event in store.events if event.kv.key == secret.key]
    tulips = [kv.mod_revision for kv in changes if kv.value == b"tulip"]
    if tulips:
        return found("kept", revision=tulips[-1])
    # The put that replaced tulip is still history: then tulip is what the compact revision itself reads.
    if changes and changes[0].version == 2:
        return found("edge", revision=store.compacted)
    return found(RIGHT if _replaced_later(store, diary) else "too far", revision=store.compacted)


def _replaced_later(store: Store, kv: KeyValue) -> bool:
    """Whether the second put of this life of a key is still history, so that the first can be read before it."""
    return any(
        event.kv.key == kv.key and event.kv.create_revision == kv.create_revision and event.kv.version == 2
        for event in store.events
    )


EXERCISES = (
    Exercise(
        "2.1",
        replaced,
        (RIGHT, "lamp", "missing", "empty", "not asked", "after", "python", "other"),
        'answer = client.put("/desk/lamp", "blue", prev_kv=True)\nclient.put("/desk/was", answer.prev_kv.value)',
    ),
    Exercise(
        "2.2",
        version,
        (RIGHT, "untouched", "gone", "one put", "not deleted", "other"),
        'client.delete("/desk/cup")\nclient.put("/desk/cup", "four")\nclient.put("/desk/cup", "five")',
    ),
    Exercise(
        "2.3",
        restored,
        (RIGHT, "missing", "empty", "older", "python", "other"),
        'pen = client.get("/desk/pen").kvs[0]\n'
        'note = client.get("/desk/note", revision=pen.mod_revision).kvs[0]\n'
        'client.put("/desk/note", note.value)',
    ),
    Exercise(
        "2.4",
        forgotten,
        (RIGHT, "gone", "kept", "edge", "too far", "other"),
        'rose = client.get("/desk/secret").kvs[0]\nclient.compact(rose.mod_revision)',
    ),
)
