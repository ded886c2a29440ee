"""Tapes with data made by hand."""

from dataclasses import replace

from etcdlearn.client import Event, Header, WatchResponse
from etcdlearn.widgets._tape import Ended, Gap, Tape, steps
from etcdlearn.widgets._tape_recorder import Recorder
from tests.hostile import HOSTILE
from tests.scenes.timeline import delete, put

PREFIX = Tape(b"/illusory/", b"/illusory0", "prefix", start=5, next=5, second=True)


def answer(*events: Event, revision: int = 0) -> WatchResponse:
    return WatchResponse(Header(1, 2, revision or events[-1].kv.mod_revision, 3), events)


class Story:
    """What both watchers tell, in the order of the test."""

    def __init__(self, blank: Tape = PREFIX) -> None:
        self.blank = blank
        self.recorder = Recorder(blank.start, blank.filters)

    def write(self, *events: Event) -> "Story":
        """etcd wrote it, and the second watcher saw it."""
        self.recorder.write(steps(events))
        return self

    def receive(self, *events: Event) -> "Story":
        self.recorder.receive(answer(*events))
        return self

    def both(self, *events: Event) -> "Story":
        return self.write(*events).receive(*events)

    def progress(self, revision: int) -> "Story":
        self.recorder.receive(answer(revision=revision))
        return self

    def cut(self, following: int, *, paused: bool = False) -> "Story":
        self.recorder.leave(Gap(following, paused=paused, why="Socket closed"))
        return self

    def heal(self, revision: int, seconds: float = 0) -> "Story":
        self.recorder.come_back(revision, seconds)
        return self

    def tape(self, **more: object) -> Tape:
        recorder = self.recorder
        following = max([self.blank.start, *(step.revision + 1 for step in steps(self._received()))])
        found = replace(
            self.blank,
            next=following,
            received=tuple(recorder.items),
            wrote=tuple(recorder.wrote),
            expired=frozenset(recorder.expired),
        )
        return replace(found, **more)  # type: ignore[arg-type]

    def _received(self) -> list[Event]:
        return [event for item in self.recorder.items for event in getattr(item, "events", ())]


CLOUD, WIND = "/illusory/cloud", "/illusory/wind"
RAIN = put(CLOUD, "rain", 5, 5, 1)
TWO = (put(CLOUD, "snow", 5, 6, 2), put(WIND, "storm", 6, 6, 1))
GONE, BACK = delete(CLOUD, 7), put(CLOUD, "sun", 8, 8, 1, 7)
OVER = delete(CLOUD, 9)
AWAY = (GONE, BACK)


def torn(blank: Tape = PREFIX) -> Story:
    """Two revisions, then a cut; two more are written meanwhile."""
    return Story(blank).both(RAIN).both(*TWO).cut(7).write(*AWAY)


def story(seconds: float = 0) -> Story:
    """The story of the mock."""
    told = torn().heal(8, seconds).receive(*AWAY).both(OVER).progress(9)
    told.recorder.expired.add((9, CLOUD.encode()))
    return told


def crowd(revisions: int, cut: bool) -> Tape:
    """Many revisions; every seventh is a delete. With a cut the second half of them came in it."""
    told = Story(replace(PREFIX, start=2))
    events = [delete("/illusory/k", n) if n % 7 == 3 else put("/illusory/k", "v", 2, n, 3) for n in range(2, revisions)]
    half = len(events) // 2
    told.both(*events[:half])
    if cut:
        told.cut(half + 2).write(*events[half:]).heal(revisions).receive(*events[half:])
    else:
        told.both(*events[half:])
    return told.tape()


def many_breaks() -> Tape:
    told = Story()
    for n in range(5, 17, 2):
        told.both(put(CLOUD, "v", 5, n, 2)).cut(n + 1).write(put(CLOUD, "w", 5, n + 1, 2)).heal(n + 1)
        told.receive(put(CLOUD, "w", 5, n + 1, 2))
    return told.tape()


def hostile() -> Tape:
    """Each text as a key and as a value, all at one revision, and some alone."""
    told = Story(replace(PREFIX, key=b"\0", end=b"\0"))
    told.both(*(put(b"k" + text, text, 5, 5, 1) for text in HOSTILE))
    for n, text in enumerate(HOSTILE[:6], 6):
        told.both(put(b"k" + text, text, n, n, 1))
    return told.tape()


