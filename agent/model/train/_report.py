"""What a run tells while it goes on, and at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class Reporter(Protocol):
    """Who is told what happens; see ``_terminal.py`` for the one with a progress bar."""

    def note(self, text: str) -> None:
        """Take one line for a person."""

    def step(self, done: int, steps: int, loss: float, tokens_per_second: float) -> None:
        """Take a step's loss and the speed of the last steps."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended: the adapter is of the best validation; ``finished`` is false for a stopped run."""

    adapter: Path
    step: int
    steps: int
    best_step: int
    exact: float
    loss: float
    seconds: float
    finished: bool
