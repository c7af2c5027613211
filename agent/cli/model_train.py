"""``intent-agent model train``: trains the adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli._output import KNOWN_ERRORS, ExitCode, fail
from agent.model import WeightFormat
from agent.model.train import Options, Precision, Recipe
from agent.model.train import train as run_training
from agent.model.train._terminal import terminal_reporter

__all__ = ["train"]

_DEFAULTS = Recipe()


def train(
    data: Annotated[Path, typer.Option(help="Training rows (JSON lines), as `model data` writes them.")],
    validation: Annotated[Path, typer.Option(help="Held-out rows.")],
    run: Annotated[Path, typer.Option(help="Folder of checkpoints, log, plot and record.")],
    steps: Annotated[int | None, typer.Option(min=1, help="How many steps.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Instead of --steps: about how long.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the adapter as well.")] = None,
    batch_tokens: Annotated[
        int, typer.Option(min=2048, help="Tokens a step, a multiple of 2048; a row has about 70.")
    ] = _DEFAULTS.batch_tokens,
    rank: Annotated[
        int, typer.Option(min=1, help="Rank of the adapters; alpha is twice that.")
    ] = _DEFAULTS.rank,
    lr: Annotated[float, typer.Option(help="The highest learning rate.")] = _DEFAULTS.learning_rate,
    warm_up: Annotated[int, typer.Option(min=1, help="Steps until it is reached.")] = _DEFAULTS.warm_up,
    decision_weight: Annotated[
        float, typer.Option(help="Weight of the tokens that decide whether to call (again).")
    ] = _DEFAULTS.decision_weight,
    feed_forward: Annotated[
        WeightFormat | None,
        typer.Option(help="Format of gate, up and down in the built file, to train for its rounding."),
    ] = _DEFAULTS.feed_forward,
    seed: Annotated[int, typer.Option(help="Order of the rows and first values.")] = _DEFAULTS.seed,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads; all cores when absent.")] = None,
    precision: Annotated[Precision, typer.Option(help="Of the frozen weights.")] = Precision.AUTO,
    fuse: Annotated[
        bool | None,
        typer.Option("--compile/--no-compile", help="Compile a layer to C++; if a compiler is found."),
    ] = None,
    validate_every: Annotated[int, typer.Option(min=1, help="Steps between validations.")] = 250,
    base: Annotated[
        Path | None, typer.Option(help="Base model (GGUF); the packaged one when absent.")
    ] = None,
    start: Annotated[
        Path | None, typer.Option("--from", help="An adapter to start from, such as the packaged one.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the folder's checkpoint, if there is one.")
    ] = False,
) -> None:
    """Train the adapter on generated rows.

    A stopped run (Ctrl-C, or a termination signal) saves itself; the same command with --resume goes on.
    """
    try:
        options = Options(
            data=data,
            validation=validation,
            run=run,
            out=out,
            base=base,
            start=start,
            steps=steps,
            minutes=minutes,
            recipe=Recipe(
                batch_tokens=batch_tokens,
                rank=rank,
                alpha=2.0 * rank,
                learning_rate=lr,
                warm_up=warm_up,
                decision_weight=decision_weight,
                seed=seed,
                feed_forward=feed_forward,
            ),
            threads=threads,
            precision=precision,
            fuse=fuse,
            validate_every=validate_every,
            resume=resume,
        )
        with terminal_reporter() as reporter:
            result = run_training(options, reporter)
    except KNOWN_ERRORS as error:
        fail(error)
    if not result.finished:
        typer.echo(f"stopped after step {result.step} of {result.steps}; go on with --resume")
        raise typer.Exit(ExitCode.NOT_DONE)
    typer.echo(
        f"{result.adapter}: {100 * result.exact:.1f} % of held-out rows exact (step {result.best_step}), "
        f"{result.seconds / 60:.0f} minutes"
    )
