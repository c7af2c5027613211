"""When a request has to end before its answer is complete."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from agent.errors import EngineCancelled, EngineError, EngineFailed, EngineTimeout

if TYPE_CHECKING:
    import threading

_LOOK_AGAIN: Final = 0.02
"""Seconds between two looks at the events while a request waits."""


class Watch:
    """Looks at a request's deadline, its cancel event and whether its engine is being closed."""

    def __init__(
        self, timeout: float | None, cancel: threading.Event | None, closing: threading.Event
    ) -> None:
        self._timeout = timeout
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._cancel = cancel
        self._closing = closing

    def problem(self) -> EngineError | None:
        """Return why the request has to end, or None."""
        if self._cancel is not None and self._cancel.is_set():
            return EngineCancelled("the request was cancelled")
        if self._closing.is_set():
            return EngineFailed("the engine is closed: open it again")
        if self._deadline is not None and time.monotonic() >= self._deadline:
            return EngineTimeout(
                f"no complete answer within {self._timeout:g} s: give more time or ask for less",
                timeout=f"{self._timeout:g}",
            )
        return None

    def check(self) -> None:
        """Raise what ``problem`` returns."""
        if problem := self.problem():
            raise problem

    def wait(self) -> EngineError:
        """Wait until the request has to end and return why."""
        while (problem := self.problem()) is None:
            self._closing.wait(_LOOK_AGAIN)
        return problem
