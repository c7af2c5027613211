"""A Gemma 3 from Hugging Face (safetensors, ``config.json``, tokenizer), seen as if it were a GGUF file.

The names are those of transformers' ``Gemma3ForCausalLM``. Its norms multiply by the weight + 1; GGUF stores
that sum.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel as PydanticModel
from pydantic import Field, ValidationError

from agent.errors import ModelFileCorrupt, ModelFileMissing, WrongArchitecture
from agent.model._safetensors_file import SafetensorsEntry, SafetensorsFile, read_safetensors
from agent.model.hf._tokenizer import TOKENIZER_FILES, read_vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from agent.model._gguf_file import MetadataValue

_WEIGHTS, _CONFIG = "model.safetensors", "config.json"
_EMBEDDING = "model.embed_tokens.weight"
_COPIED_HEAD = "lm_head.weight"
"""The output head, which is tied to the embedding; some programs write it once more."""
_OUTER_NAMES: Mapping[str, str] = MappingProxyType(
    {_EMBEDDING: "token_embd.weight", "model.norm.weight": "output_norm.weight"}
)
_LAYER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "input_layernorm": "attn_norm",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.q_norm": "attn_q_norm",
        "self_attn.k_norm": "attn_k_norm",
        "self_attn.o_proj": "attn_output",
        "post_attention_layernorm": "post_attention_norm",
        "pre_feedforward_layernorm": "ffn_norm",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
        "post_feedforward_layernorm": "post_ffw_norm",
    }
)
_LAYER_TENSOR = re.compile(r"model\.layers\.(\d+)\.(.+)\.weight")
_NOT_WEIGHTS: tuple[tuple[str, str], ...] = (
    ("model.safetensors.index.json", "it has a model in several parts; save that as one model.safetensors"),
    ("adapter_config.json", "it has a LoRA adapter; merge that into its model and save the whole"),
    ("pytorch_model.bin", "it has a PyTorch file, which can run code when read; save that as safetensors"),
    ("*.gguf", "it has GGUF files; name one of them, not the folder"),
)
"""What a folder may hold in place of `_WEIGHTS`, and what to do about it."""


@dataclass(frozen=True)
class HfModel:
    """The model's metadata and tensors under their GGUF names."""

    path: Path
    metadata: Mapping[str, MetadataValue]
    tensors: Mapping[str, SafetensorsEntry]
    _file: SafetensorsFile
    _names: Mapping[str, str]

    def read(self, name: str) -> NDArray[np.float32]:
        """Return a tensor as float32; norms as GGUF has them.

        Raises:
            KeyError: there is no such tensor.

        """
        value = self._file.read(self._names[name])
        return value + np.float32(1) if name.endswith("norm.weight") else value

    def read_rows(self, name: str, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some rows of a matrix as float32, in the order of `ids`.

        Raises:
            KeyError: there is no such tensor.

        """
        return self._file.read_rows(self._names[name], ids)


def hf_files(path: Path) -> tuple[Path, ...]:
    """Return the files that make up the model: of a folder, or beside a safetensors file.

    Raises:
        ModelFileMissing: the folder has no weights.

    """
    weights = _weights(path)
    beside = (weights.parent / name for name in (_CONFIG, *TOKENIZER_FILES))
    return (weights, *(file for file in beside if file.is_file()))


def read_hf(path: Path) -> HfModel:
    """Read a folder from Hugging Face, or a safetensors file in one; tensors are read when asked for.

    Raises:
        ModelFileMissing: weights, configuration or tokenizer are not there.
        ModelFileCorrupt: a file cannot be read, or holds something else than plain weights.
        ModelFileTruncated: the weights are incomplete.
        WrongArchitecture: the model is no Gemma 3 for text.

    """
    weights = _weights(path)
    file = read_safetensors(weights)
    _refuse_adapter(file)
    config = _read_config(weights.parent / _CONFIG)
    names = {_gguf_name(name): name for name in file.tensors if name != _COPIED_HEAD}
    if "token_embd.weight" not in names:
        raise ModelFileCorrupt(f"{weights} has no tensor {_EMBEDDING}", path=str(weights))
    tensors = {name: file.tensors[theirs] for name, theirs in names.items()}
    vocabulary = read_vocabulary(weights.parent, tensors["token_embd.weight"].shape[0])
    metadata: dict[str, MetadataValue] = {
        "general.architecture": "gemma3",
        "general.name": weights.parent.resolve().name,
        **config.as_gguf(),
        # Facts of Gemma 3's tokenizer, as llama.cpp's converter writes them.
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": vocabulary.tokens,
        "tokenizer.ggml.scores": vocabulary.scores,
        "tokenizer.ggml.token_type": vocabulary.types,
        "tokenizer.ggml.bos_token_id": 2,
        "tokenizer.ggml.eos_token_id": 1,
        "tokenizer.ggml.unknown_token_id": 3,
        "tokenizer.ggml.padding_token_id": 0,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_eos_token": False,
        "tokenizer.ggml.add_space_prefix": False,
    }
    return HfModel(weights, MappingProxyType(metadata), MappingProxyType(tensors), file, names)


def _weights(path: Path) -> Path:
    if not path.is_dir():
        return path
    weights = path / _WEIGHTS
    if weights.is_file():
        return weights
    found = (what for pattern, what in _NOT_WEIGHTS if any(path.glob(pattern)))
    what = next(found, f"a folder needs {_WEIGHTS}, {_CONFIG} and a tokenizer")
    raise ModelFileMissing(f"there is no model file at {path}: {what}", path=str(path))


def _refuse_adapter(file: SafetensorsFile) -> None:
    if "intent_agent" in file.metadata:
        raise ModelFileCorrupt(
            f"{file.path} is an adapter, not a base model: give it as the adapter", path=str(file.path)
        )
    if any("lora_" in name for name in file.tensors):
        raise ModelFileCorrupt(
            f"{file.path} is a LoRA adapter; merge it into its model and save the whole", path=str(file.path)
        )


def _gguf_name(name: str) -> str:
    """Return a tensor's name in GGUF; that of no known tensor stays as it is."""
    if name in _OUTER_NAMES:
        return _OUTER_NAMES[name]
    found = _LAYER_TENSOR.fullmatch(name)
    if found and found[2] in _LAYER_NAMES:
        return f"blk.{found[1]}.{_LAYER_NAMES[found[2]]}.weight"
    return name


class _RopeOfKind(PydanticModel):
    rope_theta: float = Field(gt=0)


class _RopeParameters(PydanticModel):
    """As transformers 5 writes the base, one for each kind of layer."""

    full_attention: _RopeOfKind


class _Config(PydanticModel):
    """What of ``config.json`` decides the network; see `Gemma3Config`."""

    num_hidden_layers: int = Field(gt=0)
    hidden_size: int = Field(gt=0)
    intermediate_size: int = Field(gt=0)
    num_attention_heads: int = Field(gt=0)
    num_key_value_heads: int = Field(gt=0)
    head_dim: int = Field(gt=0)
    max_position_embeddings: int = Field(gt=0)
    sliding_window: int = Field(gt=0)
    rms_norm_eps: float = Field(1e-6, gt=0)
    rope_theta: float = Field(1e6, gt=0)
    rope_parameters: _RopeParameters | None = None

    def as_gguf(self) -> dict[str, MetadataValue]:
        rope = self.rope_parameters.full_attention.rope_theta if self.rope_parameters else self.rope_theta
        return {
            "gemma3.context_length": self.max_position_embeddings,
            "gemma3.embedding_length": self.hidden_size,
            "gemma3.block_count": self.num_hidden_layers,
            "gemma3.feed_forward_length": self.intermediate_size,
            "gemma3.attention.head_count": self.num_attention_heads,
            "gemma3.attention.head_count_kv": self.num_key_value_heads,
            "gemma3.attention.key_length": self.head_dim,
            "gemma3.attention.value_length": self.head_dim,
            # As precise as GGUF has it.
            "gemma3.attention.layer_norm_rms_epsilon": float(np.float32(self.rms_norm_eps)),
            "gemma3.attention.sliding_window": self.sliding_window,
            "gemma3.rope.freq_base": rope,
        }


def _read_config(path: Path) -> _Config:
    try:
        values: Any = json.loads(path.read_bytes())
    except OSError as error:
        raise ModelFileMissing(
            f"{path} cannot be read: {error.strerror}; it belongs beside the weights", path=str(path)
        ) from error
    except ValueError as error:
        raise ModelFileCorrupt(f"{path} is no whole JSON file; fetch it again", path=str(path)) from error
    if not isinstance(values, dict):
        raise ModelFileCorrupt(f"{path} is no model's configuration", path=str(path))
    kind = values.get("model_type")
    if kind != "gemma3_text":
        raise WrongArchitecture(
            f"{path} describes a model of the type {kind}; needed is gemma3_text", path=str(path),
            architecture=str(kind),
        )  # fmt: skip
    quantised = values.get("quantization_config")
    if quantised:
        method = quantised.get("quant_method") if isinstance(quantised, dict) else None
        raise ModelFileCorrupt(
            f"the model of {path} is quantised by {method or 'another program'}; "
            "take its plain weights (BF16, F16, F32) or a GGUF file",
            path=str(path),
        )
    if values.get("tie_word_embeddings", True) is False:
        raise WrongArchitecture(
            f"{path} describes a model with an output head of its own; Gemma 3's is tied to the embedding",
            path=str(path),
            architecture=str(kind),
        )
    try:
        return _Config.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ModelFileCorrupt(
            f"{path} cannot be used: {where}: {first['msg']}", path=str(path), key=where
        ) from error
