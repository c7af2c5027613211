"""``intent-agent model``: builds, shows and checks the model file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from agent.cli._output import ExitCode, print_json
from agent.cli._progress import build_progress
from agent.cli._request import JsonOption
from agent.cli.model_data import data
from agent.cli.model_train import train
from agent.model import (
    Manifest,
    QuantisationPlan,
    WeightFormat,
    build_model,
    cached_model,
    default_adapter,
    ensure_model,
    file_sha256,
    is_built,
    packaged_base,
    read_base,
    read_manifest,
)
from agent.model import verify as verify_model

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["app"]

app = typer.Typer(
    help="Build, show and check the model file, and train its adapter.",
    no_args_is_help=True,
)
app.command()(data)
app.command()(train)

FileArgument = Annotated[
    Path | None, typer.Argument(help="A model file; the built one in the cache folder when absent.")
]
_PLAN = QuantisationPlan()
_MOST_LISTED = 12


@app.command()
def build(
    base: Annotated[
        Path | None, typer.Option(help="Base model (GGUF); the packaged one when absent.")
    ] = None,
    adapter: Annotated[
        Path | None, typer.Option(help="Adapter file; the one in this package when absent.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write; the cache folder when absent.")] = None,
    matrices: Annotated[
        WeightFormat, typer.Option(help="Format of the layers' matrices; with --out.")
    ] = _PLAN.matrices,
    embedding: Annotated[
        WeightFormat, typer.Option(help="Format of the embedding; with --out.")
    ] = _PLAN.embedding,
    json: JsonOption = False,
) -> None:
    """Build the model file from the base model and the adapter.

    Into the cache folder only when it is not there and right already; to --out always.
    """
    plan = QuantisationPlan(embedding=embedding, matrices=matrices)
    if out is None and plan != _PLAN:
        raise typer.BadParameter("other formats than the usual need --out", param_hint="--out")
    with build_progress() as progress:
        if out is None:
            path = ensure_model(progress, base=base, adapter=adapter)
        else:
            path = out
            build_model(
                base or packaged_base(), adapter or default_adapter(), out, plan=plan, progress=progress
            )
    _show(path, as_json=json)


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
    read_base(path)
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
    facts = _facts(path, read_manifest(path))
    if as_json:
        print_json(facts)
        return
    table = Table(show_header=False, box=None)
    table.add_column()
    table.add_column(overflow="fold")
    for name, value in _flat(facts):
        table.add_row(name.replace("_", " "), value)
    Console().print(table)


def _flat(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if isinstance(value, dict):
            yield from _flat(value)
        elif isinstance(value, list) and len(value) > _MOST_LISTED:
            yield name, f"{len(value)} (all with --json)"
        elif isinstance(value, list):
            yield name, ", ".join(map(str, value)) or "none"
        else:
            yield name, "none" if value is None else str(value)


def _facts(path: Path, manifest: Manifest | None) -> dict[str, Any]:
    base = read_base(path)
    facts: dict[str, Any] = {
        "path": str(path),
        "name": base.metadata.get("general.name", path.stem),
        "size": path.stat().st_size,
        "sha256": manifest.sha256 if manifest else file_sha256(path),
        "layers": base.config.layers,
        "width": base.config.width,
        "vocabulary_size": len(base.tokens),
        "prompt_order": manifest.prompt_order if manifest else "OFFICIAL",
    }
    if manifest:
        rest = manifest.model_dump(
            mode="json", exclude={"format", "sha256", "size", "vocabulary_size", "prompt_order"}
        )
        facts |= rest
    return facts
