"""Lesson 02: what a put replaced, what a version counts, what history keeps, and how it is made to forget."""

from __future__ import annotations

from etcdlearn.teach._store import Store
from etcdlearn.teach.exercises._exercise import RIGHT, Exercise, Finding, found, no_situation, python_text


def replaced(store: Store) -> Finding:
    """2.1: /desk/lamp went from amber to blue, and /desk/was holds amber."""
    lamp, was = store.get("/desk/lamp"), store.get("/desk/was")
    if lamp is None:
        return no_situation(store)
    if lamp.value != b"blue":
        return found("lamp", value=lamp.value)
    if was is None:
        return found("missing")
    if not was.value.strip():
        return found("empty")
    if was.value == b"blue":
        return found("after")
    if python_text(was):
        return found("python", value=was.value)
    return found(RIGHT) if was.value == b"amber" else found("other", value=was.value)


def version(store: Store) -> Finding:
    """2.2: /desk/cup reads five at version 2, although it was written five times."""
    cup = store.get("/desk/cup")
    if cup is None:
        return found("gone") if any(event.kv.key == b"/desk/cup" for event in store.events) else no_situation(store)
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
        return no_situation(store)
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
    """2.4: no revision that can be read holds tulip, and /desk/secret reads rose."""
    secret = store.get("/desk/secret")
    tulips = [
        event.kv.mod_revision
        for event in store.events
        if event.kv.key == b"/desk/secret" and event.kv.value == b"tulip"
    ]
    if secret is None:
        return found("gone") if tulips or store.compacted else no_situation(store)
    if secret.value != b"rose":
        return found("other", value=secret.value)
    if store.compacted >= secret.mod_revision:
        return found(RIGHT, revision=store.compacted)
    if tulips:
        return found("kept", revision=tulips[-1])
    return found("edge", revision=store.compacted) if store.compacted else no_situation(store)


EXERCISES = (
    Exercise(
        "2.1",
        replaced,
        (RIGHT, "lamp", "missing", "empty", "after", "python", "other"),
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
        (RIGHT, "gone", "kept", "edge", "other"),
        'rose = client.get("/desk/secret").kvs[0]\nclient.compact(rose.mod_revision)',
    ),
)
