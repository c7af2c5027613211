"""A stopped run's state: one safetensors file that is complete or not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import safetensors
import safetensors.torch
import torch
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.model._files import replacing
from agent.model.train._options import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

_KEY = "training"
_MOMENTS = ("exp_avg", "exp_avg_sq")


class Progress(BaseModel):
    """How far a run has come. The data's position follows from ``step``."""

    model_config = ConfigDict(frozen=True)

    step: int = 0
    """Steps done."""
    steps: int
    """Steps planned."""
    seconds: float = 0.0
    """Time spent in steps and validations, over all sittings."""
    best_step: int = 0
    best_exact: float = 0.0
    best_loss: float = 0.0
    fingerprint: str
    """What must be the same for a run to go on; see `fingerprint` in ``_identity.py``."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Parameters, the optimiser's moments, and progress."""

    progress: Progress
    tensors: Mapping[str, Tensor]


def save_checkpoint(
    path: Path, progress: Progress, parameters: Mapping[str, Tensor], optimiser: torch.optim.Optimizer
) -> None:
    """Write the state of a run between two steps."""
    tensors = {f"parameter.{name}": value.detach() for name, value in parameters.items()}
    for name, value in parameters.items():
        state = optimiser.state.get(value, {})
        tensors |= {f"{moment}.{name}": state[moment] for moment in _MOMENTS if moment in state}
    data = safetensors.torch.save(tensors, metadata={_KEY: progress.model_dump_json()})
    with replacing(path) as unfinished:
        unfinished.write_bytes(data)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        TrainingError: there is none, or it is damaged.

    """
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            progress = Progress.model_validate_json((file.metadata() or {}).get(_KEY, ""))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, safetensors.SafetensorError, ValidationError) as error:
        raise TrainingError(
            f"there is no usable checkpoint {path} ({error}); start without --resume", path=str(path)
        ) from error
    return Checkpoint(progress, tensors)


def restore(
    checkpoint: Checkpoint, parameters: Mapping[str, Tensor], optimiser: torch.optim.Optimizer
) -> None:
    """Put a checkpoint's state into parameters and optimiser."""
    with torch.no_grad():
        for name, value in parameters.items():
            value.copy_(checkpoint.tensors[f"parameter.{name}"])
            moments = {
                moment: checkpoint.tensors[f"{moment}.{name}"].clone()
                for moment in _MOMENTS
                if f"{moment}.{name}" in checkpoint.tensors
            }
            if moments:
                optimiser.state[value] = {"step": torch.tensor(float(checkpoint.progress.step)), **moments}
