"""RevisionTimeline without a server: what the history keeps, where things stand, what is said of them."""

import re
from dataclasses import replace

import pytest

from etcdlearn.widgets._history import MOST_KEPT, History, Timeline
from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._timeline_caption import caption
from etcdlearn.widgets._timeline_layout import MOST_ROWS, layout
from etcdlearn.widgets._timeline_scene import scene
from etcdlearn.widgets._words import words
from tests.scenes import LANGUAGES
from tests.scenes.timeline import STATES, crowd, delete, one, put, read, story

EN = words("en", "timeline")


def marks(history: History) -> dict[bytes, list[int]]:
    return {key: [mark.revision for mark in lane] for key, lane in history.lanes.items()}


def texts(drawn: Node) -> list[str]:
    return [part.text for part in drawn.walk() if part.text]


def keyed(drawn: Node, start: str) -> list[Node]:
    return [part for part in drawn.walk() if part.key.startswith(start)]


def test_events_of_other_keys_only_move_the_revision() -> None:
    history = History(b"/illusory/")
    history.add([put("/illusory/cloud", "1", 2, 2, 1), put("/illusoryxxx", "2", 3, 3, 1)])
    assert marks(history) == {b"/illusory/cloud": [2]}
    assert history.now == 3


def test_an_event_that_comes_twice_is_one_mark() -> None:
    history = History(b"")
    events = [put("k", "1", 2, 2, 1), put("k", "2", 2, 3, 2)]
    history.add(events)
    history.add(events)
    assert marks(history) == {b"k": [2, 3]}


def test_a_compaction_leaves_what_a_key_lived_by() -> None:
    history = History(b"")
    history.add([put("a", "1", 2, 2, 1), put("a", "2", 2, 3, 2), put("b", "1", 4, 4, 1), delete("b", 5)])
    history.add([put("c", "1", 6, 6, 1), delete("c", 7), put("a", "3", 2, 8, 3)])
    history.compact(7)
    assert marks(history) == {b"a": [3, 8], b"c": [7]}
    assert history.timeline().oldest == 7


def test_a_long_history_is_bounded_and_says_so() -> None:
    history = History(b"k")
    for n in range(2, 3 * MOST_KEPT):
        history.add([put(f"k{n % 3}", "v", 2, n, n)])
    kept = sum(len(lane) for lane in history.lanes.values())
    assert MOST_KEPT / 2 <= kept <= MOST_KEPT
    data = read(history.timeline(), None)
    assert data.left_out
    assert any(f"marks before {data.left_out:,} left out" in text for text in texts(scene(data, 1000, EN)))
    history.compact(data.left_out + 1)
    assert history.timeline().left_out == 0  # the compaction says it now


def test_a_history_that_begins_at_a_compaction() -> None:
    history = History(b"")
    history.start(5, [put("a", "1", 2, 3, 2).kv])
    assert (history.now, history.compacted, marks(history)) == (5, 5, {b"a": [3]})


def test_lanes_answer_what_was_at_a_revision() -> None:
    lane = story().lanes[0]
    assert lane.key == b"/illusory/cloud"
    assert [mark.revision if (mark := lane.at(n)) else None for n in (1, 2, 5, 6, 9)] == [None, 2, 5, 6, 7]
    assert lane.after(7) is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            read(story(), 5),
            'At revision 5 /illusory/cloud still reads "rain", although revision 7 deleted it; '
            "before revision 4 nothing can be read any more: it was compacted.",
        ),
        (story(), "At revision 9 the lease of /illusory/cloud/x expired, and etcd deleted the key."),
        (one(), 'Revision 2 created /illusory/cloud with the value "hello".'),
        (replace(story(), now=10), "Revision 10 changed a key that does not belong to this picture."),
        (STATES["stopped"], "Compacted: the oldest readable revision is 4."),
        (STATES["empty"], ""),
    ],
)
def test_captions(data: Timeline, said: str) -> None:
    assert caption(data, EN) == said


