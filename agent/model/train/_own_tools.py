"""A run that teaches a user's own tools: its data, and the recipe that goes on from an adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import default_adapter, file_sha256, load_adapter
from agent.model.data._examples import ExamplesError
from agent.model.data._mixture import OwnData, read_own_data, write_own_data
from agent.model.train._options import CHECKPOINT, Recipe, TrainingError
from tools_schema import load_tool_set

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 250
LEARNING_RATE = 2e-4
WARM_UP = 20
VALIDATE_EVERY = 50


def continued_recipe(start: Path) -> Recipe:
    """Return the recipe for going on from an adapter: its rank, scale and rounding, at half the rate.

    Raises:
        AdapterError: the adapter cannot be read.

    """
    adapter = load_adapter(start)
    rank = next(value.shape[0] for name, value in adapter.tensors.items() if name.endswith(".lora_a"))
    return Recipe(
        rank=rank,
        alpha=adapter.metadata.scale * rank,
        learning_rate=LEARNING_RATE,
        warm_up=WARM_UP,
        attention=adapter.metadata.recipe.attention,
        feed_forward=adapter.metadata.recipe.feed_forward,
        embedding=adapter.metadata.recipe.embedding,
    )


def start_adapter(start: Path | None, base: Path | None) -> Path:
    """Return the adapter to go on from: the given one, or the packaged one of the base model."""
    found = start or default_adapter(base)
    if found is None:
        raise TrainingError("this package has no adapter; name one to start from with --from")
    return found


def write_data_for_run(
    run: Path, start: Path, tools: Path, examples: Path, *, declared: bool, seed: int, resume: bool
) -> OwnData:
    """Write the data for a user's tools into the run's folder, or return those of the run that goes on.

    Raises:
        TrainingError: the folder has another run.
        ModelFileMissing: a run goes on, and the examples cannot be read.
        ToolSchemaError: the tools have mistakes.
        ExamplesError: the examples have mistakes.
        AdapterError: the adapter to start from cannot be read.

    """
    if (run / CHECKPOINT).exists():
        if not resume:
            raise TrainingError(f"{run} has a run: go on with --resume, or name another folder")
        return _data_of_run(run, tools, examples, declared=declared, seed=seed)
    metadata = load_adapter(start).metadata
    return write_own_data(
        run,
        tools,
        examples,
        known_signatures=metadata.known_signatures,
        languages=metadata.languages,
        declared=declared,
        seed=seed,
    )


def _data_of_run(run: Path, tools: Path, examples: Path, *, declared: bool, seed: int) -> OwnData:
    """Return the data that a run was begun with, where they are those of the tools and examples given.

    Nothing is written: the checkpoint needs the very rows, and another version of this package makes others.
    """
    try:
        data, manifest = read_own_data(run)
    except ExamplesError as error:
        raise TrainingError(
            f"{run} has a run, but not the data for --tools that it could go on with ({error.message}); give "
            "the --data and --validation that it was begun with, or name another folder",
            path=str(run),
        ) from error
    differences = [
        difference
        for difference, differs in (
            (f"other tools than {tools} has now", manifest.tools != _signatures(tools)),
            (f"other examples than {examples} has now", manifest.examples_sha256 != file_sha256(examples)),
            ("--declared" if manifest.declared else "no --declared", manifest.declared != declared),
            (f"--seed {manifest.seed}", manifest.seed != seed),
        )
        if differs
    ]
    if differences:
        raise TrainingError(
            f"the run in {run} was begun with {' and '.join(differences)}; give the same to go on, or name "
            "another folder for a new run",
            path=str(run),
        )
    return data


def _signatures(tools: Path) -> dict[str, str]:
    return {tool.name: tool.signature for tool in load_tool_set(tools).tools}
