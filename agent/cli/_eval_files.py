"""Evaluation files: every row exactly right or not, with an error report where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from agent._agent import IntentAgent
from agent._open import Settings, open_agent
from agent._tool_sets import load_tool_sets
from agent.cli._eval_output import check_writable, model_facts, model_line, print_table, write_lines
from agent.cli._output import print_json
from agent.cli._progress import build_progress
from agent.errors import EvaluationFileError
from agent.evaluation import (
    EvaluatedFile,
    EvaluationFile,
    Summary,
    evaluate_rows,
    failures_by_cause,
    group_summaries,
    read_files,
    require_drawing,
    result_line,
    summarise,
    write_report,
)

__all__ = ["run"]

_TITLE = "per cent of rows (ref. refusals right, false: false refusals); latency in ms"
_HEADINGS = ("rows", "exact", "names", "args", "ref.", "false", "miss.", "p50", "p95")


def run(
    paths: Sequence[Path],
    settings: Settings,
    *,
    limit: int,
    out: Path | None,
    report: Path | None,
    json: bool,
) -> None:
    """Evaluate files and print a section for each, and totals.

    Raises EvaluationFileError, ToolNameClashError.
    """
    if report is not None:
        require_drawing()
    check_writable(out)
    files, folders = read_files(paths, tuple(load_tool_sets(settings.tool_folders)))
    if limit:
        files = tuple(replace(file, rows=file.rows[:limit]) for file in files)
    with build_progress() as progress:
        agent = open_agent(replace(settings, tool_folders=(*settings.tool_folders, *folders)), progress)
    try:
        for names in sorted({row.tool_sets for file in files for row in file.rows}):
            # Sets that cannot be used together are told of before any row is planned.
            agent.tool_set(names)
        evaluated = tuple(_evaluate(agent, file) for file in files)
        if out is not None:
            write_lines(
                out,
                (
                    result_line(file.name, result, agent.tool_set)
                    for file in evaluated
                    for result in file.results
                ),
            )
        _print(agent, evaluated, settings, json=json)
        if report is not None:
            try:
                write_report(report, evaluated, agent.tool_set, agent.model)
            except OSError as error:
                raise EvaluationFileError(f"cannot write the report to '{report}': {error}") from error
    finally:
        agent.close()


def _evaluate(agent: IntentAgent, file: EvaluationFile) -> EvaluatedFile:
    planned = evaluate_rows(agent, file.rows)
    console = Console(stderr=True)
    shown = Path(file.name).name
    return EvaluatedFile(
        file.name, tuple(track(planned, description=shown, total=len(file.rows), console=console))
    )


def _print(agent: IntentAgent, files: Sequence[EvaluatedFile], settings: Settings, *, json: bool) -> None:
    results = [result for file in files for result in file.results]
    total = summarise(results)
    causes = failures_by_cause(results, agent.tool_set)
    if json:
        document = total.to_json() | model_facts(agent.model, settings.asking)
        document["groups"] = _groups_to_json(group_summaries(results))
        document["files"] = {file.name: summarise(file.results).to_json() for file in files}
        document["causes"] = {str(cause): len(rows) for cause, rows in causes.items()}
        print_json(document)
        return
    for file in files:
        groups = group_summaries(file.results)
        sections = [{"all": summarise(file.results).cells()}]
        sections += [
            {f"{key} {value}": summary.cells() for value, summary in members.items()}
            for key, members in groups.items()
        ]
        title = f"{Path(file.name).name}: {_TITLE}" if len(files) > 1 else _TITLE
        print_table(title, _HEADINGS, sections)
    if len(files) > 1:
        by_file = {Path(file.name).name: summarise(file.results).cells() for file in files}
        print_table(f"all files: {_TITLE}", _HEADINGS, [by_file, {"total": total.cells()}])
    if causes:
        counted = ", ".join(
            f"{cause} {len(rows)}" for cause, rows in sorted(causes.items(), key=lambda entry: -len(entry[1]))
        )
        print(f"wrong rows by cause: {counted}")
    print(model_line(agent.model, settings.asking))


def _groups_to_json(groups: dict[str, dict[str, Summary]]) -> dict[str, object]:
    return {
        key: {value: group.to_json() for value, group in members.items()} for key, members in groups.items()
    }
