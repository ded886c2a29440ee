"""A server that is no etcd and answers all the same."""

from __future__ import annotations

import asyncio
import threading

from etcdlearn.testing._loop import LoopThread

GARBAGE = bytes(range(256)) * 4
HTTP1 = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Stranger(LoopThread):
    """Listens on loopback and says the same to everybody who says something.

    Args:
        answer: what it says; ``Stranger.GARBAGE`` or ``Stranger.HTTP1`` for instance. Empty: it hears and is silent.
        hang_up: close the connection after that.

    Attributes:
        endpoint: ``127.0.0.1:port``.
        heard: set once somebody said something.
    """

    GARBAGE = GARBAGE
    HTTP1 = HTTP1

    def __init__(self, answer: bytes = GARBAGE, *, hang_up: bool = False) -> None:
        self._answer = answer
        self._hang_up = hang_up
        self.heard = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        super().__init__("etcdlearn-stranger")
        self._listening = self._do(asyncio.start_server(self._talk, "127.0.0.1", 0))
        self.endpoint = f"127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await reader.read(65536):
                self.heard.set()
                writer.write(self._answer)
                await writer.drain()
                if self._hang_up:
                    return
        except OSError:  # the other side has gone
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _end(self) -> None:
        self._listening.close()
        for writer in self._writers:
            writer.close()

    def __repr__(self) -> str:
        return f"Stranger({self.endpoint})"
