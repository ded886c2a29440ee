"""Two that do the same operations on twin servers: etcd's own Go client, in a process of its own, and ours."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from etcdlearn import Client, CompactedError, EtcdError, Event, KeyValue, ServerError, Watch

HERE = Path(__file__).parent / "clientv3"
BUILT = Path(__file__).resolve().parents[2] / ".build" / "oracle"
Step = Mapping[str, Any]
Answer = dict[str, Any]
PATIENCE = 10.0  # seconds for events to come


class Doer(Protocol):
    """Does one operation and says what came of it."""

    def do(self, step: Step) -> Answer: ...


def build() -> Path:
    """The Go program, built once for each state of its source."""
    digest = hashlib.sha256()
    for path in sorted(HERE.iterdir()):
        digest.update(path.read_bytes())
    program = BUILT / f"oracle-{digest.hexdigest()[:16]}"
    if not program.exists():
        BUILT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILT) as folder:
            made = Path(folder) / "oracle"
            env = {
                **os.environ,
                "CGO_ENABLED": "0",
                "GOTOOLCHAIN": "local",
                "GOFLAGS": "-mod=readonly",
                "GOWORK": "off",
            }
            subprocess.run(["go", "build", "-C", str(HERE), "-o", str(made), "."], env=env, check=True)
            made.rename(program)
    return program


class Oracle:
    """etcd's own Go client."""

    def __init__(self, program: Path, endpoint: str) -> None:
        self._process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.do({"do": "connect", "endpoint": endpoint}) == {}

    def do(self, step: Step) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = {name: encoded(value) for name, value in step.items()}
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        answer: Answer = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def encoded(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


class Ours:
    """Our client; what it answers is written down as the oracle writes it."""

    def __init__(self, endpoint: str) -> None:
        self._client = Client(endpoint)
        self._watches: dict[str, Watch] = {}
        self._unread: dict[str, list[Answer]] = {}

    def close(self) -> None:
        self._client.close()

    def do(self, step: Step) -> Answer:
        act = getattr(self, f"_{step['do']}")
        try:
            return {name: value for name, value in act(step).items() if value}
        except EtcdError as exc:
            return {"Error": sentence(exc)}

    def _put(self, step: Step) -> Answer:
        answer = self._client.put(
            step["key"],
            step["value"],
            lease=step.get("lease", 0),
            prev_kv=step.get("prevkv", False),
            ignore_value=step.get("keepval", False),
            ignore_lease=step.get("keeplea", False),
        )
        return {"Revision": answer.header.revision, "Prev": plains([answer.prev_kv] if answer.prev_kv else [])}

    def _get(self, step: Step) -> Answer:
        answer = self._client.get(
            step["key"],
            **span(step),
            limit=step.get("limit", 0),
            revision=step.get("revision", 0),
            sort_target=step.get("target"),
            sort_order=step.get("order"),
            serializable=step.get("serial", False),
            keys_only=step.get("keys", False),
            count_only=step.get("count", False),
            min_mod_revision=step.get("minmod", 0),
            max_mod_revision=step.get("maxmod", 0),
            min_create_revision=step.get("minnew", 0),
            max_create_revision=step.get("maxnew", 0),
        )
        return {
            "Revision": answer.header.revision,
            "KVs": plains(answer.kvs),
            "More": answer.more,
            "Count": answer.count,
        }

    def _delete(self, step: Step) -> Answer:
        answer = self._client.delete(step["key"], **span(step), prev_kv=step.get("prevkv", False))
        return {"Revision": answer.header.revision, "Deleted": answer.deleted, "Prev": plains(answer.prev_kvs)}

    def _compact(self, step: Step) -> Answer:
        answer = self._client.compact(step["revision"], physical=step.get("physical", False))
        return {"Revision": answer.header.revision}

    def _grant(self, step: Step) -> Answer:
        answer = self._client.grant(step["ttl"], id=step["lease"])
        return {"ID": answer.id, "TTL": answer.ttl}

    def _revoke(self, step: Step) -> Answer:
        return {"Revision": self._client.revoke(step["lease"]).header.revision}

    def _renew(self, step: Step) -> Answer:
        answer = self._client.lease.keep_alive_once(step["lease"])
        return {"ID": answer.id, "TTL": answer.ttl}

    def _ttl(self, step: Step) -> Answer:
        answer = self._client.lease.time_to_live(step["lease"], keys=True)
        return {"ID": answer.id, "Granted": answer.granted_ttl, "Keys": [encoded(key) for key in answer.keys]}

    def _leases(self, _step: Step) -> Answer:
        return {"Leases": list(self._client.lease.leases().leases)}

    def _watch(self, step: Step) -> Answer:
        self._watches[step["name"]] = self._client.watch(
            step["key"],
            **span(step),
            start_revision=step.get("revision", 0),
            prev_kv=step.get("prevkv", False),
            filters=step.get("filters", ()),
            fragment=step.get("fragment", False),
        )
        return {}

    def _read(self, step: Step) -> Answer:
        """Exactly so many events; and when they are there, etcd itself says that no other one is on its way."""
        watch, wanted = self._watches[step["name"]], step["limit"]
        events = self._unread.setdefault(step["name"], [])
        try:
            while len(events) < wanted:
                events += map(plain_event, watch.get(timeout=PATIENCE).events)
        except CompactedError as exc:
            return {"Error": sentence(exc), "Compact": exc.compact_revision, "Events": events}
        taken, self._unread[step["name"]] = events[:wanted], events[wanted:]
        return {"Events": taken}

    def surplus(self, name: str) -> list[Answer]:
        """What a watch delivers beyond what was read, up to now."""
        watch, events = self._watches[name], self._unread[name]
        watch.request_progress()
        while not (response := watch.get(timeout=PATIENCE)).is_progress_notify:
            events += map(plain_event, response.events)
        return events

    def _unwatch(self, step: Step) -> Answer:
        self._watches.pop(step["name"]).close()
        self._unread.pop(step["name"], None)
        return {}


def span(step: Step) -> dict[str, Any]:
    return {
        "prefix": step.get("prefix", False),
        "from_key": step.get("fromkey", False),
        "range_end": step.get("end"),
    }


def sentence(exc: EtcdError) -> str:
    """As Go's ``rpctypes.ErrorDesc``: etcd's own words."""
    return exc.message if isinstance(exc, ServerError) else f"{type(exc).__name__}: {exc}"


def plain(kv: KeyValue) -> Answer:
    made = {"Key": encoded(kv.key), "Value": encoded(kv.value) if kv.value else None}
    numbers = {"Create": kv.create_revision, "Mod": kv.mod_revision, "Version": kv.version, "Lease": kv.lease}
    return {**made, **numbers}


def plains(kvs: Any) -> list[Answer]:
    return [plain(kv) for kv in kvs]


def plain_event(event: Event) -> Answer:
    return {
        "Type": event.type,
        "KV": plain(event.kv),
        "Prev": plain(event.prev_kv) if event.prev_kv is not None else None,
    }
