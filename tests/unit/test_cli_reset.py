"""`etcdlearn reset` and `etcdlearn progress`: a learner's folder from a shell."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from etcdlearn.cli import main
from etcdlearn.cli._course import copy_course
from etcdlearn.cli._lessons import lessons
from etcdlearn.teach import progress

LESSON = "00_ten_minutes"
EN, ZH = f"en/{LESSON}.ipynb", f"zh/{LESSON}.ipynb"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course in which a learner has written, and we are beside it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "etcdlearn-course"
    copy_course(folder)
    for name in (EN, ZH):
        (folder / name).write_text(f"mine, {name}")
    return folder


def backups(course: Path, language: str) -> list[Path]:
    return sorted((course / language).glob("*.backup-*.ipynb"))


def is_new(course: Path, name: str) -> bool:
    shipped = next(lesson for lesson in lessons() if lesson.name == name)
    return (course / name).read_bytes() == shipped.content


@pytest.mark.parametrize("word", ["0", "00", LESSON, f"{LESSON}.ipynb", f"somewhere/{LESSON}.ipynb"])
def test_a_lesson_by_any_of_its_names(course: Path, word: str) -> None:
    told = run("reset", word)
    assert told.exit_code == 0, told.output
    for name, language in ((EN, "en"), (ZH, "zh")):
        assert is_new(course, name)
        (backup,) = backups(course, language)
        assert backup.read_text() == f"mine, {name}"
        shown = f"etcdlearn-course/{language}/{backup.name}"
        assert f"etcdlearn-course/{name} is as before its first run; yours is {shown}.\n" in told.output
    assert told.output.endswith("Where it is open in JupyterLab: File > Reload Notebook from Disk.\n")


@pytest.mark.parametrize("words", [("0", "--lang", "zh"), (ZH,), (f"zh\\{LESSON}.ipynb",)])
def test_one_language_only(course: Path, words: tuple[str, ...]) -> None:
    assert run("reset", *words).exit_code == 0
    assert is_new(course, ZH)
    assert (course / EN).read_text() == f"mine, {EN}"


def test_backup_after_backup_none_is_lost(course: Path) -> None:
    for number in range(3):
        (course / EN).write_text(f"try {number}")
        assert run("reset", "0", "--lang", "en").exit_code == 0
    assert {backup.read_text() for backup in backups(course, "en")} == {"try 0", "try 1", "try 2"}


def test_what_is_as_shipped_needs_no_backup(course: Path) -> None:
    run("reset", "0")
    told = run("reset", "0", "--lang", "en")
    assert told.output == f"etcdlearn-course/{EN} is as before its first run already.\n"
    assert len(backups(course, "en")) == 1


def test_copies_that_are_there_are_reset_and_if_there_is_none_both_come_back(course: Path) -> None:
    (course / ZH).unlink()
    run("reset", "0")
    assert not (course / ZH).exists()
    (course / EN).unlink()
    assert run("reset", "0").output == f"etcdlearn-course/{EN} is back.\netcdlearn-course/{ZH} is back.\n"


def test_a_link_is_kept_as_a_backup_and_where_it_leads_is_not_touched(course: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.ipynb"
    (course / EN).rename(elsewhere)
    (course / EN).symlink_to(elsewhere)
    assert run("reset", "0", "--lang", "en").exit_code == 0
    assert is_new(course, EN)
    assert not (course / EN).is_symlink()
    assert elsewhere.read_text() == f"mine, {EN}"


def test_after_a_reset_it_is_untouched(course: Path) -> None:
    run("reset", "0")
    assert copy_course(course).kept == {}


def test_from_within_the_course_and_by_the_name_of_the_folder(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("reset", "0", course, "--lang", "en").exit_code == 0
    monkeypatch.chdir(course / "zh")
    assert run("reset", "0").exit_code == 0
    assert is_new(course, EN)
    assert is_new(course, ZH)
    assert run("progress").exit_code == 0


@pytest.mark.parametrize("word", ["99", "-1", "nope", "../../etc/passwd", "0x0", "", "\x1b[31m\u202e"])
def test_an_unknown_lesson_is_status_2_and_says_which_there_are(course: Path, word: str) -> None:
    told = run("reset", "--", word)
    assert told.exit_code == 2
    assert told.output.startswith("Usage: ")
    assert "there is no lesson" in told.output
    assert LESSON in told.output
    assert "\x1b" not in told.output
    assert "\u202e" not in told.output


@pytest.mark.parametrize("command", [("reset", "0"), ("progress",)])
def test_where_no_course_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    told = run(*command)
    assert told.exit_code == 1
    assert told.output == (
        "Error: etcdlearn-course holds no course; `etcdlearn lab` puts it there, or name its folder\n"
    )
    told = run(*command, "a\x1bb")
    assert told.output == "Error: a\\x1bb holds no course; `etcdlearn lab a\\x1bb` puts it there, or name its folder\n"
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_in_the_language_asked_for(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    progress.record(course, "1.1", True)
    progress.record(course, "1.2", False)
    told = run("progress", "--lang", "en")
    assert told.exit_code == 0
    assert told.output.splitlines() == list(progress.load(course).lines("en"))
    assert "  [x] 1.1  " in told.output
    assert "  [-] 1.2  " in told.output
    monkeypatch.setenv("ETCDLEARN_LANG", "zh")
    assert run("progress").output.splitlines() == list(progress.load(course).lines("zh"))


def test_a_damaged_progress_is_put_aside_and_said(course: Path) -> None:
    (course / ".etcdlearn" / "progress.json").write_text("{")
    told = run("progress")
    assert told.exit_code == 0
    aside = "etcdlearn-course/.etcdlearn/progress.damaged-1.json"
    assert f"The record could not be read and was put aside: {aside}\n" in told.output
    assert (course.parent / aside).read_text() == "{"


def test_a_strange_progress_cannot_write_to_the_terminal(course: Path) -> None:
    kept = {"format": 1, "passed": ["1.1", "\x1b[2J"], "tried": ["\u202e"]}
    (course / ".etcdlearn" / "progress.json").write_text(json.dumps(kept))
    told = run("progress")
    assert told.exit_code == 0
    assert all(line.isprintable() for line in told.output.splitlines())


def test_a_folder_that_cannot_be_written(course: Path) -> None:
    (course / "en").rename(course / "away")
    (course / "en").write_text("a file where the folder was")
    told = run("reset", "0", "--lang", "en")
    assert told.exit_code == 1
    assert told.output.startswith(f"Error: {course.name}/en")
    assert told.output.count("\n") == 1
    assert (course / "en").read_text() == "a file where the folder was"
