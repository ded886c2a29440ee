"""What a LeaseClock shows, as a table."""

from __future__ import annotations

from etcdlearn.widgets._burn import Burn, Clock
from etcdlearn.widgets._clock_answers import answer, lease_id, named
from etcdlearn.widgets._parts import seconds
from etcdlearn.widgets._text import clipped
from etcdlearn.widgets._words import Words


def table(data: Clock, words: Words) -> tuple[list[str], list[list[str]]]:
    """Head and rows: a row for each lease that is shown."""
    head = [words[f"table_{name}"] for name in ("lease", "asked", "granted", "beats", "keys", "state")]
    return head, [_row(burn, data, words) for burn in data.burns]


def _row(burn: Burn, data: Clock, words: Words) -> list[str]:
    told = answer(burn, data, words)
    keys = [clipped(key, is_key=True) for key in named(burn)]
    if burn.number > len(keys):
        keys.append(words["more_keys"].format(number=f"{burn.number - len(keys):,}"))
    state = " ".join(filter(None, (told.text, told.unit)))
    numbers = [seconds(burn.asked) if burn.asked is not None else "", seconds(burn.granted), f"{burn.beats:,}"]
    return [lease_id(burn.id), *numbers, ", ".join(keys), words["join"].join((state, *told.notes))]
