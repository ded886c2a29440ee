"""Environments of their own for tools whose pins clash with ours; made below .build/ with uv, or with venv and pip.

An environment that is already right is not downloaded again, so what pins every version works without a network from
the second time on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"


def environment(name: str, pythons: Sequence[str], needs: Sequence[str], *, upgrade: bool = False) -> Path:
    """The interpreter of environment ``name``, which has ``needs`` installed.

    Args:
        name: folder below .build/.
        pythons: versions of Python that will do, as in "3.11", the best first.
        needs: requirements as pip reads them.
        upgrade: ask the registry for newer releases of what is not pinned.

    Raises:
        SystemExit: none of ``pythons`` was found, or installing failed; what was said stands on stderr.
    """
    python = BUILD / name / "bin" / "python"
    if not _runs(python):
        _make(BUILD / name, pythons)
    uv = _uv()
    install = [uv, "pip", "install", "--python"] if uv else []
    pip = [] if uv else ["-m", "pip", "install", "--disable-pip-version-check"]
    _run(
        [*install, python, *pip, "-q", *(["--upgrade"] if upgrade else []), *needs],
        f"{name}: cannot install {', '.join(needs)}",
    )
    return python


def _make(folder: Path, pythons: Sequence[str]) -> None:
    base = next((found for version in pythons for found in _interpreters(version) if _runs(found)), None)
    uv = _uv()
    if base is None and uv is None:
        sys.exit(f"{folder.name}: needs Python {' or '.join(pythons)}, or uv to fetch it")
    print(f"making {folder.relative_to(ROOT)} ...", file=sys.stderr)
    make = [uv, "venv", "-q", "--clear", "--python"] if uv else []
    venv = [] if uv else ["-m", "venv", "--clear"]
    _run([*make, base or pythons[0], *venv, folder], f"{folder.name}: needs Python {' or '.join(pythons)}")


def _interpreters(version: str) -> Iterator[str]:
    """Where Python of ``version`` may be: the one that runs this, one on PATH, one of pyenv's."""
    if version == ".".join(map(str, sys.version_info[:2])):
        yield sys.executable
    if found := shutil.which(f"python{version}"):
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    yield from sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python")))


def _uv() -> str | None:
    return shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))


def _runs(python: Path | str) -> bool:
    """A version manager's stub may stand on PATH for a version that is not installed, an environment outlive it."""
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(command: Sequence[Path | str], failed: str) -> None:
    if subprocess.run([str(word) for word in command], check=False).returncode:
        sys.exit(failed)
