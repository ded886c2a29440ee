"""The command line: imports everything, imported by nobody."""

from __future__ import annotations

import click

import etcdlearn
from etcdlearn.cli._terminal import Group
from etcdlearn.cli.doctor import doctor
from etcdlearn.cli.etcd import etcd
from etcdlearn.cli.lab import lab
from etcdlearn.cli.progress import progress
from etcdlearn.cli.reset import reset
from etcdlearn.cli.serve import serve


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(etcdlearn.__version__, prog_name="etcdlearn")
def main() -> None:
    """Learn etcd in JupyterLab, on a real etcd of your own.

    \b
    Examples:
      etcdlearn lab                  open the course in ./etcdlearn-course
      etcdlearn lab ~/etcd --lang zh
      etcdlearn progress             which exercises are done
      etcdlearn reset 2              lesson 02 as before its first run
      etcdlearn doctor               what works on this machine
      etcdlearn serve                an etcd to play with, until Ctrl-C
      etcdlearn etcd install         get the etcd of the course

    \b
    So that the Tab key completes commands and lessons, put one line into
    ~/.bashrc:  eval "$(_ETCDLEARN_COMPLETE=bash_source etcdlearn)"
    ~/.zshrc:   eval "$(_ETCDLEARN_COMPLETE=zsh_source etcdlearn)"
    ~/.config/fish/completions/etcdlearn.fish:
                _ETCDLEARN_COMPLETE=fish_source etcdlearn | source
    """


for command in (lab, progress, reset, doctor, serve, etcd):
    main.add_command(command)
