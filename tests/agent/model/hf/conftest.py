"""The tiny model as Hugging Face has it."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import gguf
import pytest
from sentencepiece import sentencepiece_model_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from agent.model import BaseModel

NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "attn_output": "self_attn.o_proj",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "post_ffw_norm": "post_feedforward_layernorm",
}
CONFIG: Mapping[str, object] = {
    "architectures": ["Gemma3ForCausalLM"],
    "model_type": "gemma3_text",
    "num_hidden_layers": 2,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 32,
    "max_position_embeddings": 512,
    "sliding_window": 64,
    "rms_norm_eps": 1e-6,
    "rope_theta": 1000000.0,
}


def hf_name(name: str) -> str:
    if name == "token_embd.weight":
        return "model.embed_tokens.weight"
    if name == "output_norm.weight":
        return "model.norm.weight"
    _, layer, part, _ = name.split(".")
    return f"model.layers.{layer}.{NAMES[part]}.weight"


def write_safetensors(
    path: Path, tensors: Mapping[str, NDArray[np.float32]], dtype: str, metadata: Mapping[str, str]
) -> None:
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    body = b""
    for name, value in tensors.items():
        stored = gguf.quants.quantize(value, gguf.GGMLQuantizationType[dtype]).tobytes()
        offsets = [len(body), len(body) + len(stored)]
        header[name] = {"dtype": dtype, "shape": list(value.shape), "data_offsets": offsets}
        body += stored
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def write_twin(
    base: BaseModel, folder: Path, *, dtype: str = "F32", tokenizer: str = "tokenizer.model", **config: object
) -> Path:
    """Write a model as Hugging Face has it."""
    folder.mkdir(exist_ok=True)
    tensors = {
        hf_name(name): value - 1 if name.endswith("norm.weight") else value
        for name, value in base.tensors.items()
    }
    write_safetensors(folder / "model.safetensors", tensors, dtype, {"format": "pt"})
    (folder / "config.json").write_text(json.dumps({**CONFIG, **config}))
    if tokenizer == "tokenizer.model":
        write_pieces(base, folder)
    elif tokenizer == "tokenizer.json":
        write_tokenizer_json(base, folder)
    return folder


def write_pieces(base: BaseModel, folder: Path) -> None:
    """Write tokenizer.model, where control tokens are user-defined, as Gemma's has them."""
    model = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined] # built at run time
    for token, score, kind in zip(base.tokens, base.scores, base.token_types, strict=True):
        written = 4 if token.startswith("<unused") else int(kind)
        model.pieces.add(
            piece=token.replace(" ", "▁"), score=float(score) if kind in (1, 6) else 0.0, type=written
        )
    (folder / "tokenizer.model").write_bytes(model.SerializeToString())
    settings = {"added_tokens_decoder": {str(entry["id"]): entry for entry in added_tokens(base)}}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def write_tokenizer_json(base: BaseModel, folder: Path) -> None:
    vocabulary = {token.replace(" ", "▁"): identity for identity, token in enumerate(base.tokens)}
    content = {"model": {"type": "BPE", "vocab": vocabulary}, "added_tokens": added_tokens(base)}
    (folder / "tokenizer.json").write_text(json.dumps(content))


def added_tokens(base: BaseModel) -> list[dict[str, Any]]:
    added = [
        {
            "id": identity,
            "content": token.replace(" ", "▁"),
            "special": "unused" not in token and int(kind) == 3,
        }
        for identity, (token, kind) in enumerate(zip(base.tokens, base.token_types, strict=True))
        if kind in (3, 4)
    ]
    return [*added, {"id": len(base.tokens), "content": "<image_soft_token>", "special": True}]


@pytest.fixture
def twin(tiny: BaseModel, tmp_path: Path) -> Path:
    return write_twin(tiny, tmp_path / "gemma-3-tiny")


@pytest.fixture(name="hf_name")
def _hf_name() -> Callable[[str], str]:
    """`hf_name`, for tests that name tensors."""
    return hf_name


@pytest.fixture(name="write_safetensors")
def _write_safetensors() -> Callable[..., None]:
    """`write_safetensors`, for tests that need other weights."""
    return write_safetensors


@pytest.fixture(name="write_twin")
def _write_twin() -> Callable[..., Path]:
    """`write_twin`, for tests that need a twin that is different."""
    return write_twin
