"""A TCP proxy on loopback that cuts, resets, delays, swallows and refuses on command."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from typing import Literal

from etcdlearn.client._endpoints import parse_endpoint
from etcdlearn.testing._loop import LoopThread

CHUNK = 65536
_RST = struct.pack("ii", 1, 0)  # SO_LINGER with no time to linger: close() sends a reset

Direction = Literal["both", "requests", "answers"]


class Proxy(LoopThread):
    """Stands between a client and an etcd, and fails as networks do.

    Commands act on the connections that are open and take effect before they return. New connections are carried as
    before, unless the proxy was told to refuse or to be a black hole.

    Args:
        target: where to carry what comes: ``host:port``, as in ``server.endpoints[0]``.

    Attributes:
        endpoint: ``127.0.0.1:port``, what a client is given in place of the target. The port stays the same and is
            nobody else's until ``close()``.
        bytes_seen: bytes that arrived from clients so far, carried or not.
        connections: connections from clients that are open now.

    Raises:
        ValueError: ``target`` is no endpoint.
    """

    def __init__(self, target: str) -> None:
        if (where := parse_endpoint(target).target).startswith("unix:"):
            raise ValueError(f"a proxy carries TCP; {target!r} is a unix socket")
        host, _, port = where.rpartition(":")
        self._target = (host.strip("[]"), int(port))
        self.bytes_seen = 0
        self._seconds = 0.0
        self._garbles = False
        self._held = threading.Event()
        self._pipes: dict[_Pipe, asyncio.Future[None]] = {}
        self._listening: asyncio.Server | None = None
        self._socket = _bound(0)
        self.endpoint = f"127.0.0.1:{self._socket.getsockname()[1]}"
        super().__init__("etcdlearn-proxy")
        self._do(self._start())

    async def _start(self) -> None:
        self._gates = {"requests": asyncio.Event(), "answers": asyncio.Event()}
        await self._mend()

    async def _mend(self) -> None:
        for gate in self._gates.values():
            gate.set()
        self._held.clear()
        self._seconds, self._garbles = 0.0, False
        if self._listening is None:
            self._listening = await asyncio.start_server(self._accept, sock=self._socket)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pipe = _Pipe(self, reader, writer)
        self._pipes[pipe] = asyncio.ensure_future(pipe.carried())
        await self._pipes[pipe]
        del self._pipes[pipe]

    @property
    def connections(self) -> int:
        return len(self._pipes)

    def cut(self) -> None:
        """Close every connection in order (FIN), as a server does that stops."""
        self._do(self._drop(reset=False))

    def reset(self) -> None:
        """Reset every connection (RST), as a machine does that knows nothing of it."""
        self._do(self._drop(reset=True))

    async def _drop(self, *, reset: bool) -> None:
        for pipe in self._pipes:
            pipe.drop(reset=reset)
        await asyncio.gather(*self._pipes.values())

    def delay(self, seconds: float) -> None:
        """Carry each piece of data, in both directions, this much later, until ``heal()``.

        Raises:
            ValueError: ``seconds`` is below 0.
        """
        if seconds < 0:
            raise ValueError(f"a delay is 0 seconds or more, not {seconds}")
        self._seconds = seconds

    def garble(self) -> None:
        """Carry noise in place of every answer, until ``heal()``."""
        self._garbles = True

    def black_hole(self, direction: Direction = "both") -> None:
        """Carry nothing any more and say nothing about it, on open connections and on new ones, until ``heal()``.

        Args:
            direction: ``"answers"`` lets requests through, so that they are carried out and nobody hears of it;
                ``"requests"`` is the other way round.

        Raises:
            ValueError: no such direction.
        """
        if direction not in ("both", "requests", "answers"):
            raise ValueError(f"direction must be both, requests or answers, not {direction!r}")
        self._do(self._swallow(("requests", "answers") if direction == "both" else (direction,)))

    async def _swallow(self, directions: tuple[str, ...]) -> None:
        self._held.clear()
        for direction in directions:
            self._gates[direction].clear()

    def wait_held(self, timeout: float = 5.0) -> bool:
        """Wait until the black hole holds something back; False when nothing came in ``timeout`` seconds."""
        return self._held.wait(timeout)

    def refuse(self) -> None:
        """Close every connection and refuse new ones, as a machine does on which nothing listens, until ``heal()``."""
        self._do(self._refuse())

    async def _refuse(self) -> None:
        if self._listening is not None:
            port = self._socket.getsockname()[1]
            self._listening.close()
            self._listening = None
            self._socket = _bound(port)  # bound and not listening: refuses, and keeps the port ours
        await self._drop(reset=False)

    def heal(self) -> None:
        """Carry everything again. What a black hole held goes on its way: TCP loses nothing."""
        self._do(self._mend())

    async def _end(self) -> None:
        if self._listening is not None:
            self._listening.close()
        self._socket.close()
        await self._drop(reset=False)

    def __repr__(self) -> str:
        return f"Proxy({self.endpoint} to {self._target[0]}:{self._target[1]})"


class _Pipe:
    """One connection of a client, and ours to the target."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._reader = reader
        self._writers = [writer]
        self._work = asyncio.ensure_future(self._pump_both())

    async def carried(self) -> None:
        """Return when the connection is over and both ends are closed."""
        await asyncio.wait([self._work])
        if not self._work.cancelled():
            self._work.exception()  # an OSError: the target refuses, or an end is gone
        for writer in self._writers:
            writer.close()

    async def _pump_both(self) -> None:
        reader, writer = await asyncio.open_connection(*self._proxy._target)
        self._writers.append(writer)
        requests = asyncio.ensure_future(self._pump("requests", self._reader, writer))
        answers = asyncio.ensure_future(self._pump("answers", reader, self._writers[0]))
        try:
            await asyncio.wait([requests, answers], return_when=asyncio.FIRST_COMPLETED)
        finally:
            requests.cancel()
            answers.cancel()
            await asyncio.gather(requests, answers, return_exceptions=True)

    async def _pump(self, direction: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        proxy, gate = self._proxy, self._proxy._gates[direction]
        while data := await reader.read(CHUNK):
            if direction == "requests":
                proxy.bytes_seen += len(data)
            if proxy._seconds:
                await asyncio.sleep(proxy._seconds)
            if not gate.is_set():
                proxy._held.set()
                await gate.wait()
            noise = proxy._garbles and direction == "answers"
            writer.write(b"\xff" * len(data) if noise else data)
            await writer.drain()

    def drop(self, *, reset: bool) -> None:
        for writer in self._writers if reset else ():
            peer: socket.socket = writer.get_extra_info("socket")
            if peer.fileno() >= 0:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
            writer.transport.abort()
        self._work.cancel()


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound
