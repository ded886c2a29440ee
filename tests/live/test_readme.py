"""The ten lines of a first try work as printed, in both READMEs, and their links lead somewhere."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh.md")


def session(name: str) -> str:
    (block,) = re.findall(r"```pycon\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.S)
    return str(block)


@pytest.mark.parametrize("name", READMES)
def test_the_first_try(name: str) -> None:
    test = doctest.DocTestParser().get_doctest(session(name), {}, name, name, 0)
    assert len(test.examples) <= 10
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)


def test_both_show_the_same() -> None:
    assert session(READMES[0]) == session(READMES[1])


@pytest.mark.parametrize("name", [*READMES, "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_what_is_named_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    paths = re.findall(r"`((?:docs|tests|tools|notebooks|protos|etcdlearn)/[\w./]+)`", text)
    missing = [path for path in [*links, *paths] if not (ROOT / path).exists() and "NN_" not in path]
    assert missing == []
    assert not re.search(r"https?://", text)
