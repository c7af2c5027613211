"""A forward pass over frozen weights, with low-rank adapters and free rows for the control tokens.

Written for short rows on a CPU: several rows are packed into a line, kept apart by a mask; the frozen weights
are bfloat16 where the CPU multiplies that fast; logits are made only where the loss needs them.

The output head is tied to the embedding. What differs between Gemma 3 and a LLaMA is in ``_architecture.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from agent.model.train._architecture import GEMMA3, GLOBAL_EVERY, Architecture, gemma3_rope_bases
from agent.model.train._layer import norm
from agent.model.train._layout import Layout
from agent.model.train._operations import TiedHeadLoss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Rounding = Callable[[Tensor], Tensor]

PROJECTIONS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
"""The matrices that get an adapter, by their GGUF names."""

EMBEDDING = "token_embd"
"""The embedding, by its GGUF name; it is the output head too."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a network; a head's size times ``heads`` need not be ``width``.

    ``context`` is the longest line of tokens; Gemma's local layers see the last ``sliding_window`` of them.
    ``rope_bases`` has the base of each layer's rotary positions, and when empty those of Gemma 3.
    """

    layers: int
    width: int
    hidden: int
    heads: int
    head_size: int
    epsilon: float = 1e-6
    context: int = 1024
    sliding_window: int = 512
    key_value_heads: int = 1
    architecture: Architecture = GEMMA3
    rope_bases: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.architecture is GEMMA3 and self.key_value_heads != 1:
            raise ValueError(f"only one key-value head is supported for Gemma, not {self.key_value_heads}")


@dataclass(frozen=True, slots=True)
class Noise:
    """Uniform noise on embeddings, whose root mean square is ``share`` of the embedding's own.

    A row whose words are a little off is less easily learnt by heart (NEFTune, Jain and others 2023, whose
    noise is of one size for all tokens).
    """

    share: float
    generator: torch.Generator

    def added(self, x: Tensor) -> Tensor:
        """Return ``x`` [tokens, width] with noise."""
        size = x.detach().square().mean(-1, keepdim=True).sqrt() * (self.share * math.sqrt(3))
        return x + size * (torch.rand(x.shape, generator=self.generator) * 2 - 1)


@dataclass(frozen=True, slots=True)
class _Layer:
    """The frozen weights of one layer, by the first GGUF name of each of its architecture's parts."""

    parts: Mapping[str, Tensor]

    def matrices(self, groups: tuple[tuple[str, ...], ...]) -> Iterator[tuple[tuple[str, ...], Tensor]]:
        """Return the matrices with the GGUF names of what is stacked in each."""
        for names in groups:
            if self.parts[names[0]].ndim == 2:
                yield names, self.parts[names[0]]

    def tensors(self) -> tuple[Tensor, ...]:
        return tuple(self.parts.values())


