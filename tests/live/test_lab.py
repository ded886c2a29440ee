"""lab(): a fresh etcd for each lesson, one line that says so, and nothing left behind."""

import os
from pathlib import Path

import pytest

from etcdlearn import Lab, lab
from etcdlearn.teach.lab import ENDPOINTS, introduction


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
