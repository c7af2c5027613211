"""A run that teaches a user's own tools: its data, and the recipe that goes on from an adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import default_adapter, load_adapter
from agent.model.data._mixture import OwnData, write_own_data
from agent.model.train._options import CHECKPOINT, Recipe, TrainingError

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 250
LEARNING_RATE = 2e-4
WARM_UP = 20
VALIDATE_EVERY = 50


def continued_recipe(start: Path) -> Recipe:
    """Return the recipe for going on from an adapter: its rank, scale and rounding, at a quarter of the rate.

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
    """Write the data for a user's tools into the run's folder.

    Raises:
        TrainingError: the folder has another run.
        ToolSchemaError: the tools have mistakes.
        ExamplesError: the examples have mistakes.
        AdapterError: the adapter to start from cannot be read.

    """
    if (run / CHECKPOINT).exists() and not resume:
        raise TrainingError(f"{run} has a run: go on with --resume, or name another folder")
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
