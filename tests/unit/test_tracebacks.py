"""A learner's error is their own line and a sentence."""

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from etcdlearn import Op
from etcdlearn.teach import tracebacks


def raised(call: Callable[[], Any]) -> BaseException:
    with pytest.raises(ValueError, match="limit") as caught:
        call()
    return caught.value


def test_our_own_lines_are_left_out() -> None:
    error = raised(lambda: Op.get("k", limit=-1))
    assert error.__traceback__ is not None
    whole = traceback.extract_tb(error.__traceback__)
    short = traceback.extract_tb(tracebacks.shortened(error.__traceback__))
    assert any("etcdlearn/client" in line.filename for line in whole)
    assert [line.filename for line in short] == [__file__, __file__]


def test_where_all_is_ours_all_is_shown() -> None:
    error = raised(lambda: Op.get("k", limit=-1))
    assert error.__traceback__ is not None
    last = error.__traceback__
    while last.tb_next is not None:
        last = last.tb_next
    assert tracebacks.shortened(last) is last
