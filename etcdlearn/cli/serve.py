"""``etcdlearn serve``: an etcd to play with from any program, until Ctrl-C."""

from __future__ import annotations

import re
import select
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from types import FrameType
from typing import Self

import click

from etcdlearn.cli._places import Folder
from etcdlearn.cli._terminal import shown
from etcdlearn.servers import LocalServer, server

UNITS = {"": 1, "B": 1, **{f"{letter}IB": 1024 ** (n + 1) for n, letter in enumerate("KMGT")}}
UNITS |= {f"{letter}B": 1000 ** (n + 1) for n, letter in enumerate("KMGT")}
MOST = 2**63 - 1  # etcd counts bytes in an int64
ENDS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))


def size(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    """A number of bytes: "67108864", "64MiB", "1.5 GB"."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,19}(?:\.[0-9]{1,9})?) ?([a-z]*)", value, re.IGNORECASE | re.ASCII)
    unit = UNITS.get(found[2].upper()) if found else None
    if not found or not unit:
        raise click.BadParameter(f"{value!r} is no size; write bytes, or as in 64MiB or 2GiB", context, parameter)
    number = int(Decimal(found[1]) * unit)
    if not 0 < number <= MOST:
        raise click.BadParameter(f"{value!r} is not between 1 byte and {MOST}", context, parameter)
    return number


@click.command()
@click.option("--quota", callback=size, metavar="SIZE", help="Size of the database at which writes are refused.")
@click.option("--data-dir", type=Folder(), metavar="DIR", help="Keep the data there; left out, they go with it.")
def serve(quota: int | None, data_dir: Path | None) -> None:
    """Run an etcd here until Ctrl-C, and say how to reach it.

    It listens on 127.0.0.1 on a free port. SIZE is in bytes, or as in 16MiB or 2GiB; etcd's own is 2GiB.

    \b
    Examples:
      etcdlearn serve
      etcdlearn serve --quota 16MiB
      etcdlearn serve --data-dir ./my-etcd
    """
    with _Ending() as ending, server(quota_backend_bytes=quota, data_dir=data_dir) as etcd:
        ending.quiet = True
        click.echo("\n".join(_told(etcd, data_dir)))
        if not ending.wait(etcd):
            raise click.ClickException(f"etcd has ended by itself; the last line of its log: {etcd.logs(1)}")
    kept = f"its data are in {shown(data_dir)}" if data_dir else "its data are gone"
    click.echo(f"etcd has ended; {kept}.")


def _told(etcd: LocalServer, data_dir: Path | None) -> Iterator[str]:
    endpoint = etcd.endpoints[0]
    yield f"etcd {etcd.version} answers at {endpoint}; Ctrl-C ends it."
    yield f"  shell   export ETCDCTL_ENDPOINTS={endpoint}"
    yield f'  Python  client = etcdlearn.Client("{endpoint}")'
    yield f"  data    {shown(data_dir) if data_dir else 'in a temporary folder that goes with it'}"


class _Ending:
    """Signals that ask us to end. While etcd starts they interrupt that; once ``quiet`` they are waited for."""

    def __init__(self) -> None:
        self.quiet = False
        self._ours, self._theirs = socket.socketpair()
        self._theirs.setblocking(False)
        # One that is ignored stays so: nohup, or a shell's job in the background, asked for that.
        chosen = [one for one in ENDS if signal.getsignal(one) is not signal.SIG_IGN]
        self._former = {one: signal.signal(one, self._asked) for one in chosen}

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        if not self.quiet:
            raise KeyboardInterrupt
        with suppress(BlockingIOError):
            self._theirs.send(b"x")

    def wait(self, etcd: LocalServer) -> bool:
        """Wait until we are asked to end. False when etcd has ended before that."""
        ready, _, _ = select.select([self._ours.fileno(), etcd.ended], [], [])
        return self._ours.fileno() in ready

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one, handler in self._former.items():
            signal.signal(one, handler)
        self._ours.close()
        self._theirs.close()
