"""Keeps account of leases: what this client did, what the server answered, and what follows from both. No I/O.

Beats and grants of this client are known to the time of one answer. Times are monotonic seconds, until ``clock`` puts
them on an axis.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from time import monotonic

from etcdlearn.client import Event, LeaseTimeToLiveResponse
from etcdlearn.client._lease_news import LeaseNews
from etcdlearn.widgets._burn import Clock, End
from etcdlearn.widgets._lease_track import SLACK, Track, as_burn

MOST_ROWS = 8
MOST_ENDED = 100
LATE = 1.0  # seconds that an event may come after the answer


class Book:
    """All leases, by id; any thread may call it.

    Of the client it asks whether it tried to revoke a lease, how it was granted one, and whether it renews it.

    Attributes:
        stale: something happened that only a question can tell more about: a key came to a lease, or left one.
    """

    def __init__(
        self,
        revoked: Callable[[int], bool],
        grant: Callable[[int], LeaseNews | None],
        renews: Callable[[int], bool],
    ) -> None:
        self._revoked = revoked
        self._grant = grant
        self._renews = renews
        self._lock = threading.RLock()
        self._tracks: dict[int, Track] = {}
        self._origin: float | None = None
        self._expired = 0
        self._ended = 0
        self.stale = False

    # What comes.

    def news(self, news: LeaseNews) -> None:
        """Something that this client did."""
        with self._lock:
            track = self._tracks.get(news.id)
            if news.what == "granted":  # an id may come again, once its lease has ended
                track = self._begin(news.id, news)
            elif news.what == "kept" and track is None:
                track = self._begin(news.id, None)
            if track is None or (track.end and news.what != "revoked"):
                return
            if news.what == "beat":
                track.granted, track.beats = track.granted or news.ttl, track.beats + 1
                track.refill(news.ttl, news.since, news.until, "beat")
            elif news.what == "revoked":
                track.revoked_at = news.revision
                self._end(track, End(news.until, "revoked", track.revision))
            elif news.what != "granted":
                track.renewal = news.what

    def _begin(self, lease: int, grant: LeaseNews | None) -> Track:
        track = self._tracks[lease] = Track(lease, renewal="kept" if self._renews(lease) else "")
        if grant is not None:
            track.granted, track.asked = grant.ttl, grant.asked
            track.refill(grant.ttl, grant.since, grant.until, "granted")
        return track

    def told(self, events: Iterable[Event], leases: Mapping[int, list[Event]]) -> None:
        """What a follower of the store tells."""
        now = monotonic()
        with self._lock:
            self.stale = self.stale or bool(leases) or any(event.kv.lease for event in events)
            for lease, deletes in leases.items():
                track = self._tracks.get(lease)
                if track is None:
                    continue
                if track.end is None:
                    track.lost_keys(deletes, now)
                elif not track.end.revision and now - track.end.at < LATE:
                    self._late(track, deletes, now)

    def _late(self, track: Track, deletes: list[Event], now: float) -> None:
        """The answer that the lease is gone came before the event that says at which revision."""
        if track.revoked_at:
            deletes = [each for each in deletes if each.kv.mod_revision == track.revoked_at]
        if track.end and deletes:
            track.lost_keys(deletes, now)
            track.finish(replace(track.end, revision=track.revision))

    def listed(self, leases: Iterable[int], since: float) -> list[int]:
        """All leases there are, as asked for at ``since``; comes back with those that seem to be gone."""
        there = set(leases)
        with self._lock:
            again = {track.id for track in self._tracks.values() if track.end and track.ended_at < since}
            for lease in there - (self._tracks.keys() - again):
                self._begin(lease, self._grant(lease))
            living = [track for track in self._tracks.values() if not track.end and track.id not in there]
            return [track.id for track in living if track.heard < since]

    def answered(self, answer: LeaseTimeToLiveResponse, since: float, until: float, revision: int) -> None:
        """An answer about one lease; ``revision`` where it tells the keys too, that of the store before it; or 0."""
        with self._lock:
            track = self._tracks.get(answer.id)
            if track is None or track.end:
                return
            overtaken = track.heard > since  # by a beat: the lease may have been asked for before it
            if answer.ttl >= 0 or answer.granted_ttl:
                if not overtaken:
                    track.answered(answer, since, until)
                if revision:
                    track.holds(answer.keys, revision)
            elif overtaken:
                return
            elif not track.refills:
                del self._tracks[answer.id]  # it was gone before anything was known of it
            else:
                self._end(track, self._why(track, until))

    def _why(self, track: Track, now: float) -> End:
        at = track.deleted[0] if track.deleted else now
        if self._revoked(track.id):
            return End(at, "gone", track.revision)
        return End(at, "elsewhere" if at < track.low - SLACK else "expired", track.revision)

    def _end(self, track: Track, end: End) -> None:
        if track.end is None:
            self._ended += 1
            self._expired += end.how == "expired"
        elif track.end.how != "gone":
            return
        elif not end.revision:
            end = End(end.at, end.how, track.end.revision)
        track.finish(end)
        done = [each for each in self._tracks.values() if each.end]
        for each in done[: len(done) - MOST_ENDED]:
            del self._tracks[each.id]

    def forget(self) -> None:
        """The server lost its data, and every lease with it."""
        with self._lock:
            self._tracks.clear()

    # What is asked.

    @property
    def alive(self) -> bool:
        with self._lock:
            return any(not track.end for track in self._tracks.values())

    def rows(self) -> list[Track]:
        """The leases to show, in the order in which they came; of many those that there is most to see of."""
        with self._lock:
            known = [track for track in self._tracks.values() if track.refills]
            ended = sorted((track for track in known if track.end), key=lambda track: track.ended_at)
            first = {track.id for track in ended[-2:]}

            def rank(track: Track) -> tuple[bool, bool, bool, bool, float]:
                late = -(track.ended_at or track.refills[0].at)
                return track.id not in first, bool(track.end), not track.ours, not track.number, late

            shown = sorted(known, key=rank)[:MOST_ROWS]
            return sorted(shown, key=lambda track: track.refills[0].at)

    def unknown(self, most: int) -> list[int]:
        """Some leases of which nothing is known but that they are there."""
        with self._lock:
            return [track.id for track in self._tracks.values() if not track.refills and not track.end][:most]

    def keys_at(self, lease: int) -> int:
        """The store's revision when the keys of a lease were asked for; 0 for never."""
        with self._lock:
            track = self._tracks.get(lease)
            return track.asked_at if track else 0

    def clock(self, now: float, revision: int) -> Clock:
        """The picture of ``now``."""
        with self._lock:
            rows = self.rows()
            if rows and self._origin is None:
                self._origin = rows[0].refills[0].at
            origin = self._origin or now
            burns = tuple(as_burn(track, origin) for track in rows)
            alive = sum(not track.end for track in self._tracks.values())
            shown = sum(not burn.end for burn in burns)
            return Clock(
                burns,
                now - origin,
                alive=alive,
                expired=self._expired,
                revoked=self._ended - self._expired,
                more=alive - shown,
                revision=revision,
            )
