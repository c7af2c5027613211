"""``intent-agent model data``: makes the training rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.model.data import DataOptions, write_data


def data(
    out: Annotated[Path, typer.Option(help="The training file (JSON lines).")],
    rows: Annotated[int, typer.Option(min=1, help="How many training rows.")] = 40_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    validation: Annotated[Path | None, typer.Option(help="The file of held-out phrases and values.")] = None,
    validation_rows: Annotated[int, typer.Option(min=1, help="How many validation rows.")] = 600,
    languages: Annotated[str, typer.Option(help="Languages with shares: en=6,de=1.")] = "en",
    avoid: Annotated[
        list[Path] | None,
        typer.Option(help="Evaluation file; rows that say the same or share eight words in a row go."),
    ] = None,
) -> None:
    """Make training rows from the phrase files."""
    try:
        options = DataOptions(seed=seed, languages=_shares(languages))
        result = write_data(
            out,
            rows=rows,
            options=options,
            validation=validation,
            validation_rows=validation_rows,
            avoid=tuple(avoid or ()),
        )
    except ValueError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"{result.training}: {result.rows} rows, {result.dropped} dropped, sha256 {result.sha256}")
    if result.validation is not None:
        typer.echo(f"{result.validation}: {result.validation_rows} rows")


def _shares(text: str) -> dict[str, float]:
    shares: dict[str, float] = {}
    for part in text.split(","):
        lang, _, share = part.partition("=")
        try:
            shares[lang.strip()] = float(share or 1)
        except ValueError:
            raise ValueError(f"{part!r} should be a language or language=share, as in en=6,de=1") from None
    return shares
