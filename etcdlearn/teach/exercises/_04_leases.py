"""Lesson 04: which lease holds a key, what takes a key off it, and what a revoke takes along."""

from __future__ import annotations

from etcdlearn.client import Event, KeyValue
from etcdlearn.teach._store import Store
from etcdlearn.teach.exercises._exercise import RIGHT, Exercise, Finding, found, no_situation

CANDLE = "/desk/candle"
BURNS = 300


def candle(store: Store) -> Finding:
    """4.1: /desk/candle reads lit, on a lease that was granted 300 s."""
    kv = store.get(CANDLE)
    if kv is None:
        return found("missing")
    if kv.value != b"lit":
        return found("other", value=kv.value)
    lease = store.leases.get(kv.lease)
    if lease is None:
        return found("no lease")
    return found(RIGHT if lease.granted_ttl == BURNS else "ttl", ttl=lease.granted_ttl)


LAMP = "/desk/lamp"


def dimmed(store: Store) -> Finding:
    """4.2: /desk/lamp went from bright to dim, and the lease that held it holds it."""
    bright = [kv for kv in _puts(store.events, LAMP) if kv.value == b"bright" and kv.version == 1]
    if not bright:
        return no_situation(store)
    kv = store.get(LAMP)
    if kv is None:
        return found("gone")
    if kv == bright[-1]:
        return found("untouched")
    if kv.value != b"dim":
        return found("other", value=kv.value)
    if not kv.lease:
        return found("no lease")
    return found(RIGHT if kv.lease == bright[-1].lease else "other lease")


SWITCH = "/desk/switch"
LAMPS = ("/desk/lamp/a", "/desk/lamp/b", "/desk/lamp/c")


def one_for_all(store: Store) -> Finding:
    """4.3: one lease holds the three lamps, none of them went out on the way, and no old lease is left."""
    if store.get(SWITCH) is None:
        return no_situation(store)
    out = _deleted(store, SWITCH, LAMPS)
    if out:
        return found("went out", key=out[0])
    lamps = [kv for key in LAMPS if (kv := store.get(key))]
    if len(lamps) < len(LAMPS):
        return no_situation(store)
    other = next((kv for kv in lamps if kv.value != b"on"), None)
    if other:
        return found("other", key=other.key, value=other.value)
    return _held(store, lamps)


def _held(store: Store, lamps: list[KeyValue]) -> Finding:
    loose = next((kv for kv in lamps if not kv.lease), None)
    if loose:
        return found("no lease", key=loose.key)
    holding = {kv.lease for kv in lamps}
    if len(holding) > 1:
        return found("several", leases=len(holding))
    before = {kv.lease for key in LAMPS for kv in _puts(store.before(SWITCH), key)}
    left = (before - holding) & set(store.leases)
    return found("left", leases=len(left)) if left else found(RIGHT)


SWEPT = "/desk/swept"
THINGS = ("/desk/pen", "/desk/ink")


def swept(store: Store) -> Finding:
    """4.4: no lease is left that holds no key, and no key was lost."""
    if store.get(SWEPT) is None:
        return no_situation(store)
    gone = [key for key in THINGS if store.get(key) is None]
    if gone:
        return found("gone", key=gone[0])
    back = _deleted(store, SWEPT, THINGS)
    if back:
        return found("put back", key=back[0])
    loose = [key for key in THINGS if (kv := store.get(key)) and not kv.lease]
    if loose:
        return found("no lease", key=loose[0])
    idle = [lease for lease in store.leases.values() if not lease.keys]
    return found("idle", leases=len(idle)) if idle else found(RIGHT)


def _puts(events: tuple[Event, ...], key: str) -> list[KeyValue]:
    return [event.kv for event in events if event.type == "PUT" and event.kv.key == key.encode()]


def _deleted(store: Store, marker: str, keys: tuple[str, ...]) -> list[str]:
    """Those of ``keys`` that were deleted after the marker was put, whether they came back or not."""
    gone = {event.kv.key for event in store.since(marker) if event.type == "DELETE"}
    return [key for key in keys if key.encode() in gone]


EXERCISES = (
    Exercise(
        "4.1",
        candle,
        (RIGHT, "missing", "no lease", "ttl", "other"),
        'lease = client.grant(300)\nclient.put("/desk/candle", "lit", lease=lease)',
    ),
    Exercise(
        "4.2",
        dimmed,
        (RIGHT, "untouched", "gone", "no lease", "other lease", "other"),
        'client.put("/desk/lamp", "dim", ignore_lease=True)',
    ),
    Exercise(
        "4.3",
        one_for_all,
        (RIGHT, "went out", "no lease", "several", "left", "other"),
        "one = client.grant(600)\n"
        'for kv in client.get("/desk/lamp/", prefix=True).kvs:\n'
        "    client.put(kv.key, kv.value, lease=one)\n"
        "    client.revoke(kv.lease)",
    ),
    Exercise(
        "4.4",
        swept,
        (RIGHT, "gone", "put back", "no lease", "idle"),
        "for lease in client.lease.leases().leases:\n"
        "    if not client.lease.time_to_live(lease, keys=True).keys:\n"
        "        client.revoke(lease)",
    ),
)
