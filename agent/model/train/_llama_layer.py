"""One layer of a LLaMA as a function of tensors alone, so that it is compiled once for all layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from agent.model.train._layer import adapted, norm

if TYPE_CHECKING:
    from collections.abc import Sequence


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate neighbouring pairs: GGUF stores a LLaMA's q and k for that."""
    turned = torch.stack([-x[..., 1::2], x[..., ::2]], dim=-1).flatten(-2)
    return x * cos + turned * sin


def run_llama_layer(
    x: Tensor,
    cos: Tensor,
    sin: Tensor,
    mask: Tensor,
    frozen: tuple[Tensor, ...],
    adapters: Sequence[Tensor],
    heads: int,
    scale: float,
    epsilon: float,
) -> Tensor:
    """Run one layer on ``x`` [batch, time, width]; several query heads share a key-value head."""
    attn_norm, qkv, output, ffn_norm, gate, up, down = frozen
    pairs = list(zip(adapters[::2], adapters[1::2], strict=True))
    batch, time, width = x.shape
    size = cos.shape[-1]
    shared = (qkv.shape[0] // size - heads) // 2
    lines = (batch * shared, heads // shared * time)
    dtype = qkv.dtype
    x = x.reshape(batch * time, width)

    y = adapted(norm(x, attn_norm, epsilon).to(dtype), qkv, pairs[0:3], scale)
    y = y.view(batch, time, heads + 2 * shared, size).transpose(1, 2)
    query = _rotate(y[:, :heads].float(), cos, sin) * size**-0.5
    key = _rotate(y[:, heads : heads + shared].float(), cos, sin)
    # The query heads of one key-value head are one long row for a single multiplication.
    scores = query.reshape(*lines, size) @ key.reshape(lines[0], time, size).transpose(1, 2)
    chances = torch.softmax(scores.view(batch, heads, time, time) + mask, dim=-1).to(dtype)
    mixed = chances.view(*lines, time) @ y[:, heads + shared :].reshape(lines[0], time, size)
    mixed = mixed.view(batch, heads, time, size).transpose(1, 2).reshape(batch * time, heads * size)
    x = x + adapted(mixed, output, pairs[3:4], scale).float()

    y = norm(x, ffn_norm, epsilon).to(dtype)
    opened = adapted(y, gate, pairs[4:5], scale).float()
    y = (functional.silu(opened) * adapted(y, up, pairs[5:6], scale).float()).to(dtype)
    x = x + adapted(y, down, pairs[6:7], scale).float()
    return x.view(batch, time, width)
