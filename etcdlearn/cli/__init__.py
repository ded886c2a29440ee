"""The command line: imports everything, imported by nobody."""

from __future__ import annotations

import click

import etcdlearn
from etcdlearn.cli.etcd import etcd
from etcdlearn.cli.lab import lab
from etcdlearn.errors import EtcdError


class _Group(click.Group):
    """A group whose commands fail in one clear line and status 1, never in a traceback."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except (EtcdError, OSError) as exc:
            raise click.ClickException(_one_line(exc)) from exc


def _one_line(exc: Exception) -> str:
    """What went wrong without errno's number, and where."""
    if isinstance(exc, OSError) and exc.strerror and exc.filename:
        return f"{exc.filename}: {exc.strerror}"
    return " ".join(str(exc).split())


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(etcdlearn.__version__, prog_name="etcdlearn")
def main() -> None:
    """Learn etcd in JupyterLab, on a real etcd of your own.

    \b
    Examples:
      etcdlearn lab                  open the course in ./etcdlearn-course
      etcdlearn lab ~/etcd --lang zh
      etcdlearn etcd install         get the etcd of the course
    """


main.add_command(lab)
main.add_command(etcd)
