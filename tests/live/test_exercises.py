"""Every exercise of every lesson: each mistake gets its own answer, and a check changes nothing."""

from collections.abc import Iterator

import pytest

from etcdlearn import Client, Lab, lab, server
from etcdlearn.client._call import Call
from etcdlearn.client._compaction import find_compaction
from etcdlearn.client._methods import LEASE_LEASES, LEASE_TIME_TO_LIVE, RANGE
from etcdlearn.teach import _store
from etcdlearn.teach.exercises import EXERCISES
from tests.live.attempts import ATTEMPTS
from tests.live.exercises import HERE, Bench

each = pytest.mark.parametrize("bench", HERE, indirect=True)
every = pytest.mark.parametrize("name", EXERCISES)


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with lab() as started:
        yield Bench(request.param, started)


@each
def test_every_finding_is_reached_and_has_its_own_words(bench: Bench) -> None:
    """One store for all attempts: the situation, run again, is a fresh start whatever was done before."""
    listed = dict.fromkeys([*bench.exercise.findings, *ATTEMPTS[bench.exercise.id]])
    got = {finding: bench.tried(finding) for finding in listed}
    assert {finding: checked.finding for finding, (checked, _) in got.items()} == {name: name for name in listed}
    assert len({repr(checked) for checked, _ in got.values()}) == len(listed)
    assert len({html for _, html in got.values()}) == len(listed)
    assert [finding for finding, (checked, _) in got.items() if checked.right] == ["right"]


@each
def test_another_way_is_right_too(bench: Bench) -> None:
    bench.run(bench.cells.situation)
    bench.run(ATTEMPTS[bench.exercise.id].get("right", bench.exercise.solution))
    assert bench.check().right


@each
def test_the_stub_runs_and_is_not_right(bench: Bench) -> None:
    """A stub that did nothing would teach nothing: the check finds a mistake that has a name, and it can judge."""
    bench.run(bench.cells.situation)
    bench.run(bench.cells.stub)
    assert not bench.check().right
    assert bench.check().finding in bench.exercise.findings


@each
def test_the_situation_alone_is_no_answer(bench: Bench) -> None:
    bench.run(bench.cells.situation)
    assert bench.check().finding in set(bench.exercise.findings) - {"right"}


@each
def test_what_was_right_is_not_right_after_a_fresh_start(bench: Bench) -> None:
    assert bench.tried("right")[0].right
    bench.run(bench.cells.situation)
    assert not bench.check().right


@each
def test_a_check_changes_nothing(bench: Bench) -> None:
    """What it asks only reads; and a watch, which is no unary call, changes nothing either."""
    bench.run(bench.cells.situation)
    asked: list[Call] = []
    before = state(bench.lab.client)
    bench.lab.client._caller.observers += (asked.append,)
    bench.check()
    bench.check()
    assert {call.method for call in asked} <= {RANGE, LEASE_LEASES, LEASE_TIME_TO_LIVE}
    assert RANGE in {call.method for call in asked}
    assert state(bench.lab.client) == before


def state(client: Client) -> tuple[object, ...]:
    now = client.get("", prefix=True)
    return now.header, now.kvs, find_compaction(client), client.lease.leases().leases


@every
def test_an_empty_store_is_never_right(name: str, empty: Lab) -> None:
    checked = empty.check(name)
    assert not checked.right
    assert checked.finding in ("missing", "cannot: unprepared")


@pytest.fixture(scope="module")
def empty() -> Iterator[Lab]:
    with lab() as started:
        yield started


@every
def test_every_exercise_knows_three_wrong_answers(name: str) -> None:
    wrong = set(EXERCISES[name].findings) - {"right"}
    assert len(wrong) >= 3
    assert set(ATTEMPTS[name]) >= wrong
    assert {finding for finding in ATTEMPTS[name] if finding not in EXERCISES[name].findings} <= CANNOT


CANNOT = {"cannot: compacted", "cannot: unprepared"}


def test_every_exercise_has_attempts_and_no_other() -> None:
    assert set(ATTEMPTS) == set(EXERCISES)


def test_a_store_knows_its_leases_and_their_keys() -> None:
    with server() as etcd, etcd.client() as client:
        lease = client.grant(60)
        client.put("a", "1", lease=lease)
        gone = client.grant(60)
        client.revoke(gone)
        (known,) = _store.read(client).leases.values()
        assert (known.id, known.granted_ttl, known.keys) == (lease.id, 60, (b"a",))
