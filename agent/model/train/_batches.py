"""Which rows a step takes, and how they are laid out so that little of the work is padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.model.train._rows import Example

MOST_TOKENS = 2048
"""Tokens of a micro-batch, padding included: about 1 GB of activations."""

_FIXED_COST = 128
"""What a micro-batch costs beside its tokens, in tokens (measured: about 0.1 s of two cores)."""

_FEWEST_ROWS = 2
"""A compiled layer is specialised for one row; a row of padding is cheaper than a second compilation."""


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """Examples as tensors: ``ids`` [rows, time], and for each answer token where its prediction is.

    ``places`` index the states flattened to [rows * time]; ``owners`` say which example a token is of.
    """

    ids: Tensor
    places: Tensor
    targets: Tensor
    weights: Tensor
    owners: Tensor
    examples: tuple[Example, ...]


def step_indices(count: int, batch: int, seed: int, step: int) -> list[int]:
    """Return the examples of a step (from 0): consecutive parts of an endless row of shuffled epochs."""
    indices: list[int] = []
    start = step * batch
    for epoch in range(start // count, (start + batch - 1) // count + 1):
        order = np.random.default_rng([seed, epoch]).permutation(count)
        first = max(0, start - epoch * count)
        last = min(count, start + batch - epoch * count)
        indices += order[first:last].tolist()
    return indices


def micro_batches(examples: Sequence[Example], most_tokens: int = MOST_TOKENS) -> list[MicroBatch]:
    """Part the examples by length such that tokens, padding and parts together cost least."""
    ordered = sorted(examples, key=lambda example: (example.length, example.id))
    # best[i]: the least cost of the first i examples, and where their last part begins.
    best: list[tuple[int, int]] = [(0, 0)]
    for end in range(1, len(ordered) + 1):
        longest = ordered[end - 1].length
        choices = []
        for start in range(end - 1, -1, -1):
            tokens = longest * max(end - start, _FEWEST_ROWS)
            if tokens > most_tokens and start < end - 1:
                break
            choices.append((best[start][0] + tokens + _FIXED_COST, start))
        best.append(min(choices))
    parts: list[MicroBatch] = []
    end = len(ordered)
    while end:
        start = best[end][1]
        parts.append(collate(ordered[start:end]))
        end = start
    return parts


def collate(examples: Sequence[Example]) -> MicroBatch:
    """Pad examples on the right and say which states predict which answer tokens."""
    time = max(example.length for example in examples)
    ids = torch.zeros(max(len(examples), _FEWEST_ROWS), time, dtype=torch.long)
    places: list[Tensor] = []
    for row, example in enumerate(examples):
        ids[row, : example.length] = torch.from_numpy(example.ids[:-1])
        places.append(torch.arange(example.answer - 1, example.length) + row * time)
    counts = torch.tensor([len(example.weights) for example in examples])
    return MicroBatch(
        ids=ids,
        places=torch.cat(places),
        targets=torch.from_numpy(np.concatenate([example.ids[example.answer :] for example in examples])),
        weights=torch.from_numpy(np.concatenate([example.weights for example in examples])),
        owners=torch.repeat_interleave(torch.arange(len(examples)), counts),
        examples=tuple(examples),
    )
