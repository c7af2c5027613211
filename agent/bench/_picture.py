"""How long answers took, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from agent.bench._phase import Phase

__all__ = ["draw_latencies"]

_BINS = 50
_MARKS = ((0.5, "median", "tab:green"), (0.95, "95 %", "tab:orange"), (0.99, "99 %", "tab:red"))


def draw_latencies(phases: Sequence[Phase], image: Path) -> None:
    """Write a PNG with a histogram a load, all over the same milliseconds. Needs matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 2.6 * len(phases)), layout="constrained")
    FigureCanvasAgg(figure)
    rows = figure.subplots(len(phases), sharex=True, squeeze=False)
    longest = max((phase.quantile(1.0) for phase in phases if phase.latencies), default=1.0)
    for (axes,), phase in zip(rows, phases, strict=True):
        axes.hist([1000 * seconds for seconds in phase.latencies], bins=_BINS, range=(0, 1000 * longest))
        for share, label, colour in _MARKS if phase.latencies else ():
            value = 1000 * phase.quantile(share)
            axes.axvline(value, color=colour, label=f"{label}: {value:.0f} ms")
        axes.set_title(f"{phase.name}: {phase.throughput:.2f} answers a second", fontsize=10)
        axes.set_ylabel("answers")
        if phase.latencies:
            axes.legend(fontsize=8)
    rows[-1][0].set_xlabel("milliseconds")
    figure.savefig(image, format="png", dpi=110)
