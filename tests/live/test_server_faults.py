"""A server that is broken on purpose: what its client meets, and that it comes back."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from etcdlearn import DeadlineError, LocalServer, server


@pytest.fixture
def etcd() -> Iterator[LocalServer]:
    with server() as started:
        yield started


def test_paused_it_answers_nothing_and_resumed_it_goes_on(etcd: LocalServer) -> None:
    with etcd.client() as client:
        client.put("k", "1")
        etcd.pause()
        assert repr(etcd).endswith(", paused)")
        with pytest.raises(DeadlineError):
            client.get("k", timeout=0.2)
        etcd.resume()
        etcd.resume()
        assert client.get("k").kvs[0].value == b"1"
        assert repr(etcd).endswith(", running)")


def test_pause_returns_once_the_process_stands_still(etcd: LocalServer) -> None:
    for _ in range(20):
        etcd.pause()
        state = Path(f"/proc/{etcd.pid}/stat")
        if state.exists():
            assert state.read_text().rpartition(")")[2].split()[0] == "T"
        etcd.resume()


def test_a_paused_server_is_killed_restarted_and_stopped_without_waiting(etcd: LocalServer) -> None:
    etcd.pause()
    began = monotonic()
    etcd.restart()
    etcd.pause()
    etcd.kill()
    etcd.restart()
    etcd.pause()
    etcd.stop()
    assert monotonic() - began < 4


def test_wiped_it_is_another_cluster_at_the_same_address(etcd: LocalServer) -> None:
    address = etcd.endpoints
    with etcd.client() as client:
        before = client.put("k", "1").header
        etcd.wipe()
        after = client.get("k")
    assert etcd.endpoints == address
    assert (after.count, after.header.revision) == (0, 1)
    assert after.header.cluster_id != before.cluster_id
    with server() as other, other.client() as client:
        other.wipe()
        assert client.get("k").header.cluster_id == after.header.cluster_id  # the same on every run


def test_a_directory_of_one_s_own_is_wiped_too(tmp_path: Path) -> None:
    with server(data_dir=tmp_path / "data") as etcd, etcd.client() as client:
        client.put("k", "1")
        etcd.wipe()
        assert client.get("k").count == 0


def test_what_cannot_be_done(etcd: LocalServer) -> None:
    etcd.kill()
    for act in (etcd.pause, etcd.resume):
        with pytest.raises(RuntimeError, match="not running"):
            act()
    etcd.wipe()  # brings it back, empty
    etcd.stop()
    for act in (etcd.wipe, etcd.restart):
        with pytest.raises(RuntimeError, match="was stopped"):
            act()
