"""The base model as the trainer needs it: cut vocabulary, float32 tensors, better control rows."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import torch

from agent.model import TRAINED_ROWS, Tokenizer, base_sha256, cut_vocabulary, read_base
from agent.model.train._network import Shape
from agent.model.train._options import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

CONTROL_ROW_SOURCES: Mapping[int, str] = MappingProxyType(
    {
        46: "▁function",
        47: "▁end",
        48: "▁call",
        49: ")",
        50: "▁return",
        51: "▁result",
        52: '"',
        105: "▁user",
        106: "<eos>",
    }
)
"""From which token's embedding each control token starts, as the vocabulary writes it.

The base never saw the control tokens: their embeddings are nearly equal (cosine above 0.9), and as the
head is tied to them a model that starts there cannot tell one from another.
"""


@dataclass(frozen=True, slots=True)
class BaseWeights:
    """The base model in memory, 0.5 GB; ``tensors`` by GGUF name."""

    shape: Shape
    tensors: Mapping[str, Tensor]
    tokenizer: Tokenizer
    sha256: str


def load_base(path: Path, entries: NDArray[np.int32] | None = None) -> BaseWeights:
    """Read a base model with its vocabulary cut to these entries, or as `cut_vocabulary` does without any.

    Raises:
        ModelFileError: the file cannot be used.
        TrainingError: the vocabulary lacks a token that a control token starts from.

    """
    base = read_base(path)
    cut = cut_vocabulary(base, entries=entries)
    config = base.config
    tensors = {
        name: torch.from_numpy(base.tensors[name]) for name in base.tensors if name != "token_embd.weight"
    }
    embedding = torch.from_numpy(base.tensors.rows("token_embd.weight", cut.kept))
    # FunctionGemma's are trained already.
    tensors["token_embd.weight"] = (
        embedding if base.is_functiongemma else start_control_rows(embedding, cut.tokens)
    )
    shape = Shape(
        layers=config.layers,
        width=config.width,
        hidden=config.ffn_width,
        heads=config.heads,
        head_size=config.head_dim,
        epsilon=config.rms_epsilon,
        sliding_window=config.sliding_window,
        key_value_heads=config.kv_heads,
    )
    tokenizer = Tokenizer(cut.tokens, cut.scores.tolist(), cut.types.tolist())
    return BaseWeights(shape, tensors, tokenizer, base_sha256(path))


def start_control_rows(embedding: Tensor, tokens: Sequence[str]) -> Tensor:
    """Return the embedding with the control tokens' rows replaced by those of `CONTROL_ROW_SOURCES`."""
    ids = {token: identity for identity, token in enumerate(tokens)}
    started = embedding.clone()
    for identity in TRAINED_ROWS:
        source = CONTROL_ROW_SOURCES[identity]
        if source not in ids:
            raise TrainingError(f"the base model's vocabulary has no token {source!r}", token=source)
        started[identity] = embedding[ids[source]]
    return started