class Network:
    """A frozen model with trainable adapters.

    ``trainable`` holds the parameters by their names in an adapter file: ``blk.N.attn_q.lora_a`` [rank,
    in] and ``.lora_b`` [out, rank] (float32), and ``token_embd.rows`` [control tokens, width].
    """

    def __init__(
        self,
        shape: Shape,
        weights: Mapping[str, Tensor],
        control_ids: Sequence[int],
        *,
        rank: int,
        scale: float,
        seed: int,
        dtype: torch.dtype = torch.float32,
        fuse: bool = False,
        rounded: Mapping[str, Rounding] | None = None,
    ) -> None:
        """Keep float32 ``weights``, by GGUF name, as ``dtype``; ``fuse`` compiles a layer to C++.

        ``rounded`` says, by the GGUF name of a layer's matrix or ``token_embd``, what storing makes of it;
        see `round_weights`.
        """
        self.shape = shape
        self.scale = scale
        self.dtype = dtype
        self.control_ids = torch.tensor(list(control_ids))
        self._weights = weights
        self._rounded = dict(rounded or {})
        architecture = shape.architecture
        self._layers = [_layer(weights, architecture, index, dtype) for index in range(shape.layers)]
        self._output_norm = weights["output_norm.weight"].clone()
        # float32: logits rounded to bfloat16 tie too often for a comparison of the best two.
        self._table = self._stored(EMBEDDING, weights["token_embd.weight"]).clone()
        self._control_index = torch.full((len(self._table),), -1, dtype=torch.long)
        self._control_index[self.control_ids] = torch.arange(len(self.control_ids))
        self.trainable = _fresh_parameters(shape, weights, self.control_ids, rank, seed)
        self._run_layer: Callable[..., Tensor] = architecture.run_layer
        if fuse:
            self._run_layer = torch.compile(
                architecture.run_layer, dynamic=architecture.compiled_once, fullgraph=True
            )
        self._rope_bases = shape.rope_bases or gemma3_rope_bases(shape.layers)
        self._rope: dict[float, tuple[Tensor, Tensor]] = {
            base: architecture.rope_table(base, shape.context, shape.head_size)
            for base in set(self._rope_bases)
        }
        self.refresh()

    @property
    def rows(self) -> Tensor:
        """The trainable embedding rows of the control tokens."""
        return self.trainable["token_embd.rows"]

    def refresh(self) -> None:
        """Copy the control rows into the embedding table; call after every change of ``trainable``."""
        with torch.no_grad():
            self._table[self.control_ids] = self._stored(EMBEDDING, self.rows)

    def round_weights(self) -> None:
        """Let the layers compute with weights as a model file built now would store them.

        The file holds the rounded sum of a frozen matrix and its adapter. So each frozen matrix becomes that
        rounded sum less the adapter as it is now: adding the adapter gives the stored weights, and training
        goes on from there, with the gradients as if nothing had been rounded (straight-through). The error
        of rounding changes little while the adapter changes little; call this every few steps.
        """
        with torch.no_grad():
            for index, layer in enumerate(self._layers):
                for names, target in layer.matrices(self.shape.architecture.parts):
                    if any(name in self._rounded for name in names):
                        target.copy_(torch.cat([self._stored_less_adapter(index, name) for name in names]))

    def _stored_less_adapter(self, layer: int, name: str) -> Tensor:
        prefix = f"blk.{layer}.{name}"
        a, b = (self.trainable[f"{prefix}.lora_{side}"] for side in "ab")
        adapted = self.scale * (b @ a)
        return self._stored(name, self._weights[f"{prefix}.weight"] + adapted) - adapted

    def _stored(self, name: str, values: Tensor) -> Tensor:
        """Return what storing makes of a matrix, or the matrix itself where that is not trained for."""
        return self._rounded[name](values) if name in self._rounded else values

    def hidden(self, ids: Tensor, layout: Layout | None = None, noise: Noise | None = None) -> Tensor:
        """Return the states [batch, time, width] before the output norm for ``ids`` [batch, time].

        A token sees those before it of its own row and of the row's lead. Without a ``layout`` each line is
        one row. ``noise`` is added to what the tokens are read as.
        """
        batch, time = ids.shape
        if time > self.shape.context:
            raise ValueError(f"a line of {time} tokens is longer than the context of {self.shape.context}")
        x = functional.embedding(ids, self._table).view(batch * time, -1)
        control = self._control_index[ids.view(-1)]
        places = (control >= 0).nonzero().squeeze(-1)
        # Straight-through, as in `round_weights`: the values are the stored ones, the gradient is the rows'.
        rows_now = self.rows + (self._stored(EMBEDDING, self.rows.detach()) - self.rows.detach())
        # embedding() rather than indexing: its backward pass adds up in a fixed order.
        x = x.index_copy(0, places, functional.embedding(control[places], rows_now))
        if self.shape.architecture.scales_embedding:
            x = x * math.sqrt(self.shape.width)
        if noise is not None:
            x = noise.added(x)
        layout = layout or Layout.plain(batch, time)
        hidden_from = layout.hidden()
        mask = local_mask = _mask(hidden_from)
        if self.shape.architecture.has_local_layers and time > self.shape.sliding_window:
            local_mask = _mask(hidden_from | (layout.distances() >= self.shape.sliding_window))
        turns = {
            base: tuple(table[layout.positions].unsqueeze(1) for table in tables)
            for base, tables in self._rope.items()
        }
        x = x.view(batch, time, -1)
        for index, layer in enumerate(self._layers):
            cos, sin = turns[self._rope_bases[index]]
            adapters = [
                self.trainable[f"blk.{index}.{name}.lora_{side}"] for name in PROJECTIONS for side in "ab"
            ]
            x = self._run_layer(
                x,
                cos,
                sin,
                mask if (index + 1) % GLOBAL_EVERY == 0 else local_mask,
                layer.tensors(),
                adapters,
                self.shape.heads,
                self.scale,
                self.shape.epsilon,
            )
        return x

    def loss(self, hidden: Tensor, targets: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weighted sum of cross entropies, and the likeliest tokens [n], for states [n, width].

        The tokens are filled in only when no gradient is recorded.
        """
        normed = norm(hidden, self._output_norm, self.shape.epsilon)
        total, best = TiedHeadLoss.apply(  # type: ignore[no-untyped-call]  # torch leaves it untyped
            normed, self.rows, self._table, self.control_ids, targets, weights
        )
        return total, best

    def logits(self, hidden: Tensor) -> Tensor:
        """Return the logits [n, vocabulary] for states [n, width]."""
        return norm(hidden, self._output_norm, self.shape.epsilon) @ self._table.T


def _mask(hidden_from: Tensor) -> Tensor:
    """Return what is added to scores [batch, heads, time, time]: nothing, or minus infinity where hidden."""
    return torch.zeros(hidden_from.shape).masked_fill_(hidden_from, -math.inf).unsqueeze(1)


def _layer(
    weights: Mapping[str, Tensor], architecture: Architecture, index: int, dtype: torch.dtype
) -> _Layer:
    parts = {}
    for names in architecture.parts:
        stacked = torch.cat([weights[f"blk.{index}.{name}.weight"] for name in names])
        parts[names[0]] = stacked if stacked.ndim == 1 else stacked.to(dtype)
    return _Layer(parts)


def _fresh_parameters(
    shape: Shape, weights: Mapping[str, Tensor], control_ids: Tensor, rank: int, seed: int
) -> dict[str, Tensor]:
    """Make adapters that change nothing yet: A is uniform as in the LoRA paper's code, B is zero."""
    generator = torch.Generator().manual_seed(seed)
    parameters: dict[str, Tensor] = {}
    for index in range(shape.layers):
        for name in PROJECTIONS:
            rows, columns = weights[f"blk.{index}.{name}.weight"].shape
            bound = 1 / math.sqrt(columns)
            a = (torch.rand(rank, columns, generator=generator) * 2 - 1) * bound
            parameters[f"blk.{index}.{name}.lora_a"] = a.requires_grad_()
            parameters[f"blk.{index}.{name}.lora_b"] = torch.zeros(rows, rank, requires_grad=True)
    parameters["token_embd.rows"] = weights["token_embd.weight"][control_ids].clone().requires_grad_()
    return parameters
