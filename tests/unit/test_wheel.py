"""What is released: a wheel of the package and the lessons and nothing else, and an sdist that gives the same wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 2_000_000


def build(source: Path, kind: str, into: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(into)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = into.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


def files(folder: str) -> set[str]:
    """What a checkout holds below ``folder``, without what running it leaves behind."""
    found = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.as_posix() for path in found if not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)}


def test_the_wheel_holds_the_package_and_the_lessons(wheel: Path) -> None:
    names = {name for name in contents(wheel) if ".dist-info/" not in name}
    lessons = {f"etcdlearn/_{name}" for name in files("notebooks")}
    modules = {name.replace("tools/etcd/", "etcdlearn/_etcd/") for name in files("tools/etcd")}
    assert len(lessons) >= 2
    assert {"etcdlearn/_etcd/3.7.3/go.mod", "etcdlearn/_etcd/3.7.3/go.sum"} <= modules
    assert names == files("etcdlearn") | lessons | modules
    assert {"etcdlearn/py.typed", "etcdlearn/widgets/stage.js", "etcdlearn/widgets/stage.css"} <= names
    assert wheel.stat().st_size <= MOST_BYTES


def test_the_sdist_gives_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    for folder in ("sdist", "source", "again"):
        (tmp_path / folder).mkdir()
    sdist = build(ROOT, "sdist", tmp_path / "sdist")
    subprocess.run(["tar", "-xzf", sdist], cwd=tmp_path / "source", check=True)
    (source,) = (tmp_path / "source").iterdir()
    again = build(source, "wheel", tmp_path / "again")
    assert contents(again) == contents(wheel)


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
