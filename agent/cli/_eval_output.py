"""What the three kinds of evaluation share: tables, and result lines in a file."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from agent.engines import ModelInfo
from agent.errors import EvaluationFileError
from agent.planning import Asking

__all__ = ["check_writable", "model_facts", "model_line", "print_table", "write_lines"]


def print_table(title: str, headings: Sequence[str], sections: Iterable[Mapping[str, Sequence[str]]]) -> None:
    """Print a table of right-aligned cells; every section has its rows by label.

    Narrow, so that nine columns beside the longest tool name fit a terminal of 80.
    """
    table = Table(title=title, box=SIMPLE, pad_edge=False, padding=0)
    table.add_column("rows of", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for section in sections:
        table.add_section()
        for label, cells in section.items():
            table.add_row(label, *cells)
    Console().print(table)


def check_writable(out: Path | None) -> None:
    """Make the folder of the file that results shall go to, before minutes are spent on them.

    Raises EvaluationFileError where the file cannot be written.
    """
    if out is None:
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.touch()
    except OSError as error:
        raise EvaluationFileError(f"cannot write '{out}': {error}") from error


def write_lines(out: Path, lines: Iterable[object]) -> None:
    """Write objects as JSON lines. Raises EvaluationFileError where the file cannot be written."""
    text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EvaluationFileError(f"cannot write '{out}': {error}") from error


def model_facts(model: ModelInfo, asking: Asking) -> dict[str, object]:
    """Return which model made the numbers, how it was asked and what memory it took, for JSON."""
    return {
        "engine": model.engine,
        "model": f"sha256:{model.sha256}",
        **asdict(asking),
        "peak_memory_mb": _peak_memory_mb(),
    }


def model_line(model: ModelInfo, asking: Asking) -> str:
    """Return which model made the numbers, how it was asked and what memory it took, for people."""
    how = ", all tools declared" if asking.declare_all else ""
    how += "" if asking.again else ", first answers"
    how += f", caution {asking.caution:g}"
    return f"engine {model.engine}, model sha256:{model.sha256}{how}, peak memory {_peak_memory_mb()} MB"


def _peak_memory_mb() -> int:
    """Return the most memory that this process has had resident. Linux counts KiB; see getrusage(2)."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)
