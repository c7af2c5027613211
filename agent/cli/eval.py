"""``intent-agent eval``: how much of evaluation files, human speech or BFCL is planned right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from agent._tool_sets import DEFAULT_TOOL_SET
from agent.cli import _eval_bfcl, _eval_files, _eval_human
from agent.cli._request import EngineOption, JsonOption, ModelOption, ToolFoldersOption, settings_of
from agent.engines import EngineName
from agent.planning import Asking

__all__ = ["evaluate"]


def evaluate(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Evaluation files, one JSON object a line.")
    ] = None,
    human: Annotated[
        Path | None, typer.Option("--human", help="Instead: choice of tools on things people said.")
    ] = None,
    bfcl: Annotated[
        str | None,
        typer.Option("--bfcl", help="Instead: BFCL categories (simple_python,multiple,irrelevance)."),
    ] = None,
    sample: Annotated[
        int, typer.Option("--sample", min=0, help="Rows a tool (--human) or a category (--bfcl); 0: all.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Which rows the sample has.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write one result line a row to this file.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write the error report and confusion matrix here.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Only the first rows of each file; 0 means all.")
    ] = 0,
    declare_all: Annotated[
        bool, typer.Option("--declare-all", help="Declare also the tools that the model knows in the prompt.")
    ] = False,
    caution: Annotated[
        float, typer.Option("--caution", help="Nats by which a call has to be likelier: decision 0012.")
    ] = Asking().caution,
    first_answers: Annotated[
        bool, typer.Option("--first-answers", help="Without second answers: decisions 0014 and 0015.")
    ] = False,
    model: ModelOption = None,
    engine: EngineOption = EngineName.LLAMACPP,
    tools: ToolFoldersOption = None,
    json: JsonOption = False,
) -> None:
    """Plan every row as the service does, and print what is right.

    With --json the summary is one object on the last line.
    """
    if sum(map(bool, (files, human, bfcl))) != 1:
        raise typer.BadParameter("give evaluation files, or --human FILE, or --bfcl CATEGORIES")
    if (human or bfcl) and (report or limit):
        raise typer.BadParameter("--report and --limit are for evaluation files; use --out and --sample")
    if bfcl and declare_all:
        raise typer.BadParameter("--declare-all says nothing new for --bfcl, which declares all its tools")
    if files and sample:
        raise typer.BadParameter("--sample is for --human and --bfcl; evaluation files have --limit")
    chosen = settings_of(model, tools, engine=engine)
    asking = Asking(declare_all=declare_all, caution=caution, again=not first_answers)
    settings = replace(chosen, tool_sets=(DEFAULT_TOOL_SET,), asking=asking)
    if human:
        _eval_human.run(human, settings, sample=sample, seed=seed, out=out, json=json)
    elif bfcl:
        _eval_bfcl.run(bfcl, settings, sample=sample, seed=seed, out=out, json=json)
    else:
        _eval_files.run(files or [], settings, limit=limit, out=out, report=report, json=json)
