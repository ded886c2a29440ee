"""What goes to a terminal: plain lines, whatever strangers called their files; failures in one line, interrupts too."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

import click

from etcdlearn.errors import EtcdError

INTERRUPTED = 130  # what a shell says of a command that Ctrl-C ended


def plain(text: object) -> str:
    """``text`` in one line in which nothing but text is left: control, bidi and zero-width characters are escaped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text))


def shown(path: object) -> str:
    """A path as ``plain`` shows it, below one's home as ``~``."""
    text, home = str(path), os.path.expanduser("~")
    return plain(f"~{text[len(home) :]}" if text.startswith(f"{home}{os.sep}") else text)


def one_line(exc: Exception) -> str:
    """What went wrong, without errno's number, and where."""
    if isinstance(exc, OSError) and exc.strerror:
        return plain(f"{exc.filename}: {exc.strerror}" if exc.filename else exc.strerror)
    return plain(" ".join(str(exc).split()))


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of left-aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


class Group(click.Group):
    """A group whose commands fail in one clear line and status 1 or 2, and are interrupted in one line."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # where Chinese cannot be printed it is escaped, and no traceback
                stream.reconfigure(errors="backslashreplace")
        try:
            usual: Any = super().main
            status: object = usual(*args, **extra, standalone_mode=False)
        except click.ClickException as exc:
            status = _tell(exc)
        except click.Abort:
            click.echo("Interrupted.", err=True)
            status = INTERRUPTED
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            if sys.stderr.isatty():
                click.echo(err=True)  # away from the ^C that the terminal has written
            raise click.Abort from None
        except (EtcdError, OSError) as exc:
            if isinstance(exc, OSError) and exc.errno == errno.EPIPE:
                raise  # whoever read this has enough
            raise click.ClickException(one_line(exc)) from exc

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not context.resilient_parsing and not words[0][:1].isalnum() and not self.get_command(context, words[0]):
            context.fail(f"No such command {words[0]!r}.")  # click 8.1 would print its help instead, and status 0
        return super().resolve_command(context, words)


def _tell(exc: click.ClickException) -> int:
    """The usage where a word was wrong, then one line. Its status."""
    if isinstance(exc, click.UsageError) and exc.ctx is not None:
        click.echo(exc.ctx.get_usage(), err=True)
        click.echo(f"Try '{exc.ctx.command_path} {exc.ctx.help_option_names[0]}' for help.\n", err=True)
    with suppress(BrokenPipeError):
        click.echo(f"Error: {plain(exc.format_message())}", err=True)
    return exc.exit_code
