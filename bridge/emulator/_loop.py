"""One thread with an event loop, in which any number of phones can live."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from bridge._closing import ClosedAtTheEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

__all__ = ["PhoneLoop"]

_Result = TypeVar("_Result")
_CLOSE_TIMEOUT = 10.0


class PhoneLoop(ClosedAtTheEnd):
    """A thread that runs an event loop from construction to ``close``; a context manager."""

    def __init__(self, name: str = "emulated phones") -> None:
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, _Result]) -> Future[_Result]:
        """Start a coroutine in the thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, function: Callable[[], object]) -> None:
        """Call a function in the thread, without waiting for it."""
        self._loop.call_soon_threadsafe(function)

    def close(self) -> None:
        """End the loop and the thread; whatever still runs is cancelled. Closing twice does nothing."""
        if not self._thread.is_alive():
            return
        self.call(self._stop.set)
        self._thread.join(_CLOSE_TIMEOUT)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._wait())

    async def _wait(self) -> None:
        await self._stop.wait()
