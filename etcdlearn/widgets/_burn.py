"""What a LeaseClock shows: how leases burn down, from what the server said and nothing else. Pure data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

EXACT = 0.5  # seconds: what is known to less than that is written without ≈
THIRDS = 3  # a keep-alive beats at a third of the TTL


@dataclass(frozen=True, slots=True)
class Refill:
    """From here on a lease had ``left`` seconds.

    Attributes:
        at: seconds on the axis; when the answer was here.
        left: seconds.
        how: ``granted`` to this client; ``seen`` for the first time; a ``beat`` of this client; ``found`` fuller than
            it could have been: another client renewed it, or a new leader.
        before: of one that was ``found``, the last answer before it: from there on nobody knows how it burned.
    """

    at: float
    left: float
    how: Literal["granted", "seen", "beat", "found"]
    before: float = 0.0

    @property
    def over(self) -> float:
        """When it has burned down, unless it is refilled."""
        return self.at + self.left


@dataclass(frozen=True, slots=True)
class End:
    """A lease is no more.

    Attributes:
        at: seconds on the axis.
        how: ``expired``; ``revoked`` by this client; ``elsewhere``: by another one, since its time was not yet over;
            ``gone``: this client tried to revoke it and had no answer, so it may be either.
        revision: at which its keys were deleted; 0 when it held none.
    """

    at: float
    how: Literal["expired", "revoked", "elsewhere", "gone"]
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Burn:
    """One lease.

    Attributes:
        id: the lease's.
        granted: seconds.
        asked: seconds; None when another client asked.
        refills: oldest first, at least one.
        ends: seconds on the axis at which it has burned down, unless it is renewed: a computed future.
        exact: ``ends`` is known to half a second; otherwise only as well as whole seconds of TTL bound it.
        beats: that this client sent and the server answered; 0 for none.
        renewal: a keep-alive of this client runs (``kept``), was ``closed``, or ``lost`` its lease; "" for none.
        keys: the first of those that it holds, or held at its end.
        number: how many there are.
        end: None while it lives.
    """

    id: int
    granted: int
    asked: int | None
    refills: tuple[Refill, ...]
    ends: float
    exact: bool = True
    beats: int = 0
    renewal: Literal["", "kept", "closed", "lost"] = ""
    keys: tuple[bytes, ...] = ()
    number: int = 0
    end: End | None = None

    @property
    def third(self) -> float:
        return self.granted / THIRDS

    def ended_at(self) -> float:
        return self.end.at if self.end else 0.0

    @property
    def raised(self) -> bool:
        """The server granted more than was asked for."""
        return self.asked is not None and self.asked != self.granted


@dataclass(frozen=True, slots=True)
class Clock:
    """Everything that the picture of one moment is drawn from. Times are seconds on the axis.

    Attributes:
        burns: the leases that have a row.
        now: where the axis has come to; None in a stored picture, see ``stored``.
        alive, expired, revoked: how many leases there are, and how many ended since the picture began.
        more: leases that live and have no row.
        revision: the store's newest revision seen.
        lost: why the server cannot be heard, "" while it can.
        silent: whole seconds for which it could not.
        back: the revisions that had come when it was heard again, first and last; None when it never was lost.
        lost_data: the store's revision before and after it lost its data; None when it did not.
    """

    burns: tuple[Burn, ...] = ()
    now: float | None = None
    alive: int = 0
    expired: int = 0
    revoked: int = 0
    more: int = 0
    revision: int = 1
    lost: str = ""
    silent: int = 0
    back: tuple[int, int] | None = None
    lost_data: tuple[int, int] | None = None

    @property
    def hero(self) -> Burn | None:
        """The lease whose seconds are written large: that which ends first of those that nobody here renews."""
        living = [burn for burn in self.burns if burn.end is None]
        burning = [burn for burn in living if burn.renewal != "kept"]
        return min(burning or living, key=lambda burn: burn.ends, default=None)

    @property
    def ended(self) -> Burn | None:
        """The lease that ended last."""
        return max(
            (burn for burn in self.burns if burn.end), key=lambda burn: burn.end.at if burn.end else 0, default=None
        )


def stored(data: Clock) -> Clock:
    """The same without a clock on the wall, so that a lesson's picture is the same on every run and true next year.

    Each lease has a time of its own, from 0 at its first mark, in whole thirds of its TTL: a beat comes at a third, and
    a third must pass before one more is counted. It stands at the last thing that happened to it; what comes after
    that is computed. What expired stands at the end of its TTL, however late the server got to it.
    """
    return replace(data, now=None, burns=tuple(map(_by_thirds, data.burns)), silent=0)


def _by_thirds(burn: Burn) -> Burn:
    refills: list[Refill] = []
    former: Refill | None = None
    for refill in burn.refills:
        at = refills[-1].at + _thirds(burn, former, refill) if former and refills else 0.0
        left = float(burn.granted) if refill.left > burn.granted - 1.5 else float(int(refill.left))
        refills.append(replace(refill, at=at, left=left, before=at))
        former = refill
    last = refills[-1]
    end = burn.end
    if end is not None:
        passed = int((end.at - burn.refills[-1].at) / burn.third) * burn.third
        at = last.over if end.how == "expired" else min(last.at + passed, last.over)
        end = replace(end, at=at)
    return replace(burn, refills=tuple(refills), ends=last.over, exact=True, end=end)


def _thirds(burn: Burn, former: Refill, refill: Refill) -> float:
    """Seconds between two refills, in whole thirds. From beat to beat it is one at least: they may come a bit early."""
    share = (refill.at - former.at) / burn.third
    both = former.how == refill.how == "beat" and share > 0.75
    return int(max(share, 1) if both else share) * burn.third
