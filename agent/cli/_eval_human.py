"""Human speech: whether the right tool is chosen."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import track

from agent._open import Settings, open_agent
from agent._tool_sets import DEFAULT_TOOL_SET, load_tool_sets
from agent.cli._eval_output import check_writable, model_facts, model_line, print_table, write_lines
from agent.cli._output import print_json
from agent.cli._progress import build_progress
from agent.evaluation import (
    HumanSummary,
    evaluate_human,
    human_groups,
    read_human,
    sample_human,
    summarise_human,
)

__all__ = ["run"]


def run(path: Path, settings: Settings, *, sample: int, seed: int, out: Path | None, json: bool) -> None:
    """Evaluate a file of human utterances with the `phone` tools. Raises EvaluationFileError."""
    check_writable(out)
    tool_set = load_tool_sets(settings.tool_folders)[DEFAULT_TOOL_SET]
    rows = sample_human(read_human(path, frozenset(tool.name for tool in tool_set.tools)), sample, seed)
    with build_progress() as progress:
        agent = open_agent(settings, progress)
    try:
        model = agent.model
        planned = evaluate_human(agent, rows, tool_set.name)
        console = Console(stderr=True)
        results = list(track(planned, description=path.name, total=len(rows), console=console))
    finally:
        agent.close()
    if out is not None:
        write_lines(out, (result.to_json() for result in results))
    summary, groups = summarise_human(results), human_groups(results)
    if json:
        facts = model_facts(model, settings.asking) | {"sample": sample, "seed": seed}
        named = {
            key: {value: group.to_json() for value, group in members.items()}
            for key, members in groups.items()
        }
        print_json(summary.to_json() | facts | {"groups": named})
        return
    sections = [{"all": _cells(summary)}]
    sections += [
        {f"{key} {value}": _cells(group) for value, group in members.items()}
        for key, members in groups.items()
    ]
    title = "tool choice on human speech, per cent of rows"
    print_table(title, ("rows", "right", "acceptable", "any call"), sections)
    print(f"{model_line(model, settings.asking)}, sample {sample}, seed {seed}")


def _cells(summary: HumanSummary) -> tuple[str, ...]:
    fractions = (summary.right, summary.acceptable, summary.any_call)
    return (str(summary.rows), *(f"{100 * fraction:.1f}" for fraction in fractions))
