"""What a learner sees of an error in a notebook: their own line and the sentence, without our code in between."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from etcdlearn.errors import EtcdError

OURS = str(Path(__file__).resolve().parent.parent)
SHORTENED = (EtcdError, ValueError, TypeError)  # bad arguments are the last two


def register() -> None:
    """Teach the running IPython; nothing where there is none, or where somebody has taught it before."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython and ipython.get_ipython()
    if shell and not shell.custom_exceptions:
        shell.set_custom_exc(SHORTENED, _show)


def _show(
    shell: Any, kind: type[BaseException], error: BaseException, tb: TracebackType, tb_offset: Any = None
) -> None:
    shell.showtraceback((kind, error, shortened(tb)), tb_offset=tb_offset)


def shortened(tb: TracebackType) -> TracebackType:
    """The traceback up to the last line that is not ours; all of it where every line is."""
    frames = []
    step: TracebackType | None = tb
    while step is not None:
        frames.append(step)
        step = step.tb_next
    while frames and frames[-1].tb_frame.f_code.co_filename.startswith(OURS):
        frames.pop()
    short: TracebackType | None = None
    for frame in reversed(frames):
        short = TracebackType(short, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return short or tb
