"""``etcdlearn progress``: which exercises are done."""

from __future__ import annotations

from pathlib import Path

import click

from etcdlearn._language import LANGUAGES, usual_language
from etcdlearn.cli._places import Folder, course
from etcdlearn.cli._terminal import plain, shown
from etcdlearn.teach.progress import load


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=Folder())
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language; left out, that of your locale.")
def progress(folder: Path | None, lang: str | None) -> None:
    """Say which exercises are done.

    [x] is done, [-] was tried. DIR is the course's folder; left out, the one you are in, else ./etcdlearn-course.

    \b
    Examples:
      etcdlearn progress
      etcdlearn progress ~/etcd --lang zh
    """
    kept = load(course(folder))
    if kept.damaged:
        click.echo(f"The record could not be read and was put aside: {shown(kept.damaged)}", err=True)
    for line in kept.lines(lang or usual_language()):
        click.echo(plain(line))
