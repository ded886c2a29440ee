"""Keys become ranges exactly as in clientv3's ``op.go``, and no argument that etcd could not use gets through."""

import pytest

from etcdlearn.client._ranges import as_int64, as_lease, as_range, prefix_range_end


@pytest.mark.parametrize(
    ("prefix", "end"),
    [
        (b"a", b"b"),
        (b"/illusory/", b"/illusory0"),
        ("/illusory", b"/illusorz"),
        (b"a\xff", b"b"),
        (b"a\xfe\xff", b"a\xff"),
        (b"a\xff\xff", b"b"),
        (b"\xff", b"\x00"),
        (b"\xff\xff", b"\x00"),
        (b"", b"\x00"),
        (b"\x00", b"\x01"),
    ],
)
def test_prefix_range_end(prefix: str | bytes, end: bytes) -> None:
    assert prefix_range_end(prefix) == end


def test_every_key_with_a_prefix_and_no_other_lies_in_its_range() -> None:
    keys = [bytes([a, b]) for a in (0, 97, 98, 254, 255) for b in (0, 97, 254, 255)]
    for prefix in {key[:n] for key in keys for n in (1, 2)}:
        start, end = as_range(prefix, prefix=True)
        inside = {key for key in keys if key >= start and (end == b"\x00" or key < end)}
        assert inside == {key for key in keys if key.startswith(prefix)}


def test_an_empty_key_means_every_key_with_prefix_or_from_key_only() -> None:
    assert as_range("", prefix=True) == (b"\x00", b"\x00")
    assert as_range("", from_key=True) == (b"\x00", b"\x00")
    assert as_range("") == (b"", b"")


@pytest.mark.parametrize(
    "both",
    [
        {"prefix": True, "from_key": True},
        {"prefix": True, "range_end": "b"},
        {"from_key": True, "range_end": b""},
    ],
)
def test_two_ways_to_say_the_range_are_refused(both: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="choose one"):
        as_range("a", **both)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [None, 1, ["a"], object()])
def test_a_key_is_text_or_bytes(key: object) -> None:
    with pytest.raises(TypeError, match="key must be str or bytes"):
        as_range(key)  # type: ignore[arg-type]


def test_numbers_are_whole_not_negative_and_64_bit() -> None:
    assert as_int64(2**63 - 1, "limit") == 2**63 - 1
    for number in (-1, 2**63):
        with pytest.raises(ValueError, match="limit must be"):
            as_int64(number, "limit")
    for odd in (True, 1.5, "1", None):
        with pytest.raises(TypeError, match="limit must be a whole number"):
            as_int64(odd, "limit")  # type: ignore[arg-type]


def test_a_lease_is_an_id_or_what_grant_answered_and_may_be_negative() -> None:
    class Granted:
        id = -7

    assert as_lease(Granted()) == -7
    assert as_lease(-(2**63)) == -(2**63)
    with pytest.raises(TypeError, match="lease must be a whole number"):
        as_lease("7")
