"""In which language a lesson speaks; imports nothing of ours."""

from __future__ import annotations

import locale
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


def usual_language() -> str:
    """The language of ``$ETCDLEARN_LANG``, else of the locale.

    Its variables are asked before Python is: where zh_CN was never generated, Python is left with C.UTF-8.
    """
    names = (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next(filter(None, map(os.environ.get, names)), None) or locale.getlocale()[0] or ""
    return "zh" if chosen.lower().startswith(("zh", "chinese")) else "en"
