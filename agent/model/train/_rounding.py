"""Which weights are rounded to the format that the model's file will store them in, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from agent.model._quantise import WeightFormat, rounded
from agent.model.train._network import EMBEDDING, PROJECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.model.train._options import Recipe


def roundings(recipe: Recipe) -> dict[str, Callable[[torch.Tensor], torch.Tensor]]:
    """Return how each kind of weights is rounded, by its name; kinds that stay as they are have none."""
    formats = {EMBEDDING: recipe.embedding}
    for name in PROJECTIONS:
        formats[name] = recipe.attention if name.startswith("attn_") else recipe.feed_forward
    return {name: _rounding(stored_as) for name, stored_as in formats.items() if stored_as is not None}


def _rounding(stored_as: WeightFormat) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda values: torch.from_numpy(rounded(values.detach().numpy(), stored_as))
