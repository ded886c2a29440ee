"""LeaseClock without a server: what follows from answers, where things stand, what is said, and what is stored."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from etcdlearn.client import Event, Header, KeyValue, LeaseTimeToLiveResponse
from etcdlearn.client._lease_news import MOST_REMEMBERED, LeaseLog, LeaseNews
from etcdlearn.widgets._burn import Burn, Clock, End, Refill, stored
from etcdlearn.widgets._clock_caption import caption
from etcdlearn.widgets._clock_layout import Grid, layout, ticks
from etcdlearn.widgets._clock_scene import scene
from etcdlearn.widgets._lease_book import MOST_ENDED, MOST_ROWS, Book
from etcdlearn.widgets._lease_track import MOST_REFILLS
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._words import words
from tests.scenes import LANGUAGES, WIDTHS
from tests.scenes.clock import DENSE, STATES, burning, clock, ended, kept, raised

EN, ZH = words("en", "clock"), words("zh", "clock")
HEADER = Header(1, 1, 2, 2)


def texts(drawn: Node) -> list[str]:
    return [part.text for part in drawn.walk() if part.text]


def keyed(drawn: Node, start: str) -> list[Node]:
    return [part for part in drawn.walk() if part.key.startswith(start)]


# The book.


class Desk:
    """A book, and a clock that is moved by hand; answers take a hundredth of a second."""

    def __init__(self) -> None:
        self.tried: set[int] = set()
        self.log = LeaseLog()
        self.book = Book(self.tried.__contains__, self.log.grant, lambda lease: False)
        self.now = 100.0

    def tell(self, what: str, ttl: int = 0, asked: int = 0, revision: int = 0, lease: int = 7) -> None:
        self.book.news(LeaseNews(what, lease, self.now, self.now + 0.01, ttl, asked, revision))  # type: ignore[arg-type]

    def answer(self, ttl: int, granted: int = 10, keys: tuple[bytes, ...] = (), lease: int = 7) -> None:
        self.book.listed([lease] if ttl >= 0 else [], self.now)
        answer = LeaseTimeToLiveResponse(HEADER, lease, ttl, granted if ttl >= 0 else 0, keys)
        self.book.answered(answer, self.now, self.now + 0.01, 5)

    def gone(self) -> None:
        self.answer(-1)

    def deleted(self, *keys: bytes, revision: int = 9, lease: int = 7) -> None:
        events = [Event("DELETE", KeyValue(key, b"", 0, revision, 0, 0)) for key in keys]
        self.book.told(events, {lease: events})

    def burn(self) -> Burn:
        (burn,) = self.book.clock(self.now, 9).burns
        return burn

    @property
    def hows(self) -> list[str]:
        return [refill.how for refill in self.burn().refills]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    monkeypatch.setattr("etcdlearn.widgets._lease_book.monotonic", lambda: made.now)
    return made


def test_a_grant_of_ours_is_known_to_the_moment_and_what_was_asked(desk: Desk) -> None:
    desk.tell("granted", ttl=2, asked=1)
    assert (desk.burn().granted, desk.burn().asked, desk.burn().exact, desk.burn().raised) == (2, 1, True, True)
    assert desk.burn().ends == pytest.approx(2, abs=0.02)


def test_a_lease_of_another_client_is_as_well_known_as_whole_seconds_tell(desk: Desk) -> None:
    desk.answer(9, keys=(b"b", b"a"))
    assert (desk.burn().asked, desk.burn().exact, desk.hows) == (None, False, ["seen"])
    assert desk.burn().keys == (b"a", b"b")
    assert desk.burn().ends == pytest.approx(9.5, abs=0.02)  # 9 means 9 to 10
    desk.now += 0.8
    desk.answer(8)  # so it ends in 8.8 to 9.8, and the first answer says 9 to 10
    assert desk.burn().ends == pytest.approx(9.4, abs=0.02)
    desk.now += 0.9
    desk.answer(7)  # 8.7 to 9.7
    assert desk.burn().exact is False
    desk.now += 0.7
    desk.answer(7)  # 9.4 to 10.4
    assert desk.hows == ["seen"]
    assert desk.burn().exact
    assert desk.burn().ends == pytest.approx(9.55, abs=0.02)


def test_a_beat_refills_and_a_lease_that_has_more_than_it_could_was_renewed_by_others(desk: Desk) -> None:
    desk.tell("granted", ttl=10, asked=10)
    desk.tell("kept")
    desk.tell("beat", ttl=10)
    desk.now += 3.3
    desk.tell("beat", ttl=10)
    assert (desk.hows, desk.burn().beats, desk.burn().renewal) == (["granted", "beat", "beat"], 2, "kept")
    desk.tell("closed")
    desk.now += 3
    desk.answer(9)
    assert desk.hows[-1] == "found"
    assert desk.burn().refills[-1].before == pytest.approx(3.3, abs=0.02)
    assert desk.burn().renewal == "closed"


def test_an_answer_that_a_beat_overtook_is_no_news(desk: Desk) -> None:
    desk.tell("granted", ttl=10, asked=10)
    desk.now += 5
    desk.tell("beat", ttl=10)
    desk.book.answered(LeaseTimeToLiveResponse(HEADER, 7, 4, 10, (b"a",)), desk.now - 0.01, desk.now, 5)
    desk.book.answered(LeaseTimeToLiveResponse(HEADER, 7, -1, 0, ()), desk.now - 0.01, desk.now, 0)
    assert desk.burn().ends == pytest.approx(15, abs=0.02)
    assert desk.burn().end is None
    assert desk.burn().keys == (b"a",)


def test_what_happened_before_the_clock_was_made_is_not_guessed(desk: Desk) -> None:
    desk.log.tell(LeaseNews("granted", 7, 20, 20.01, 10, 10))
    desk.answer(6)  # 80 s later: renewed many times, by whomever
    assert (desk.hows, desk.burn().asked) == (["seen"], 10)
    fresh = Desk()
    fresh.log.tell(LeaseNews("granted", 7, 97, 97.01, 10, 10))
    fresh.answer(6)
    assert (fresh.hows, fresh.burn().exact) == (["granted"], True)


def test_an_expiry_has_its_proof(desk: Desk) -> None:
    desk.tell("granted", ttl=2, asked=2)
    desk.answer(1, keys=(b"a", b"b"))
    desk.now += 2.3
    desk.answer(0)  # overdue, and not yet ended
    assert desk.hows == ["granted"]
    desk.now += 0.1
    desk.deleted(b"a", b"b")
    assert desk.burn().end is None
    desk.gone()
    end = desk.burn().end
    assert end is not None
    assert (end.how, end.revision) == ("expired", 9)
    assert end.at == pytest.approx(2.39, abs=0.02)
    assert (desk.burn().keys, desk.burn().number) == ((b"a", b"b"), 2)


def test_one_that_ended_before_its_time_was_revoked(desk: Desk) -> None:
    desk.tell("granted", ttl=10, asked=10)
    desk.now += 2
    desk.gone()
    end = desk.burn().end
    assert end is not None
    assert (end.how, end.revision) == ("elsewhere", 0)
    assert end.at == pytest.approx(2, abs=0.02)


def test_what_this_client_revoked(desk: Desk) -> None:
    desk.tell("granted", ttl=10, asked=10)
    desk.now += 2
    desk.tried.add(7)
    desk.deleted(b"a")
    desk.gone()
    end = desk.burn().end
    assert end is not None
    assert end.how == "gone"  # there is no answer to the revoke yet: it may have expired before
    desk.tell("revoked", revision=9)
    end = desk.burn().end
    assert end is not None
    assert (end.how, end.revision) == ("revoked", 9)
    counts = desk.book.clock(desk.now, 9)
    assert (counts.alive, counts.expired, counts.revoked) == (0, 0, 1)


def test_the_answer_to_a_revoke_may_come_before_the_event(desk: Desk) -> None:
    desk.tell("granted", ttl=10, asked=10)
    desk.answer(9, keys=(b"a",))
    desk.now += 1
    desk.tell("revoked", revision=9)
    desk.deleted(b"b", revision=8)  # one that was deleted before
    assert desk.burn().number == 0
    desk.deleted(b"a", revision=9)
    end = desk.burn().end
    assert end is not None
    assert (end.how, end.revision, desk.burn().keys) == ("revoked", 9, (b"a",))


def test_a_key_that_is_deleted_is_not_the_end_of_its_lease(desk: Desk) -> None:
    desk.tell("granted", ttl=2, asked=2)
    desk.now += 1
    desk.deleted(b"a", revision=5)
    desk.now += 0.1
    desk.answer(0)
    desk.now += 2
    desk.gone()
    end = desk.burn().end
    assert end is not None
    assert (end.how, end.revision) == ("expired", 0)
    assert end.at == pytest.approx(3.1, abs=0.02)
    assert desk.burn().number == 0


def test_an_id_may_come_again(desk: Desk) -> None:
    desk.tell("granted", ttl=10, asked=10)
    desk.tell("revoked", revision=9)
    desk.now += 5
    desk.tell("granted", ttl=20, asked=20)
    assert (desk.burn().end, desk.burn().granted) == (None, 20)
    desk.tell("revoked", revision=9)
    desk.answer(30, granted=40)  # asked for before the end was heard of
    assert desk.burn().end is not None
    desk.now += 5
    desk.answer(30, granted=40)
    assert (desk.burn().end, desk.burn().granted) == (None, 40)


def test_a_server_that_lost_its_data_has_no_leases(desk: Desk) -> None:
    desk.tell("granted", ttl=10, asked=10)
    desk.book.forget()
    assert desk.book.clock(desk.now, 1).burns == ()
    assert not desk.book.alive


def test_a_lease_that_was_never_there_leaves_nothing(desk: Desk) -> None:
    desk.tell("kept")
    assert desk.book.unknown(5) == [7]
    desk.gone()
    assert desk.book.unknown(5) == []
    assert not desk.book.alive


def test_many_leases_are_bounded_and_those_of_this_client_come_first(desk: Desk) -> None:
    desk.book.listed(range(1000), desk.now)
    for lease in desk.book.unknown(1000):
        desk.book.answered(LeaseTimeToLiveResponse(HEADER, lease, 9, 10, ()), desk.now, desk.now, 5)
    desk.tell("granted", ttl=10, asked=10, lease=5000)
    data = desk.book.clock(desk.now, 9)
    assert (len(data.burns), data.alive, data.more) == (MOST_ROWS, 1001, 1001 - MOST_ROWS)
    assert 5000 in {burn.id for burn in data.burns}
    desk.now += 11
    for lease in range(1000):
        desk.book.answered(LeaseTimeToLiveResponse(HEADER, lease, -1, 0, ()), desk.now, desk.now, 0)
    data = desk.book.clock(desk.now, 9)
    assert (data.alive, data.expired) == (1, 1000)
    assert len(desk.book._tracks) <= MOST_ENDED + 1
    for _ in range(2 * MOST_REFILLS):
        desk.tell("beat", ttl=10, lease=5000)
    assert len(desk.book._tracks[5000].refills) == MOST_REFILLS


def test_the_log_remembers_the_newest_grants() -> None:
    log = LeaseLog()
    heard: list[LeaseNews] = []
    log.listen(heard.append)
    for lease in range(MOST_REMEMBERED + 1):
        log.tell(LeaseNews("granted", lease, 1, 2, 10, 10))
    log.leave(heard.append)
    log.tell(LeaseNews("beat", 1, 1, 2, 10))
    assert log.grant(0) is None
    assert log.grant(MOST_REMEMBERED) is not None
    assert len(heard) == MOST_REMEMBERED + 1


# What is stored.


def jittered(late: float) -> Clock:
    """The story of the mock as a slow machine lives it."""
    refills = [Refill(0, 10, "granted")]
    refills += [Refill(0.1 + late + n * (10 / 3 + late), 10, "beat") for n in range(4)]
    one = replace(kept(), refills=tuple(refills), ends=refills[-1].over)
    other = replace(raised(), refills=(Refill(4 + late, 2, "granted"),), end=End(6.1 + 2 * late, "expired", 9))
    return clock(one, other, now=16 + late)


@pytest.mark.parametrize("late", [0, 0.04, 0.3, 0.7])
def test_a_stored_picture_is_the_same_however_long_it_took(late: float) -> None:
    assert scene(stored(jittered(late)), 720, EN) == scene(STATES["stored"], 720, EN)
    assert scene(jittered(late), 720, EN) != scene(stored(jittered(late)), 720, EN)


def test_a_stored_beat_stands_at_a_third_and_a_pause_is_seen() -> None:
    late = (Refill(0, 9, "beat"), Refill(3.1, 9, "beat"), Refill(6.05, 9, "beat"), Refill(15.2, 9, "beat"))
    (burn,) = stored(clock(replace(burning(granted=9), refills=late))).burns
    assert [refill.at for refill in burn.refills] == [0, 3, 6, 15]
    early = (Refill(0, 9, "beat"), Refill(2.9, 9, "beat"))  # beats that are due together are sent together
    (burn,) = stored(clock(replace(burning(granted=9), refills=early))).burns
    assert [refill.at for refill in burn.refills] == [0, 3]


def test_nothing_burns_in_a_stored_picture() -> None:
    drawn = scene(stored(clock(burning(), now=7)), 720, EN)
    assert not keyed(drawn, "now")
    assert not keyed(drawn, "here")
    assert [part.attrs["stroke-dasharray"] for part in keyed(drawn, "computed")] == ["4 4"]
    assert "10 s" in texts(drawn)
    assert "when it was granted" in texts(drawn)


# Where things stand.


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("state", ["story", "unequal", "many", "dense", "ended-long-ago", "for-ever"])
def test_one_scale_for_all_leases_and_rows_below_each_other(state: str, size: int) -> None:
    data = STATES[state]
    grid = layout(data, size, EN)
    for row, below in pairwise(grid.rows):
        assert row.bottom == below.top
    for row in grid.rows:
        assert row.top < grid.y(row, row.burn.granted) <= row.base < row.bottom
        assert grid.x(row.burn.ended_at() or row.burn.refills[-1].over) <= grid.right + 8
    numbers = ticks(grid)
    assert 2 <= len(numbers) <= 12
    assert all(grid.left - 1 <= grid.x(at) <= grid.right + 1 for at in numbers)


def slopes(drawn: Node, grid: Grid) -> set[float]:
    lines = [part.attrs for part in keyed(drawn, "computed")]
    return {
        round((float(ends["y2"]) - float(ends["y1"])) / (float(ends["x2"]) - float(ends["x1"])), 3) for ends in lines
    }


def test_equal_slopes_burn_equally() -> None:
    data = clock(burning(1, 10), burning(2, 6, 1), burning(3, 3, 3), now=4)
    grid = layout(data, 720, EN)
    assert slopes(scene(data, 720, EN), grid) == {round(grid.up / grid.across, 3)}


def test_time_passes_in_steps_so_that_little_is_sent() -> None:
    hour = [scene(clock(burning(1, 3600), now=100 + n / 4), 720, EN).plain() for n in range(20)]
    assert sum(one != other for one, other in pairwise(hour)) <= 10  # in five seconds two numbers change
    short = [scene(clock(burning(1, 10), now=1 + n / 4), 720, EN).plain() for n in range(20)]
    assert sum(one != other for one, other in pairwise(short)) == 19


def test_one_number_is_large_and_it_is_that_of_the_lease_that_ends_first() -> None:
    data = clock(burning(1, 60), burning(2, 10), replace(burning(3, 5), renewal="kept"), now=4)
    drawn = scene(data, 720, EN)
    assert [part.text for part in drawn.walk() if part.attrs.get("font-size") == 28] == ["6 s"]
    assert data.hero is data.burns[1]


def test_what_is_not_known_to_the_second_says_so() -> None:
    drawn = scene(STATES["others"], 720, EN)
    assert "≈ 7 s" in texts(drawn)
    assert "it ends with its key at ≈\u00a014\u00a0s" in caption(STATES["others"], EN).replace("≈ ", "≈\u00a0")
    assert not keyed(drawn, "beat")
    assert not any("asked" in text for text in texts(drawn))
    runs = keyed(drawn, "line ")
    assert len(runs) == 2  # nobody knows how it burned from the last answer to the one that found it renewed


def test_asked_and_granted() -> None:
    drawn = scene(STATES["story"], 720, EN)
    assert "asked and granted 10 s" in texts(drawn)
    assert "asked 1 s · granted 2 s" in texts(drawn)
    (dashed,) = keyed(keyed(drawn, "plot 32695410dcc0ca0a")[0], "asked")
    assert dashed.attrs["stroke-dasharray"] == "2 2"


def test_beats_that_would_touch_are_counted() -> None:
    data = STATES["dense"]
    beats = keyed(scene(data, 720, EN), "beat ")
    said = [part.live["tip"][1] for part in beats if part.live]
    numbers = [int(text.split()[0]) for text in said if re.match(r"\d+ beats", text)]
    assert sum(numbers) + len(said) - len(numbers) == len(DENSE)
    assert all(count > 1 for count in numbers)


def test_signs_of_an_end() -> None:
    for how, tag in (("expired", "path"), ("revoked", "line"), ("elsewhere", "line"), ("gone", "line")):
        (mark,) = keyed(scene(clock(ended(how, 9), now=5), 720, EN), "end")
        assert mark.children[0].tag == tag, how
    (hollow,) = keyed(scene(clock(burning()), 720, EN), "end")
    assert hollow.children[1].attrs["fill"] == "panel"
    assert hollow.live
    assert hollow.live["tip"][1] == "computed: it ends at 10 s, unless it is renewed"


def test_ids_are_sixteen_digits_and_short_ones_are_told_apart() -> None:
    drawn = texts(scene(STATES["negative"], 720, EN))
    assert "fffffffffffffff9" in drawn
    assert "lease 00000000000a0001" in caption(STATES["twins"], EN)
    assert "lease …0007" in caption(clock(burning()), EN)


# What is said.


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            STATES["story"],
            "Beats held lease …ca06 at 10 s until they stopped, so it ends at 20 s with its 2 keys; "
            "lease …ca0a asked for 1 s, was granted 2 s, and expired at revision 9.",
        ),
        (STATES["renewed"], "Beats every 3.3 s hold lease …ca06 at 10 s and its 2 keys with it."),
        (
            STATES["one-stored"],
            "This client sends no beats for lease …0007, so it ends 10 s after its grant with its key.",
        ),
        (STATES["revoked"], "Lease …0007 was granted 10 s and was revoked at revision 9."),
        (STATES["expired-without-keys"], "Lease …0007 was granted 10 s and expired."),
        (STATES["empty"], ""),
        (
            STATES["lost-data"],
            "The server lost its data, and with it every lease: it was at revision 9, and is at 2 now.",
        ),
    ],
)
def test_captions(data: Clock, said: str) -> None:
    assert caption(data, EN).replace("\u00a0", " ") == said


def test_captions_in_chinese() -> None:
    said = caption(STATES["story"], ZH).replace("\u00a0", " ")
    assert said == (
        "续约让租约 …ca06 一直保持 10 s，续约停止后它将在 20 s 时到期，2 个 key 随之删除；"
        "租约 …ca0a 申请 1 s，实际给了 2 s，在修订版本 9 到期。"
    )


def test_closing_revokes_nothing_and_the_picture_says_so() -> None:
    for language, note in (("en", "close() ended beats,"), ("zh", "close() 停止了续约，")):
        assert any(text.startswith(note) for text in texts(scene(STATES["story"], 720, words(language, "clock"))))


def test_an_empty_clock_says_what_to_do() -> None:
    for language in LANGUAGES:
        assert "lease = client.grant(10)" in texts(scene(STATES["empty"], 720, words(language, "clock")))


def test_a_lost_server_leaves_the_picture_and_says_so() -> None:
    here, lost = (scene(STATES[name], 720, EN) for name in ("story", "lost-for"))
    assert any(text.startswith("// not connected for 3 s · last heard at revision 9") for text in texts(lost))
    assert {part.key for part in here.walk()} <= {part.key for part in lost.walk()}
