"""Which tensor is stored in which format."""

from __future__ import annotations

import gguf
import numpy as np
import pytest

from agent.model import QuantisationPlan, WeightFormat
from agent.model._quantise import quantise, stored_size

Type = gguf.GGMLQuantizationType


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("token_embd.weight", (100, 64), Type.F16),
        ("blk.0.ffn_up.weight", (96, 64), Type.Q5_0),
        ("blk.0.ffn_up.weight", (96, 60), Type.F16),
        ("blk.0.attn_norm.weight", (64,), Type.F32),
    ],
)
def test_the_format_depends_on_the_tensors_part_and_shape(
    name: str, shape: tuple[int, ...], expected: gguf.GGMLQuantizationType
) -> None:
    plan = QuantisationPlan(embedding=WeightFormat.F16, matrices=WeightFormat.Q5_0)
    assert plan.type_of(name, shape) == expected


@pytest.mark.parametrize("chosen", WeightFormat)
def test_every_format_comes_back_close_and_in_the_size_that_was_announced(chosen: WeightFormat) -> None:
    values = np.random.default_rng(0).standard_normal((8, 64), dtype=np.float32)
    stored = quantise(values, chosen.gguf_type)
    assert stored.nbytes == stored_size(values.shape, chosen.gguf_type)
    error = gguf.quants.dequantize(stored, chosen.gguf_type) - values
    assert float(np.abs(error).max()) < 0.35
