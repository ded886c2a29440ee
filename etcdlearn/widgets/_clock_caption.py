"""What a LeaseClock says in words: what holds or ends the lease whose seconds are written large, and who ended last."""

from __future__ import annotations

from etcdlearn.widgets._burn import Burn, Clock
from etcdlearn.widgets._clock_answers import short
from etcdlearn.widgets._parts import grouped
from etcdlearn.widgets._parts import seconds as spelled
from etcdlearn.widgets._words import Words


def caption(data: Clock, words: Words) -> str:
    """The sentence below the picture; "" where there is no lease and none was."""
    if data.lost_data and data.revision == data.lost_data[1]:
        return words["lost_data"].format(known=grouped(data.lost_data[0]), now=grouped(data.revision))
    if data.back and data.now is not None and data.revision == max(data.back[1], data.back[0] - 1):
        return _back(*data.back, words)
    said = [_living(data.hero, data, words)] if data.hero else []
    said += [_ended(data.ended, data, words)] if data.ended else []
    text = words["join"].join(said)
    return text[:1].upper() + text[1:] + words["end"] if text else ""


def seconds(number: float) -> str:
    """A time that no line breaks in two."""
    return spelled(number).replace(" ", "\u00a0")


def _back(first: int, last: int, words: Words) -> str:
    """What came while the server could not be heard."""
    number = max(last - first + 1, 0)
    return words["back_some" if number else "back_nothing"].format(number=f"{number:,}")


def _living(burn: Burn, data: Clock, words: Words) -> str:
    """What holds it, or when it ends."""
    name = burn.renewal or ("not_kept" if burn.asked is not None else "others")
    last = burn.refills[-1]
    ends = ("" if burn.exact else "≈ ") + seconds(round(burn.ends))
    until = words["at_time" if data.now is not None else f"after_{last.how}"]
    return words[f"says_{name}"].format(
        id=short(burn, data.burns),
        granted=seconds(burn.granted),
        third=seconds(burn.third),
        until=until.format(ends=ends, left=seconds(last.left)),
        keys=_keys(burn, "held" if name == "kept" else "ends", words),
    )


def _keys(burn: Burn, name: str, words: Words) -> str:
    """Its keys, as a part of the sentence."""
    if not burn.number:
        return ""
    return words[f"{name}_one" if burn.number == 1 else f"{name}_keys"].format(number=f"{burn.number:,}")


def _ended(burn: Burn, data: Clock, words: Words) -> str:
    end = burn.end
    if end is None:
        return ""
    told = {
        "id": short(burn, data.burns),
        "asked": seconds(burn.asked or 0),
        "granted": seconds(burn.granted),
        "how": words[f"says_{end.how}"],
        "at": words["at_revision"].format(revision=grouped(end.revision)) if end.revision else "",
    }
    return words["says_ended_raised" if burn.raised else "says_ended"].format(**told)
