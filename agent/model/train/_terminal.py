"""A progress bar for a training run."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import TaskID


class TerminalReporter:
    """Writes notes above a bar with loss, speed and the time left, on standard error."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None
        self._loss = 0.0

    def note(self, text: str) -> None:
        """Print one line."""
        self._progress.console.print(text, markup=False, highlight=False)

    def step(self, done: int, steps: int, loss: float, tokens_per_second: float) -> None:
        """Move the bar; the loss shown is a running mean."""
        if self._task is None:
            self._task = self._progress.add_task("", total=steps, completed=done - 1)
            self._loss = loss
        self._loss += 0.05 * (loss - self._loss)
        self._progress.update(
            self._task,
            completed=done,
            description=f"loss {self._loss:.4f}  {tokens_per_second:.0f} tokens/s",
        )


@contextmanager
def terminal_reporter() -> Iterator[TerminalReporter]:
    """Yield a reporter whose bar is drawn while the block runs."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=2) as progress:
        yield TerminalReporter(progress)
