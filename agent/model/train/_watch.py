"""Watching a run: how fast it goes, and whether it is asked to stop."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Speed:
    """The speed of the steps since it was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._tokens = 0
        self._steps = 0

    def add(self, tokens: int) -> None:
        """Count a step and the tokens that it read."""
        self._tokens += tokens
        self._steps += 1

    def tokens_per_second(self) -> float:
        """Return how many tokens a second were read."""
        return self._tokens / max(1e-9, time.monotonic() - self._start)

    def seconds_per_step(self) -> float:
        """Return how long a step took."""
        return (time.monotonic() - self._start) / max(1, self._steps)


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """Yield a list that is empty until SIGINT or SIGTERM; the step at hand is finished first."""
    seen: list[int] = []
    before: dict[signal.Signals, object] = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, lambda received, _frame: seen.append(received))
    try:
        yield seen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal() returned it takes
