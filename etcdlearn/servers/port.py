"""A port of loopback that stays ours between two processes that listen on it."""

from __future__ import annotations

import socket


class Port:
    """Held by being bound and not listened on: a connection is refused, and nobody else gets it meanwhile.

    Attributes:
        number: the port; 0 before the first ``hold``.
    """

    def __init__(self) -> None:
        self.number = 0
        self._held: socket.socket | None = None

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.number}"

    def hold(self, *, another: bool = False) -> None:
        """Hold the port until ``release``; any free one at first, and where ``another`` is asked for.

        When somebody took it meanwhile it is not held; whoever listens on it next is told so by the system.
        """
        if self._held is not None and not another:
            return
        self.release()
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind(("127.0.0.1", 0 if another else self.number))
        except OSError:
            held.close()
            return
        self._held, self.number = held, held.getsockname()[1]

    def release(self) -> None:
        """Let go of it, so that a process can listen on it; harmless when repeated."""
        if self._held is not None:
            self._held.close()
            self._held = None
