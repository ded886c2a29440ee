"""In which language a lesson speaks; imports nothing of ours."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "ETCDLEARN_LANG"
LANGUAGES = ("en", "zh")


def language() -> str:
    """``$ETCDLEARN_LANG`` where it names one, else ``"zh"`` below a folder of that name, else ``"en"``."""
    chosen = os.environ.get(VARIABLE, "")
    if chosen in LANGUAGES:
        return chosen
    return "zh" if "zh" in Path.cwd().parts else "en"
