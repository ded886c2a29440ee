"""Go's clientv3 judges ours: the same operations on twin servers give the same answers and the same errors."""

import base64
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from etcdlearn import LocalServer, prefix_range_end, server
from etcdlearn.testing import Proxy
from tests.conftest import THOROUGH
from tests.oracle.oracle import Answer, Oracle, Ours, Step, build
from tests.oracle.sequences import LEASES, Maker

pytestmark = [pytest.mark.go, pytest.mark.timeout(900)]

SEQUENCES = 1000 if THOROUGH else 100
FIRST_SEED = 20_000
ALL: Step = {"name": "all", "key": b"", "prefix": True}


@pytest.fixture(scope="module")
def program() -> Path:
    return build()


class Twins:
    """The Go client and ours, each on a server of its own; the two servers are in the same state.

    A watch of everything, from the beginning, is the record of what there was to be seen.
    """

    def __init__(self, program: Path, one: str, other: str) -> None:
        self.oracle, self.ours = Oracle(program, one), Ours(other)
        self.record: list[Answer] = []
        self.compacted = 0
        self.do({"do": "watch", "revision": 2, **ALL})

    def do(self, step: Step) -> Answer:
        """One step on both; they must agree."""
        theirs, mine = (normal(each.do(step)) for each in (self.oracle, self.ours))
        assert mine == theirs, f"\n{step}\nclientv3:  {theirs}\netcdlearn: {mine}"
        return theirs

    def write_down(self) -> int:
        """Bring the record up to now; the revision of now.

        By a put, of which a revision has just one event: so the last one is known to be there.
        """
        now = int(self.do({"do": "put", "key": b"~", "value": b""})["Revision"])
        while (self.record[-1]["KV"]["Mod"] if self.record else 1) < now:
            self.record += self.do({"do": "read", "name": "all", "limit": 1})["Events"]
        return now

    def read(self, watch: Step, since: int) -> tuple[int, Answer]:
        """Up to which revision, and what: all that a watch must deliver from ``since`` on, by the record."""
        now = self.write_down()
        wanted = [event for event in self.record if event["KV"]["Mod"] >= since and delivers(watch, event)]
        return now, self.do({"do": "read", "name": watch["name"], "limit": len(wanted)})

    def close(self) -> None:
        self.oracle.close()
        self.ours.close()


@contextmanager
def twins(program: Path) -> Iterator[tuple[Twins, tuple[LocalServer, LocalServer]]]:
    with server() as one, server() as other:
        made = Twins(program, one.endpoints[0], other.endpoints[0])
        try:
            yield made, (one, other)
        finally:
            made.close()


def normal(answer: Answer) -> Answer:
    """Without what may differ: etcd keeps leases, and the keys of one, in no order."""
    return {**answer, **{name: sorted(answer[name]) for name in ("Leases", "Keys") if name in answer}}


def delivers(watch: Step, event: Answer) -> bool:
    """Whether an event belongs to a watch, by the definition of ranges and filters."""
    key = base64.b64decode(event["KV"]["Key"])
    first: bytes = watch["key"]
    end: bytes = watch.get("end", b"")
    filtered = {"PUT": "noput", "DELETE": "nodelete"}[event["Type"]]
    if filtered in watch.get("filters", ()) or event["KV"]["Mod"] < watch.get("revision", 0):
        return False
    if watch.get("prefix"):
        return key.startswith(first)
    if watch.get("fromkey") or end == b"\0":
        return key >= first
    return first <= key < end if end else key == first


def sequence(both: Twins, seed: int) -> None:
    maker = Maker(seed, both.write_down())
    watches: dict[str, Step] = {}
    read: dict[str, int] = {}
    for step in maker.steps():
        if step["do"] == "compact" and watches:
            continue  # it could overtake what a watch still has to deliver, on one server and not on the other
        answer = both.do(step)
        maker.revision = max(maker.revision, answer.get("Revision", 0))
        if step["do"] == "compact" and "Error" not in answer:
            both.compacted = step["revision"]
        if step["do"] == "watch":  # history at once: a compaction could overtake it on one server and not on the other
            if step["revision"] < both.compacted:
                assert "Compact" in both.do({"do": "read", "name": step["name"], "limit": 1})
                both.do({"do": "unwatch", "name": step["name"]})
            else:
                watches[step["name"]], read[step["name"]] = step, both.read(step, 0)[0] + 1
    for lease in LEASES:
        both.do({"do": "revoke", "lease": lease})
    for _ in range(3):  # a start in the future is past now; until then etcd answers no question about progress
        both.do({"do": "put", "key": b"b", "value": b"end"})
    for name, watch in watches.items():
        both.read(watch, read[name])
        assert both.ours.surplus(name) == []
        both.do({"do": "unwatch", "name": name})
    both.do({"do": "delete", "key": b"", "prefix": True})


def test_the_same_sequences(program: Path) -> None:
    with twins(program) as (both, _):
        for seed in range(FIRST_SEED, FIRST_SEED + SEQUENCES):
            try:
                sequence(both, seed)
            except AssertionError as exc:
                exc.add_note(f"seed {seed}, after those from {FIRST_SEED} on")
                raise
        print(f"{SEQUENCES} sequences, seeds {FIRST_SEED} to {FIRST_SEED + SEQUENCES - 1}, {len(both.record)} events")


def test_watches_over_cut_connections(program: Path) -> None:
    """From a fixed start, so that both must deliver the same: every event from there on, once and in order.

    The writes go past the proxies: what a cut does to a write is another question.
    """
    with (
        server() as one,
        server() as other,
        one.client() as first,
        other.client() as second,
        Proxy(one.endpoints[0]) as left,
        Proxy(other.endpoints[0]) as right,
    ):
        oracle, ours = Oracle(program, left.endpoint), Ours(right.endpoint)
        try:
            for seed in range(max(SEQUENCES // 5, 20)):
                chance = random.Random(seed)
                start = max(writer.put("k", "0").header.revision for writer in (first, second)) + 1
                watch: Step = {
                    "do": "watch",
                    "name": "w",
                    "revision": start,
                    "key": b"",
                    "prefix": True,
                    "prevkv": True,
                }
                assert oracle.do(watch) == ours.do(watch) == {}
                for n in range(8):
                    for writer in (first, second):
                        writer.put(f"k{n % 3}", str(n))
                    if chance.random() < 0.4:
                        left.cut()
                        right.cut()
                read = {"do": "read", "name": "w", "limit": 8}
                theirs, mine = oracle.do(read), ours.do(read)
                assert mine == theirs, f"seed {seed}"
                assert [event["KV"]["Mod"] for event in mine["Events"]] == list(range(start, start + 8))
                assert ours.surplus("w") == []
                for each in (oracle, ours):
                    each.do({"do": "unwatch", "name": "w"})
        finally:
            oracle.close()
            ours.close()


def test_ends_of_prefixes(program: Path) -> None:
    """The one rule that every range hangs on, over the keys that are hard."""
    with twins(program) as (both, _):
        for key in (b"a", b"a/", b"a\xff", b"a\xfe\xff", b"\xff", b"\xff\xff", b"\x00"):
            both.do({"do": "put", "key": key + b"x", "value": b""})
            both.do({"do": "put", "key": prefix_range_end(key) if key.strip(b"\xff") else b"z", "value": b""})
            both.do({"do": "get", "key": key, "prefix": True})
            both.do({"do": "delete", "key": key, "prefix": True, "prevkv": True})
