"""What the kinds of network do each in their own way: the rest of `Network` is the same for all.

Gemma 3 follows its report (arXiv 2503.19786) and llama.cpp's ``gemma3`` graph: norms before and after each
block, a norm of every query and key head, one key-value head for all query heads, rotary positions of base
10,000 in local layers and 1,000,000 in every sixth, a gate with the tanh approximation of GELU, and
embeddings multiplied by the root of their width. Norm weights are used as GGUF stores them (Gemma's weight
plus one).

A LLaMA (arXiv 2302.13971, and llama.cpp's ``llama`` graph) has norms before the blocks alone, rotates
neighbouring pairs by one base, shares a key-value head among some query heads, and its gate is SiLU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from agent.model.train._layer import run_layer
from agent.model.train._llama_layer import run_llama_layer

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

LOCAL_ROPE_BASE = 10_000.0
GLOBAL_ROPE_BASE = 1_000_000.0
GLOBAL_EVERY = 6
"""Gemma's layers 5, 11, 17, … see the whole row; the others see the last ``sliding_window`` tokens."""

_QKV = ("attn_q", "attn_k", "attn_v")


@dataclass(frozen=True)
class Architecture:
    """A kind of network.

    ``parts`` are the frozen weights of a layer in the order in which ``run_layer`` takes them, by their GGUF
    names; matrices that read the same input are stacked.
    """

    run_layer: Callable[..., Tensor]
    parts: tuple[tuple[str, ...], ...]
    has_local_layers: bool
    """Whether all layers but every sixth see a window of the row alone."""
    scales_embedding: bool
    """Whether embeddings are multiplied by the root of the width."""
    rotates_neighbours: bool
    """Whether a head's values 0 and 1, 2 and 3, … turn together; else those half a head apart."""
    compiled_once: bool
    """Whether a layer is compiled once for all sizes, else for each of the few that there are: three lengths
    of blocks, with gradients and without. With shared key-value heads, code for all sizes takes minutes."""

    def rope_table(self, base: float, length: int, size: int) -> tuple[Tensor, Tensor]:
        """Return cosines and sines [length, size] for positions from 0 on."""
        frequencies = base ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
        angles = torch.outer(torch.arange(length, dtype=torch.float64), frequencies)
        if self.rotates_neighbours:
            angles = angles.repeat_interleave(2, dim=-1)
        else:
            angles = torch.cat([angles, angles], dim=-1)
        return angles.cos().float(), angles.sin().float()


GEMMA3 = Architecture(
    run_layer=run_layer,
    parts=(
        ("attn_norm",),
        _QKV,
        ("attn_q_norm",),
        ("attn_k_norm",),
        ("attn_output",),
        ("post_attention_norm",),
        ("ffn_norm",),
        ("ffn_gate",),
        ("ffn_up",),
        ("ffn_down",),
        ("post_ffw_norm",),
    ),
    has_local_layers=True,
    scales_embedding=True,
    rotates_neighbours=False,
    compiled_once=True,
)

LLAMA = Architecture(
    run_layer=run_llama_layer,
    parts=(
        ("attn_norm",),
        _QKV,
        ("attn_output",),
        ("ffn_norm",),
        ("ffn_gate",),
        ("ffn_up",),
        ("ffn_down",),
    ),
    has_local_layers=False,
    scales_embedding=False,
    rotates_neighbours=True,
    compiled_once=False,
)


def gemma3_rope_bases(layers: int) -> tuple[float, ...]:
    """Return the base of each layer's rotary positions."""
    return tuple(
        GLOBAL_ROPE_BASE if (index + 1) % GLOBAL_EVERY == 0 else LOCAL_ROPE_BASE for index in range(layers)
    )
