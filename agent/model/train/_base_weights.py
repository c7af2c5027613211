"""A base model as the trainer needs it: cut vocabulary, float32 tensors, better control rows."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import torch

from agent.model import TRAINED_ROWS, Tokenizer, base_sha256, cut_vocabulary, open_base
from agent.model.convert import LlamaBase
from agent.model.train._architecture import LLAMA
from agent.model.train._batches import BLOCKS
from agent.model.train._network import Shape
from agent.model.train._options import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from agent.model import BaseModel
    from agent.model.train._rows import PromptTokenizer

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
    tokenizer: PromptTokenizer
    sha256: str
    control_ids: tuple[int, ...] = TRAINED_ROWS
    """The ids of the control tokens whose embeddings are trained, in the order of `TRAINED_ROWS`."""


def load_base(path: Path, entries: NDArray[np.int32] | None = None) -> BaseWeights:
    """Read a base model with its vocabulary cut to these entries, or as `cut_vocabulary` does without any.

    The vocabulary of a LLaMA is not cut.

    Raises:
        ModelFileError: the file cannot be used.
        TrainingError: the vocabulary lacks a token that a control token starts from.

    """
    base = open_base(path)
    return _llama(base) if isinstance(base, LlamaBase) else _gemma3(base, entries)


def _gemma3(base: BaseModel, entries: NDArray[np.int32] | None) -> BaseWeights:
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
        context=min(BLOCKS[-1], config.context),
        sliding_window=config.sliding_window,
        key_value_heads=config.kv_heads,
    )
    tokenizer = Tokenizer(cut.tokens, cut.scores.tolist(), cut.types.tolist())
    return BaseWeights(shape, tensors, tokenizer, base_sha256(base.path))


def _llama(base: LlamaBase) -> BaseWeights:
    config, tokenizer = base.config, base.tokenizer()
    tensors = {name: torch.from_numpy(base.tensors[name]) for name in base.tensors}
    embedding = tensors["token_embd.weight"]
    for identity, own in zip(TRAINED_ROWS, base.trained_rows, strict=True):
        # The tokens of turns have been trained where the model has them.
        if own in base.spare:
            source = CONTROL_ROW_SOURCES[identity].replace("▁", " ")
            alike = base.control.get(source)
            embedding[own] = embedding[tokenizer.encode_text(source)[0] if alike is None else alike]
    shape = Shape(
        layers=config.layers,
        width=config.width,
        hidden=config.ffn_width,
        heads=config.heads,
        head_size=config.head_dim,
        epsilon=config.rms_epsilon,
        context=min(BLOCKS[-1], config.context),
        key_value_heads=config.kv_heads,
        architecture=LLAMA,
        rope_bases=(config.rope_base,) * config.layers,
    )
    return BaseWeights(shape, tensors, tokenizer, base_sha256(base.path), base.trained_rows)


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
