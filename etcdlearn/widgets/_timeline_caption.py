"""What a RevisionTimeline says in words: one sentence about the one thing to see."""

from __future__ import annotations

from etcdlearn.widgets._history import Lane, Mark, Timeline
from etcdlearn.widgets._parts import grouped
from etcdlearn.widgets._text import clipped, quoted
from etcdlearn.widgets._words import Words


def caption(data: Timeline, words: Words) -> str:
    """The sentence below the picture; "" for one that is empty and always was."""
    if data.lost_data and data.now == data.lost_data[1]:
        return words["lost_data"].format(known=grouped(data.lost_data[0]), now=grouped(data.now))
    if not data.lanes:
        return ""
    if data.stopped:
        return words["stopped"].format(revision=grouped(data.oldest))
    if data.back and data.at == data.now == max(data.back[1], data.back[0] - 1):
        return _back(*data.back, words)
    if data.at == data.now:
        return _newest(data, words)
    past = _past(data, words)
    if not data.compacted:
        return past + words["end"]
    return past + words["join"] + words["before"].format(revision=grouped(data.compacted))


def _back(first: int, last: int, words: Words) -> str:
    """What came while the server could not be heard."""
    if last < first:
        return words["back_nothing"]
    if first == last:
        return words["back_one"].format(revision=grouped(first))
    return words["back"].format(first=grouped(first), last=grouped(last))


def _newest(data: Timeline, words: Words) -> str:
    """What the newest revision did."""
    changed = [(lane, lane.marks[-1]) for lane in data.lanes if lane.marks[-1].revision == data.now]
    revision = grouped(data.now)
    if not changed:
        return words["elsewhere"].format(revision=revision)
    if len(changed) > 1 and all(mark.type == "EXPIRED" for _, mark in changed):
        return words["expired_together"].format(revision=revision, number=len(changed))
    if len(changed) > 1:
        return words["together"].format(revision=revision, number=len(changed))
    lane, mark = changed[0]
    before = lane.at(mark.revision - 1)
    readable = before is not None and before.type == "PUT" and mark.revision - 1 >= data.oldest
    if mark.type == "PUT" and mark.kv.create_revision == mark.revision:
        return _say("created", lane, mark, words)
    if mark.type == "EXPIRED":
        return _say("expired_one", lane, mark, words)
    kind = "wrote" if mark.type == "PUT" else "deleted"
    if not readable or before is None:
        return _say(f"{kind}_compacted", lane, mark, words)
    return _say(kind, lane, mark, words, older=grouped(mark.revision - 1), old=quoted(before.kv.value))


def _say(name: str, lane: Lane, mark: Mark, words: Words, **more: str) -> str:
    key, value = clipped(lane.key, is_key=True), quoted(mark.kv.value)
    return words[name].format(revision=grouped(mark.revision), key=key, value=value, **more)


def _past(data: Timeline, words: Words) -> str:
    """How the revision under the cursor differs from now: the first key that was overwritten, deleted or not there."""
    missing = ""
    for lane in data.lanes:
        then, later = lane.at(data.at), lane.after(data.at)
        key = clipped(lane.key, is_key=True)
        if later is None:
            continue
        numbers = {"revision": grouped(data.at), "later": grouped(later.revision)}
        if then is not None and then.type == "PUT":
            last = later if lane.marks[-1].type == "PUT" else lane.marks[-1]
            numbers["later"] = grouped(last.revision)
            kind = {"PUT": "past_overwritten", "DELETE": "past_deleted", "EXPIRED": "past_expired"}[last.type]
            return words[kind].format(key=key, value=quoted(then.kv.value), **numbers)
        missing = missing or words["past_missing"].format(key=key, **numbers)
    return missing or words["past_same"].format(revision=grouped(data.at))
