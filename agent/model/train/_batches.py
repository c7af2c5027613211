"""Which rows a step takes, and how they are packed so that every step has the same few tensor shapes.

oneDNN compiles a kernel for every shape that it has not seen; rows of their own lengths kept it compiling
for half of the time. So rows are packed into blocks of 256, 512 or 1,024 tokens, and blocks into
micro-batches of 2,048 tokens: three shapes in all. A mask keeps the rows of a block apart.

Rows in a row that declare the same tools are a bundle: their lead, the declarations, is read once, and every
row of the bundle sees it, but not the others. A row's states and gradients are the same as if it stood alone;
declarations are most of such a row, so that half a dozen requests cost as much as two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from agent.model.train._layout import Layout
from agent.model.train._options import MICRO_BATCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agent.model.train._rows import Example

BLOCKS = (256, 512, 1024)
"""The lengths of a block, in tokens. No row may be longer than the last."""

_OPEN_BLOCKS = 48
"""Blocks of each length that are filled at a time: with more, less is padding, but rows move further."""


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """Blocks of packed examples as tensors: ``ids``, and in ``layout`` whose each token is, [blocks, time].

    ``places`` index the states flattened to [blocks * time]: where each answer token's prediction is;
    ``owners`` say which of ``examples`` it is of. ``tokens`` counts what is read, without padding; a lead
    that several rows share counts once.
    """

    ids: Tensor
    layout: Layout
    places: Tensor
    targets: Tensor
    weights: Tensor
    owners: Tensor
    examples: tuple[Example, ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """Examples that begin with the same ``lead`` tokens; one alone has none to share."""

    examples: tuple[Example, ...]
    lead: int

    @property
    def length(self) -> int:
        """Return how many tokens the network reads: the lead once, the rest of each example."""
        return self.lead + sum(example.length - self.lead for example in self.examples)


def bundles(examples: Iterable[Example]) -> Iterator[Bundle]:
    """Yield the examples in bundles: neighbours with the same declarations, as many as a block takes."""
    together: list[Example] = []
    length = 0
    for example in examples:
        more = example.length - example.lead
        if together and _begin_alike(together[-1], example) and length + more <= BLOCKS[-1]:
            together.append(example)
            length += more
            continue
        if together:
            yield _bundle(together)
        together, length = [example], example.length
    if together:
        yield _bundle(together)


def _begin_alike(one: Example, other: Example) -> bool:
    lead = one.lead
    return lead > 0 and lead == other.lead and np.array_equal(one.ids[:lead], other.ids[:lead])


def _bundle(examples: Sequence[Example]) -> Bundle:
    return Bundle(tuple(examples), examples[0].lead if len(examples) > 1 else 0)


class Schedule:
    """The micro-batches of an endless row of epochs; each epoch packs all bundles in an order of its own."""

    def __init__(self, examples: Sequence[Example], seed: int) -> None:
        self._bundles = list(bundles(examples))
        self._seed = seed
        self._ends: list[int] = []
        """Of each epoch planned so far, the number of the micro-batch after its last."""
        self._epoch: list[list[list[Bundle]]] = []

    def take(self, number: int) -> MicroBatch:
        """Return a micro-batch by its number (from 0). To go back to an earlier epoch takes its time."""
        if self._ends and number < self._ends[-1] - len(self._epoch):
            self._ends = []
        while not self._ends or number >= self._ends[-1]:
            order = np.random.default_rng([self._seed, len(self._ends)]).permutation(len(self._bundles))
            packed = list(pack(self._bundles[index] for index in order))
            self._epoch = [packed[index] for index in self._shuffled(len(packed))]
            self._ends.append(len(packed) + (self._ends[-1] if self._ends else 0))
        return collate(self._epoch[number - self._ends[-1]])

    def _shuffled(self, count: int) -> Sequence[int]:
        # Packing leaves the hardly filled micro-batches at the end.
        return [int(i) for i in np.random.default_rng([self._seed, len(self._ends), 1]).permutation(count)]


def pack(bundles: Iterable[Bundle]) -> Iterator[list[list[Bundle]]]:
    """Yield micro-batches as lists of blocks, each a list of bundles that fit into it together.

    Every bundle goes into the fullest open block that has room for it.
    """
    opened: dict[int, list[_Block]] = {size: [] for size in BLOCKS}
    closed: dict[int, list[list[Bundle]]] = {size: [] for size in BLOCKS}
    for bundle in bundles:
        room = [
            (size - block.length - bundle.length, size, index)
            for size in BLOCKS
            for index, block in enumerate(opened[size])
            if block.length + bundle.length <= size
        ]
        if room:
            _, size, index = min(room)
            opened[size][index].add(bundle)
            continue
        size = next(size for size in BLOCKS if bundle.length <= size)
        opened[size].append(_Block([bundle], bundle.length))
        if len(opened[size]) > _OPEN_BLOCKS:
            fullest = max(opened[size], key=lambda block: block.length)
            opened[size].remove(fullest)
            closed[size].append(fullest.bundles)
            if len(closed[size]) * size == MICRO_BATCH:
                yield closed[size]
                closed[size] = []
    for size in BLOCKS:
        blocks = closed[size] + [block.bundles for block in opened[size]]
        count = MICRO_BATCH // size
        yield from (blocks[start : start + count] for start in range(0, len(blocks), count))


@dataclass(slots=True, eq=False)
class _Block:
    """A block that is being filled, with its length kept: it is asked for each bundle that comes by."""

    bundles: list[Bundle]
    length: int

    def add(self, bundle: Bundle) -> None:
        self.bundles.append(bundle)
        self.length += bundle.length


def collate(blocks: Sequence[Sequence[Bundle]]) -> MicroBatch:
    """Lay the blocks out as tensors; blocks of padding are added up to `MICRO_BATCH`."""
    longest = max(sum(bundle.length for bundle in block) for block in blocks)
    time = next(size for size in BLOCKS if longest <= size)
    ids = np.zeros((MICRO_BATCH // time, time), dtype=np.int64)
    rows = np.full(ids.shape, -1, dtype=np.int64)
    leads = np.full(ids.shape, -1, dtype=np.int64)
    positions = np.zeros(ids.shape, dtype=np.int64)
    places = []
    for number, block in enumerate(blocks):
        start = row = 0
        for bundle in block:
            lead, lead_row = bundle.lead, row
            if lead:
                shared = slice(start, start + lead)
                ids[number, shared] = bundle.examples[0].ids[:lead]
                rows[number, shared] = leads[number, shared] = row
                positions[number, shared] = np.arange(lead)
                start, row = start + lead, row + 1
            for example in bundle.examples:
                own = slice(start, start + example.length - lead)
                ids[number, own] = example.ids[lead:-1]
                rows[number, own] = row
                leads[number, own] = lead_row if lead else row
                positions[number, own] = np.arange(lead, example.length)
                places.append(np.arange(example.answer - 1, example.length) + (start - lead) + number * time)
                start, row = own.stop, row + 1
    examples = tuple(example for block in blocks for bundle in block for example in bundle.examples)
    counts = torch.tensor([len(example.weights) for example in examples])
    return MicroBatch(
        ids=torch.from_numpy(ids),
        layout=Layout(*(torch.from_numpy(part) for part in (rows, leads, positions))),
        places=torch.from_numpy(np.concatenate(places)),
        targets=torch.from_numpy(np.concatenate([example.ids[example.answer :] for example in examples])),
        weights=torch.from_numpy(np.concatenate([example.weights for example in examples])),
        owners=torch.repeat_interleave(torch.arange(len(examples)), counts),
        examples=examples,
        tokens=sum(bundle.length for block in blocks for bundle in block),
    )
