"""WatchTape without a server: what is recorded, where it stands, what is said of it."""

import re
from dataclasses import replace

import pytest

from etcdlearn.widgets._scene import Node
from etcdlearn.widgets._tape import Gap, Progress, Step, Tape, steps
from etcdlearn.widgets._tape_caption import caption
from etcdlearn.widgets._tape_layout import layout
from etcdlearn.widgets._tape_recorder import MOST_KEPT, Recorder
from etcdlearn.widgets._tape_scene import scene
from etcdlearn.widgets._tape_table import table
from etcdlearn.widgets._tape_witness import is_inside
from etcdlearn.widgets._words import words
from tests.scenes import LANGUAGES, WIDTHS
from tests.scenes.tape import AWAY, BACK, CLOUD, GONE, RAIN, STATES, TWO, Story, answer, crowd, story, torn
from tests.scenes.timeline import put

EN = words("en", "tape")


def texts(drawn: Node) -> list[str]:
    return [part.text for part in drawn.walk() if part.text]


def keyed(drawn: Node, start: str) -> list[Node]:
    return [part for part in drawn.walk() if part.key.startswith(start)]


def order(recorder: Recorder) -> list[object]:
    """Revisions, "≤ revision" for progress, "gap next-back"."""
    shown: list[object] = []
    for item in recorder.items:
        if isinstance(item, Step):
            shown.append(item.revision)
        else:
            shown.append(f"≤ {item.revision}" if isinstance(item, Progress) else f"gap {item.next}-{item.back}")
    return shown


def test_the_events_of_a_revision_are_one_step() -> None:
    assert [(step.revision, len(step.events)) for step in steps((RAIN, *TWO, GONE))] == [(5, 1), (6, 2), (7, 1)]


def test_what_was_on_its_way_to_the_reader_came_before_the_break() -> None:
    recorder = Recorder(5)
    recorder.receive(answer(RAIN))
    recorder.leave(Gap(8))  # 6 and 7 were delivered, and not read yet
    recorder.receive(answer(*TWO))
    recorder.receive(answer(revision=7))
    recorder.receive(answer(GONE))
    assert order(recorder) == [5, 6, "≤ 7", 7, "gap 8-0"]
    recorder.come_back(9, 1.5)
    recorder.receive(answer(BACK))
    assert order(recorder) == [5, 6, "≤ 7", 7, "gap 8-9", 8]
    assert recorder.away is None


def test_a_break_before_anything_came_back_is_the_same_break() -> None:
    recorder = Recorder(5)
    recorder.receive(answer(RAIN))
    recorder.leave(Gap(6))
    recorder.leave(Gap(6))
    recorder.come_back(7, 1)
    recorder.leave(Gap(6))
    assert order(recorder) == [5, "gap 6-0"]
    recorder.come_back(8, 2)
    assert order(recorder) == [5, "gap 6-8"]


def test_a_newer_notification_replaces_an_older_one() -> None:
    recorder = Recorder(5)
    for revision in (5, 6, 7):
        recorder.receive(answer(revision=revision))
    assert order(recorder) == ["≤ 7"]


def test_what_is_expected_is_what_the_filters_let_through() -> None:
    recorder = Recorder(5, ("noput",))
    recorder.write(steps((put(CLOUD, "old", 4, 4, 1), RAIN, GONE, BACK)))
    assert [step.revision for step in recorder.wrote] == [5, 7, 8]
    assert recorder.expected == 7


def test_a_long_tape_is_bounded_and_says_so() -> None:
    told = Story()
    for n in range(5, 5 + 3 * MOST_KEPT):
        told.both(put(CLOUD, "v", 5, n, 2))
    kept = sum(len(step.events) for step in (*told.recorder.wrote, *told.recorder.items) if isinstance(step, Step))
    assert MOST_KEPT / 2 <= kept <= 2 * MOST_KEPT
    left_out = told.recorder.left_out
    assert left_out == told.recorder.wrote[0].revision
    assert f"before {left_out:,} left out" in " ".join(texts(scene(told.tape(left_out=left_out), 1000, EN)))


@pytest.mark.parametrize(
    ("key", "first", "end", "inside"),
    [
        *((b"a", b"a", b"", True), (b"ab", b"a", b"", False), (b"ab", b"a", b"b", True), (b"b", b"a", b"b", False)),
        *((b"z", b"b", b"\0", True), (b"a", b"b", b"\0", False)),
    ],
)
def test_a_range_on_the_wire(key: bytes, first: bytes, end: bytes, inside: bool) -> None:
    assert is_inside(key, first, end) is inside


def test_what_is_missing_is_found() -> None:
    assert [step.revision for step in torn().tape().outstanding] == [7, 8]
    assert [step.revision for step in torn().heal(8).receive(BACK).tape().missed] == [7]
    assert not STATES["story"].missed
    assert not STATES["story"].outstanding
    assert not STATES["out-of-order"].in_order


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            "story",
            "The connection broke after revision 6 and the watch resumed at 7; "
            "every revision from 5 to 9 arrived once, in order, and none was missed.",
        ),
        (
            "cut",
            "The connection broke after revision 6; etcd wrote 2 revisions since, and the watch will go on from 7.",
        ),
        ("cut-alone", "The connection broke after revision 6; the watch will go on from 7."),
        (
            "gaps-of-others",
            "The connection broke after revision 5 and the watch resumed at 6; "
            "all 2 revisions of these keys arrived once, in order, and none was missed.",
        ),
        (
            "out-of-order",
            "The connection broke after revision 6 and the watch resumed at 7; "
            "revisions arrived twice, or out of order.",
        ),
        ("missed", "Revision 7 was written and never arrived."),
        ("one", f'Revision 5 put "rain" into {CLOUD}, and the watch received it.'),
        ("expired", f"At revision 9 the lease of {CLOUD} expired; the watch received a delete like any other."),
        ("filtered", "etcd wrote 5 revisions and kept 3 of them back, as the watch had asked: noput."),
        ("refused", "The server ended the watch: etcdserver: permission denied"),
        ("empty", ""),
    ],
)
def test_captions(state: str, said: str) -> None:
    assert caption(STATES[state], EN) == said


