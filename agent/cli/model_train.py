"""``intent-agent model train``: trains the adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli._output import KNOWN_ERRORS, ExitCode, fail
from agent.model import WeightFormat, named_base
from agent.model.train import Options, Precision, Recipe, TrainingError
from agent.model.train import train as run_training
from agent.model.train._own_tools import (
    STEPS,
    VALIDATE_EVERY,
    continued_recipe,
    start_adapter,
    write_data_for_run,
)
from agent.model.train._terminal import terminal_reporter

__all__ = ["train"]

_DEFAULTS = Recipe()


def train(
    run: Annotated[Path, typer.Option(help="Folder of checkpoints, log, plot and record.")],
    data: Annotated[
        Path | None, typer.Option(help="Training rows (JSON lines), as `model data` writes them.")
    ] = None,
    validation: Annotated[Path | None, typer.Option(help="Held-out rows.")] = None,
    tools: Annotated[
        Path | None, typer.Option(help="Instead of --data: teach the tools of this folder of .proto files.")
    ] = None,
    examples: Annotated[
        Path | None, typer.Option(help="Requests with their calls (JSON lines), for --tools.")
    ] = None,
    declared: Annotated[
        bool, typer.Option("--declared", help="With --tools: prompts will go on declaring these tools.")
    ] = False,
    steps: Annotated[
        int | None, typer.Option(min=1, help=f"How many steps; {STEPS} with --tools when absent.")
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="Instead of --steps: about how long.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the adapter as well.")] = None,
    batch_tokens: Annotated[
        int, typer.Option(min=2048, help="Tokens a step, a multiple of 2048; a row has about 70.")
    ] = _DEFAULTS.batch_tokens,
    rank: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Rank of the adapters, 16 when absent, with --tools that of the adapter to start from; "
            "alpha is twice that.",
        ),
    ] = None,
    lr: Annotated[
        float | None,
        typer.Option(help="The highest learning rate; 4e-4 when absent, 2e-4 with --tools."),
    ] = None,
    warm_up: Annotated[
        int | None,
        typer.Option(min=1, help="Steps until it is reached; 50 when absent, 20 with --tools."),
    ] = None,
    decision_weight: Annotated[
        float, typer.Option(help="Weight of the tokens that decide whether to call (again).")
    ] = _DEFAULTS.decision_weight,
    noise: Annotated[
        float,
        typer.Option(min=0.0, max=0.99, help="Noise on the embeddings of what is read, as a share of them."),
    ] = _DEFAULTS.noise,
    attention: Annotated[
        WeightFormat | None,
        typer.Option(
            help="Format of q, k, v and output in the built file, to train for its rounding; with --tools as "
            "the adapter to start from was. So for the next two."
        ),
    ] = None,
    feed_forward: Annotated[WeightFormat | None, typer.Option(help="That of gate, up and down.")] = None,
    embedding: Annotated[WeightFormat | None, typer.Option(help="That of the embedding.")] = None,
    vocabulary: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Choose this many entries of the vocabulary by the data; when absent, those of the adapter "
            "to start from.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Order of the rows and first values.")] = _DEFAULTS.seed,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads; all cores when absent.")] = None,
    precision: Annotated[Precision, typer.Option(help="Of the frozen weights.")] = Precision.AUTO,
    fuse: Annotated[
        bool | None,
        typer.Option("--compile/--no-compile", help="Compile a layer to C++; if a compiler is found."),
    ] = None,
    validate_every: Annotated[
        int | None, typer.Option(min=1, help="Steps between validations; 250, or 50 with --tools.")
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option(help="Base model: GGUF, safetensors or folder, or smollm2; if absent the packaged one."),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option("--from", help="An adapter to start from; with --tools the packaged one when absent."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the folder's checkpoint, if there is one.")
    ] = False,
) -> None:
    """Train the adapter on generated rows, or teach it your own tools from examples.

    A stopped run (Ctrl-C, or a termination signal) saves itself; the same command with --resume goes on.
    """
    try:
        recipe = _DEFAULTS
        base = named_base(base)
        if tools is not None and examples is not None and data is None and validation is None:
            start = start_adapter(start, base)
            recipe = continued_recipe(start)
            own = write_data_for_run(run, start, tools, examples, declared=declared, seed=seed, resume=resume)
            data, validation = own.training, own.validation
            steps = STEPS if steps is None and minutes is None else steps
            validate_every = validate_every or VALIDATE_EVERY
            typer.echo(f"{own.examples} examples, {own.held_out} of them held out", err=True)
            if own.untaught:
                typer.echo(f"no example calls {', '.join(own.untaught)}: not taught", err=True)
        elif data is None or validation is None or tools is not None or examples is not None or declared:
            raise TrainingError("give --data and --validation, or --tools and --examples (and --declared)")
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
                rank=rank or recipe.rank,
                alpha=recipe.scale * (rank or recipe.rank),
                learning_rate=lr if lr is not None else recipe.learning_rate,
                warm_up=warm_up or recipe.warm_up,
                decision_weight=decision_weight,
                noise=noise,
                seed=seed,
                attention=attention or recipe.attention,
                feed_forward=feed_forward or recipe.feed_forward,
                embedding=embedding or recipe.embedding,
                vocabulary=vocabulary,
            ),
            threads=threads,
            precision=precision,
            fuse=fuse,
            validate_every=validate_every or 250,
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
