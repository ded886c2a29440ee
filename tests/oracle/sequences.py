"""Sequences of operations, the same for the same seed: few keys, near revisions, so that much collides."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from tests.oracle.oracle import Step

KEYS = (b"a", b"a/", b"a/b", b"a/b/c", b"a0", b"b", b"b\xff", b"b\xff\xff", b"c\x00", b"\xff", "钥".encode(), b"")
VALUES = (b"", b"1", b"2", b"x" * 300, b"\x00\xff", "值".encode())
LEASES = (101, 102, -103)
LENGTH = 14
TARGETS = ("key", "version", "create", "mod", "value")


class Maker:
    """Makes the steps of one sequence. ``revision`` is a guess of the store's, near enough to hit and to miss."""

    def __init__(self, seed: int, revision: int) -> None:
        self.random = random.Random(seed)
        self.revision = revision
        self.watches: list[str] = []

    def steps(self) -> Iterator[Step]:
        weights = {self.put: 8, self.get: 8, self.delete: 3, self.compact: 1, self.lease: 4, self.watch: 1}
        for _ in range(LENGTH):
            yield self.random.choices(list(weights), list(weights.values()))[0]()

    def key(self) -> bytes:
        return self.random.choice(KEYS)

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def span(self) -> Step:
        made: dict[str, Any] = {"key": self.key()}
        how = self.random.choice(("one", "prefix", "fromkey", "end"))
        if how == "end":
            made["end"] = self.random.choice([key for key in KEYS if key] + [b"\0"])
        elif how != "one":
            made[how] = True
        return made

    def near(self) -> int:
        """A revision: often one that can be read, sometimes compacted or in the future."""
        return max(self.random.randint(self.revision - 12, self.revision + 2), 0)

    def put(self) -> Step:
        step: dict[str, Any] = {"do": "put", "key": self.key(), "value": self.random.choice(VALUES)}
        if self.maybe(0.3):
            step["lease"] = self.random.choice(LEASES)
        for option, chance in (("prevkv", 0.4), ("keepval", 0.1), ("keeplea", 0.1)):
            if self.maybe(chance):
                step[option] = True
        if step.get("keepval") and self.maybe(0.7):
            step["value"] = b""
        return step

    def get(self) -> Step:
        step: dict[str, Any] = {"do": "get", **self.span()}
        if self.maybe(0.3):
            step["revision"] = self.near()
        if self.maybe(0.3):
            step["limit"] = self.random.randint(1, 4)
        if self.maybe(0.4):
            step["target"], step["order"] = self.random.choice(TARGETS), self.random.choice(("ascend", "descend"))
        for option, chance in (("keys", 0.2), ("count", 0.1), ("serial", 0.2)):
            if self.maybe(chance):
                step[option] = True
        for option in ("minmod", "maxmod", "minnew", "maxnew"):
            if self.maybe(0.1):
                step[option] = self.near()
        return step

    def delete(self) -> Step:
        step: dict[str, Any] = {"do": "delete", **self.span()}
        if self.maybe(0.5):
            step["prevkv"] = True
        return step

    def compact(self) -> Step:
        return {"do": "compact", "revision": self.near(), "physical": self.maybe(0.5)}

    def lease(self) -> Step:
        lease = self.random.choice(LEASES)
        what = self.random.choice(("grant", "grant", "revoke", "ttl", "leases", "renew"))
        step: dict[str, Any] = {"do": what, "lease": lease}
        if what == "grant":
            step["ttl"] = self.random.choice((1000, 5000, 9_000_000_001))
        return step

    def watch(self) -> Step:
        """From a revision of the past, read at the end of the sequence."""
        name = f"w{len(self.watches)}"
        self.watches.append(name)
        step: dict[str, Any] = {"do": "watch", "name": name, "revision": max(self.near(), 1), **self.span()}
        if not step["key"] and not (step.get("prefix") or step.get("fromkey")):
            step["key"] = b"a"
        if step.get("end") is not None and step["end"] != b"\0" and step["end"] <= step["key"]:
            del step["end"]  # an empty range is refused before it is sent, here; a test of its own says so
        if self.maybe(0.5):
            step["prevkv"] = True
        if self.maybe(0.3):
            step["filters"] = [self.random.choice(("noput", "nodelete"))]
        if self.maybe(0.3):
            step["fragment"] = True
        return step
