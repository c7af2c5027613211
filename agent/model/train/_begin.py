"""Where a run's parameters begin: at its own checkpoint, or at the adapter of another run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from agent.model import load_adapter
from agent.model.train._checkpoint import Progress, load_checkpoint, restore
from agent.model.train._options import CHECKPOINT, Options, Recipe, TrainingError

if TYPE_CHECKING:
    from pathlib import Path

    from agent.model.train._network import Network
    from agent.model.train._report import Reporter


def go_on(
    options: Options, mark: str, network: Network, optimiser: torch.optim.Optimizer, reporter: Reporter
) -> Progress:
    """Take up the run's checkpoint; ``mark`` is the fingerprint that it has to have.

    Raises:
        TrainingError: it cannot be read, or is of a run with other data, options, precision or steps.

    """
    path = options.run / CHECKPOINT
    checkpoint = load_checkpoint(path)
    if checkpoint.progress.fingerprint != mark:
        raise TrainingError(
            f"{path} was made with other data, options or precision; give the same ones, or start in "
            "another folder",
            path=str(path),
        )
    if options.steps not in (None, checkpoint.progress.steps):
        raise TrainingError(
            f"the run was planned with {checkpoint.progress.steps} steps, "
            "which its learning rate follows; give the same number"
        )
    restore(checkpoint, network.trainable, optimiser)
    network.refresh()
    reporter.note(f"going on after step {checkpoint.progress.step}")
    return checkpoint.progress


def start_from(path: Path, recipe: Recipe, network: Network, reporter: Reporter) -> None:
    """Give the network what the adapter at a path has learnt.

    Raises:
        TrainingError: the adapter has a higher rank than the recipe, or another scale.
        ModelFileError: it cannot be read.

    """
    adapter = load_adapter(path)
    parameters = network.trainable
    fits = adapter.metadata.scale == recipe.scale and parameters.keys() == adapter.tensors.keys()
    if not fits or any(
        have > want
        for name, value in parameters.items()
        for have, want in zip(adapter.tensors[name].shape, value.shape, strict=True)
    ):
        raise TrainingError(
            f"{path} has a higher rank or another scale than the recipe; give the --rank of its training",
            path=str(path),
        )
    with torch.no_grad():
        for name, value in parameters.items():
            learnt = torch.from_numpy(adapter.tensors[name])
            # A lower rank is widened: the new columns of B are zero, so nothing changes yet.
            value[tuple(slice(size) for size in learnt.shape)] = learnt.float()
    network.refresh()
    reporter.note(f"starting from {path.name}, trained for {adapter.metadata.steps} steps")
