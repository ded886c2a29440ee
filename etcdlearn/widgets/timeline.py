"""RevisionTimeline: the history of keys, live, with time travel and compaction."""

from __future__ import annotations

import threading
from dataclasses import replace

from etcdlearn.client import Client, KeyValue, Watch
from etcdlearn.client._compaction import find_compaction
from etcdlearn.client._ranges import as_bytes, as_int64
from etcdlearn.client._text import show
from etcdlearn.errors import ClientClosedError, CompactedError, EtcdError
from etcdlearn.widgets._history import History, Timeline
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._stage import Stage
from etcdlearn.widgets._timeline_scene import scene
from etcdlearn.widgets._timeline_table import table

PATIENCE = 5.0  # seconds that refresh waits for events which the server has and we have not


class RevisionTimeline(Stage):
    """A lane for each key, a mark for each revision, and a slider that reads the keyspace at any of them.

    The picture watches the *whole* store and shows keys with ``prefix``: each revision of a store changes at least one
    key, so only then it knows how far it has seen. What it reads at the cursor comes from the server, by a get at that
    revision.

    A compaction makes no event. The picture learns of it with the next thing it asks: a refresh, a move of the cursor,
    or the paint that follows any change.

    Args:
        client: an open client; the picture ends with it.
        prefix: the keys to show begin with it; "" shows all.

    Raises:
        UnavailableError, DeadlineError: the server did not answer; there is nothing to show then.
    """

    picture = "timeline"
    _watch: Watch | None = None

    def __init__(self, client: Client, prefix: str | bytes = "") -> None:
        history = History(as_bytes(prefix, "prefix"))
        super().__init__()
        self._client = client
        self._history = history
        self._known = threading.Condition()  # over the history, the cursor and what was read
        self._cursor: int | None = None
        self._seen_at_cursor = 0
        self._stopped = False
        self._lost = ""
        self._ended = False  # the client was closed: there is nothing more to ask, and nothing is lost
        self._answers: tuple[KeyValue, ...] | None = None
        try:
            self._watch = self._follow()
        except BaseException:
            self.close()
            raise
        self._reader = threading.Thread(target=self._read, args=(self._watch,), name="etcdlearn-timeline", daemon=True)
        self._reader.start()
        self._catch_up()
        self._begin()

    # What the server tells.

    def _follow(self) -> Watch:
        """Start the history at the oldest readable revision, and a watch of all that came after."""
        while True:
            compacted = find_compaction(self._client)
            try:
                alive = self._get(compacted) if compacted else ()
                watch = self._client.watcher.watch_store(compacted + 1)
            except CompactedError:  # once more, in between
                continue
            with self._known:
                self._history.start(compacted, alive)
            return watch

    def _get(self, revision: int) -> tuple[KeyValue, ...]:
        return self._client.get(self._history.prefix, prefix=True, revision=revision).kvs

    def _read(self, watch: Watch) -> None:
        """The thread: take events in until the watch ends."""
        while True:
            try:
                for response in watch:
                    with self._known:
                        self._history.add(response.events, watch.revision - 1)
                        self._known.notify_all()
                    self.changed()
                return
            except CompactedError:  # what was not yet delivered is gone: begin anew from what can be read
                try:
                    self._watch = watch = self._follow()
                except EtcdError as exc:
                    self._lose(exc)
                    return
            except EtcdError as exc:
                self._lose(exc)
                return

    def _lose(self, why: EtcdError) -> None:
        with self._known:
            self._ended = isinstance(why, ClientClosedError)
            self._lost = "" if self._ended else str(why)
            self._known.notify_all()
        self.changed()

    def _catch_up(self) -> None:
        """Wait until everything that the server has now was delivered; learn of a compaction."""
        try:
            revision = self._client.get(b"\0", count_only=True).header.revision
            self._learn_compaction()
        except EtcdError as exc:
            self._lose(exc)
            return
        with self._known:
            self._known.wait_for(lambda: self._history.now >= revision or self._silent(), PATIENCE)

    def _silent(self) -> bool:
        """Whether nothing more will be heard of the server."""
        return self._closed or self._ended or bool(self._lost)

    def _learn_compaction(self) -> None:
        compacted = find_compaction(self._client, max(self._history.compacted, 1))
        if compacted:
            with self._known:
                self._history.compact(compacted)

    # What the reader asks.

    @property
    def cursor(self) -> int | None:
        """The revision that is read; None follows the newest. Assign one to travel there.

        Raises:
            ValueError: the revision has not happened yet. One below the compaction stops at the oldest readable.
        """
        return self._cursor

    @cursor.setter
    def cursor(self, revision: int | None) -> None:
        self._catch_up()
        wanted = None if revision is None else as_int64(revision, "cursor", lowest=1)
        if wanted is not None and wanted > self._history.now:
            raise ValueError(f"revision {wanted} has not happened yet: the newest is {self._history.now}")
        self._travel(wanted)
        self._paint()

    def _on_event(self, event: str, ref: int) -> None:
        if event == "cursor":
            self._travel(ref)

    def _travel(self, revision: int | None) -> None:
        with self._known:
            now = self._history.now
            self._cursor = None if revision is None or revision >= now else max(revision, 1)
            self._seen_at_cursor = now
            self._stopped = False

    @property
    def answers(self) -> tuple[KeyValue, ...]:
        """What the server answered at the cursor, for the picture as it was last painted."""
        return self._answers or ()

    # What is drawn.

    def _draw(self, width: int) -> Node:
        if not self._silent():
            self._ask()
        return scene(self._snapshot(), width, self.words)

    def _ask(self) -> None:
        """Read the keyspace at the cursor. A refusal below the compaction moves the cursor to its edge."""
        try:
            self._learn_compaction()
            with self._known:
                oldest = max(self._history.compacted, 1)
                if self._cursor is not None and self._cursor < oldest:
                    self._cursor, self._stopped = oldest, True
                at = self._cursor or self._history.now
            self._answers = self._get(at)
        except CompactedError:
            self.changed()  # compacted this very moment: the next paint knows
        except EtcdError as exc:
            self._lose(exc)

    def _snapshot(self) -> Timeline:
        with self._known:
            past = self._cursor is not None
            return replace(
                self._history.timeline(),
                cursor=self._cursor,
                answers=self._answers,
                newer=self._history.now - self._seen_at_cursor if past else 0,
                lost=self._lost,
                stopped=self._stopped,
            )

    def _table(self) -> tuple[list[str], list[list[str]]]:
        return table(self._snapshot(), self.words)

    def refresh(self) -> RevisionTimeline:
        """Bring the picture up to date now: everything that the server has when this is called is in it."""
        if not self._closed:
            self._catch_up()
            self._paint()
        return self

    def close(self) -> None:
        """End the picture and its watch; it stays as it was last painted. Harmless when repeated."""
        super().close()
        if self._watch is not None:
            self._watch.close()

    def __repr__(self) -> str:
        data = self._snapshot()
        marks = [mark.revision for lane in data.lanes for mark in lane.marks]
        keys = "1 key" if len(data.lanes) == 1 else f"{len(data.lanes):,} keys"
        said = [f"{keys}, revisions {min(marks)} to {data.now}" if marks else f"{keys}, revision {data.now}"]
        said += [f"compacted at {data.compacted}"] if data.compacted else []
        said += [f"cursor at {data.cursor}"] if data.cursor is not None else []
        said += ["not connected"] if data.lost else []
        return f"RevisionTimeline({show(data.prefix)}: {', '.join(said)})"
