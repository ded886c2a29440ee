"""The schedule of renewals, as pure arithmetic: a third of the TTL, silence, a new stream."""

import pytest

from etcdlearn.client._keepalive import AGAIN, Schedule


def sent(schedule: Schedule, now: float, *, connected: bool = True) -> list[int]:
    return [beat.id for beat, lost in schedule.take(now, connected=connected) if not lost]


def lost(schedule: Schedule, now: float, *, connected: bool = True) -> list[int]:
    return [beat.id for beat, gone in schedule.take(now, connected=connected) if gone]


def test_the_first_beat_comes_at_once_and_the_next_at_a_third_of_the_ttl() -> None:
    schedule = Schedule()
    assert schedule.next() is None
    schedule.add(7, 100.0, patience=6)
    assert schedule.next() == 100.0
    assert sent(schedule, 100.0) == [7]
    schedule.heard(7, 100.01, ttl=9)
    assert schedule.next() == pytest.approx(103.01)
    assert sent(schedule, 102.0) == []
    assert sent(schedule, 103.01) == [7]


def test_a_beat_without_an_answer_is_sent_again_until_the_ttl_is_over() -> None:
    schedule = Schedule()
    schedule.add(7, 0.0, patience=6)
    assert sent(schedule, 0.0) == [7]
    schedule.heard(7, 0.0, ttl=3)
    assert sent(schedule, 1.0) == [7]
    assert schedule.next() == 1.0 + AGAIN
    assert sent(schedule, 1.5) == [7]
    assert lost(schedule, 2.9) == []
    assert lost(schedule, 3.0) == [7]
    assert schedule.next() is None
    assert len(schedule) == 0


def test_without_a_first_answer_it_is_lost_after_the_patience() -> None:
    schedule = Schedule()
    schedule.add(7, 0.0, patience=6)
    assert sent(schedule, 0.0, connected=False) == []
    assert schedule.next() == 6.0
    (gone,) = [beat for beat, is_lost in schedule.take(6.0, connected=False) if is_lost]
    assert not gone.answered


def test_a_new_stream_renews_everything_at_once() -> None:
    schedule = Schedule()
    for lease in (1, 2):
        schedule.add(lease, 0.0, patience=6)
        schedule.heard(lease, 0.0, ttl=30)
    assert sent(schedule, 10.0, connected=False) == []
    schedule.reconnected(12.0)
    assert sorted(sent(schedule, 12.0)) == [1, 2]


def test_beats_that_are_due_almost_together_go_together() -> None:
    schedule = Schedule()
    for lease in range(10):
        schedule.add(lease, lease / 1000, patience=6)
    assert len(sent(schedule, 0.0)) == 10


def test_what_is_removed_is_neither_sent_nor_lost() -> None:
    schedule = Schedule()
    schedule.add(7, 0.0, patience=6)
    schedule.remove(7)
    schedule.heard(7, 1.0, ttl=3)
    assert schedule.next() is None
    schedule.add(7, 2.0, patience=6)  # anew
    assert sent(schedule, 2.0) == [7]
