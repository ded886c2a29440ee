"""WatchTape: what a watch received against what etcd wrote, through every break."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, SupportsIndex

from etcdlearn.client import Client, Watch
from etcdlearn.client._call import DEFAULT, Timeout
from etcdlearn.client._ranges import END_OF_KEYS
from etcdlearn.client._text import show
from etcdlearn.client.watcher import as_filters
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._stage import Stage
from etcdlearn.widgets._tape import Tape
from etcdlearn.widgets._tape_recorder import Recorder
from etcdlearn.widgets._tape_scene import scene
from etcdlearn.widgets._tape_table import table
from etcdlearn.widgets._tape_watchers import Watchers


class WatchTape(Stage):
    """A watch as a tape: above what etcd wrote, below what the watch received, a line for each revision between.

    The picture makes a watch of its own and reads it itself; it takes nothing from other watches. What etcd wrote is
    seen by a second watcher of the whole store. Give it a connection that a break of the first does not cut::

        tape = WatchTape(client_through_a_proxy, "/illusory/", prefix=True, second=lab.client)

    Without ``second`` it goes through the same client: both are cut, the upper track is filled afterwards from the
    store's history, and says "order only".

    A revision stands in the gap of a break when the watch had not received it before, and the server had it when it
    created the watch again. So the picture depends on revisions and not on a clock, and is the same whenever a lesson
    runs, provided that what is to stand in the gap is written before the connection heals. Durations are shown by the
    live picture alone: the stored one, its table and the ``repr`` have none.

    A delete is drawn as an expiry when that is proved: the key's last lease is gone, and neither client revoked it.

    Args:
        client: an open client, whose watch is shown; the picture ends with it.
        key: and all that follows but ``second``: as for ``client.watch``.
        second: a client on another connection to the same store, in the same namespace.

    Attributes:
        watch: the watch that is shown: its ``revision``, its ``request_progress()``. Who reads it takes responses away
            from the picture.

    Raises:
        ValueError: a range that is empty, an unknown filter; or ``second`` sees another store or namespace.
        TypeError: an argument of another type.
        UnavailableError, DeadlineError, ServerError: as ``client.watch``; there is nothing to show then.
    """

    picture = "tape"
    watch: Watch
    _watchers: Watchers

    def __init__(
        self,
        client: Client,
        key: str | bytes,
        *,
        second: Client | None = None,
        prefix: bool = False,
        from_key: bool = False,
        range_end: str | bytes | None = None,
        start_revision: SupportsIndex = 0,
        prev_kv: bool = False,
        filters: Iterable[str] = (),
        progress_notify: bool = False,
        fragment: bool = False,
        require_leader: bool = False,
        timeout: Timeout = DEFAULT,
    ) -> None:
        span: dict[str, Any] = {"prefix": prefix, "from_key": from_key, "range_end": range_end}
        how: dict[str, Any] = {"start_revision": start_revision, "prev_kv": prev_kv, "filters": as_filters(filters)}
        how |= {"progress_notify": progress_notify, "fragment": fragment, "require_leader": require_leader}
        if second is not None:
            check_same_store(client, second)
        super().__init__()
        try:
            self.watch = client.watch(key, **span, **how, timeout=timeout)
            self._blank = _blank(self.watch, span, how["filters"], second)
            record = Recorder(self.watch.start_revision, how["filters"])
            self._watchers = Watchers(client, second, self.watch, record, self.changed)
        except BaseException:
            self.close()
            raise
        self._watchers.catch_up()
        self._begin()

    def _snapshot(self) -> Tape:
        return self._watchers.tape(self._blank)

    def _draw(self, width: int) -> Node:
        return scene(self._snapshot(), width, self.words)

    def _still(self, width: int) -> Node:
        return scene(self._snapshot().without_times(), width, self.words)

    def _tick(self) -> float | None:
        return 1.0 if self._watchers.record.away else None

    def _table(self) -> tuple[list[str], list[list[str]]]:
        return table(self._snapshot(), self.words)

    def refresh(self) -> WatchTape:
        """Bring the picture up to date now: everything that the server has when this is called is in it.

        Waits 5 seconds at most for what the server has; the answer to a ``request_progress`` is waited for, too. In a
        break it waits for the watch to go on if ``client`` reaches the server again; else it comes back after about two
        seconds, and the picture says that the connection is cut.
        """
        if not self._closed:
            self._watchers.catch_up()
            self._paint()
        return self

    def close(self) -> None:
        """End the picture and both its watches; it stays as it was last painted. Harmless when repeated."""
        super().close()
        if "_watchers" in vars(self):
            self._watchers.close()

    def __repr__(self) -> str:
        data = self._snapshot()
        how = f" {data.how}" if data.how in ("prefix", "from_key") else ""
        how = f" to {show(data.end)}" if data.how == "range" else how
        keys = "every key" if data.key == data.end == END_OF_KEYS else f"{show(data.key)}{how}"
        said = [f"{keys}, from revision {data.start}: {_received(data)}"]
        said += [f"resumed at {data.gaps[-1].next}"] if data.gaps and not data.away else []
        said += ["paused" if data.away.paused else "not connected"] if data.away else []
        if data.ended:
            oldest = data.ended.compacted
            said.append(f"ended: compacted at {oldest}" if oldest else "ended by the server")
        return f"WatchTape({', '.join(said)})"


def _blank(watch: Watch, span: dict[str, Any], filters: tuple[str, ...], second: Client | None) -> Tape:
    """A tape of a watch on which nothing happened yet."""
    how = next((name for name, given in span.items() if given), "one").replace("range_end", "range")
    start = watch.start_revision
    return Tape(watch.key, watch.range_end, how, start, start, filters=filters, second=second is not None)


def _received(data: Tape) -> str:
    revisions = [step.revision for step in data.steps]
    if len(revisions) < 2:
        return f"received revision {revisions[0]}" if revisions else "received nothing"
    return f"received {len(revisions):,} revisions, {revisions[0]} to {revisions[-1]}"


def check_same_store(client: Client, second: Client) -> None:
    """Raises ``ValueError`` when the two see different keys, and what a get raises."""
    names = [each._caller.namespace.prefix for each in (client, second)]
    if names[0] != names[1]:
        raise ValueError(f"second must see the same keys: its namespace is {show(names[1])}, not {show(names[0])}")
    ids = [each.get(END_OF_KEYS, count_only=True).header.cluster_id for each in (client, second)]
    if ids[0] != ids[1]:
        raise ValueError("second is connected to another cluster: it cannot tell what this one wrote")
