"""An asyncio loop on a thread of its own, for servers that a test commands with plain calls."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

_T = TypeVar("_T")
PATIENCE = 5.0  # seconds for a command; every command is a matter of milliseconds


class LoopThread:
    """Something that runs on a loop of its own; a context manager, and ``close()`` is harmless when repeated."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def _do(self, command: Coroutine[Any, Any, _T]) -> _T:
        """Run a command on the loop and return when it is done."""
        return asyncio.run_coroutine_threadsafe(command, self._loop).result(PATIENCE)

    async def _end(self) -> None:
        """Let go of every socket; runs on the loop."""
        raise NotImplementedError

    def close(self) -> None:
        """End all connections and give the port back. Harmless when repeated."""
        if self._loop.is_closed():
            return
        self._do(self._finish())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    async def _finish(self) -> None:
        await self._end()
        if tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(tasks)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
