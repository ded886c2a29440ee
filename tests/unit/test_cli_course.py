"""A learner's copy of the lessons from version to version: nothing that somebody worked on is ever written over."""

import json
import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import nbformat
import pytest

import etcdlearn
from etcdlearn.cli import _files
from etcdlearn.cli._course import copy_course
from etcdlearn.cli._lessons import METADATA, lessons, lessons_home
from etcdlearn.cli.lab import LONGEST, told
from etcdlearn.teach.progress import course_folder

ONE, TWO = "en/01_one.ipynb", "zh/01_one.ipynb"


def notebook(*sources: str) -> dict[str, Any]:
    cells = [
        {"cell_type": "code", "execution_count": 1, "id": f"cell-{number}", "metadata": {}, "source": [source]}
        | {"outputs": [{"name": "stdout", "output_type": "stream", "text": ["an answer\\n"]}]}
        for number, source in enumerate(sources)
    ]
    return {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


class Course:
    """A course's folder, and the releases whose lessons it gets: each lesson says of which release it is."""

    def __init__(self, place: Path) -> None:
        self.place, self.folder = place, place / "course"

    def release(self, version: str, *names: str) -> Path:
        home = self.place / version
        for name in names or (ONE, TWO):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(json.dumps(notebook(f"print('{version}')")), encoding="utf-8")
        return home

    def bring(self, version: str, *names: str) -> list[str]:
        """What ``lab`` of that release says."""
        copied = copy_course(self.folder, home=self.release(version, *names), version=version)
        return list(told(Path("course"), copied))

    def read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def source(self, name: str) -> str:
        return "".join("".join(cell["source"]) for cell in self.read(name)["cells"])

    def edit(self, name: str, source: str) -> None:
        changed = self.read(name)
        changed["cells"][0]["source"] = [source]
        (self.folder / name).write_text(json.dumps(changed), encoding="utf-8")

    def files(self) -> list[str]:
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return sorted(path.as_posix() for path in found if path.name != "lock")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def test_a_copy_is_every_lesson_as_before_its_first_run(tmp_path: Path) -> None:
    folder = tmp_path / "我的 course"
    copied = copy_course(folder)
    assert copied.new == [lesson.name for lesson in lessons()]
    assert course_folder(folder / "zh") == folder
    for lesson in lessons():
        copy = json.loads((folder / lesson.name).read_text(encoding="utf-8"))
        original = json.loads((lessons_home() / lesson.name).read_text(encoding="utf-8"))
        nbformat.validate(copy)
        assert copy["metadata"] == original["metadata"], "tools/notebooks.py and METADATA have parted"
        for cell, first in zip(copy["cells"], original["cells"], strict=True):
            assert (cell["id"], cell["source"], cell["metadata"]) == (first["id"], first["source"], first["metadata"])
            if cell["cell_type"] == "code":
                assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_the_manifest_holds_the_digests_of_what_was_shipped(course: Course) -> None:
    course.bring("0.1.0")
    kept = course.read(".etcdlearn/manifest.json")
    assert (kept["format"], kept["version"]) == (1, "0.1.0")
    for name in (ONE, TWO):
        assert kept["lessons"][name]["sha256"] == sha256((course.folder / name).read_bytes()).hexdigest()


def test_the_second_time_nothing_is_written(course: Course) -> None:
    assert course.bring("0.1.0") == ["Lessons in course: 2 new."]
    before = {name: (course.folder / name).stat().st_mtime_ns for name in course.files()}
    assert course.bring("0.1.0") == ["Lessons in course: up to date."]
    assert {name: (course.folder / name).stat().st_mtime_ns for name in course.files()} == before


def test_an_untouched_lesson_is_updated_an_edited_one_kept_and_the_new_one_put_beside(course: Course) -> None:
    course.bring("0.1.0")
    course.edit(ONE, "mine")
    assert course.bring("0.2.0") == [
        "Lessons in course: 1 updated, 1 left as you have them.",
        f"  updated: {TWO}",
        f"  yours: {ONE}; the newer one is beside it: 01_one.new-0.2.0.ipynb",
    ]
    assert course.source(ONE) == "mine"
    assert course.source(TWO) == course.source("en/01_one.new-0.2.0.ipynb") == "print('0.2.0')"
    assert course.bring("0.2.0") == ["Lessons in course: 1 left as you have them."]
    assert course.files() == [".etcdlearn/manifest.json", "en/01_one.ipynb", "en/01_one.new-0.2.0.ipynb", TWO]


def test_upgrade_after_upgrade_one_copy_stands_beside_and_edited_ones_stay(course: Course) -> None:
    course.bring("0.1.0")
    course.edit(ONE, "mine")
    course.bring("0.2.0")
    course.bring("0.3.0")
    assert [name for name in course.files() if ".new-" in name] == ["en/01_one.new-0.3.0.ipynb"]
    course.edit("en/01_one.new-0.3.0.ipynb", "mine too")
    course.bring("0.4.0")
    assert course.source("en/01_one.new-0.3.0.ipynb") == "mine too"
    assert course.source("en/01_one.new-0.4.0.ipynb") == "print('0.4.0')"
    assert course.source(ONE) == "mine"


def test_a_copy_beside_that_the_learner_threw_away_does_not_come_back(course: Course) -> None:
    course.bring("0.1.0")
    course.edit(ONE, "mine")
    course.bring("0.2.0")
    (course.folder / "en/01_one.new-0.2.0.ipynb").unlink()
    assert course.bring("0.2.0") == ["Lessons in course: 1 left as you have them."]
    assert not (course.folder / "en/01_one.new-0.2.0.ipynb").exists()


def test_a_learner_s_own_file_of_that_name_stays(course: Course) -> None:
    course.bring("0.1.0")
    course.edit(ONE, "mine")
    (course.folder / "en/01_one.new-0.2.0.ipynb").write_text("notes")
    assert course.bring("0.2.0")[-1].endswith("01_one.new-0.2.0-2.ipynb")
    assert (course.folder / "en/01_one.new-0.2.0.ipynb").read_text() == "notes"


def test_once_the_lesson_is_the_new_one_the_copy_beside_goes(course: Course) -> None:
    course.bring("0.1.0")
    course.edit(ONE, "mine")
    course.bring("0.2.0")
    (course.folder / ONE).unlink()
    assert course.bring("0.2.0") == ["Lessons in course: 1 restored.", f"  restored: {ONE}"]
    assert course.files() == [".etcdlearn/manifest.json", ONE, TWO]


def test_running_a_lesson_is_work_saving_it_is_not(course: Course) -> None:
    course.bring("0.1.0")
    saved, ran = course.read(ONE), course.read(TWO)
    saved["metadata"] = {"kernelspec": {"display_name": "Python 3 (ipykernel)"}, "language_info": {"version": "3.13.1"}}
    ran["cells"][0]["execution_count"] = 1
    (course.folder / ONE).write_text(json.dumps(saved))
    (course.folder / TWO).write_text(json.dumps(ran))
    assert course.bring("0.2.0")[0] == "Lessons in course: 1 updated, 1 left as you have them."
    assert course.source(ONE) == "print('0.2.0')"
    assert course.read(TWO)["cells"][0]["execution_count"] == 1


@pytest.mark.parametrize("change", ["id", "order", "metadata", "attachments", "markdown", "output"])
def test_every_kind_of_work_is_seen(course: Course, change: str) -> None:
    course.bring("0.1.0", ONE)
    mine = course.read(ONE)
    cell = mine["cells"][0]
    changes: dict[str, dict[str, Any]] = {
        "id": {"id": "other"},
        "metadata": {"metadata": {"tags": ["mine"]}},
        "attachments": {"attachments": {"a.png": {"image/png": ""}}},
        "markdown": {"cell_type": "markdown"},
        "output": {"outputs": [{"output_type": "stream", "name": "stdout", "text": ["seen"]}]},
    }
    cell.update(changes.get(change, {}))
    if change == "order":
        mine["cells"].append({**cell, "id": "one-more"})
    (course.folder / ONE).write_text(json.dumps(mine))
    before = (course.folder / ONE).read_bytes()
    assert course.bring("0.2.0", ONE)[0] == "Lessons in course: 1 left as you have them."
    assert (course.folder / ONE).read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{}", b'{"nbformat": 4, "cells": [1]}', b"[" * 100_000])
def test_what_is_no_notebook_is_somebody_s_all_the_same(course: Course, content: bytes) -> None:
    course.bring("0.1.0", ONE)
    (course.folder / ONE).write_bytes(content)
    course.bring("0.2.0", ONE)
    assert (course.folder / ONE).read_bytes() == content


def test_what_was_deleted_comes_back(course: Course) -> None:
    course.bring("0.1.0")
    (course.folder / TWO).unlink()
    (course.folder / "zh").rmdir()
    assert course.bring("0.1.0") == ["Lessons in course: 1 restored.", f"  restored: {TWO}"]
    assert course.read(TWO)["cells"][0]["outputs"] == []


def test_a_lesson_that_is_no_longer_shipped_stays(course: Course) -> None:
    course.bring("0.1.0", ONE, "en/02_two.ipynb")
    course.bring("0.2.0", ONE)
    assert course.source("en/02_two.ipynb") == "print('0.1.0')"


def test_a_folder_without_a_manifest_is_taken_on(course: Course) -> None:
    """The first release made none, and wrote its files with their keys in another order."""
    home = course.release("0.1.0")
    for name in (ONE, TWO):
        clean = json.loads((home / name).read_text())
        clean["cells"][0] |= {"outputs": [], "execution_count": None}
        (course.folder / name).parent.mkdir(parents=True)
        (course.folder / name).write_text(json.dumps(clean, indent=1) + "\n")
    course.edit(TWO, "mine")
    said = course.bring("0.1.0")
    assert said[0] == "Lessons in course: 1 left as you have them."
    assert said[1].startswith(f"  yours: {TWO}")
    assert course.bring("0.2.0")[0] == "Lessons in course: 1 updated, 1 left as you have them."
    assert course.source(TWO) == "mine"


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"\xff", b'{"format": 1}', b'{"format": 1, "version": "1", "lessons": {"a": {"b": 1}}}'],
)
def test_a_damaged_manifest_is_put_aside_and_nothing_lost(course: Course, damage: bytes) -> None:
    course.bring("0.1.0")
    course.edit(ONE, "mine")
    for number in ("", "-2"):
        (course.folder / ".etcdlearn/manifest.json").write_bytes(damage)
        said = course.bring("0.1.0")
        aside = course.folder / f".etcdlearn/manifest.damaged{number}.json"
        assert said[0] == f"The record of this folder could not be read and was put aside: {aside}"
        assert aside.read_bytes() == damage
    assert course.source(ONE) == "mine"
    assert course.bring("0.2.0")[0] == "Lessons in course: 1 updated, 1 left as you have them."


def test_a_manifest_of_a_later_kind_is_left_alone(course: Course) -> None:
    course.bring("0.1.0")
    later = b'{"format": 2, "version": "9.0\\u001b[31m", "lessons": 7}'
    (course.folder / ".etcdlearn/manifest.json").write_bytes(later)
    with pytest.raises(click.ClickException, match=r"are of etcdlearn 9.0\\x1b\[31m, which is newer than this one"):
        course.bring("0.2.0")
    assert (course.folder / ".etcdlearn/manifest.json").read_bytes() == later
    assert course.source(ONE) == "print('0.1.0')"


def test_a_manifest_cannot_have_a_file_removed_elsewhere(course: Course) -> None:
    course.bring("0.1.0", ONE)
    course.edit(ONE, "mine")
    bystander = course.place / "bystander.ipynb"
    bystander.write_text("not a lesson")
    kept = course.read(".etcdlearn/manifest.json")
    digest = sha256(bystander.read_bytes()).hexdigest()
    kept["lessons"][ONE] |= {"beside": "../../bystander.ipynb", "beside_sha256": digest}
    (course.folder / ".etcdlearn/manifest.json").write_text(json.dumps(kept))
    course.bring("0.2.0", ONE)
    assert bystander.exists()


@pytest.mark.parametrize("kind", ["to a file", "to nowhere", "folder"])
def test_a_link_or_a_folder_in_a_lesson_s_place_stays(course: Course, kind: str) -> None:
    course.bring("0.1.0", ONE)
    elsewhere = course.place / "elsewhere.ipynb"
    (course.folder / ONE).rename(elsewhere)
    if kind == "folder":
        (course.folder / ONE).mkdir()
    else:
        (course.folder / ONE).symlink_to(elsewhere if kind == "to a file" else course.place / "nowhere")
    course.bring("0.2.0", ONE)
    assert "0.1.0" in elsewhere.read_text()
    assert (course.folder / ONE).is_symlink() == (kind != "folder")


