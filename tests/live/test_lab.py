"""lab(): a fresh etcd for each lesson, one line that says so, and nothing left behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import etcdlearn
from etcdlearn import Lab, lab
from etcdlearn.teach.exercises import EXERCISES
from etcdlearn.teach.lab import ENDPOINTS, introduction
from etcdlearn.teach.progress import MANIFEST, STATE, Progress


def test_it_starts_says_one_line_and_closes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ENDPOINTS, raising=False)
    with lab() as lesson:
        told = capsys.readouterr()
        assert told.err == ""
        assert told.out == introduction(lesson.server) + "\n"
        assert told.out.startswith(f"Started etcd {lesson.server.version}, with Raft timers of 10 and 100 ms")
        assert lesson.client.put("k", "v").header.revision == 2
        assert os.environ[ENDPOINTS] == lesson.server.endpoints[0]
        assert repr(lesson) == f"Lab(etcd {lesson.server.version}, running)"
    assert ENDPOINTS not in os.environ
    assert repr(lesson).endswith("closed)")
    lesson.close()


def test_again_in_the_same_kernel_is_a_fresh_store(capsys: pytest.CaptureFixture[str]) -> None:
    first = lab()
    first.client.put("k", "v")
    second = lab()
    assert repr(first).endswith("closed)")
    assert second.client.get("k").count == 0
    second.close()
    assert capsys.readouterr().out.count("Started etcd") == 2


def test_options_are_those_of_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    with lab(heartbeat_ms=100, election_ms=1000) as lesson:
        said = capsys.readouterr().out
        assert "Raft timers" not in said
        if lesson.server.version == "3.5.1":
            assert "3.5.1 may corrupt data when it is killed" in said
    with pytest.raises(ValueError, match="heartbeat_ms must be above 0"):
        lab(heartbeat_ms=0)


@pytest.mark.parametrize(("folder", "variable", "language"), [("zh", "", "zh"), ("en", "", "en"), ("zh", "en", "en")])
def test_the_language_is_that_of_the_folder_or_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, variable: str, language: str
) -> None:
    (tmp_path / folder / "below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / folder / "below")
    monkeypatch.setenv("ETCDLEARN_LANG", variable)
    with lab() as lesson:
        assert isinstance(lesson, Lab)
        assert lesson.language == language


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course's folder, in which the kernel of a lesson runs."""
    for folder in (STATE, "zh"):
        (tmp_path / folder).mkdir()
    (tmp_path / STATE / MANIFEST).write_text("{}")
    monkeypatch.chdir(tmp_path / "zh")
    monkeypatch.setenv("ETCDLEARN_LANG", "")
    return tmp_path


def solve(lesson: Lab) -> str:
    exec(EXERCISES["3.3"].solution, {"etcd": etcdlearn, "client": lesson.client})
    return repr(lesson.check("3.3"))


DONE = f"Progress(1 of {len(EXERCISES)} done: 3.3)"


def test_progress_survives_the_kernel_in_the_course_s_folder(course: Path) -> None:
    with lab() as lesson:
        lesson.check("3.3")
        assert "3.3" in lesson.progress().progress.tried
        assert solve(lesson).startswith("3.3 right: ")
        assert repr(lesson.progress()) == DONE
    with lab() as again:
        assert repr(again.progress()) == DONE
        assert "完成 1/" in again.progress()._repr_html_()
        again.check("3.3")
        assert repr(again.progress()) == DONE, "what was right stays done"


def test_without_a_course_progress_is_kept_in_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with lab() as lesson:
        solve(lesson)
        assert repr(lesson.progress()) == DONE
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_cannot_be_kept_is_said_and_kept_in_the_kernel(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / STATE / "progress.json").mkdir()
    with lab() as lesson:
        assert solve(lesson).startswith("3.3 right: ")
        assert f"进度没能存进 {course}" in capsys.readouterr().err
        assert repr(lesson.progress()) == DONE
        assert "进度记录读不出来" in capsys.readouterr().err


def test_a_damaged_record_is_put_aside_and_said(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / STATE / "progress.json").write_text("{")
    with lab() as lesson:
        solve(lesson)
        assert "progress.damaged-1.json" in capsys.readouterr().err
        lesson.progress()
        assert capsys.readouterr().err == ""


def test_hints_go_on_step_by_step_and_cost_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with lab() as lesson:
        hints = [lesson.hint("2.1") for _ in range(4)]
        assert [hint.number for hint in hints] == [1, 2, 3, 3]
        assert lesson.hint("1.1").number == 1, "each exercise counts its own"
        assert lesson.solution("2.1").code == EXERCISES["2.1"].solution
        assert lesson.progress().progress == Progress()


@pytest.mark.parametrize("method", ["check", "hint", "solution"])
def test_an_exercise_that_does_not_exist(method: str) -> None:
    with lab() as lesson:
        with pytest.raises(ValueError, match=r"there is no exercise '9.9'; there are 1\.1, 1\.2, .*, 3\.4"):
            getattr(lesson, method)("9.9")
        with pytest.raises(TypeError, match=r'named by text, as in "2.1", not by float'):
            getattr(lesson, method)(3.1)


def test_a_notebook_shows_answers_as_tables() -> None:
    """In an IPython of its own; importing etcdlearn must not bring one."""
    code = (
        "from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance(); "
        "import etcdlearn; lab = etcdlearn.lab(); lab.client.put('k', 'v'); "
        "data, _ = shell.display_formatter.format(lab.client.get('k')); "
        "print(sorted(data), '<table' in data['text/html'])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.splitlines()[-1] == "['text/html', 'text/plain'] True"
