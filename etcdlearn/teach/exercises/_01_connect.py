"""Lesson 01: whom one is talking to, what a header says, and what a lost answer leaves open."""

from __future__ import annotations

from etcdlearn.client import Event
from etcdlearn.client._text import show_id
from etcdlearn.teach._store import Store
from etcdlearn.teach.exercises._exercise import RIGHT, Exercise, Finding, answer, found, no_situation


def member(store: Store) -> Finding:
    """1.1: /desk/member holds the id of the member that answers, as etcdctl writes it."""
    text, wrong = answer(store, "/desk/member")
    if wrong:
        return wrong
    ids = {"member": store.header.member_id, "cluster": store.header.cluster_id}
    for name, number in ids.items():
        if text.lower().removeprefix("0x").lstrip("0") == show_id(number):
            return found(RIGHT if name == "member" else "cluster")
        if text == str(number):
            return found("decimal" if name == "member" else "cluster")
    return found("other", value=text.encode())


def revision(store: Store) -> Finding:
    """1.2: the value of /desk/revision is the revision that its put made."""
    text, wrong = answer(store, "/desk/revision")
    if wrong:
        return wrong
    kv = store.get("/desk/revision")
    assert kv is not None
    if not text.isdecimal():
        return found("no number", value=kv.value)
    said, made = int(text), kv.mod_revision
    if said == made:
        return found(RIGHT, revision=made)
    name = "before" if said == made - 1 else "version" if said == kv.version else "off"
    return found(name, said=said, revision=made)


TEA, RICE = "/desk/order/7", "/desk/order/8"


def orders(store: Store) -> Finding:
    """1.3: order 7 had arrived, order 8 had not; now each was written exactly once."""
    if store.get("/desk/day") is None:
        return no_situation(store)
    done = {key: _changes(store, key) for key in (TEA, RICE)}
    if not done[TEA] or done[TEA][0].type != "PUT":
        return no_situation(store)
    deleted = [key for key, events in done.items() if any(event.type == "DELETE" for event in events)]
    if deleted:
        return found("deleted", key=deleted[0])
    twice = [key for key, events in done.items() if len(events) > 1]
    if twice:
        return found("twice", key=twice[0], times=len(done[twice[0]]))
    kv = store.get(RICE)
    if kv is None:
        return found("missing")
    return found(RIGHT) if kv.value == b"rice" else found("other", value=kv.value)


def _changes(store: Store, key: str) -> list[Event]:
    return [event for event in store.since("/desk/day") if event.kv.key == key.encode()]


EXERCISES = (
    Exercise(
        "1.1",
        member,
        (RIGHT, "missing", "empty", "cluster", "decimal", "other"),
        'header = client.get("/desk/member").header\nclient.put("/desk/member", f"{header.member_id:x}")',
    ),
    Exercise(
        "1.2",
        revision,
        (RIGHT, "missing", "empty", "no number", "before", "version", "off"),
        'now = client.get("/desk/revision").header.revision\nclient.put("/desk/revision", str(now + 1))',
    ),
    Exercise(
        "1.3",
        orders,
        (RIGHT, "missing", "twice", "deleted", "other"),
        'for key, value in [("/desk/order/7", "tea"), ("/desk/order/8", "rice")]:\n'
        "    if client.get(key).count == 0:\n"
        "        client.put(key, value)",
    ),
)
