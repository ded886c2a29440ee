"""In which language a lesson speaks; imports nothing of ours."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "ETCDLEARN_LANG"
LANGUAGES = ("en", "zh")


def language() -> str:
    """``$ETCDLEARN_LANG`` where it names one, else the nearest folder called ``en`` or ``zh``, else ``"en"``."""
    chosen = os.environ.get(VARIABLE, "")
    if chosen in LANGUAGES:
        return chosen
    # The nearest: somebody's home may be called zh, and the English lessons below it are English all the same.
    return next((part for part in reversed(Path.cwd().parts) if part in LANGUAGES), "en")
