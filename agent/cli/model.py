"""``intent-agent model``: builds, shows and checks the model file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from agent.cli._model_facts import facts, flat, summary
from agent.cli._output import ExitCode, print_json
from agent.cli._progress import build_progress
from agent.cli._request import JsonOption
from agent.cli.model_average import average
from agent.cli.model_convert import convert
from agent.cli.model_data import data
from agent.cli.model_train import train
from agent.model import (
    QuantisationPlan,
    WeightFormat,
    build_model,
    cached_model,
    default_adapter,
    ensure_model,
    is_built,
    load_adapter,
    named_base,
    packaged_base,
    read_header,
    read_manifest,
)
from agent.model import verify as verify_model

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["app"]

app = typer.Typer(
    help="Build, convert, show and check the model file, and train its adapter.",
    no_args_is_help=True,
)
app.command()(average)
app.command()(convert)
app.command()(data)
app.command()(train)

FileArgument = Annotated[
    Path | None, typer.Argument(help="A model file; the built one in the cache folder when absent.")
]
_NO_ADAPTER = "none"


@app.command()
def build(
    base: Annotated[
        Path | None,
        typer.Option(
            help="Base model: Gemma 3 270M or FunctionGemma as a GGUF file, a safetensors file or a folder "
            "from Hugging Face; a LLaMA as a GGUF file, or 'smollm2', for the engine ctransformers; the "
            "packaged one when absent."
        ),
    ] = None,
    adapter: Annotated[
        str | None,
        typer.Option(help="Adapter file, or 'none' for the base alone; the one in this package when absent."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write; the cache folder when absent.")] = None,
    attention: Annotated[
        WeightFormat | None, typer.Option(help="Format of q, k, v and output; with --out.")
    ] = None,
    feed_forward: Annotated[
        WeightFormat | None,
        typer.Option(help="Format of gate, up and down, else as the adapter wants it; with --out."),
    ] = None,
    embedding: Annotated[
        WeightFormat | None, typer.Option(help="Format of the embedding; with --out.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Build the model file from the base model and the adapter.

    Into the cache folder only when it is not there and right already; to --out always.
    """
    chosen = {"attention": attention, "feed_forward": feed_forward, "embedding": embedding}
    formats = {name: value for name, value in chosen.items() if value is not None}
    if out is None and formats:
        raise typer.BadParameter("a choice of formats needs --out", param_hint="--out")
    bare = adapter == _NO_ADAPTER
    file = None if adapter is None or bare else Path(adapter)
    base = named_base(base)
    with build_progress() as progress:
        if out is None:
            target = ensure_model(progress, base=base, adapter=file, bare=bare)
        else:
            target = out
            used = None if bare else file or default_adapter(base)
            plan = QuantisationPlan.for_adapter(load_adapter(used).metadata if used else None)
            build_model(base or packaged_base(), used, out, plan=replace(plan, **formats), progress=progress)
    manifest = read_manifest(target)
    if json or manifest is None:
        _show(target, as_json=json)
    else:
        _print_table(summary(target, manifest))


@app.command()
def path(json: JsonOption = False) -> None:
    """Print where the built model file is; exit code 3 when it is not built yet, or not right."""
    where, inputs = cached_model(adapter=default_adapter())
    built = is_built(where, inputs)
    if json:
        print_json({"path": str(where), "built": built})
    else:
        typer.echo(str(where))
    if not built:
        raise typer.Exit(ExitCode.NOT_DONE)


@app.command()
def show(file: FileArgument = None, json: JsonOption = False) -> None:
    """Show what a model file is made of and what it knows."""
    _show(file or _built(), as_json=json)


@app.command()
def verify(file: FileArgument = None, json: JsonOption = False) -> None:
    """Check a model file against its manifest; exit code 5 when it is damaged."""
    path = file or _built()
    read_header(path)
    manifest = read_manifest(path)
    if manifest is not None:
        verify_model(path, manifest)
    if json:
        print_json({"path": str(path), "whole": True, "manifest": manifest is not None})
    else:
        compared = "it is the file that was built" if manifest else "it has no manifest to compare it with"
        typer.echo(f"{path}: the file is whole; {compared}")


def _built() -> Path:
    where, _ = cached_model(adapter=default_adapter())
    if not where.is_file():
        typer.echo("error: the model file is not built yet; run: intent-agent model build", err=True)
        raise typer.Exit(ExitCode.NOT_DONE)
    return where


def _show(path: Path, *, as_json: bool) -> None:
    found = facts(path, read_manifest(path))
    if as_json:
        print_json(found)
    else:
        _print_table(flat(found))


def _print_table(lines: Iterable[tuple[str, str]]) -> None:
    table = Table(show_header=False, box=None)
    table.add_column()
    table.add_column(overflow="fold")
    for name, value in lines:
        table.add_row(name.replace("_", " "), value)
    Console().print(table)
