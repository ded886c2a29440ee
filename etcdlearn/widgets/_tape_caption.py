"""What a WatchTape says in words: one sentence about the one thing to see."""

from __future__ import annotations

from etcdlearn.widgets._parts import grouped
from etcdlearn.widgets._tape import Ended, Gap, Progress, Step, Tape
from etcdlearn.widgets._text import clipped, quoted
from etcdlearn.widgets._words import Words


def caption(data: Tape, words: Words) -> str:
    """The sentence below the picture; "" for one that is empty and always was."""
    if data.ended:
        return _ended(data, data.ended, words)
    if data.missed:
        return words["says_missed"].format(revision=grouped(data.missed[0].revision))
    if data.away:
        return _away(data, data.away, words)
    steps = data.steps
    if data.gaps:
        return _resumed(data, data.gaps[-1], words)
    hidden = sum(not data.passes(step) for step in data.wrote)
    if data.filters and hidden:
        return words["says_filtered"].format(
            filters=", ".join(data.filters), written=f"{len(data.wrote):,}", hidden=f"{hidden:,}"
        )
    last = data.received[-1] if data.received else None
    if isinstance(last, Progress):
        return words["says_progress"].format(revision=grouped(last.revision))
    return _newest(data, steps[-1], words) if steps else ""


def _ended(data: Tape, ended: Ended, words: Words) -> str:
    if ended.compacted:
        numbers = {"next": grouped(data.next), "compacted": grouped(ended.compacted)}
        return words["says_compacted"].format(**numbers)
    if ended.known:
        return words["says_lost_data"].format(known=grouped(ended.known), now=grouped(ended.now))
    return words["says_ended"].format(words=ended.words)


def _away(data: Tape, gap: Gap, words: Words) -> str:
    """While it is away."""
    seen = [step.revision for step in data.steps]
    after = "after" if seen else "before"
    kind = "paused" if gap.paused else "broke"
    head = words[f"says_{kind}_{after}"].format(seen=grouped(seen[-1]) if seen else "")
    waiting = len(data.outstanding)
    name = "waiting_one" if waiting == 1 else "waiting" if waiting else "will_go_on"
    return head + words[f"says_{name}"].format(number=f"{waiting:,}", next=grouped(gap.next))


def _resumed(data: Tape, gap: Gap, words: Words) -> str:
    """The last break, and whether anything was missed."""
    seen = [step.revision for step in data.steps if step.revision < gap.next]
    after = "after" if seen else "before"
    kind = "paused" if gap.paused else "broke"
    head = words[f"says_{kind}_{after}"].format(seen=grouped(seen[-1]) if seen else "")
    head += words["says_resumed"].format(next=grouped(gap.next))
    steps = data.steps
    if len(steps) == len(seen):
        return head + words["says_nothing_meanwhile"]
    if not data.in_order:
        return head + words["says_out_of_order"]
    first, last = steps[0].revision, steps[-1].revision
    whole = "says_each" if len(steps) == last - first + 1 else "says_each_of"
    whole = "says_each_one" if len(steps) == 1 else whole
    return head + words[whole].format(first=grouped(first), last=grouped(last), number=f"{len(steps):,}")


def _newest(data: Tape, step: Step, words: Words) -> str:
    """The newest revision that came."""
    revision, event = grouped(step.revision), step.events[0]
    kinds = {data.kind(step.revision, each) for each in step.events}
    if len(step.events) > 1:
        name = "says_expired_together" if kinds == {"EXPIRED"} else "says_together"
        return words[name].format(revision=revision, number=f"{len(step.events):,}")
    key = clipped(event.kv.key, is_key=True)
    return words[f"says_{kinds.pop().lower()}"].format(revision=revision, key=key, value=quoted(event.kv.value))