@pytest.mark.parametrize("name", ["en", "zh", ".etcdlearn"])
def test_nothing_is_written_through_a_link_that_leads_out_of_the_folder(course: Course, name: str) -> None:
    outside = course.place / "outside"
    outside.mkdir()
    course.folder.mkdir()
    (course.folder / name).symlink_to(outside)
    with pytest.raises(FileExistsError, match=f"{name} is a link; put a folder in its place, or choose another DIR"):
        course.bring("0.1.0")
    assert list(outside.iterdir()) == []


def test_the_folder_itself_may_be_a_link_and_hold_other_things(course: Course) -> None:
    real = course.place / "real"
    real.mkdir()
    (real / "photo.jpg").write_bytes(b"mine")
    course.folder.symlink_to(real)
    course.bring("0.1.0")
    assert (real / ONE).is_file()
    assert (real / "photo.jpg").read_bytes() == b"mine"


def test_many_lessons_make_a_short_list(course: Course) -> None:
    names = [f"en/{number:02d}_x.ipynb" for number in range(30)]
    course.bring("0.1.0", *names)
    said = course.bring("0.2.0", *names)
    assert said[0] == "Lessons in course: 30 updated."
    assert len(said) == LONGEST + 2
    assert said[-1] == "  and 18 more"


def test_a_lesson_is_readable_by_others_as_the_umask_says_and_keeps_its_mode(course: Course) -> None:
    former = os.umask(0o027)
    try:
        course.bring("0.1.0", ONE)
        assert (course.folder / ONE).stat().st_mode & 0o777 == 0o640
        (course.folder / ONE).chmod(0o600)
        course.bring("0.2.0", ONE)
    finally:
        os.umask(former)
    assert (course.folder / ONE).stat().st_mode & 0o777 == 0o600


