"""RevisionTimeline: the history of keys, live, with time travel and compaction."""

from __future__ import annotations

from dataclasses import replace

from etcdlearn.client import Client, KeyValue
from etcdlearn.client._ranges import as_bytes, as_int64
from etcdlearn.client._text import show
from etcdlearn.errors import CompactedError, EtcdError
from etcdlearn.widgets._follower import SHORT, Follower
from etcdlearn.widgets._history import Timeline
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._stage import Stage
from etcdlearn.widgets._timeline_scene import scene
from etcdlearn.widgets._timeline_table import table


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
    _follower: Follower

    def __init__(self, client: Client, prefix: str | bytes = "") -> None:
        shown = as_bytes(prefix, "prefix")
        super().__init__()
        self._client = client
        self._cursor: int | None = None
        self._seen_at_cursor = 0
        self._stopped = False
        self._answers: tuple[KeyValue, ...] | None = None
        try:
            self._follower = Follower(client, shown, self.changed)
        except BaseException:
            self.close()
            raise
        self._follower.catch_up()
        self._begin()

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
        self._follower.catch_up()
        wanted = None if revision is None else as_int64(revision, "cursor", lowest=1)
        if wanted is not None and wanted > self._follower.history.now:
            raise ValueError(f"revision {wanted} has not happened yet: the newest is {self._follower.history.now}")
        self._travel(wanted)
        self._paint()

    def _on_event(self, event: str, ref: int) -> None:
        if event == "cursor":
            self._travel(ref)

    def _travel(self, revision: int | None) -> None:
        with self._follower.known:
            now = self._follower.history.now
            self._cursor = None if revision is None or revision >= now else max(revision, 1)
            self._seen_at_cursor = now
            self._stopped = False

    @property
    def answers(self) -> tuple[KeyValue, ...]:
        """What the server answered at the cursor, for the picture as it was last painted."""
        return self._answers or ()

    # What is drawn.

    def _draw(self, width: int) -> Node:
        if not (self._closed or self._follower.quiet):
            self._ask()
        return scene(self._snapshot(), width, self.words)

    def _ask(self) -> None:
        """Read the keyspace at the cursor. A refusal below the compaction moves the cursor to its edge."""
        try:
            self._follower.learn_compaction()
            with self._follower.known:
                oldest = max(self._follower.history.compacted, 1)
                if self._cursor is not None and self._cursor < oldest:
                    self._cursor, self._stopped = oldest, True
                at = self._cursor or self._follower.history.now
            self._answers = self._client.get(self._follower.history.prefix, prefix=True, revision=at, timeout=SHORT).kvs
            self._follower.found()
        except CompactedError:
            self.changed()  # compacted this very moment: the next paint knows
        except EtcdError as exc:
            self._follower.lose(exc)

    def _snapshot(self) -> Timeline:
        with self._follower.known:
            past, silence = self._cursor is not None, self._follower.silence
            return replace(
                self._follower.history.timeline(),
                cursor=self._cursor,
                answers=self._answers,
                newer=self._follower.history.now - self._seen_at_cursor if past else 0,
                lost=silence.why if silence else "",
                silent=silence.seconds if silence else 0,
                back=self._follower.back,
                lost_data=self._follower.lost_data,
                stopped=self._stopped,
            )

    def _tick(self) -> float | None:
        return 1.0 if self._follower.silence else None

    def _table(self) -> tuple[list[str], list[list[str]]]:
        return table(self._snapshot(), self.words)

    def refresh(self) -> RevisionTimeline:
        """Bring the picture up to date now: everything that the server has when this is called is in it."""
        if not self._closed:
            self._follower.catch_up()
            self._paint()
        return self

    def close(self) -> None:
        """End the picture and its watch; it stays as it was last painted. Harmless when repeated."""
        super().close()
        if "_follower" in vars(self):
            self._follower.close()

    def __repr__(self) -> str:
        data = self._snapshot()
        marks = [mark.revision for lane in data.lanes for mark in lane.marks]
        keys = "1 key" if len(data.lanes) == 1 else f"{len(data.lanes):,} keys"
        said = [f"{keys}, revisions {min(marks)} to {data.now}" if marks else f"{keys}, revision {data.now}"]
        said += [f"compacted at {data.compacted}"] if data.compacted else []
        said += [f"cursor at {data.cursor}"] if data.cursor is not None else []
        said += ["not connected"] if data.lost else []
        return f"RevisionTimeline({show(data.prefix)}: {', '.join(said)})"
