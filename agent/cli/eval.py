"""``intent-agent eval``: how many rows of an evaluation file are planned right."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agent._agent import open_agent
from agent.cli._output import print_json
from agent.cli._progress import build_progress
from agent.cli._request import JsonOption, ModelOption, ToolFoldersOption, settings_of
from agent.evaluation import RowResult, Summary, evaluate_rows, group_summaries, read_rows, summarise

__all__ = ["evaluate"]


def evaluate(
    file: Annotated[Path, typer.Argument(help="The evaluation file, one JSON object a line.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write one result line a row to this file.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Only the first rows; 0 means all.")] = 0,
    model: ModelOption = None,
    tools: ToolFoldersOption = None,
    json: JsonOption = False,
) -> None:
    """Plan every row of a file as the service does, and print what is right.

    With --json the summary is one object on the last line.
    """
    rows = read_rows(file)
    rows = rows[:limit] if limit else rows
    with build_progress() as progress:
        agent = open_agent(settings_of(model, tools, "127.0.0.1:5037"), progress)
    try:
        described = agent.model
        planned = evaluate_rows(agent, rows)
        console = Console(stderr=True)
        results = list(track(planned, description=file.name, total=len(rows), console=console))
    finally:
        agent.close()
    if out is not None:
        _write(out, results)
    summary = summarise(results)
    groups = group_summaries(results)
    if json:
        document = summary.to_json() | {"engine": described.engine, "model": f"sha256:{described.sha256}"}
        document["groups"] = {
            key: {value: group.to_json() for value, group in members.items()}
            for key, members in groups.items()
        }
        print_json(document)
    else:
        _print_table(summary, groups)
        print(f"engine {described.engine}, model sha256:{described.sha256}", file=sys.stdout)


def _write(out: Path, results: Sequence[RowResult]) -> None:
    lines = (json_module.dumps(result.to_json(), ensure_ascii=False) for result in results)
    out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _print_table(summary: Summary, groups: dict[str, dict[str, Summary]]) -> None:
    table = Table(title="per cent of rows; latency in ms", box=SIMPLE, pad_edge=False, padding=(0, 1))
    table.add_column("rows of", no_wrap=True)
    for heading in ("rows", "exact", "names", "args", "refused", "false ref.", "missing", "p50", "p95"):
        table.add_column(heading, justify="right", no_wrap=True)
    _add(table, "all", summary)
    for key, members in groups.items():
        table.add_section()
        for value, group in members.items():
            _add(table, f"{key} {value}", group)
    Console().print(table)


def _add(table: Table, label: str, summary: Summary) -> None:
    fractions = (
        summary.exact,
        summary.names,
        summary.arguments_given_names,
        summary.refusals_right,
        summary.false_refusals,
        summary.missing_right,
    )
    cells = ("–" if fraction is None else f"{100 * fraction:.1f}" for fraction in fractions)
    table.add_row(label, str(summary.rows), *cells, f"{summary.p50_ms:.0f}", f"{summary.p95_ms:.0f}")
