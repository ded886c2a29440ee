"""The language of pictures is that of the lesson's folder, unless the variable says otherwise."""

from pathlib import Path

import pytest

from etcdlearn._language import language


@pytest.mark.parametrize(
    ("folder", "variable", "spoken"),
    [
        ("course/zh", "", "zh"),
        ("course/en", "", "en"),
        ("course", "", "en"),
        ("zh/course", "", "zh"),
        ("zh/course/en", "", "en"),
        ("zhang/course", "", "en"),
        ("course/en", "zh", "zh"),
        ("course/zh", "fr", "zh"),
    ],
)
def test_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, variable: str, spoken: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / folder)
    monkeypatch.setenv("ETCDLEARN_LANG", variable)
    assert language() == spoken
