"""What the pictures say, from ``words/``: one file for each language; tests hold them complete."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent / "words"
Words = Mapping[str, str]


@lru_cache
def tables(language: str) -> Mapping[str, Words]:
    """All words of "en" or "zh": a table for each picture, and ``frame``."""
    return tomllib.loads((HERE / f"{language}.toml").read_text(encoding="utf-8"))


@lru_cache
def words(language: str, picture: str) -> Words:
    """The words of one picture in "en" or "zh", and those that all pictures say."""
    told = tables(language)
    return {**told["frame"], **told[picture]}
