"""The etcds that ``etcdlearn etcd install`` placed: a folder for each version, complete or not there at all."""

from __future__ import annotations

import re
from pathlib import Path

from platformdirs import user_data_dir

PROGRAMS = ("etcd", "etcdctl", "etcdutl")


def home() -> Path:
    """Where they are: below the folder that the system has for a user's data, ``$XDG_DATA_HOME`` on Linux."""
    return Path(user_data_dir("etcdlearn", appauthor=False)) / "etcd"


def place(version: str) -> Path:
    """The folder of ``version``, which holds etcd, etcdctl and etcdutl if it exists."""
    return home() / version


def versions() -> list[str]:
    """The versions that are there, the newest first."""
    try:
        names = [path.name for path in home().iterdir()]
    except OSError:
        return []
    return sorted(filter(is_version, names), key=number, reverse=True)


def is_version(text: str) -> bool:
    """Whether ``text`` is three numbers, as in "3.7.3"."""
    return re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", text, re.ASCII) is not None


def number(version: str) -> tuple[int, ...]:
    """The version as numbers, to compare."""
    return tuple(map(int, version.split(".")))
