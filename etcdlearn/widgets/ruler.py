"""RangeRuler: what [key, range_end) covers, byte by byte, and which live keys are inside."""

from __future__ import annotations

import threading
from typing import Any

import traitlets

from etcdlearn.client import Client, Watch
from etcdlearn.client._ranges import as_range
from etcdlearn.client._text import show
from etcdlearn.errors import ClientClosedError, EtcdError
from etcdlearn.widgets._range import UNBOUNDED, Row, Ruler, Span
from etcdlearn.widgets._ruler_scene import scene, table
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._stage import Stage

BESIDE, INSIDE, LAST = 3, 7, 2  # keys shown before and after the range, and its first and last ones


class RangeRuler(Stage):
    """The two bounds of a range, byte by byte, and the live keys around it.

    ``key`` is a trait: assign another key, or link it to a text control of ipywidgets, and the picture follows.

    Args:
        key: as for ``get``; "" with ``prefix`` or ``from_key`` means every key.
        prefix, from_key, range_end: as for ``get``; at most one of them.
        client: whose keys are shown; left out, only the bytes are.

    Raises:
        ValueError: two ways to end the range, or an empty key alone, which etcd refuses.
        UnavailableError, DeadlineError, ServerError: the server did not answer, or refused.
    """

    key = traitlets.Union([traitlets.Unicode(), traitlets.Bytes()], help="The key, or the prefix.")

    def __init__(
        self,
        key: str | bytes,
        *,
        prefix: bool = False,
        from_key: bool = False,
        range_end: str | bytes | None = None,
        client: Client | None = None,
    ) -> None:
        self._ends: dict[str, Any] = {"prefix": prefix, "from_key": from_key, "range_end": range_end}
        as_ruler(key, **self._ends)
        super().__init__()
        self._client = client
        self._lost = ""
        self._keys: Ruler | None = None
        self._watch: Watch | None = None
        self.set_trait("key", key)
        if client is not None:
            try:
                self._keys = read(client, self._ruler())
                self._watch = client.watch("", prefix=True)
            except BaseException:
                self.close()
                raise
            threading.Thread(target=self._follow, args=(self._watch,), name="etcdlearn-ruler", daemon=True).start()
        self._begin()

    @traitlets.validate("key")
    def _checked_key(self, proposal: Any) -> str | bytes:
        as_ruler(proposal["value"], **self._ends)
        value: str | bytes = proposal["value"]
        return value

    @traitlets.observe("key")
    def _moved(self, _change: Any) -> None:
        self.changed()

    def _ruler(self) -> Ruler:
        return as_ruler(self.key, **self._ends)

    def _follow(self, watch: Watch) -> None:
        """The thread: whatever changes may have moved a key in or out."""
        try:
            for _ in watch:
                self.changed()
        except EtcdError as exc:
            self._lose(exc)

    def _lose(self, why: EtcdError) -> None:
        self._lost = "" if isinstance(why, ClientClosedError) else str(why)
        self.changed()

    def _draw(self, width: int) -> Node:
        return scene(self._now(), width, self.words)

    def _now(self) -> Ruler:
        """The ruler with its keys as the server has them; the last known ones when it does not answer."""
        ruler = self._ruler()
        if self._client is None:
            return ruler
        if not self._closed and not self._lost:
            try:
                self._keys = read(self._client, ruler)
            except EtcdError as exc:
                self._lose(exc)
        kept = self._keys if self._keys and self._keys.span == ruler.span else None
        found = kept or ruler
        return Ruler(
            ruler.given, ruler.how, ruler.span, found.rows or (), found.inside, found.total, found.folded, self._lost
        )

    def _table(self) -> tuple[list[str], list[list[str]]]:
        return table(self._now(), self.words)

    def close(self) -> None:
        """End the picture and its watch; it stays as it was last painted. Harmless when repeated."""
        super().close()
        if self._watch is not None:
            self._watch.close()

    def __repr__(self) -> str:
        data = self._now()
        end = "one key" if not data.span.end else f"range_end {show(data.span.end)}"
        said = [f"{show(data.given)} {data.how}" if data.how in ("prefix", "from_key") else show(data.given), end]
        if data.rows is not None:
            said.append(f"{data.inside:,} of {data.total:,} keys inside")
        said += ["not connected"] if data.lost else []
        return f"RangeRuler({', '.join(said)})"


def as_ruler(key: str | bytes, *, prefix: bool, from_key: bool, range_end: str | bytes | None) -> Ruler:
    """The range as it travels. Raises ``ValueError`` for two ways to end it, or for an empty key alone."""
    span = Span(*as_range(key, prefix=prefix, from_key=from_key, range_end=range_end))
    if not span.key:
        raise ValueError("an empty key alone is refused by etcd; with prefix=True or from_key=True it means every key")
    given = key.encode() if isinstance(key, str) else key
    how = "prefix" if prefix else "from_key" if from_key else "one" if range_end is None else "range"
    return Ruler(given, how, span)


def read(client: Client, ruler: Ruler) -> Ruler:
    """The keys in the range and around it, all at one revision.

    Raises:
        UnavailableError, DeadlineError, ServerError: the server did not answer, or refused.
    """
    span = ruler.span
    end = span.end or span.key + b"\x00"
    inside = client.get(span.key, range_end=end, limit=INSIDE, keys_only=True)
    at: dict[str, Any] = {"revision": inside.header.revision, "keys_only": True}
    total = client.get("", prefix=True, revision=at["revision"], count_only=True).count
    before = client.get(b"\x00", range_end=span.key, limit=BESIDE, sort_target="key", sort_order="descend", **at).kvs[
        ::-1
    ]
    after_from = max(end, span.key)
    after = () if end == UNBOUNDED else client.get(after_from, from_key=True, limit=BESIDE, **at).kvs
    rows = [Row(kv.key, False) for kv in before] + [Row(kv.key, True) for kv in inside.kvs]
    folded = (0, 0)
    if inside.count > INSIDE:
        last = client.get(span.key, range_end=end, limit=LAST, sort_target="key", sort_order="descend", **at).kvs[::-1]
        new = [kv for kv in last if kv.key > inside.kvs[-1].key]
        folded = (len(rows), inside.count - INSIDE - len(new)) if inside.count > INSIDE + len(new) else (0, 0)
        rows += [Row(kv.key, True) for kv in new]
    rows += [Row(kv.key, False) for kv in after]
    return Ruler(ruler.given, ruler.how, span, tuple(rows), inside.count, total, folded)
