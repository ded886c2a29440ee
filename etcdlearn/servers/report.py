"""What an installation says while it goes on, and how it says that something did not work."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass

from etcdlearn.errors import EtcdError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class InstallError(EtcdError):
    """An etcd was not installed, or one way to get it did not work.

    Attributes:
        final: no other way would do better, as with a full disk.
    """

    def __init__(self, reason: str, *, final: bool = False) -> None:
        self.final = final
        super().__init__(reason)


def failed_to_write(exc: OSError) -> InstallError:
    """What an error of the file system means."""
    where = f" ({exc.filename})" if exc.filename else ""
    return InstallError(f"{exc.strerror or exc}{where}", final=exc.errno in _NO_ROOM)


def _silent(_text: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Report:
    """Where an installation says what it does.

    Attributes:
        tell: takes a line that stays.
        show: takes how far it is, which replaces what was shown before; left out, nobody looks.
    """

    tell: Callable[[str], None] = _silent
    show: Callable[[str], None] = _silent
