"""Which tool was called where which was expected, as a table and as a picture."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import zip_longest
from typing import TYPE_CHECKING

from agent.evaluation._packages import PackageMissing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from agent.evaluation._run import RowResult

__all__ = ["NOTHING", "Confusion", "confusion_of", "draw_confusion", "require_drawing"]

NOTHING = "nothing"
"""The class of a call that is not there."""

_INCHES_A_CLASS = 0.36
_INCHES_FOR_NAMES = 3.0


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of calls by the expected name (row) and the name that was called (column).

    ``classes`` are the names that occur, sorted, with ``NOTHING`` last.
    """

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def to_csv(self) -> str:
        """Return the table with the names as first row and first column."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["expected \\ got", *self.classes])
        writer.writerows([name, *row] for name, row in zip(self.classes, self.counts, strict=True))
        return text.getvalue()

    def mistakes(self) -> tuple[tuple[int, str, str], ...]:
        """Return count, expected and got of every confusion, the most frequent first."""
        found = [
            (count, expected, got)
            for expected, row in zip(self.classes, self.counts, strict=True)
            for got, count in zip(self.classes, row, strict=True)
            if count and expected != got
        ]
        return tuple(sorted(found, key=lambda mistake: (-mistake[0], mistake[1:])))


def confusion_of(results: Iterable[RowResult]) -> Confusion:
    """Count the calls of the rows, aligned by position; a row where nothing is right counts once."""
    pairs: Counter[tuple[str, str]] = Counter()
    for result in results:
        expected = [call.name for call in result.row.calls] or [NOTHING]
        got = [call.name for call in result.calls] or [NOTHING]
        pairs.update(zip_longest(expected, got, fillvalue=NOTHING))
    names = {name for pair in pairs for name in pair}
    classes = (*sorted(names - {NOTHING}), *sorted(names & {NOTHING}))
    return Confusion(classes, tuple(tuple(pairs[row, column] for column in classes) for row in classes))


def require_drawing() -> None:
    """Raise PackageMissing where ``draw_confusion`` has no matplotlib, before hours of work are done."""
    if find_spec("matplotlib") is None:
        raise PackageMissing(
            "the confusion matrix needs matplotlib: run pip install 'intent-agent[train]'",
            package="matplotlib",
        )


def draw_confusion(confusion: Confusion, image: Path) -> None:
    """Write a PNG: counts in the cells, coloured by their share of the row, mistakes in another colour.

    Raises PackageMissing without matplotlib.
    """
    require_drawing()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    size = len(confusion.classes)
    side = _INCHES_A_CLASS * size + _INCHES_FOR_NAMES
    figure = Figure(figsize=(side, side), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    axes.set_aspect("equal")
    for y, row in enumerate(confusion.counts):
        total = sum(row)
        for x, count in enumerate(row):
            if not count:
                continue
            share = count / total
            colour = "tab:green" if x == y else "tab:red"
            axes.fill_between(
                [x - 0.5, x + 0.5], y - 0.5, y + 0.5, color=colour, alpha=0.25 + 0.6 * share, lw=0
            )
            axes.text(x, y, str(count), ha="center", va="center", fontsize=8)
    ticks = range(size)
    axes.set_xticks(ticks, confusion.classes, rotation=90, fontsize=9)
    axes.set_yticks(ticks, confusion.classes, fontsize=9)
    axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    axes.set_xticks([tick + 0.5 for tick in ticks], minor=True)
    axes.set_yticks([tick + 0.5 for tick in ticks], minor=True)
    axes.grid(which="minor", color="0.88", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    axes.set_title("called", fontsize=11)
    axes.set_ylabel("expected", fontsize=11)
    figure.savefig(image, format="png", dpi=110)
