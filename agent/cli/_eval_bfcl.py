"""BFCL: calls of tools that the model has never seen."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import track

from agent._open import Settings, open_model
from agent.cli._eval_output import check_writable, model_facts, model_line, print_table, write_lines
from agent.cli._output import print_json
from agent.cli._progress import build_progress
from agent.evaluation import (
    BFCL_CATEGORIES,
    BfclResult,
    BfclSummary,
    evaluate_bfcl,
    open_bfcl,
    sample_bfcl,
    summarise_bfcl,
)

__all__ = ["run"]


def run(categories: str, settings: Settings, *, sample: int, seed: int, out: Path | None, json: bool) -> None:
    """Evaluate categories, separated by commas. Raises PackageMissing where BFCL is not installed."""
    wanted = dict.fromkeys(category.strip() for category in categories.split(","))
    for category in wanted:
        if category not in BFCL_CATEGORIES:
            raise typer.BadParameter(
                f"'{category}' is no category that is measured; write some of {', '.join(BFCL_CATEGORIES)}"
            )
    check_writable(out)
    package = open_bfcl()
    rows = {category: sample_bfcl(package.rows(category), sample, seed) for category in wanted}
    with build_progress() as progress:
        opened = open_model(settings, progress)
    console = Console(stderr=True)
    results: dict[str, list[BfclResult]] = {}
    with closing(opened) as engine:
        for category, members in rows.items():
            planned = evaluate_bfcl(engine, package, members, settings.asking)
            results[category] = list(
                track(planned, description=category, total=len(members), console=console)
            )
    if out is not None:
        write_lines(out, (result.to_json() for members in results.values() for result in members))
    summaries = {category: summarise_bfcl(members) for category, members in results.items()}
    if json:
        facts = model_facts(engine.info, settings.asking) | {
            "bfcl_eval": package.version,
            "sample": sample,
            "seed": seed,
        }
        named = {category: summary.to_json() for category, summary in summaries.items()}
        print_json(facts | {"categories": named})
        return
    print_table(
        "BFCL, per cent of rows right; latency in ms",
        ("rows", "right", "errors", "p50"),
        [{category: _cells(summary) for category, summary in summaries.items()}],
    )
    how = model_line(engine.info, settings.asking)
    print(f"{how}, bfcl-eval {package.version}, sample {sample}, seed {seed}")


def _cells(summary: BfclSummary) -> tuple[str, ...]:
    accuracy = f"{100 * summary.accuracy:.1f}"
    return str(summary.rows), accuracy, str(summary.errors), f"{summary.p50_ms:.0f}"
