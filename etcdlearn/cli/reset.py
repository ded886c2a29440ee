"""``etcdlearn reset``: a lesson as before its first run, and what it was in a backup."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from etcdlearn._language import LANGUAGES
from etcdlearn.cli._course import opened, state, without_beside
from etcdlearn.cli._files import keep_beside, replace, write_new
from etcdlearn.cli._lessons import Lesson
from etcdlearn.cli._manifest import Manifest, Shipped
from etcdlearn.cli._places import Folder, course, lesson, lesson_names, narrowed
from etcdlearn.cli._terminal import shown


@click.command()
@click.argument("chosen", metavar="LESSON", callback=lesson, shell_complete=lesson_names)
@click.argument("folder", metavar="[DIR]", required=False, type=Folder())
@click.option("--lang", type=click.Choice(LANGUAGES), help="Only the copy in this language.")
def reset(chosen: list[Lesson], folder: Path | None, lang: str | None) -> None:
    """Bring a lesson back to how it was before its first run.

    LESSON is its number or the name of its file. Every copy of it that you changed or ran is kept in a backup beside
    it. DIR is the course's folder; left out, the one you are in, else ./etcdlearn-course.

    \b
    Examples:
      etcdlearn reset 2
      etcdlearn reset 02_put_and_get --lang zh
      etcdlearn reset 0 ~/etcd
    """
    where = course(folder)
    chosen = narrowed(chosen, lang)
    if not chosen:
        raise click.UsageError(f"that lesson is of another language than {lang}")
    with opened(where) as manifest:
        there = [one for one in chosen if os.path.lexists(where / one.name)]
        backups = [_reset(where, one, manifest) for one in there or chosen]
    if any(backups):
        click.echo("Where it is open in JupyterLab: File > Reload Notebook from Disk.")


def _reset(folder: Path, one: Lesson, manifest: Manifest) -> Path | None:
    """Reset one copy and say so. Its backup; None where none was needed."""
    target, said = folder / one.name, shown(folder / one.name)
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder; move it away first")
    backup = None
    if not os.path.lexists(target):
        write_new(target, one.content)
        click.echo(f"{said} is back.")
    elif state(target) == one.digest:
        click.echo(f"{said} is as before its first run already.")
    else:
        now = datetime.now().strftime("%Y%m%d-%H%M%S")
        backup = keep_beside(target, f"{one.stem}.backup-{now}.ipynb")
        replace(target, one.content)
        click.echo(f"{said} is as before its first run; yours is {shown(backup)}.")
    without_beside(target, manifest.lessons.get(one.name))
    manifest.lessons[one.name] = Shipped(one.digest)
    return backup
