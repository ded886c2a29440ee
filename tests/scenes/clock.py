"""Clocks with data made by hand."""

from collections.abc import Sequence
from dataclasses import replace

from etcdlearn.widgets._burn import Burn, Clock, End, Refill, stored
from tests.hostile import HOSTILE

KEPT, SHORT = 0x32695410DCC0CA06, 0x32695410DCC0CA0A
NODES = (b"/illusory/node/1", b"/illusory/node/2")
BEATS = tuple(Refill(at, 10, "beat") for at in (0, 10 / 3, 20 / 3, 10))


def kept() -> Burn:
    """Four beats, and the keep-alive closed."""
    return Burn(KEPT, 10, 10, (Refill(0, 10, "granted"), *BEATS), 20, True, 4, "closed", NODES, 2)


def raised() -> Burn:
    """Asked for less than there is, expired at its time."""
    refills = (Refill(4, 2, "granted"),)
    return Burn(SHORT, 2, 1, refills, 6, True, 0, "", (b"/illusory/cloud/x",), 1, End(6.3, "expired", 9))


def burning(lease: int = 7, granted: int = 10, at: float = 0, keys: int = 1) -> Burn:
    """Granted, and nothing since."""
    names = tuple(f"/illusory/{n}".encode() for n in range(min(keys, 4)))
    return Burn(lease, granted, granted, (Refill(at, granted, "granted"),), at + granted, keys=names, number=keys)


def ended(how: str, revision: int = 0) -> Burn:
    keys = (b"/illusory/cloud",) if revision else ()
    end = End(4, how, revision)  # type: ignore[arg-type]
    return replace(burning(), keys=keys, number=len(keys), end=end)


def clock(*burns: Burn, now: float | None = 4.0, more: int = 0) -> Clock:
    """These leases at that time."""
    ends = [burn.end.how for burn in burns if burn.end]
    expired = ends.count("expired")
    alive = len(burns) - len(ends) + more
    return Clock(burns, now, alive, expired, len(ends) - expired, more, revision=9)


def hostile(texts: Sequence[bytes]) -> Clock:
    """Each of ``texts`` as a key of a lease."""
    return clock(*(replace(burning(n - 3, 10, n / 10), keys=(b"k" + text,)) for n, text in enumerate(texts)))


STORY = clock(kept(), raised(), now=16)
SEEN = (Refill(0, 8.5, "seen"), Refill(4, 9.5, "found", 3.2))
OTHER = Burn(SHORT, 10, None, SEEN, 13.5, False, keys=NODES[:1], number=1)
RENEWED = replace(kept(), renewal="kept")
DENSE = tuple(Refill(n / 3, 1, "beat") for n in range(60))
STATES = {
    "story": STORY,
    "stored": stored(STORY),
    "empty": Clock(),
    "one": clock(burning(), now=0.2),
    "one-stored": stored(clock(burning())),
    "renewed": clock(RENEWED, now=12.1),
    "renewed-stored": stored(clock(RENEWED, now=12.1)),
    "renewed-one-key": clock(replace(RENEWED, keys=NODES[:1], number=1), now=12.1),
    "gave-up": clock(replace(kept(), renewal="lost"), now=13),
    "others": clock(OTHER, now=6),
    "others-seen": clock(replace(OTHER, refills=SEEN[:1], ends=8.5), now=6),
    "others-stored": stored(clock(OTHER, now=6)),
    "others-seen-stored": stored(clock(replace(OTHER, refills=SEEN[:1], ends=8.5), now=6)),
    "others-without-keys": clock(replace(OTHER, keys=(), number=0), now=6),
    "overdue": clock(burning(keys=0), now=10.7),
    "expired": clock(replace(ended("expired", 9), end=End(10.4, "expired", 9)), now=12),
    "expired-many": clock(replace(burning(keys=12), end=End(10.4, "expired", 9)), now=12),
    "expired-without-keys": clock(replace(ended("expired"), end=End(10.9, "expired")), now=12),
    "revoked": clock(ended("revoked", 9), now=5),
    "revoked-stored": stored(clock(ended("revoked", 9), now=5)),
    "elsewhere": clock(ended("elsewhere", 9)),
    "gone": clock(ended("gone"), now=5),
    "ended-long-ago": clock(burning(1, 60, 100), ended("expired", 3), now=301),
    "twins": clock(burning(0xA0001), burning(0xB0001, at=1), now=3),
    "negative": clock(burning(-7, keys=5)),
    "unequal": clock(burning(1, 600), burning(2, 10), replace(raised(), asked=1), now=5),
    "for-ever": clock(burning(1, 9_000_000_000, keys=0), now=5),
    "dense": clock(burning(1, 60), Burn(2, 1, 1, DENSE, 20.6, beats=60, renewal="kept"), now=20),
    "many": clock(*(burning(n, 10 + n, n / 4, n) for n in range(1, 9)), now=7, more=960),
    "one-more": clock(*(burning(n, 10, n / 4, n) for n in range(1, 4)), now=7, more=1),
    "many-unknown": clock(now=1, more=960),
    "lost": replace(STORY, lost="Socket closed"),
    "lost-for": replace(STORY, lost="Socket closed", silent=3),
    "back": replace(STORY, back=(8, 9)),
    "back-nothing": replace(STORY, back=(10, 9)),
    "lost-data": replace(Clock(now=7, revision=2), lost_data=(9, 2)),
    **{f"hostile-{n}": hostile(HOSTILE[n : n + 64 : 9]) for n in range(9)},
}
