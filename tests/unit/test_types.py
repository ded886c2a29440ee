"""Results are frozen values; their repr is short, true, deterministic, and safe for a terminal."""

import dataclasses

import pytest

from etcdlearn.client import (
    CompactResponse,
    DeleteResponse,
    Event,
    GetResponse,
    Header,
    KeyValue,
    OpResponse,
    PutResponse,
    WatchResponse,
)

HEADER = Header(0xCDF818194E3A8C32, 0x8E9E05C52164694D, 4, 2)
DECOY = KeyValue(b"/illusoryxxx", "干扰".encode(), 4, 4, 1, 0)
DELETED = KeyValue(b"k", b"", 0, 4, 0, 0)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (HEADER, "Header(revision 4, raft_term 2, cluster cdf818194e3a8c32, member 8e9e05c52164694d)"),
        (DECOY, "KeyValue('/illusoryxxx' = '干扰', create 4, mod 4, version 1)"),
        (
            KeyValue(b"\xff", b"\x1b[2J", 1, 2, 3, -1),
            r"KeyValue(b'\xff' = '\x1b[2J', create 1, mod 2, version 3, lease ffffffffffffffff)",
        ),
        (
            KeyValue("a\u202eb\u200b".encode(), b"'", 1, 1, 1, 0),
            r"""KeyValue('a\u202eb\u200b' = "'", create 1, mod 1, version 1)""",
        ),
        (PutResponse(HEADER, None), "PutResponse(revision 4)"),
        (PutResponse(HEADER, DECOY), f"PutResponse(revision 4, prev_kv {DECOY})"),
        (GetResponse(HEADER, (), False, 0), "GetResponse(revision 4, count 0)"),
        (GetResponse(HEADER, (DECOY,), True, 9), f"GetResponse(revision 4, count 9, more: {DECOY})"),
        (DeleteResponse(HEADER, 1, ()), "DeleteResponse(revision 4, deleted 1)"),
        (DeleteResponse(HEADER, 1, (DECOY,)), f"DeleteResponse(revision 4, deleted 1, prev_kvs {DECOY})"),
        (CompactResponse(HEADER), "CompactResponse(revision 4)"),
        (OpResponse(put=PutResponse(HEADER, None)), "OpResponse(PutResponse(revision 4))"),
        (Event("PUT", DECOY), "Event(PUT '/illusoryxxx' = '干扰', mod 4)"),
        (Event("DELETE", DELETED), "Event(DELETE 'k', mod 4)"),
        (
            WatchResponse(HEADER, (Event("DELETE", DELETED),)),
            "WatchResponse(revision 4, 1 event: Event(DELETE 'k', mod 4))",
        ),
    ],
)
def test_repr(value: object, shown: str) -> None:
    assert repr(value) == shown
    assert shown.isprintable()


def test_long_values_are_cut_and_their_length_said() -> None:
    shown = repr(KeyValue(b"k", b"x" * 10_240, 1, 1, 1, 0))
    assert "… 10,240 B" in shown
    assert len(shown) < 120


def test_long_lists_are_counted() -> None:
    shown = repr(GetResponse(HEADER, (DECOY,) * 100, False, 100))
    assert shown.endswith("… 97 more)")


def test_results_are_frozen_and_comparable() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DECOY.value = b""  # type: ignore[misc]
    assert PutResponse(HEADER, DECOY) == PutResponse(Header(**dataclasses.asdict(HEADER)), DECOY)


def test_text_is_utf_8_or_an_error() -> None:
    assert (DECOY.text, DECOY.key_text) == ("干扰", "/illusoryxxx")
    with pytest.raises(UnicodeDecodeError):
        _ = KeyValue(b"k", b"\xff", 1, 1, 1, 0).text


def test_an_event_tells_a_first_put_from_a_later_one() -> None:
    first, later = Event("PUT", DECOY), Event("PUT", KeyValue(b"k", b"", 1, 2, 2, 0))
    assert (first.is_create, first.is_modify) == (True, False)
    assert (later.is_create, later.is_modify) == (False, True)
    assert not Event("DELETE", DELETED).is_create
