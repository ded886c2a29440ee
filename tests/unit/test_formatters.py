"""The tables of answers: what has one, what stands in it, and that strangers' text stays text."""

import re

import pytest

from etcdlearn import DeleteResponse, Event, GetResponse, Header, KeyValue, OpResponse, PutResponse, WatchResponse
from etcdlearn.teach.formatters import FORMATTERS, MOST_ROWS
from tests.hostile import HOSTILE

HEADER = Header(1, 2, 7, 2)
CLOUD = KeyValue(b"/illusory/cloud", "干扰".encode(), 2, 5, 3, 0)
LEASED = KeyValue(b"/illusory/wind", b"", 4, 4, 1, 0x32695E2E1B58CA06)


def html(answer: object) -> str:
    return FORMATTERS[type(answer)](answer) or ""


def rows(answer: object) -> list[list[str]]:
    """The table as text, row by row."""
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", html(answer))
    ]


def test_a_get() -> None:
    answer = GetResponse(HEADER, (CLOUD,), True, 5)
    assert "<div>GetResponse(revision 7, count 5, more):</div>" in html(answer)
    assert rows(answer) == [
        ["key", "value", "create", "mod", "version"],
        ["/illusory/cloud", '"干扰"', "2", "5", "3"],
    ]


def test_a_lease_has_a_column_where_there_is_one() -> None:
    assert rows(GetResponse(HEADER, (CLOUD, LEASED), False, 2)) == [
        ["key", "value", "create", "mod", "version", "lease"],
        ["/illusory/cloud", '"干扰"', "2", "5", "3", "–"],
        ["/illusory/wind", '""', "4", "4", "1", "32695e2e1b58ca06"],
    ]


@pytest.mark.parametrize(
    ("answer", "head"),
    [
        (PutResponse(HEADER, CLOUD), "PutResponse(revision 7), prev_kv:"),
        (DeleteResponse(HEADER, 1, (CLOUD,)), "DeleteResponse(revision 7, deleted 1), prev_kvs:"),
    ],
)
def test_what_was_replaced(answer: object, head: str) -> None:
    assert f"<div>{head}</div>" in html(answer)
    assert rows(answer)[1] == ["/illusory/cloud", '"干扰"', "2", "5", "3"]


def test_an_answer_to_do_is_that_of_its_operation() -> None:
    answer = PutResponse(HEADER, CLOUD)
    assert html(OpResponse(put=answer)) == html(answer)


@pytest.mark.parametrize(
    "answer",
    [
        PutResponse(HEADER, None),
        GetResponse(HEADER, (), False, 3),
        DeleteResponse(HEADER, 3, ()),
        WatchResponse(HEADER, ()),
        OpResponse(put=PutResponse(HEADER, None)),
        OpResponse(),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_what_a_line_says_well_has_no_table(answer: object) -> None:
    assert FORMATTERS[type(answer)](answer) is None


def test_events() -> None:
    gone = Event("DELETE", KeyValue(b"/illusory/cloud", b"", 0, 6, 0, 0))
    assert rows(WatchResponse(HEADER, (Event("PUT", CLOUD), gone))) == [
        ["type", "key", "value", "create", "mod", "version"],
        ["PUT", "/illusory/cloud", '"干扰"', "2", "5", "3"],
        ["DELETE", "/illusory/cloud", "–", "–", "6", "–"],
    ]
    answer = WatchResponse(HEADER, (Event("DELETE", gone.kv, CLOUD), Event("PUT", CLOUD)))
    assert [row[-1] for row in rows(answer)] == ["prev_kv", '"干扰"', "–"]
    assert "<div>WatchResponse(revision 7, 2 events):</div>" in html(answer)


def test_many_rows_are_folded_and_counted() -> None:
    many = rows(GetResponse(HEADER, (CLOUD,) * 1_000, False, 1_000))
    assert len(many) == 1 + MOST_ROWS + 1
    assert many[-1] == ["… 960 more"]


@pytest.mark.parametrize("data", HOSTILE)
def test_strangers_text_is_text(data: bytes) -> None:
    told = html(GetResponse(HEADER, (KeyValue(data, data, 2, 2, 1, 0),), False, 1))
    tags = set(re.findall(r"<(/?\w+)", told))
    assert tags <= {"div", "/div", "table", "/table", "tr", "/tr", "th", "/th", "td", "/td", "code", "/code"}
    assert told.isprintable()
    assert len(told) < 10_000


def test_what_is_cut_says_its_length_and_shows_more_on_request() -> None:
    told = html(GetResponse(HEADER, (KeyValue(b"k" * 10_240, b'"v"', 2, 2, 1, 0),), False, 1))
    assert "kkkkkkkkkkkkkkkk…kkkkkk 10,240 B" in told
    assert f'title="{"k" * 1_000}"' in told
