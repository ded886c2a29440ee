"""What a check reads, and when it says that it cannot judge."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from etcdlearn import Client, Lab, LocalServer, lab
from etcdlearn.teach import _store
from etcdlearn.teach.exercises import EXERCISES


@pytest.fixture
def lesson() -> Iterator[Lab]:
    with lab() as started:
        yield started


def test_all_of_a_store_and_of_its_history(lesson: Lab) -> None:
    client = lesson.client
    first = _store.read(client)
    assert (first.header.revision, first.compacted, first.kvs, first.events) == (1, 0, {}, ())
    client.put("/desk/a", "1")
    client.put("/desk/a", " 2\n")
    client.put("/desk/b", b"\xff")
    client.delete("/desk/", prefix=True)
    client.put("/desk/a", " 3\n")
    store = _store.read(client)
    assert [(event.type, event.kv.key, event.kv.mod_revision) for event in store.events] == [
        ("PUT", b"/desk/a", 2),
        ("PUT", b"/desk/a", 3),
        ("PUT", b"/desk/b", 4),
        ("DELETE", b"/desk/a", 5),
        ("DELETE", b"/desk/b", 5),
        ("PUT", b"/desk/a", 6),
    ]
    assert store.under("/desk/") == [b"/desk/a"]
    assert (store.text("/desk/a"), store.text("/desk/b")) == ("3", None)
    assert store.kvs[b"/desk/a"] == client.get("/desk/a").kvs[0]


def test_what_was_compacted_is_not_there(lesson: Lab) -> None:
    for value in "123":
        lesson.client.put("k", value)
    lesson.client.compact(3)
    store = _store.read(lesson.client)
    assert store.compacted == 3
    assert [event.kv.value for event in store.events] == [b"3"]
    lesson.client.compact(4)
    assert _store.read(lesson.client).events == ()


def many(client: Client, number: int, value: str = "v") -> None:
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda n: client.put(f"/many/{n}", value), range(number)))


def test_a_store_of_a_thousand_changes_is_judged_while_one_waits(lesson: Lab) -> None:
    """Measured: 0.05 s, and 1.4 s for 10,000 on a busy machine."""
    many(lesson.client, 1_000)
    began = time.monotonic()
    assert lesson.check("3.1").finding == "cannot: unprepared"
    assert time.monotonic() - began < 2


def test_a_store_that_is_too_large_is_not_judged(lesson: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_store, "MOST", 50)
    many(lesson.client, 60)
    checked = lesson.check("3.1")
    assert checked.finding == "cannot: large"
    assert "more than 50 keys or changes" in repr(checked)
    lesson.client.delete("/many/", prefix=True)
    assert lesson.check("3.1").finding == "cannot: large", "its history is still too long"
    lesson.client.compact(lesson.client.get("x").header.revision)
    assert lesson.check("3.1").finding == "cannot: compacted"


@pytest.mark.parametrize("keep", [True, False], ids=["keys", "history"])
def test_values_that_are_too_large_are_not_read_to_their_end(
    lesson: Lab, monkeypatch: pytest.MonkeyPatch, keep: bool
) -> None:
    monkeypatch.setattr(_store, "MOST_BYTES", 1 << 20)
    many(lesson.client, 3, "v" * 500_000)
    if not keep:
        lesson.client.delete("/many/", prefix=True)
    assert lesson.check("3.1").finding == "cannot: large"


def test_a_closed_lab(lesson: Lab) -> None:
    lesson.close()
    checked = lesson.check("1.1")
    assert checked.finding == "cannot: closed"
    assert repr(checked) == "1.1 cannot judge: This lab is closed: run the first cell of the lesson again."


def test_a_killed_server(lesson: Lab) -> None:
    server = lesson.server
    assert isinstance(server, LocalServer)
    server.kill()
    began = time.monotonic()
    checked = lesson.check("1.1")
    assert checked.finding == "cannot: unreachable"
    assert server.endpoints[0] in repr(checked)
    assert not checked.right
    assert time.monotonic() - began < 10


def test_a_server_that_is_silent(lesson: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not ten seconds of the client, and never for ever."""
    monkeypatch.setattr(_store, "PATIENCE", 0.5)
    lesson.server.pause()
    assert lesson.check("1.1").finding == "cannot: unreachable"
    lesson.server.resume()
    assert lesson.check("1.1").finding == "missing"


def test_what_cannot_be_judged_is_not_recorded(lesson: Lab) -> None:
    lesson.check("3.1")
    assert repr(lesson.progress()) == f"Progress(0 of {len(EXERCISES)} done)"
    assert lesson.progress().progress.tried == frozenset()
