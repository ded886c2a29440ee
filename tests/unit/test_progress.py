"""The record of what was done: kept, shared by kernels, never written over, told in a picture and in lines."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from etcdlearn.teach import progress
from etcdlearn.teach._progress_picture import ProgressPicture, scene
from etcdlearn.teach._words import words
from etcdlearn.teach.exercises import EXERCISES
from etcdlearn.teach.progress import MANIFEST, STATE, Progress
from etcdlearn.widgets._palette import LIGHT
from tests.scenes.progress import SOME

NAMES = list(EXERCISES)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / STATE).mkdir()
    (tmp_path / STATE / MANIFEST).write_text("{}")
    return tmp_path


def kept(course: Path) -> dict[str, object]:
    read: dict[str, object] = json.loads((course / STATE / progress.FILE).read_text(encoding="utf-8"))
    return read


def test_the_course_is_the_nearest_folder_with_a_manifest(course: Path) -> None:
    (course / "en" / "below").mkdir(parents=True)
    assert progress.course_folder(course / "en" / "below") == course
    assert progress.course_folder(course) == course
    assert progress.course_folder(course.parent) is None


def test_nothing_done_is_no_file(course: Path) -> None:
    assert progress.load(course) == Progress()
    assert not (course / STATE / progress.FILE).exists()


def test_it_is_kept_and_what_was_done_stays_done(course: Path) -> None:
    progress.record(course, "1.1", False)
    assert progress.load(course).state("1.1") == "tried"
    progress.record(course, "1.1", True)
    progress.record(course, "1.1", False)
    progress.record(course, "2.1", False)
    assert progress.load(course) == Progress(frozenset({"1.1"}), frozenset({"2.1"}))
    assert kept(course) == {"format": 1, "passed": ["1.1"], "tried": ["2.1"]}
    assert sorted(path.name for path in (course / STATE).iterdir()) == [MANIFEST, progress.FILE]


def test_what_a_newer_version_wrote_is_kept(course: Path) -> None:
    newer = {"format": 2, "passed": ["42.1"], "tried": ["42.2"], "hints": {"42.1": 3}}
    (course / STATE / progress.FILE).write_text(json.dumps(newer))
    progress.record(course, "1.1", True)
    assert kept(course) == newer | {"passed": ["1.1", "42.1"]}
    assert progress.load(course).known() == ["1.1"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"passed": 1, "tried": []}', '{"passed": [[]]}', "[" * 10**6])
def test_a_damaged_record_is_put_aside(course: Path, text: str) -> None:
    file = course / STATE / progress.FILE
    for number in (1, 2):
        file.write_text(text)
        after = progress.record(course, "1.1", True)
        assert after.damaged == course / STATE / f"progress.damaged-{number}.json"
        assert after.damaged.read_text() == text
        assert progress.load(course) == Progress(frozenset({"1.1"}))


def test_bytes_that_are_no_text_are_damage_too(course: Path) -> None:
    (course / STATE / progress.FILE).write_bytes(b"\xff\xfe")
    assert progress.load(course).damaged


KERNEL = """
import sys
from pathlib import Path
from etcdlearn.teach import progress
for number in range(25):
    progress.record(Path(sys.argv[1]), f"{sys.argv[2]}.{number}", True)
"""


def test_many_kernels_at_once_lose_nothing(course: Path) -> None:
    kernels = [subprocess.Popen([sys.executable, "-c", KERNEL, course, str(number)]) for number in range(4)]
    assert [kernel.wait(timeout=60) for kernel in kernels] == [0] * 4
    assert progress.load(course).passed == {f"{kernel}.{number}" for kernel in range(4) for number in range(25)}
    assert sorted(path.name for path in (course / STATE).iterdir()) == [MANIFEST, progress.FILE]


def test_a_failed_write_leaves_no_other_file(course: Path) -> None:
    blocked = course / STATE / "blocked"
    (blocked / "full").mkdir(parents=True)
    with pytest.raises(OSError, match="blocked"):
        progress._write(blocked, {})
    assert sorted(path.name for path in (course / STATE).iterdir()) == ["blocked", MANIFEST]


def test_two_records_are_one() -> None:
    here, there = Progress(frozenset({"1.1"}), frozenset({"1.2"})), Progress(frozenset({"1.2"}), frozenset({"2.1"}))
    assert here | there == Progress(frozenset({"1.1", "1.2"}), frozenset({"2.1"}))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lines_for_a_terminal(language: str) -> None:
    head, *lines = SOME.lines(language)
    told = words(language)
    assert head == told["frame"]["passed"].format(passed=2, all=len(EXERCISES))
    assert lines[0] == f"01 {told['lessons']['01']}"
    assert lines[1] == f"  [x] {NAMES[0]}  {told[NAMES[0]]['title']}"
    assert lines[2] == f"  [-] {NAMES[1]}  {told[NAMES[1]]['title']} ({told['frame']['tried']})"
    assert len(lines) == len(EXERCISES) + len(told["lessons"])
    assert "42." not in "".join(lines)


def test_its_text_is_the_same_in_every_language() -> None:
    english, chinese = (ProgressPicture(SOME, language) for language in ("en", "zh"))
    assert repr(english) == repr(chinese) == f"Progress(2 of {len(EXERCISES)} done: {NAMES[0]}, {NAMES[3]})"
    assert repr(ProgressPicture(Progress(), "zh")) == f"Progress(0 of {len(EXERCISES)} done)"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_picture_has_an_image_a_text_and_a_table(language: str) -> None:
    html = ProgressPicture(SOME, language)._repr_html_()
    assert re.match(r'<img alt="[^"]+" src="data:image/svg\+xml;base64,', html)
    assert html.count("<tr>") == len(EXERCISES) + 1
    assert words(language)["frame"]["tried"] in html


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_exercise_has_its_sign(language: str) -> None:
    """Shape says it, not colour alone: a check, a dot in a ring, a ring."""
    tree = scene(SOME, language)
    signs = [part.tag for part in tree.walk() if part.tag in ("circle", "path")]
    assert signs.count("path") == 2
    assert signs.count("circle") == len(EXERCISES) + 1
    written = [part.text for part in tree.walk() if part.tag == "text"]
    assert [text for text in written if text in EXERCISES] == NAMES
    width, height = float(tree.attrs["width"]), float(tree.attrs["height"])
    for part in tree.walk():
        assert 0 <= float(part.attrs.get("x", part.attrs.get("cx", 0))) <= width
        assert 0 <= float(part.attrs.get("y", part.attrs.get("cy", 0))) <= height
        assert {part.attrs[name] for name in ("fill", "stroke") if name in part.attrs} <= {*LIGHT, "none"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_golden_pictures(language: str) -> None:
    """Made by tools/pictures.py."""
    stored = Path(__file__).resolve().parents[2] / "docs" / "img" / f"progress.{language}.svg"
    assert ProgressPicture(SOME, language).to_svg() == stored.read_text(encoding="utf-8")
