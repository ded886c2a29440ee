"""RangeRuler: what [key, range_end) covers, byte by byte, and which live keys are inside."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import traitlets

from etcdlearn.client import Client, Watch
from etcdlearn.client._text import show
from etcdlearn.errors import ClientClosedError, CompactedError, EtcdError
from etcdlearn.widgets._follower import AGAIN, SHORT
from etcdlearn.widgets._range import BESIDE, FIRST, LAST, MOST, Ruler, as_ruler, outlined
from etcdlearn.widgets._ruler_scene import scene, table
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._stage import Stage


class RangeRuler(Stage):
    """The two bounds of a range, byte by byte, and the live keys around it.

    ``key`` is a trait: assign another, or link it to a text control of ipywidgets, and the picture follows at once::

        text = ipywidgets.Text("/illusory/", continuous_update=True)
        traitlets.link((text, "value"), (ruler, "key"))

    While somebody types, the key can be one that etcd refuses, or half a character: the picture says so and keeps the
    last good range; nothing is raised.

    Args:
        key: as for ``get``; "" with ``prefix`` or ``from_key`` means every key.
        prefix, from_key, range_end: as for ``get``; at most one of them.
        client: whose keys are shown; left out, only the bytes are.

    Raises:
        ValueError: two ways to end the range, an empty key alone, which etcd refuses, or text that is no UTF-8.
        TypeError: a key that is neither text nor bytes (assigned later: ``traitlets.TraitError``).
        UnavailableError, DeadlineError, ServerError: the server did not answer, or refused.
    """

    picture = "ruler"
    _watch: Watch | None = None
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
        self._good = as_ruler(key, **self._ends)
        super().__init__()
        self.key = key if isinstance(key, str) else bytes(key)
        self._client: Client | None = client
        self._lost = ""
        self._broken = False  # the stream of the watch, as against one answer that did not come
        if client is not None:
            try:
                self._watch = self._watching(client)
                self._good = read(client, self._good)
            except BaseException:
                self.close()
                raise
            self._reader = threading.Thread(target=self._follow, name="etcdlearn-ruler", daemon=True)
            self._reader.start()
        self._begin()
        self.observe(lambda _: self._paint(), "key")

    def _watching(self, client: Client) -> Watch:
        watch = client.watch("", prefix=True)
        watch._listeners = (self._heard,)
        return watch

    def _heard(self, what: str, detail: object) -> None:
        """The watch's own account of its stream."""
        if what in ("broke", "resumed"):
            self._broken = what == "broke"
            self._lost = str(detail) if self._broken else ""
            self.changed()

    def _follow(self) -> None:
        """The thread: whatever changes may have moved a key in or out."""
        while self._watch is not None and not self._over.is_set():
            try:
                for _ in self._watch:
                    self.changed()
                return
            except EtcdError as exc:  # its data lost, or compacted while nothing was heard: a watch from now is as good
                self._lose(exc)
            self._watch = self._watch_anew()

    def _watch_anew(self) -> Watch | None:
        while self._client is not None and not self._over.wait(AGAIN):
            try:
                watch = self._watching(self._client)
            except EtcdError as exc:
                self._lose(exc)
                continue
            self._heard("resumed", "")
            if self._over.is_set():
                watch.close()
            return watch
        return None

    def _lose(self, why: EtcdError) -> None:
        if isinstance(why, ClientClosedError):
            self._client = None  # nothing is lost: whoever closed it wants no more of it
        else:
            self._lost = str(why)
        self.changed()

    def _tick(self) -> float | None:
        return 1.0 if self._lost else None  # ask again

    def _draw(self, width: int) -> Node:
        self._ask()
        return scene(self._now(), width, self.words)

    def _ask(self) -> None:
        """Read the keys around the range that the trait names; an unusable key leaves the last good range."""
        wanted, _ = self._wanted()
        if self._closed:
            return
        try:
            if self._client is not None and not self._broken:
                self._good = read(self._client, wanted)
                self._lost = ""
                return
        except CompactedError:
            self.changed()  # compacted this very moment: the next paint reads a newer revision
            return
        except EtcdError as exc:
            self._lose(exc)
        if (wanted.given, wanted.span) != (self._good.given, self._good.span):
            self._good = wanted  # nobody knows which keys are there: the bytes alone

    def _wanted(self) -> tuple[Ruler, str]:
        """The range that the trait names, or the last good one and why not."""
        try:
            return as_ruler(self.key, **self._ends), ""
        except UnicodeEncodeError:
            return self._good, "text"
        except ValueError:
            return self._good, "empty"

    def _now(self) -> Ruler:
        return replace(self._good, lost=self._lost, refused=self._wanted()[1])

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
        said += ["key refused"] if data.refused else []
        said += ["not connected"] if data.lost else []
        return f"RangeRuler({', '.join(said)})"


def read(client: Client, ruler: Ruler) -> Ruler:
    """The keys in the range and next to it, all at one revision.

    Raises:
        CompactedError: that revision was compacted in between; ask again.
        UnavailableError, DeadlineError, ServerError: the server did not answer, or refused.
    """
    span = ruler.span
    end = span.end or span.key + b"\x00"
    found = client.get(span.key, range_end=end, limit=MOST, keys_only=True, timeout=SHORT)
    at: dict[str, Any] = {"revision": found.header.revision, "keys_only": True, "timeout": SHORT}
    backwards: dict[str, Any] = {"sort_target": "key", "sort_order": "descend", **at}
    first, last = list(found.kvs), []
    if found.count > MOST:
        first, last = first[:FIRST], list(client.get(span.key, range_end=end, limit=LAST, **backwards).kvs[::-1])
    below, behind = span.beside()
    smallest = b"\x00"  # there is no key below it, and as a range_end it would mean no upper bound
    before = client.get(smallest, range_end=below, limit=BESIDE, **backwards).kvs[::-1] if below > smallest else ()
    after = client.get(behind, from_key=True, limit=BESIDE, **at).kvs if behind is not None else ()
    total = client.get("", prefix=True, revision=at["revision"], count_only=True, timeout=SHORT).count
    beside = [[kv.key for kv in part] for part in (before, after)]
    shown = [[kv.key for kv in part] for part in (first, last)]
    return outlined(ruler, beside, shown, inside=found.count, total=total)
