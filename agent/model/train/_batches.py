"""Which rows a step takes, and how they are packed so that every step has the same few tensor shapes.

oneDNN compiles a kernel for every shape that it has not seen; rows of their own lengths kept it compiling
for half of the time. So rows are packed into blocks of 256, 512 or 1,024 tokens, and blocks into
micro-batches of 2,048 tokens: three shapes in all. A mask keeps the rows of a block apart; rotary positions
may run on through a block, since only differences of positions matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from agent.model.train._options import MICRO_BATCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent.model.train._rows import Example

BLOCKS = (256, 512, 1024)
"""The lengths of a block, in tokens. No row may be longer than the last."""

_OPEN_BLOCKS = 48
"""Blocks of each length that are filled at a time: with more, less is padding, but rows move further."""


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """Blocks of packed examples as tensors: ``ids`` and ``rows`` [blocks, time].

    ``rows`` numbers the example that a token belongs to within its block, -1 for padding. ``places`` index
    the states flattened to [blocks * time]: where each answer token's prediction is; ``owners`` say which
    of ``examples`` it is of. ``tokens`` counts what is read, without padding.
    """

    ids: Tensor
    rows: Tensor
    places: Tensor
    targets: Tensor
    weights: Tensor
    owners: Tensor
    examples: tuple[Example, ...]

    @property
    def tokens(self) -> int:
        """Return how many tokens are read, padding left out."""
        return sum(example.length for example in self.examples)


class Schedule:
    """The micro-batches of an endless row of epochs; each epoch packs all examples in an order of its own."""

    def __init__(self, examples: Sequence[Example], seed: int) -> None:
        self._examples = examples
        self._seed = seed
        self._ends: list[int] = []
        """Of each epoch planned so far, the number of the micro-batch after its last."""
        self._epoch: list[list[list[Example]]] = []

    def take(self, number: int) -> MicroBatch:
        """Return a micro-batch by its number (from 0). To go back to an earlier epoch takes its time."""
        if self._ends and number < self._ends[-1] - len(self._epoch):
            self._ends = []
        while not self._ends or number >= self._ends[-1]:
            order = np.random.default_rng([self._seed, len(self._ends)]).permutation(len(self._examples))
            packed = list(pack(self._examples[index] for index in order))
            self._epoch = [packed[index] for index in self._shuffled(len(packed))]
            self._ends.append(len(packed) + (self._ends[-1] if self._ends else 0))
        return collate(self._epoch[number - self._ends[-1]])

    def _shuffled(self, count: int) -> Sequence[int]:
        # Packing leaves the hardly filled micro-batches at the end.
        return [int(i) for i in np.random.default_rng([self._seed, len(self._ends), 1]).permutation(count)]


def pack(examples: Iterator[Example] | Sequence[Example]) -> Iterator[list[list[Example]]]:
    """Yield micro-batches as lists of blocks, each a list of examples that fit into it together.

    Every example goes into the fullest open block that has room for it.
    """
    opened: dict[int, list[_Block]] = {size: [] for size in BLOCKS}
    closed: dict[int, list[list[Example]]] = {size: [] for size in BLOCKS}
    for example in examples:
        room = [
            (size - block.length - example.length, size, index)
            for size in BLOCKS
            for index, block in enumerate(opened[size])
            if block.length + example.length <= size
        ]
        if room:
            _, size, index = min(room)
            opened[size][index].add(example)
            continue
        size = next(size for size in BLOCKS if example.length <= size)
        opened[size].append(_Block([example], example.length))
        if len(opened[size]) > _OPEN_BLOCKS:
            fullest = max(opened[size], key=lambda block: block.length)
            opened[size].remove(fullest)
            closed[size].append(fullest.examples)
            if len(closed[size]) * size == MICRO_BATCH:
                yield closed[size]
                closed[size] = []
    for size in BLOCKS:
        blocks = closed[size] + [block.examples for block in opened[size]]
        count = MICRO_BATCH // size
        yield from (blocks[start : start + count] for start in range(0, len(blocks), count))


@dataclass(slots=True, eq=False)
class _Block:
    """A block that is being filled, with its length kept: it is asked for each example that comes by."""

    examples: list[Example]
    length: int

    def add(self, example: Example) -> None:
        self.examples.append(example)
        self.length += example.length


def _length(block: Sequence[Example]) -> int:
    return sum(example.length for example in block)


def collate(blocks: Sequence[Sequence[Example]]) -> MicroBatch:
    """Lay the blocks out as tensors; blocks of padding are added up to `MICRO_BATCH`."""
    longest = max(_length(block) for block in blocks)
    time = next(size for size in BLOCKS if longest <= size)
    ids = np.zeros((MICRO_BATCH // time, time), dtype=np.int64)
    rows = np.full(ids.shape, -1, dtype=np.int64)
    places = []
    for number, block in enumerate(blocks):
        start = 0
        for row, example in enumerate(block):
            end = start + example.length
            ids[number, start:end] = example.ids[:-1]
            rows[number, start:end] = row
            places.append(np.arange(start + example.answer - 1, end) + number * time)
            start = end
    examples = tuple(example for block in blocks for example in block)
    counts = torch.tensor([len(example.weights) for example in examples])
    return MicroBatch(
        ids=torch.from_numpy(ids),
        rows=torch.from_numpy(rows),
        places=torch.from_numpy(np.concatenate(places)),
        targets=torch.from_numpy(np.concatenate([example.ids[example.answer :] for example in examples])),
        weights=torch.from_numpy(np.concatenate([example.weights for example in examples])),
        owners=torch.repeat_interleave(torch.arange(len(examples)), counts),
        examples=examples,
    )
