"""Which tensor is stored in which format."""

from __future__ import annotations

import gguf
import numpy as np
import pytest

from agent.model import AdapterMetadata, QuantisationPlan, WeightFormat
from agent.model._quantise import quantise, stored_size

Type = gguf.GGMLQuantizationType


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("token_embd.weight", (100, 64), Type.F16),
        ("blk.0.attn_v.weight", (32, 64), Type.Q5_0),
        ("blk.0.ffn_up.weight", (96, 64), Type.Q4_0),
        ("blk.0.ffn_up.weight", (96, 60), Type.F16),
        ("blk.0.attn_norm.weight", (64,), Type.F32),
    ],
)
def test_the_format_depends_on_the_tensors_part_and_shape(
    name: str, shape: tuple[int, ...], expected: gguf.GGMLQuantizationType
) -> None:
    plan = QuantisationPlan(
        embedding=WeightFormat.F16, attention=WeightFormat.Q5_0, feed_forward=WeightFormat.Q4_0
    )
    assert plan.type_of(name, shape) == expected


@pytest.mark.parametrize("chosen", WeightFormat)
def test_every_format_comes_back_close_and_in_the_size_that_was_announced(chosen: WeightFormat) -> None:
    values = np.random.default_rng(0).standard_normal((8, 64), dtype=np.float32)
    stored = quantise(values, chosen.gguf_type)
    assert stored.nbytes == stored_size(values.shape, chosen.gguf_type)
    error = gguf.quants.dequantize(stored, chosen.gguf_type) - values
    assert float(np.abs(error).max()) < 0.35


def test_an_adapter_goes_with_the_feed_forward_format_that_it_was_trained_for() -> None:
    trained = AdapterMetadata.model_validate({"scale": 1.0, "recipe": {"feed_forward": "Q4_0", "rank": 16}})
    assert QuantisationPlan.for_adapter(trained) == QuantisationPlan(feed_forward=WeightFormat.Q4_0)


@pytest.mark.parametrize("more", [{}, {"recipe": {}}, {"recipe": {"feed_forward": None}}])
def test_an_adapter_that_names_no_format_gets_eight_bits(more: dict[str, object]) -> None:
    untrained = AdapterMetadata.model_validate({"scale": 1.0, **more})
    assert QuantisationPlan.for_adapter(untrained) == QuantisationPlan()
    assert QuantisationPlan.for_adapter(None).feed_forward == WeightFormat.Q8_0