NOPUT = replace(PREFIX, filters=("noput",))
ALONE = replace(PREFIX, second=False)
ONE = Story().both(RAIN).recorder.items
EXPIRED_TWO = (delete(CLOUD, 7), delete(WIND, 7))
HUNDRED = [put(f"/illusory/{n}", "v", 5, 5, 1) for n in range(100)]
STATES = {
    "story": story().tape(),
    "story-live": story(1.9).tape(),
    "empty": Story().tape(),
    "empty-all": Story(replace(PREFIX, key=b"\0", end=b"\0")).tape(),
    "empty-cut": Story().cut(5).tape(),
    "future": Story(replace(PREFIX, start=100)).tape(now=20),
    "one": Story(Tape(CLOUD.encode(), start=5, next=5)).both(RAIN).tape(),
    "deleted": Story().both(RAIN).both(delete(CLOUD, 6)).tape(),
    "together": Story().both(*TWO).tape(),
    "three": Story().both(*TWO, put(CLOUD + "/x", "1", 6, 6, 1)).tape(),
    "expired": Story().both(RAIN).both(delete(CLOUD, 9)).tape(expired=frozenset({(9, CLOUD.encode())})),
    "expired-together": Story()
    .both(*TWO)
    .both(*EXPIRED_TWO)
    .tape(expired=frozenset((7, event.kv.key) for event in EXPIRED_TWO)),
    "hundred": Story().both(*HUNDRED).tape(),
    "hundred-deleted": Story().both(*HUNDRED).both(*(delete(f"/illusory/{n}", 6) for n in range(100))).tape(),
    "backlog": Story().receive(RAIN, *TWO, GONE).tape(),
    "on-its-way": Story().both(RAIN).write(*TWO).tape(),
    "progress": Story().both(RAIN).progress(8).tape(),
    "progress-first": Story().progress(8).tape(),
    "progress-often": Story()
    .progress(4)
    .both(RAIN)
    .progress(5)
    .both(*TWO)
    .progress(6)
    .both(GONE)
    .progress(7)
    .both(BACK)
    .progress(8)
    .tape(),
    "cut": torn().tape(),
    "cut-live": torn().tape(received=(*ONE, Gap(6, why="Socket closed", seconds=3)), next=6),
    "cut-one": Story().both(RAIN).cut(6).write(*TWO).tape(),
    "cut-alone": Story(ALONE).both(RAIN).both(*TWO).cut(7).tape(),
    "second-cut": torn().tape(second_lost=True),
    "resumed-alone": torn(ALONE).heal(8).receive(*AWAY).tape(),
    "resumed-nothing": Story().both(RAIN).cut(6).heal(5).tape(),
    "resumed-empty": Story().cut(5).heal(4).both(RAIN).tape(),
    "resumed-progress": Story().both(RAIN).cut(9).heal(9).both(put(CLOUD, "sun", 5, 10, 3)).tape(),
    "gaps-of-others": Story().both(RAIN).cut(6).write(BACK).heal(9).receive(BACK).tape(),
    "many-breaks": many_breaks(),
    "out-of-order": torn().heal(8).receive(BACK).receive(GONE).tape(wrote=()),
    "missed": torn().heal(8).receive(BACK).tape(),
    "paused": Story().both(RAIN).cut(6, paused=True).tape(),
    "paused-first": Story().cut(5, paused=True).tape(),
    "paused-live": Story().both(RAIN).tape(received=(*ONE, Gap(6, 7, paused=True, seconds=0.4))),
    "filtered": Story(NOPUT).write(RAIN).write(*TWO).both(GONE).write(BACK).both(OVER).tape(),
    "filtered-cut": Story(NOPUT).write(RAIN).both(delete(CLOUD, 6)).cut(7).write(*AWAY).heal(8).receive(GONE).tape(),
    "compacted": torn().heal(8).tape(ended=Ended(8, words="etcdserver: mvcc: required revision has been compacted")),
    "compacted-at-once": Story(replace(PREFIX, start=2)).tape(ended=Ended(4, words="required revision ...")),
    "lost-data": Story().both(RAIN).cut(6).heal(1).tape(ended=Ended(known=9, now=1, words="data were lost")),
    "refused": Story().both(RAIN).tape(ended=Ended(words="etcdserver: permission denied")),
    "big-numbers": Story(replace(PREFIX, start=1_234_567, next=1_234_567))
    .both(put(CLOUD, "v", 9, 1_234_567, 1))
    .both(put(CLOUD, "w", 9, 1_234_569, 1))
    .cut(1_234_570)
    .write(put(CLOUD, "x", 9, 1_234_572, 1))
    .heal(1_234_572)
    .receive(put(CLOUD, "x", 9, 1_234_572, 1))
    .tape(),
    "range": Story(replace(PREFIX, how="range")).both(RAIN).tape(),
    "long": Story(replace(PREFIX, key=b"/illusory/" + b"deep/" * 2_040, how="one")).tape(),
    "hostile": hostile(),
    "hostile-key": Story(replace(PREFIX, key=HOSTILE[1], how="one")).tape(),
    "left-out": replace(crowd(40, cut=False), left_out=20),
    "crowd": crowd(40, cut=True),
    "huge": crowd(5_000, cut=True),
}
