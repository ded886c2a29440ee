"""Random puts under random faults: what a watch delivers is what happened, each event once and in order.

Where a compaction overtook it, it says so, and goes on from there. Seeds are fixed, and named when a round fails.
"""

import random
from collections.abc import Callable, Iterator

import pytest

from etcdlearn import Client, CompactedError, LocalServer, server
from etcdlearn.client import Watch
from etcdlearn.testing import Proxy
from tests.conftest import THOROUGH

ROUNDS = 200 if THOROUGH else 20
STEPS = 12
Change = tuple[int, str, bytes, bytes]  # revision, type, key, value


class Round:
    """One server behind one proxy, a writer that goes past it, and what the writer did."""

    def __init__(self, etcd: LocalServer, proxy: Proxy, writer: Client, seed: int) -> None:
        self.etcd, self.proxy, self.writer = etcd, proxy, writer
        self.random = random.Random(seed)
        self.done: list[Change] = []
        self.compacted = 0

    def step(self) -> None:
        faults = (self.restart, self.stand_still, self.proxy.cut, self.proxy.reset, self.slow, self.hold, self.compact)
        weights = (1, 1, 2, 2, 1, 1, 1)
        chosen: Callable[[], None] = self.change
        if self.random.random() < 0.35:
            (chosen,) = self.random.choices(faults, weights)
        chosen()

    def change(self) -> None:
        key = self.random.choice((b"a", b"b", b"c"))
        if self.random.random() < 0.25:
            answer = self.writer.delete(key)
            if answer.deleted:
                self.done.append((answer.header.revision, "DELETE", key, b""))
            return
        value = str(self.random.random()).encode()
        revision = self.writer.put(key, value).header.revision
        self.done.append((revision, "PUT", key, value))

    def restart(self) -> None:
        self.etcd.kill()
        self.etcd.restart()

    def stand_still(self) -> None:
        self.etcd.pause()
        self.etcd.resume()

    def slow(self) -> None:
        self.proxy.delay(self.random.choice((0.0, 0.01, 0.05)))

    def hold(self) -> None:
        self.proxy.black_hole()
        self.change()
        self.proxy.heal()

    def compact(self) -> None:
        if self.done and self.done[-1][0] > self.compacted:
            self.compacted = self.done[-1][0]
            self.writer.compact(self.compacted)


def delivered(client: Client, watch: Watch, last: int) -> Iterator[Change | int]:
    """Changes up to the revision ``last``; a revision alone is the one that a compaction went to, where it goes on."""
    while watch.revision <= last:
        try:
            for event in watch.get(timeout=30).events:
                yield (event.kv.mod_revision, event.type, event.kv.key, event.kv.value)
        except CompactedError as exc:
            yield exc.compact_revision
            watch = client.watch("", prefix=True, start_revision=exc.compact_revision)


def check(seen: list[Change | int], done: list[Change]) -> None:
    """All that was done, in order; a gap only where a compaction says so, and no further than it went."""
    expected = list(done)
    for one in seen:
        if isinstance(one, int):
            assert expected
            assert one > expected[0][0], "compacted is said only of what was not delivered"
            expected = [change for change in expected if change[0] >= one]
        else:
            assert expected
            assert one == expected.pop(0)
    assert expected == []


@pytest.mark.timeout(900)
def test_random_faults() -> None:
    with server() as etcd, Proxy(etcd.endpoints[0]) as proxy, etcd.client() as writer:
        for seed in range(ROUNDS):
            play = Round(etcd, proxy, writer, seed)
            with Client(proxy.endpoint) as client, client.watch("", prefix=True) as watch:
                for _ in range(STEPS):
                    play.step()
                proxy.heal()
                play.change()
                while not play.done:
                    play.change()
                seen = list(delivered(client, watch, play.done[-1][0]))
            try:
                check(seen, play.done)
            except AssertionError as exc:
                exc.add_note(f"seed {seed}: {seen} for {play.done}")
                raise
    print(f"{ROUNDS} rounds, seeds 0 to {ROUNDS - 1}")
