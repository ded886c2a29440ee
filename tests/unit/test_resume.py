"""The rule of where a watch goes on, as a pure function: the next revision only grows."""

import pytest

from etcdlearn.client._channel import TransportError
from etcdlearn.client._resume import EVERYONE, Answer, Course, is_final, looks_back, newer
from etcdlearn.client.types import Event, Header, KeyValue


def header(revision: int, cluster: int = 1) -> Header:
    return Header(cluster, 1, revision, 2)


def event(revision: int, key: bytes = b"k") -> Event:
    return Event("PUT", KeyValue(key, b"v", revision, revision, 1, 0))


def events(at: int, *revisions: int, fragment: bool = False) -> Answer:
    return Answer(1, header(at), fragment=fragment, events=tuple(map(event, revisions)), last=revisions[-1])


def progress(at: int) -> Answer:
    return Answer(1, header(at))


def test_a_created_answer_moves_nothing() -> None:
    course = Course(2)
    assert course.take(Answer(1, header(100), created=True)) is None
    assert course.next == 2


def test_events_move_it_past_the_last_of_them_whatever_the_header_says() -> None:
    course = Course(2)
    first = course.take(events(2501, *range(2, 1002)))
    assert first is not None
    assert len(first.events) == 1000
    assert course.next == 1002


def test_an_event_from_before_is_dropped() -> None:
    course = Course(5)
    kept = course.take(events(9, 3, 4, 5, 6))
    assert kept is not None
    assert [each.kv.mod_revision for each in kept.events] == [5, 6]
    assert course.take(events(9, 5, 6)) is None
    assert course.next == 7


def test_progress_raises_and_never_lowers() -> None:
    course = Course(5)
    told = course.take(progress(9))
    assert told is not None
    assert told.is_progress_notify
    assert course.next == 10
    course.take(progress(7))
    assert course.next == 10


def test_a_future_start_is_not_lowered_by_progress() -> None:
    course = Course(50)
    course.take(progress(20))
    assert course.next == 50
    course.take(events(50, 50))
    assert course.next == 51


def test_events_and_progress_interleaved() -> None:
    course = Course(2)
    seen: list[int] = []
    for answer in (progress(3), events(5, 4, 5), progress(5), events(6, 6), progress(6), events(6, 6)):
        response = course.take(answer)
        seen += [each.kv.mod_revision for each in response.events] if response else []
    assert (seen, course.next) == ([4, 5, 6], 7)


def test_fragments_are_handed_on_whole() -> None:
    course = Course(2)
    assert course.take(events(3, 2, 3, 3, fragment=True)) is None
    assert course.next == 2
    whole = course.take(events(3, 3))
    assert whole is not None
    assert [each.kv.mod_revision for each in whole.events] == [2, 3, 3, 3]
    assert course.next == 4


def test_fragments_that_a_break_cut_come_again() -> None:
    course = Course(2)
    course.take(events(2, 2, fragment=True))
    course.broke()
    whole = course.take(events(2, 2, 2))
    assert whole is not None
    assert len(whole.events) == 2


def test_a_transaction_of_a_thousand_events_is_one_response() -> None:
    course = Course(2)
    whole = course.take(events(2, *[2] * 1000))
    assert whole is not None
    assert len(whole.events) == 1000
    assert course.next == 3


def test_what_looks_like_lost_data() -> None:
    assert not looks_back(None, header(1))
    assert not looks_back(header(5), header(5))
    assert looks_back(header(5), header(4))
    assert looks_back(header(5), header(9, cluster=2))
    assert newer(header(5), header(4)) == header(5)
    assert newer(header(5), header(6)) == newer(None, header(6)) == header(6)


@pytest.mark.parametrize(
    ("code", "details", "plain", "leader"),
    [
        ("UNAVAILABLE", "Socket closed", False, False),
        ("UNAVAILABLE", "etcdserver: no leader", False, True),
        ("INTERNAL", "Received RST_STREAM with error code 2", False, False),
        ("CANCELLED", "Channel closed!", False, False),
        ("UNKNOWN", "Stream removed", False, False),
        ("UNKNOWN", "what?", True, True),
        ("PERMISSION_DENIED", "etcdserver: permission denied", True, True),
        ("UNAUTHENTICATED", "etcdserver: invalid auth token", True, True),
        ("UNIMPLEMENTED", "unknown service etcdserverpb.Watch", True, True),
    ],
)
def test_what_ends_watches_and_what_does_not(code: str, details: str, plain: bool, leader: bool) -> None:
    failure = TransportError(code, details)
    assert is_final(failure, require_leader=False) is plain
    assert is_final(failure, require_leader=True) is leader


def test_progress_is_told_from_everything_else() -> None:
    assert Answer(EVERYONE, header(3)).is_progress
    assert not Answer(1, header(3), created=True).is_progress
    assert not Answer(1, Header(0, 0, 0, 0), canceled=True, compact_revision=4).is_progress
    assert not events(3, 3).is_progress
