"""One training step: the learning rate, the gradient, and the change of the parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from agent.model.train._network import Noise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.model.train._batches import MicroBatch
    from agent.model.train._network import Network
    from agent.model.train._options import Recipe


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step: the loss of an answer token, weighted; the gradient's norm; tokens read, without padding."""

    loss: float
    gradient: float
    tokens: int


def rate(recipe: Recipe, step: int, steps: int) -> float:
    """Return the factor of the learning rate at a step (from 0): a rise, then a cosine to the floor."""
    warm_up = min(recipe.warm_up, max(1, steps // 2))
    if step < warm_up:
        return (step + 1) / warm_up
    share = (step - warm_up) / max(1, steps - warm_up)
    return recipe.floor + (1 - recipe.floor) * (1 + math.cos(math.pi * share)) / 2


def make_optimiser(network: Network, recipe: Recipe) -> torch.optim.AdamW:
    """Return AdamW without decay; the control rows have a rate of their own."""
    adapters = [value for value in network.trainable.values() if value is not network.rows]
    groups = [
        {"params": adapters, "factor": 1.0},
        {"params": [network.rows], "factor": recipe.rows_factor},
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, weight_decay=0.0)


def gradients(network: Network, parts: Sequence[MicroBatch], noise: Noise | None = None) -> float:
    """Add the gradient of the mean weighted loss of all parts together to the parameters; return the loss."""
    weight = float(sum(part.weights.sum() for part in parts))
    loss = 0.0
    for part in parts:
        states = network.hidden(part.ids, part.layout, noise).flatten(0, 1)[part.places]
        total, _ = network.loss(states, part.targets, part.weights / weight)
        total.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        loss += float(total.detach())
    return loss


def noise_of(recipe: Recipe, step: int) -> Noise | None:
    """Return the noise of a step, the same whether the run was stopped before it or not."""
    if not recipe.noise:
        return None
    return Noise(recipe.noise, torch.Generator().manual_seed(recipe.seed << 32 | step))


def train_step(
    network: Network,
    optimiser: torch.optim.Optimizer,
    parts: Sequence[MicroBatch],
    recipe: Recipe,
    factor: float,
    step: int = 0,
) -> StepResult:
    """Run one step with ``factor`` times the full learning rate; its number decides the noise."""
    for group in optimiser.param_groups:
        group["lr"] = recipe.learning_rate * factor * group["factor"]
    optimiser.zero_grad()
    loss = gradients(network, parts, noise_of(recipe, step))
    norm = torch.nn.utils.clip_grad_norm_(network.trainable.values(), recipe.clip, error_if_nonfinite=True)
    optimiser.step()
    network.refresh()
    return StepResult(loss, float(norm), sum(part.tokens for part in parts))