def test_on_a_disk_without_hard_links_too(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)  # as FAT does
    course.bring("0.1.0")
    course.edit(ONE, "mine")
    course.bring("0.2.0")
    assert course.source(ONE) == "mine"
    assert course.source("en/01_one.new-0.2.0.ipynb") == course.source(TWO) == "print('0.2.0')"


# Interrupted, and several at once: processes that are really killed. One program forks them all, each with its words:
# folder, originals, version, and after how many changes of the folder it is killed (none: 0).
SCRIPT = """
import json, os, signal, sys
from pathlib import Path
from etcdlearn.cli._course import copy_course

def run(folder, home, version, left):
    def count(event, _):
        nonlocal left
        if event in ("os.link", "os.rename", "os.remove", "os.mkdir", "tempfile.mkstemp"):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)
    copy_course(Path(folder), home=Path(home), version=version)

children = []
for words in json.loads(sys.argv[1]):
    if (child := os.fork()) == 0:
        run(*words)
        os._exit(0)
    children.append(child)
print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
"""


def statuses(*words: tuple[Path, Path, str, int]) -> list[int]:
    told = json.dumps([[str(folder), str(home), version, left] for folder, home, version, left in words])
    said = subprocess.run([sys.executable, "-c", SCRIPT, told], capture_output=True, text=True, check=True)
    assert said.stderr == ""
    return list(json.loads(said.stdout))


