"""What teaching says, from ``words/``: one file for each language; a test holds them complete."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "words"
Words = dict[str, Any]


@lru_cache
def words(language: str) -> Words:
    """The words of "en" or "zh": ``frame``, ``cannot``, ``lessons``, and a table for each exercise."""
    return tomllib.loads((HERE / f"{language}.toml").read_text(encoding="utf-8"))
