"""The two operations that cost most, with gradients of their own: frozen matrices and the tied head."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


@torch.library.custom_op("intent_agent::times", mutates_args=())
def times(x: Tensor, weight: Tensor) -> Tensor:
    """Return ``x @ weight.T`` for a frozen weight [out, in], which gets no gradient."""
    return x @ weight.T


@times.register_fake
def _times_shape(x: Tensor, weight: Tensor) -> Tensor:
    return x.new_empty(x.shape[0], weight.shape[0])


def _times_save(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:  # noqa: ARG001 - torch's signature
    ctx.save_for_backward(inputs[1])


def _times_backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
    (weight,) = ctx.saved_tensors
    return times(gradient.contiguous(), weight.T), None


times.register_autograd(_times_backward, setup_context=_times_save)


class TiedHeadLoss(torch.autograd.Function):
    """Cross entropy after the tied head; makes the gradient at once, a chunk of logits at a time.

    Chunks are of one size, the last one filled up with rows that weigh nothing: see ``_batches.py`` for why.
    """

    CHUNK = 256

    @staticmethod
    def forward(
        ctx: Any,
        states: Tensor,
        rows: Tensor,
        table: Tensor,
        control_ids: Tensor,
        targets: Tensor,
        weights: Tensor,
    ) -> tuple[Tensor, Tensor]:
        count = len(states)
        filling = -count % TiedHeadLoss.CHUNK
        states = functional.pad(states, (0, 0, 0, filling))
        targets = functional.pad(targets, (0, filling))
        weights = functional.pad(weights, (0, filling))
        total = torch.zeros(())
        best = torch.full_like(targets, -1)
        need = ctx.needs_input_grad[0]
        state_gradient = torch.empty_like(states) if need else states.new_empty(0)
        row_gradient = torch.zeros_like(rows)
        for start in range(0, len(states), TiedHeadLoss.CHUNK):
            part = slice(start, start + TiedHeadLoss.CHUNK)
            scores = torch.log_softmax(states[part] @ table.T, dim=-1)
            if not need:  # a pass over all scores, of which training makes no use
                best[part] = scores.argmax(dim=-1)
            place = targets[part].unsqueeze(1)
            total -= (scores.gather(1, place).squeeze(1) * weights[part]).sum()
            if need:
                slope = scores.exp_()
                slope.scatter_add_(1, place, -torch.ones_like(place, dtype=slope.dtype))
                slope *= weights[part].unsqueeze(1)
                state_gradient[part] = slope @ table
                row_gradient += slope[:, control_ids].T @ states[part]
        best = best[:count].clone()
        ctx.save_for_backward(state_gradient[:count] if need else state_gradient, row_gradient)
        ctx.mark_non_differentiable(best)
        return total, best

    @staticmethod
    def backward(ctx: Any, gradient: Tensor, _best: Tensor) -> tuple[Tensor | None, ...]:
        state_gradient, row_gradient = ctx.saved_tensors
        return state_gradient * gradient, row_gradient * gradient, None, None, None, None
