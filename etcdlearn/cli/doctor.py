"""``etcdlearn doctor``: what works on this machine, and how to mend what does not."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from etcdlearn.cli import _checks
from etcdlearn.cli._places import DEFAULT, Folder
from etcdlearn.cli._terminal import one_line, plain, table
from etcdlearn.teach.progress import course_folder


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=Folder())
def doctor(folder: Path | None) -> None:
    """Say what works on this machine, and how to mend what does not.

    An etcd is really started and asked. DIR is the course's folder; left out, the one you are in, else
    ./etcdlearn-course. The status is 0 when a lesson can run.

    \b
    Examples:
      etcdlearn doctor
      etcdlearn doctor ~/etcd
    """
    found = []
    for name, check in _checks.all_of(folder or course_folder(Path.cwd()) or Path(DEFAULT)):
        try:
            told = check()
        except Exception as exc:  # a doctor who faints helps nobody
            told = _checks.bad(one_line(exc) or type(exc).__name__)
        found.append((name, told))
    rows = [(told.mark, name, plain(told.says)) for name, told in found]
    click.echo("\n".join(table(rows)))
    for name, told in found:
        if told.mend:
            click.echo(f"\n{name}: {plain(told.mend)}")
    wrong = [name for name, told in found if told.mark == _checks.BAD]
    click.echo(f"\nA lesson cannot run here: {', '.join(wrong)}." if wrong else "\nA lesson can run here.")
    sys.exit(1 if wrong else 0)