def test_killed_at_any_step_no_file_is_half_and_the_next_run_repairs(tmp_path: Path) -> None:
    names = (ONE, TWO, "en/02_two.ipynb")
    courses = [Course(tmp_path / str(step)) for step in range(1, 25)]
    for course in courses:
        course.bring("0.1.0", *names)
        course.edit(ONE, "mine")
        (course.folder / "en/02_two.ipynb").unlink()
        course.release("0.2.0", *names)
    told = statuses(*((one.folder, one.place / "0.2.0", "0.2.0", step) for step, one in enumerate(courses, 1)))
    assert 8 <= told.count(-signal.SIGKILL) < len(told), "the last ones came to their end"
    for course in courses:
        for name in course.files():
            if name.endswith(".ipynb"):
                nbformat.validate(course.read(name))
        course.bring("0.2.0", *names)
        assert course.source(ONE) == "mine"
        assert course.source(TWO) == course.source("en/02_two.ipynb") == "print('0.2.0')"
        assert course.source("en/01_one.new-0.2.0.ipynb") == "print('0.2.0')"
        assert len(course.files()) == 5, "nothing is left of the first try"


def test_several_at_once_do_not_meet(course: Course) -> None:
    names = [f"en/{number:02d}_x.ipynb" for number in range(20)]
    home = course.release("0.1.0", *names)
    assert statuses(*[(course.folder, home, "0.1.0", 0)] * 4) == [0, 0, 0, 0]
    assert course.files() == [".etcdlearn/manifest.json", *names]
    assert course.bring("0.1.0", *names) == ["Lessons in course: up to date."]


def test_who_waits_too_long_is_told(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_files, "PATIENCE", 0.05)
    course.bring("0.1.0")
    with (
        _files.alone(course.folder / ".etcdlearn"),
        pytest.raises(TimeoutError, match=r"another etcdlearn is writing into .*course; try again later"),
    ):
        course.bring("0.1.0")


def test_a_later_etcdlearn_really_installed(tmp_path: Path) -> None:
    """Both releases as packages, with the command that a learner uses but for the starting of JupyterLab."""
    later = tmp_path / "later"
    package = Path(etcdlearn.__file__).parent
    (later / "etcdlearn").mkdir(parents=True)
    for path in package.iterdir():
        if path.name not in ("__init__.py", "_notebooks", "__pycache__"):
            (later / "etcdlearn" / path.name).symlink_to(path)
    text = (package / "__init__.py").read_text()
    (later / "etcdlearn" / "__init__.py").write_text(
        text.replace(f'__version__ = "{etcdlearn.__version__}"', '__version__ = "7.8.9"')
    )
    for lesson in lessons():
        changed = json.loads((lessons_home() / lesson.name).read_text(encoding="utf-8"))
        changed["cells"][0]["source"] += ["\n", "new in 7.8.9"]
        target = later / "etcdlearn" / "_notebooks" / lesson.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(changed), encoding="utf-8")
    course = tmp_path / "course"
    copy_course(course)
    first = course / lessons()[0].name
    first.write_bytes(first.read_bytes() + b" ")  # the same notebook
    last = course / lessons()[-1].name
    last.write_text("{}")
    code = (
        "import sys; from pathlib import Path; from etcdlearn.cli.lab import told; "
        "from etcdlearn.cli._course import copy_course; "
        "print(*told(Path(sys.argv[1]), copy_course(Path(sys.argv[1]))), sep='\\n')"
    )
    environment = {**os.environ, "PYTHONPATH": str(later)}
    command = [sys.executable, "-c", code, str(course)]
    said = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert said.stderr == ""
    assert said.stdout.startswith(f"Lessons in {course}: {len(lessons()) - 1} updated, 1 left as you have them.\n")
    assert "new in 7.8.9" in first.read_text(encoding="utf-8")
    assert last.read_text() == "{}"
    assert "new in 7.8.9" in last.with_name(f"{last.stem}.new-7.8.9.ipynb").read_text(encoding="utf-8")
