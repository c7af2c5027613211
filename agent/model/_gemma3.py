"""What a Gemma 3 for text is made of: its configuration, and the tensors that follow from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from agent.errors import ModelFileCorrupt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from agent.model._gguf_file import MetadataValue

ARCHITECTURE = "gemma3"
_LOCAL_ROPE_BASE = 10_000.0
_SLIDING_WINDOW_PATTERN = 6


@dataclass(frozen=True)
class Gemma3Config:
    """The shape of the network.

    Every `sliding_window_pattern`-th layer attends to everything and rotates with `rope_base_global`, the
    others see the last `sliding_window` positions and rotate with `rope_base_local` (Gemma 3 technical
    report, arXiv:2503.19786, section 2). GGUF stores the weights of the norms as the model's weight + 1.
    """

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn_width: int
    context: int
    rms_epsilon: float
    rope_base_global: float
    rope_base_local: float
    sliding_window: int
    sliding_window_pattern: int

    def is_global(self, layer: int) -> bool:
        """Say whether the layer (counted from 0) attends to the whole context."""
        return (layer + 1) % self.sliding_window_pattern == 0


def tensor_shapes(config: Gemma3Config, vocabulary: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all tensors of a model, by GGUF name."""
    queries, keys = config.heads * config.head_dim, config.kv_heads * config.head_dim
    width = (config.width,)
    of_layer = {
        "attn_norm": width,
        "attn_q": (queries, *width),
        "attn_k": (keys, *width),
        "attn_v": (keys, *width),
        "attn_q_norm": (config.head_dim,),
        "attn_k_norm": (config.head_dim,),
        "attn_output": (*width, queries),
        "post_attention_norm": width,
        "ffn_norm": width,
        "ffn_gate": (config.ffn_width, *width),
        "ffn_up": (config.ffn_width, *width),
        "ffn_down": (*width, config.ffn_width),
        "post_ffw_norm": width,
    }
    return {
        "output_norm.weight": width,
        "token_embd.weight": (vocabulary, *width),
        **{
            f"blk.{layer}.{name}.weight": shape
            for layer in range(config.layers)
            for name, shape in of_layer.items()
        },
    }


class Fields:
    """Typed access to the metadata of one file; what cannot be used is an error that names its key."""

    def __init__(self, path: Path, metadata: Mapping[str, MetadataValue]) -> None:
        self._path = path
        self._metadata = metadata

    def missing(self, key: str) -> ModelFileCorrupt:
        return ModelFileCorrupt(
            f"{self._path} has no usable value for {key}, so it is no complete Gemma 3 file",
            path=str(self._path),
            key=key,
        )

    def number(self, key: str, default: float | None = None) -> float:
        value = self._metadata.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            raise self.missing(key)
        return value

    def array(self, key: str, length: int) -> NDArray[np.float32] | NDArray[np.int32]:
        value = self._metadata.get(key)
        if not isinstance(value, np.ndarray) or len(value) != length:
            raise self.missing(key)
        return value


def read_config(fields: Fields) -> Gemma3Config:
    def count(key: str, default: int | None = None) -> int:
        return int(fields.number(f"{ARCHITECTURE}.{key}", default))

    def real(key: str, default: float | None = None) -> float:
        return float(fields.number(f"{ARCHITECTURE}.{key}", default))

    width, heads = count("embedding_length"), count("attention.head_count")
    if heads < 1:
        raise fields.missing(f"{ARCHITECTURE}.attention.head_count")
    return Gemma3Config(
        layers=count("block_count"),
        width=width,
        heads=heads,
        kv_heads=count("attention.head_count_kv", heads),
        head_dim=count("attention.key_length", width // heads),
        ffn_width=count("feed_forward_length"),
        context=count("context_length"),
        rms_epsilon=real("attention.layer_norm_rms_epsilon"),
        rope_base_global=real("rope.freq_base", 1_000_000.0),
        rope_base_local=real("rope.freq_base_swa", _LOCAL_ROPE_BASE),
        sliding_window=count("attention.sliding_window"),
        sliding_window_pattern=max(1, count("attention.sliding_window_pattern", _SLIDING_WINDOW_PATTERN)),
    )
