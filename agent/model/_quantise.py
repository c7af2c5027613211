"""How the weights are stored: which tensor in which of GGUF's formats."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import gguf
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from agent.model._adapter import AdapterMetadata


class WeightFormat(StrEnum):
    """A format that this package writes, by its GGUF name."""

    F16 = "F16"
    Q8_0 = "Q8_0"
    Q5_1 = "Q5_1"
    Q5_0 = "Q5_0"
    Q4_1 = "Q4_1"
    Q4_0 = "Q4_0"

    @property
    def gguf_type(self) -> gguf.GGMLQuantizationType:
        """GGUF's number of the format."""
        return gguf.GGMLQuantizationType[self.name]


@dataclass(frozen=True)
class QuantisationPlan:
    """The formats of a model file: of the embedding, which is the output head too, and of the layers.

    `attention` is that of q, k, v and the output matrix, `feed_forward` that of gate, up and down, which hold
    two thirds of the layers' weights. Vectors (the norms) stay float32, as llama.cpp wants them.

    A model this small does not bear four bits. Divergence from the base's own weights in nats a token, on 242
    tokens of English, German, Chinese and Russian, with the embedding in Q8_0: Q8_0 0.001, Q5_0 0.06, Q5_1
    0.10, Q4_1 0.38, Q4_0 0.69 (0.56 with the best scale for each block, 0.46 with errors compensated as in
    GPTQ). With Q4_0 the file has 93 MB in place of 144, and decoding was a third faster on two busy cores
    (52 tokens/s in place of 39); Q5_0 was slower than Q8_0 (35). An adapter can be trained for the rounding
    of any part; such an adapter goes with these formats alone: `for_adapter`.
    """

    embedding: WeightFormat = WeightFormat.Q8_0
    attention: WeightFormat = WeightFormat.Q8_0
    feed_forward: WeightFormat = WeightFormat.Q8_0

    @classmethod
    def for_adapter(cls, adapter: AdapterMetadata | None) -> QuantisationPlan:
        """Return the plan that an adapter was trained for: all Q8_0, but for what its recipe names."""
        if adapter is None:
            return cls()
        recipe = adapter.recipe
        parts = {
            "embedding": recipe.embedding,
            "attention": recipe.attention,
            "feed_forward": recipe.feed_forward,
        }
        return cls(**{part: stored_as for part, stored_as in parts.items() if stored_as is not None})

    def type_of(self, name: str, shape: tuple[int, ...]) -> gguf.GGMLQuantizationType:
        """Return the format in which a tensor is stored.

        A matrix whose rows are no whole number of the format's blocks is stored as F16.
        """
        if len(shape) < 2:
            return gguf.GGMLQuantizationType.F32
        chosen = self._chosen(name).gguf_type
        block, _ = gguf.GGML_QUANT_SIZES[chosen]
        return gguf.GGMLQuantizationType.F16 if shape[-1] % block else chosen

    def _chosen(self, name: str) -> WeightFormat:
        if name == "token_embd.weight":
            return self.embedding
        return self.feed_forward if ".ffn_" in name else self.attention


def stored_size(shape: tuple[int, ...], stored_as: gguf.GGMLQuantizationType) -> int:
    """Return the bytes that a tensor takes in the file."""
    block, block_bytes = gguf.GGML_QUANT_SIZES[stored_as]
    return int(np.prod(shape)) // block * block_bytes


def quantise(values: NDArray[np.float32], stored_as: gguf.GGMLQuantizationType) -> NDArray[np.generic]:
    """Return a tensor's contents in a format, as they are written."""
    stored: NDArray[np.generic] = gguf.quants.quantize(values, stored_as)
    return stored


def rounded(values: NDArray[np.float32], stored_as: WeightFormat) -> NDArray[np.float32]:
    """Return a matrix as it is after having been stored in a format."""
    kind = stored_as.gguf_type
    read: NDArray[np.float32] = gguf.quants.dequantize(quantise(values, kind), kind)
    return read
