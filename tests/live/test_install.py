"""An etcd that ``etcdlearn etcd install`` placed is the one that is started: of a release, and built with Go."""

import subprocess
import sys
from pathlib import Path

import pytest

from etcdlearn import server
from etcdlearn.servers import binary, installed
from etcdlearn.servers.archive import archive_name
from etcdlearn.servers.binary import COURSE, Binary
from etcdlearn.servers.install import install
from etcdlearn.servers.report import Report
from tests.releases import packed, releases


@pytest.fixture(scope="module")
def own() -> Binary:
    """The etcd that the other tests run on."""
    return binary.find()


@pytest.fixture(scope="module")
def caches() -> dict[str, str]:
    """Where this machine's own Go keeps what it downloaded and built."""
    names = ("GOPATH", "GOCACHE", "GOMODCACHE")
    told = subprocess.run(["go", "env", *names], capture_output=True, text=True, check=True).stdout
    return dict(zip(names, told.splitlines(), strict=True))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where etcds are installed of a user who has none."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("ETCDLEARN_ETCD", raising=False)
    monkeypatch.setenv("ETCDLEARN_ETCD_SOURCE", "archive")
    return installed.home()


def test_a_release_of_a_real_etcd_is_what_starts(own: Binary, home: Path) -> None:
    """The programs that are here, packed as a release has them."""
    stem, _ = archive_name(own.version)
    programs = {f"{stem}/{name}": (own.path.parent / name).read_bytes() for name in installed.PROGRAMS}
    with releases(own.version) as made:
        made.publish(packed(programs))
        assert install(own.version, Report(), releases=made.address)
    with server() as etcd, etcd.client() as client:
        client.put("k", "v")
        assert (etcd.version, etcd.binary.origin) == (own.version, "installed")
        assert etcd.binary.path == home / own.version / "etcd"


@pytest.mark.go
@pytest.mark.timeout(1200)
def test_the_course_s_etcd_is_built_with_go(
    caches: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Really: a minute where those caches are cold."""
    for name, value in caches.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ETCDLEARN_ETCD_SOURCE", "go")
    script = Path(sys.executable).with_name("etcdlearn")
    done = subprocess.run([script, "etcd", "install"], capture_output=True, text=True, check=True)
    assert "Go 1." in done.stdout
    with server() as etcd, etcd.client() as client:
        client.put("k", "v")
        assert (etcd.version, etcd.binary.path) == (COURSE, home / COURSE / "etcd")
        for name in ("etcdctl", "etcdutl"):
            says = subprocess.run([home / COURSE / name, "version"], capture_output=True, text=True, check=True).stdout
            assert says.startswith(f"{name} version: {COURSE}")
