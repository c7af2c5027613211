"""The progress bar for building the model file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from agent.model import Progress as ProgressCallback

__all__ = ["build_progress"]


@contextmanager
def build_progress() -> Iterator[ProgressCallback]:
    """Yield a callback ``(stage, done, total)`` that draws a bar on a terminal while work is reported."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    # What is no terminal, such as a service's log, gets no bar, which would leave an empty line.
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield report