def test_captions_of_a_put_a_transaction_and_a_missing_key() -> None:
    history = History(b"")
    history.add([put("a", "1", 2, 2, 1), put("a", "2", 2, 3, 2)])
    assert caption(read(history.timeline(), None), EN) == 'Revision 3 put "2" into a; revision 2 still reads "1".'
    assert caption(read(history.timeline(), 1), EN) == "At revision 1 a does not exist: revision 2 puts it."
    history.add([put("a", "3", 2, 4, 3), put("b", "1", 4, 4, 1)])
    assert "changed 2 keys at once" in caption(read(history.timeline(), None), EN)
    assert caption(read(history.timeline(), 3), EN).endswith("although revision 4 overwrote it.")
    history.add([put("other", "x", 5, 5, 1)])
    without = replace(history.timeline(), lanes=history.timeline().lanes[:2])
    assert caption(read(without, 4), EN).startswith("Revision 4 reads")


def test_the_grid_of_the_mock() -> None:
    grid = layout(story(), 720)
    assert grid.left == pytest.approx(158.44, abs=1)
    assert grid.pitch == pytest.approx(44, abs=0.2)
    assert (grid.right, grid.group) == (554, 1)
    assert grid.x(9) == pytest.approx(532, abs=0.5)
    assert [grid.y(row) for row in range(4)] == [112, 152, 192, 232]
    assert layout(story(), 1000).pitch == pytest.approx(56)
    assert layout(story(), 400).narrow


def test_many_revisions_become_columns_and_many_keys_are_folded() -> None:
    data = crowd(5_000, 1_000)
    grid = layout(data, 720)
    assert grid.pitch >= 24
    assert len(grid.lanes) == MOST_ROWS - 1
    said = texts(scene(data, 720, EN))
    assert "… 961 more keys" in said
    assert any(re.fullmatch(r"now 5001 · 5,001 revisions in \d+ columns", text) for text in said)


def test_a_far_compaction_does_not_push_the_present_out() -> None:
    history = History(b"")
    history.start(5_000, [put("a", "1", 2, 3, 2).kv])
    history.add([put("a", "2", 2, 5_001, 3)])
    grid = layout(history.timeline(), 720)
    assert (grid.group, grid.first) == (1, 4_996)
    survivor = keyed(scene(history.timeline(), 720, EN), "mark a 3")
    assert survivor[0].children[0].attrs["fill"] == "mark"  # seen, but no longer readable


def test_shapes_tell_put_from_delete_and_leased_from_not() -> None:
    drawn = scene(story(), 720, EN)
    (deleted,) = keyed(drawn, "mark /illusory/cloud 7")
    assert [part.tag for part in deleted.children] == ["path", "path", "rect"]
    (leased,) = keyed(drawn, "life /illusory/cloud/x 8")
    assert leased.children[0].attrs["stroke-dasharray"] == "3 2"
    (line,) = keyed(drawn, "txn ")
    assert line.key == "txn 6"
    assert "lease 694d9b1c3c7fca06" in keyed(drawn, "mark /illusory/cloud/x 8")[0].live["tip"]  # type: ignore[index]


def test_answers_stand_on_the_row_they_belong_to() -> None:
    drawn = scene(read(story(), 5), 720, EN)
    answers = {part.key: part.text for part in keyed(drawn, "answer ")}
    assert answers == {
        "answer /illusory/cloud": '"rain"',
        "answer /illusory/cloud/x": "no such key yet",
        "answer /illusory/wind": '"world"',
        "answer /illusoryxxx": '"干扰"',
    }
    deleted = {part.key: part.text for part in keyed(scene(story(), 720, EN), "answer ")}
    assert deleted["answer /illusory/cloud"] == "deleted at 7"


def test_a_lost_server_leaves_the_picture_and_says_so() -> None:
    kept, lost = (scene(STATES[name], 720, EN) for name in ("past", "lost"))
    assert "// not connected · last heard at revision 9 · compacted at 4" in texts(lost)
    assert {part.key for part in kept.walk()} <= {part.key for part in lost.walk()}
    assert keyed(lost, "lost")


def test_an_empty_picture_says_what_to_do() -> None:
    for language in LANGUAGES:
        said = " ".join(texts(scene(STATES["empty"], 720, words(language, "timeline"))))
        assert 'client.put("/illusory", "hello")' in said, language
    assert not keyed(scene(STATES["empty"], 720, EN), "slider")
