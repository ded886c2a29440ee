"""Rulers with data made by hand."""

from dataclasses import replace

from etcdlearn.widgets._range import Ruler, around, as_ruler
from tests.hostile import HOSTILE

KEYS = ("/illusory/cloud", "/illusory/cloud/x", "/illusory/wind", "/illusoryxxx", "/zone")
CARRY = (b"a", b"a\xfe", b"a\xff", b"a\xff\x00", b"a\xff\xff", b"b", b"ba")
WORDS = ("/键", "/键/云", "/键/风", "/键/😀", "/锁", "/é", "/e\u0301")


def raw(*keys: str | bytes) -> list[bytes]:
    return [key.encode() if isinstance(key, str) else key for key in keys]


def ruler(
    key: str | bytes,
    *keys: str | bytes,
    prefix: bool = False,
    from_key: bool = False,
    range_end: str | bytes | None = None,
) -> Ruler:
    """A ruler over these keys, as a server that holds them would answer."""
    return around(as_ruler(key, prefix=prefix, from_key=from_key, range_end=range_end), raw(*keys))


MANY = [f"/illusory/{n:04d}" for n in range(1_000)]
LONG = "/illusory/" + "deep/" * 2_040
STATES = {
    "story": ruler("/illusory/", *KEYS, prefix=True),
    "without-slash": ruler("/illusory", "/illusory", *KEYS, prefix=True),
    "itself": ruler("/illusory/", "/illusory", *KEYS[:3], prefix=True),
    "one": ruler("/illusory", "/illusory", *KEYS),
    "one-missing": ruler("/illusory", *KEYS),
    "range": ruler("/illusory/cloud", *KEYS, range_end="/illusory/wind"),
    "range-longer": ruler("/illusory", *KEYS, range_end="/illusory/wind"),
    "range-to-the-end": ruler("/illusory/wind", *KEYS, range_end=b"\0"),
    "empty-range": ruler("/illusory/wind", *KEYS, range_end="/illusory/cloud"),
    "from-key": ruler("/illusory/wind", *KEYS, from_key=True),
    "all": ruler("", *KEYS, prefix=True),
    "all-from-key": ruler("", *KEYS, from_key=True),
    "carry": ruler(b"a\xff", *CARRY, prefix=True),
    "carry-twice": ruler(b"a\xff\xff", *CARRY, prefix=True),
    "no-byte": ruler(b"\xff\xff", b"a", b"\xff", b"\xff\xff", b"\xff\xffz", prefix=True),
    "words": ruler("/键/", *WORDS, prefix=True),
    "many": ruler("/illusory/", "/a", "/b", "/illusory", *MANY, "/illusoryxxx", "/zephyr", prefix=True),
    "ten": ruler("k", *(f"k{n}" for n in range(10)), prefix=True),
    "nothing-inside": ruler("/nobody/", *KEYS, prefix=True),
    "no-keys": ruler("/illusory/", prefix=True),
    "no-client": as_ruler("/illusory/", prefix=True),
    "no-client-one": as_ruler(
        "/illusory/cloud",
    ),
    "long": ruler(LONG, *KEYS, LONG, LONG + "x", prefix=True),
    "two-bytes": ruler("k/", "k", "k/1", "k/2", "kk", prefix=True),
    "root": ruler("/", *KEYS, prefix=True),
    "lost": replace(ruler("/illusory/", *KEYS, prefix=True), lost="Socket closed"),
    "lost-another": replace(as_ruler("/nobody/", prefix=True), lost="Socket closed"),
    "refused": replace(ruler("/illusory", *KEYS), refused="empty"),
    "refused-text": replace(ruler("/illusory/", *KEYS, prefix=True), refused="text"),
    **{
        f"hostile-{n}": ruler(data or b"\0", *(key for key in HOSTILE if key), prefix=True)
        for n, data in enumerate(HOSTILE[::12])
    },
    "hostile-end": ruler(HOSTILE[1], *HOSTILE[:9], range_end=HOSTILE[-5]),
}
