"""The report on a run: numbers by file, failures by cause with example rows, confused tools."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.evaluation._causes import Cause, cause_of
from agent.evaluation._confusion import confusion_of, draw_confusion
from agent.evaluation._summary import Summary, group_summaries, summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from agent.engines import ModelInfo
    from agent.evaluation._run import RowResult
    from tools_schema import ToolSet

    ToolSetOf: TypeAlias = Callable[[tuple[str, ...]], ToolSet]

__all__ = ["EvaluatedFile", "failures_by_cause", "result_line", "write_report"]

_EXAMPLES = 6
_SHOWN_CONFUSIONS = 20
_HEADINGS = ("rows", "exact", "names", "args", "refused", "false ref.", "missing", "p50 ms", "p95 ms")


@dataclass(frozen=True, slots=True)
class EvaluatedFile:
    """An evaluation file and what came of its rows. ``name`` is the path as it was given."""

    name: str
    results: tuple[RowResult, ...]


def failures_by_cause(results: Sequence[RowResult], tool_set_of: ToolSetOf) -> dict[Cause, list[RowResult]]:
    """Return the rows that are wrong by cause, in the order of ``Cause``.

    ``tool_set_of`` gives the tools of a row's tool sets, as ``IntentAgent.tool_set`` does.
    """
    found: dict[Cause, list[RowResult]] = defaultdict(list)
    for result in results:
        if (cause := cause_of(result, tool_set_of(result.row.tool_sets))) is not None:
            found[cause].append(result)
    return {cause: found[cause] for cause in Cause if cause in found}


def result_line(file: str, result: RowResult, tool_set_of: ToolSetOf) -> dict[str, object]:
    """Return the object of a result's line: ``RowResult.to_json``, the file, and why it is wrong."""
    cause = cause_of(result, tool_set_of(result.row.tool_sets))
    return result.to_json() | {"file": file} | ({"cause": str(cause)} if cause else {})


def write_report(
    folder: Path, files: Sequence[EvaluatedFile], tool_set_of: ToolSetOf, model: ModelInfo
) -> None:
    """Write ``report.md``, ``results.jsonl``, ``confusion.csv`` and ``confusion.png`` into a folder.

    Raises PackageMissing without matplotlib, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    results = [result for file in files for result in file.results]
    confusion = confusion_of(results)
    lines = (result_line(file.name, result, tool_set_of) for file in files for result in file.results)
    (folder / "results.jsonl").write_text(
        "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8"
    )
    (folder / "confusion.csv").write_text(confusion.to_csv(), encoding="utf-8")
    text = "\n".join(_report(files, results, tool_set_of, model))
    (folder / "report.md").write_text(text + "\n", encoding="utf-8")
    draw_confusion(confusion, folder / "confusion.png")


def _report(
    files: Sequence[EvaluatedFile],
    results: Sequence[RowResult],
    tool_set_of: ToolSetOf,
    model: ModelInfo,
) -> Iterator[str]:
    yield "# Evaluation"
    yield f"\nEngine {model.engine}, model sha256:{model.sha256}. Numbers are per cent of rows.\n"
    yield from _table({file.name: summarise(file.results) for file in files} | {"total": summarise(results)})
    yield "\n## Failures by cause"
    yield from _causes(results, tool_set_of)
    yield "\n## Confused tools\n"
    yield "Calls by position in their row; *nothing* stands for a call that is not there.\n"
    yield "![expected and called tools](confusion.png)\n"
    if mistakes := confusion_of(results).mistakes()[:_SHOWN_CONFUSIONS]:
        yield "| calls | expected | got |\n|---:|---|---|"
        for count, expected, got in mistakes:
            yield f"| {count} | {expected} | {got} |"
    else:
        yield "None."
    for file in files:
        yield f"\n## {file.name}\n"
        yield from _table(
            {"all": summarise(file.results)}
            | {
                f"{key} {value}": summary
                for key, members in group_summaries(file.results).items()
                for value, summary in members.items()
            }
        )
        yield from _causes(file.results, tool_set_of, examples=0)


def _causes(results: Sequence[RowResult], tool_set_of: ToolSetOf, examples: int = _EXAMPLES) -> Iterator[str]:
    by_cause = failures_by_cause(results, tool_set_of)
    failures = sum(len(rows) for rows in by_cause.values())
    if not failures:
        yield "\nNo row is wrong."
        return
    yield f"\n{failures} of {len(results)} rows are wrong.\n"
    yield "| cause | rows | of failures | of rows |\n|---|---:|---:|---:|"
    for cause, rows in sorted(by_cause.items(), key=lambda entry: -len(entry[1])):
        share, of_all = 100 * len(rows) / failures, 100 * len(rows) / len(results)
        yield f"| {cause} | {len(rows)} | {share:.1f} % | {of_all:.1f} % |"
    for cause, rows in sorted(by_cause.items(), key=lambda entry: -len(entry[1])) if examples else ():
        yield f"\n### {cause} ({len(rows)})\n"
        yield "| row | said | expected | got |\n|---|---|---|---|"
        for result in rows[:examples]:
            line = result.to_json()
            cells = (result.row.id, _said(result), _outcome(line["expected"]), _outcome(line["got"]))
            yield f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _said(result: RowResult) -> str:
    return " → ".join([*(past.text for past in result.row.history), result.row.text])


def _outcome(outcome: object) -> str:
    """Return calls as ``name{argument: value}``, and what else is said of them."""
    if not isinstance(outcome, dict):
        return str(outcome)
    parts = [
        f"{call['name']}{json.dumps(call['arguments'], ensure_ascii=False)}" for call in outcome["calls"]
    ]
    parts += [f"{key}: {value}" for key, value in outcome.items() if key != "calls"]
    return "; ".join(parts) or "nothing"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _table(summaries: Mapping[str, Summary]) -> Iterator[str]:
    yield f"| | {' | '.join(_HEADINGS)} |"
    yield f"|---|{'---:|' * len(_HEADINGS)}"
    for name, summary in summaries.items():
        yield f"| {' | '.join((_cell(name), *summary.cells()))} |"