def test_what_came_in_a_gap_is_decided_by_revisions() -> None:
    """7 and 8 the server had when the watch was created again; 9 came after."""
    grid = layout(story().tape(), 720, EN)
    cells = [(cell.where, [step.revision for step in cell.steps]) for cell in grid.cells]
    assert cells == [
        *(("created", []), ("both", [5]), ("both", [6]), ("gap", []), ("resumed", [])),
        *(("got", [7]), ("got", [8]), ("both", [9]), ("progress", [])),
    ]
    assert [cell.steps[0].revision for cell in grid.cells[3].inner] == [7, 8]
    early = layout(torn().heal(7).receive(*AWAY).tape(), 720, EN)
    assert [(cell.where, cell.steps[0].revision) for cell in early.cells if cell.where in ("got", "both")][2:] == [
        ("got", 7),
        ("both", 8),
    ]


def test_each_revision_has_one_line_and_those_out_of_the_gap_are_the_heaviest() -> None:
    lines = keyed(scene(story().tape(), 720, EN), "line ")
    assert [(line.attrs["stroke"], line.attrs["stroke_width".replace("_", "-")]) for line in lines] == [
        *(("mark", 1.2), ("mark", 1.2), ("mark", 1.2)),
        *(("ink", 2), ("ink", 2)),
    ]


def test_a_transaction_is_one_ink_line_and_one_key_never() -> None:
    drawn = scene(STATES["together"], 720, EN)
    (wrote,) = keyed(drawn, "wrote ")
    assert [part.tag for part in wrote.children] == ["line", "circle", "circle", "rect"]
    (alone,) = keyed(scene(STATES["one"], 720, EN), "wrote ")
    assert [part.tag for part in alone.children] == ["circle", "rect"]
    assert alone.live is not None
    assert alone.live["tip"] == ["etcd wrote revision 5", f'put {CLOUD} "rain"']


def test_a_break_is_torn_on_both_sides_and_one_band() -> None:
    drawn = scene(STATES["many-breaks"], 1000, EN)
    assert len(keyed(drawn, "band")) == 1
    assert len(keyed(drawn, "track ")) == 4
    assert "resumes at last seen 15 + 1 = 16" in texts(drawn)
    assert "next revision 17 · before 10 left out" in texts(drawn)


def test_durations_are_in_the_live_picture_alone() -> None:
    live = STATES["story-live"]
    assert "cut for 1.9 s" in texts(scene(live, 720, EN))
    assert texts(scene(live.without_times(), 720, EN)) == texts(scene(STATES["story"], 720, EN))
    assert "not connected for 3 s" in " ".join(texts(scene(STATES["cut-live"], 720, EN)))
    for language in LANGUAGES:
        said = words(language, "tape")
        assert table(live, said) == table(live.without_times(), said)


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_stands_inside(state: str, size: float, language: str) -> None:
    grid = layout(STATES[state], size, words(language, "tape"))
    assert all(grid.left <= cell.left <= cell.right for cell in grid.cells)
    assert grid.cells == () or grid.cells[-1].right <= grid.right + 0.5


def test_the_story_of_the_design_is_whole_in_every_width() -> None:
    for size in range(400, 1001, 20):
        for language in LANGUAGES:
            grid = layout(STATES["story"], size, words(language, "tape"))
            assert grid.group == 1, (size, language)


def test_too_many_revisions_share_columns_and_none_is_lost() -> None:
    for cut in (False, True):
        data = crowd(5_000, cut)
        grid = layout(data, 720, EN)
        assert grid.group > 1
        upper = [step.revision for column in grid.columns if column.where != "got" for step in column.steps]
        assert upper == list(range(2, 5_000))
        assert any(re.search(r"4,998 revisions in \d+ columns", text) for text in texts(scene(data, 1000, EN)))


def test_a_second_watcher_says_where_the_upper_track_comes_from() -> None:
    data = story().tape()
    assert "a 2nd watcher saw" in texts(scene(data, 720, EN))
    assert "order only" in texts(scene(replace(data, second=False), 720, EN))
    assert "2nd watcher cut off" in texts(scene(replace(data, second_lost=True), 720, EN))


def test_the_table_is_in_order_of_arrival() -> None:
    _, rows = table(STATES["story"], EN)
    assert [row[:2] for row in rows] == [
        *(["received", "5"], ["received", "6"], ["received", "6"], ["cut", ""], ["resumes at 7", "7"]),
        *(["received", "7"], ["received", "8"], ["received", "9"], ["progress", "≤ 9"]),
    ]
    assert rows[-2] == ["received", "9", CLOUD, "lease expired", ""]
    _, torn_rows = table(STATES["cut"], EN)
    assert [row[:2] for row in torn_rows[-2:]] == [["written, not received", "7"], ["written, not received", "8"]]
    _, many = table(STATES["huge"], EN)
    assert many[0] == ["… 4,800 older rows are left out here"]


def test_an_empty_tape_says_what_to_do() -> None:
    for language in LANGUAGES:
        assert 'client.put("/illusory/", "hello")' in texts(scene(STATES["empty"], 720, words(language, "tape")))
    assert "which has not happened yet" in " ".join(texts(scene(STATES["future"], 720, EN)))
    assert Tape().away is None
