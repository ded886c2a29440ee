"""LeaseClock: leases that burn down, live, with their keys, their beats and their end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic

from etcdlearn.client import Client
from etcdlearn.client._lease_news import LeaseNews
from etcdlearn.client._text import show_id
from etcdlearn.errors import EtcdError
from etcdlearn.widgets._burn import Burn, Clock, stored
from etcdlearn.widgets._clock_scene import scene
from etcdlearn.widgets._clock_table import table
from etcdlearn.widgets._follower import SHORT, Follower
from etcdlearn.widgets._lease_book import Book
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._stage import Stage

AGAIN = 1.0  # seconds between two rounds of questions while a lease lives
SOON = 0.25  # seconds between a change of leased keys and the question what it means; and between two paints
CALM = 1.0  # seconds between two paints for readers who asked for less motion
MOST_ASKED = 16  # leases of which nothing is known, in one round


class LeaseClock(Stage):
    """Each lease burns down from what it was granted, is full again at each beat, and takes its keys along at its end.

    It shows the leases that live when it is made, and all that come after; of many the eight that there is most to see
    of. Grants and beats of ``client`` are known to the moment, and what was asked for; those of others are not, and are
    not drawn. Whoever renews, the clock sees that a lease has more left than it could have.

    etcd has no events for leases, so the clock has to ask: ``leases``, and ``time_to_live`` of those that are shown,
    once a second while any lease lives, and nothing at all while none does. (A lease of another client is then seen
    when a key is put with it, or with the next ``refresh``.) etcd tells whole seconds, cut off: what is not known
    better has ``≈``. An hourglass needs a proof: the lease is gone, this client did not revoke it, and its time was
    over.

    The *stored* picture, where no kernel runs, has no clock on the wall, so that it is the same on every run and not
    wrong the day after: each lease has a time of its own, in whole thirds of its TTL from its start, and stands at the
    last thing that happened to it; what comes then is dashed, since it is computed. The same on every run are leases
    that were granted with an ``id``, beats that were counted before the keep-alive was closed, and an end that was
    waited for.

    Args:
        client: an open client; the picture ends with it.

    Raises:
        UnavailableError, DeadlineError: the server did not answer; there is nothing to show then.
    """

    picture = "clock"
    _follower: Follower

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client
        self._calm = False
        self._asked_at = 0.0
        self._lost_data: tuple[int, int] | None = None
        self._book = Book(client.lease.revoked, client.lease._log.grant, client.lease._renewals.renews)
        client.lease._log.listen(self._heard)
        try:
            self._follower = Follower(client, b"", self.changed, self._book.told)
            self._follower.catch_up()
            self._ask()
        except BaseException:
            self.close()
            raise
        self._begin()

    def _heard(self, news: LeaseNews) -> None:
        self._book.news(news)
        self.changed()

    # What the server is asked.

    def _ask(self) -> None:
        """A round of questions: which leases there are, and how much is left of those that are shown or unknown."""
        if self._follower.lost_data is not self._lost_data:
            self._lost_data = self._follower.lost_data
            self._book.forget()
        self._asked_at, self._book.stale = monotonic(), False
        try:
            since = monotonic()
            missing = self._book.listed(self._client.lease.leases(timeout=SHORT).leases, since)
            shown = [track.id for track in self._book.rows() if not track.end]
            self._ask_for([*missing[:MOST_ASKED], *self._book.unknown(MOST_ASKED), *shown])
            self._ask_for([track.id for track in self._book.rows() if not track.end and track.id not in shown])
            self._follower.found()
        except EtcdError as exc:
            self._follower.lose(exc)

    def _ask_for(self, leases: Iterable[int]) -> None:
        for lease in dict.fromkeys(leases):
            revision = self._follower.history.now  # before the question: what comes in between is asked for again
            keys = self._book.keys_at(lease) < revision
            since = monotonic()
            answer = self._client.lease.time_to_live(lease, keys=keys, timeout=SHORT)
            self._book.answered(answer, since, monotonic(), revision if keys else 0)

    def _is_due(self) -> bool:
        if self._closed or self._follower.quiet:
            return False
        passed = monotonic() - self._asked_at
        lost_data = self._follower.lost_data is not self._lost_data
        return (self._book.alive and passed >= AGAIN) or ((self._book.stale or lost_data) and passed >= SOON)

    def refresh(self) -> LeaseClock:
        """Bring the picture up to date now: everything that the server has when this is called is in it."""
        if not self._closed:
            self._follower.catch_up()
            if not self._follower.quiet:
                self._ask()
            self._paint()
        return self

    # What is drawn.

    def _draw(self, width: int) -> Node:
        if self._is_due():
            self._ask()
        return scene(self._snapshot(), width, self.words)

    def _still(self, width: int) -> Node:
        return scene(stored(self._snapshot()), width, self.words)

    def _table(self) -> tuple[list[str], list[list[str]]]:
        return table(stored(self._snapshot()), self.words)

    def _snapshot(self) -> Clock:
        with self._follower.known:
            silence, revision = self._follower.silence, self._follower.history.now
            back, lost_data = self._follower.back, self._follower.lost_data
        now = silence.since if silence else monotonic()
        return replace(
            self._book.clock(now, revision),
            lost=silence.why if silence else "",
            silent=silence.seconds if silence else 0,
            back=back,
            lost_data=lost_data,
        )

    def _tick(self) -> float | None:
        if self._follower.ended:
            return None
        if self._follower.silence:
            return CALM
        return (CALM if self._calm else SOON) if self._book.alive or self._book.stale else None

    def _on_event(self, event: str, ref: int) -> None:
        if event == "calm":
            self._calm = bool(ref)

    def close(self) -> None:
        """End the picture and its watch; it stays as it was last painted. Harmless when repeated."""
        super().close()
        if "_client" in vars(self):
            self._client.lease._log.leave(self._heard)
        if "_follower" in vars(self):
            self._follower.close()

    def __repr__(self) -> str:
        data = self._snapshot()
        number = "no lease" if not data.burns else "1 lease" if len(data.burns) == 1 else f"{len(data.burns)} leases"
        told = "; ".join(map(_told, data.burns))
        said = [f"{number}: {told}" if told else number]
        said += [f"… {data.more:,} more"] if data.more else []
        said += ["not connected"] if data.lost else []
        return f"LeaseClock({', '.join(said)})"


def _told(burn: Burn) -> str:
    asked = f"asked {burn.asked} s, " if burn.raised else ""
    keys = "1 key" if burn.number == 1 else f"{burn.number:,} keys"
    said = f"{show_id(burn.id)} {asked}granted {burn.granted} s"
    if burn.end is None:
        return f"{said}, {keys}"
    how = "revoked" if burn.end.how == "elsewhere" else burn.end.how
    return f"{said}, {keys} {how} at revision {burn.end.revision}" if burn.end.revision else f"{said}, {how}"
