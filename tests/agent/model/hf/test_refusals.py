"""Folders of Hugging Face that cannot be a base say why, and what to do."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from agent.errors import (
    ModelFileCorrupt,
    ModelFileError,
    ModelFileMissing,
    ModelFileTruncated,
    WrongArchitecture,
)
from agent.model import build_model, read_base

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent.model import BaseModel


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"model_type": "llama"}, WrongArchitecture, "type llama; needed is gemma3_text"),
        ({"model_type": "gemma3"}, WrongArchitecture, "type gemma3;"),
        ({"tie_word_embeddings": False}, WrongArchitecture, "output head of its own"),
        ({"quantization_config": {"quant_method": "gptq"}}, ModelFileCorrupt, "quantised by gptq"),
        ({"hidden_size": 1152}, ModelFileCorrupt, r"has the shape \(64,\).*should have \(1152,\)"),
        ({"num_hidden_layers": 26}, ModelFileCorrupt, r"lacks the tensors blk.2.attn_norm.*others"),
        ({"num_hidden_layers": 10**9}, ModelFileCorrupt, "should have 1000000000 layers"),
        ({"num_hidden_layers": 1}, ModelFileCorrupt, "has more than Gemma 3: .*blk.1"),
        ({"head_dim": "many"}, ModelFileCorrupt, "head_dim"),
        ({"sliding_window": 0}, ModelFileCorrupt, "sliding_window"),
    ],
)
def test_a_configuration_of_another_model_is_refused(
    write_twin: Callable[..., Path],
    tiny: BaseModel,
    tmp_path: Path,
    changes: dict[str, Any],
    error: type[ModelFileError],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        read_base(write_twin(tiny, tmp_path / "hf", **changes))


@pytest.mark.parametrize("content", ["", "[]", '{"model_type": "gemma3_text"}', '{"model_type'])
def test_a_broken_configuration_is_refused(twin: Path, content: str) -> None:
    (twin / "config.json").write_text(content)
    with pytest.raises(ModelFileError, match=r"config\.json"):
        read_base(twin)


@pytest.mark.parametrize(
    ("name", "message"),
    [("config.json", "belongs beside the weights"), ("tokenizer.model", "has no tokenizer")],
)
def test_a_file_that_is_missing_is_named(twin: Path, name: str, message: str) -> None:
    (twin / name).unlink()
    with pytest.raises(ModelFileMissing, match=message):
        read_base(twin)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("model.safetensors.index.json", "several parts"),
        ("adapter_config.json", "LoRA adapter"),
        ("pytorch_model.bin", "can run code"),
        ("model.gguf", "name one of them"),
        ("readme.txt", r"needs model\.safetensors"),
    ],
)
def test_a_folder_without_weights_says_what_to_do(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(ModelFileMissing, match=message):
        read_base(tmp_path)


def test_weights_cut_anywhere_are_refused(twin: Path) -> None:
    path = twin / "model.safetensors"
    whole = path.read_bytes()
    for length in [*range(0, len(whole) - 1, len(whole) // 61), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ModelFileTruncated):
            read_base(twin)


@pytest.mark.parametrize(
    "header",
    [
        "[]",
        "{",
        '{"a": 1}',
        '{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}',
        '{"a": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}}',
        '{"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}',
        '{"a": {"dtype": "F32", "shape": [1]}}',
    ],
)
def test_a_header_that_makes_no_sense_is_refused(twin: Path, header: str) -> None:
    text = header.encode()
    (twin / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + bytes(8))
    with pytest.raises(ModelFileCorrupt):
        read_base(twin)


def test_weights_that_are_integers_are_refused_by_name(twin: Path, tmp_path: Path) -> None:
    path = twin / "model.safetensors"
    content = path.read_bytes()
    changed = content.replace(b'"dtype": "F32"', b'"dtype": "I32"')
    path.write_bytes(changed)
    with pytest.raises(ModelFileCorrupt, match=r"I32.*not quantised"):
        build_model(twin, None, tmp_path / "model.gguf")
    assert not (tmp_path / "model.gguf").exists()


@pytest.mark.parametrize(
    ("name", "metadata", "message"),
    [
        ("model.layers.0.self_attn.q_proj.lora_A.weight", {}, "merge it"),
        ("blk.0.attn_q.lora_a", {"intent_agent": "{}"}, "give it as the adapter"),
    ],
)
def test_an_adapter_is_no_base(
    write_safetensors: Callable[..., None], twin: Path, name: str, metadata: dict[str, str], message: str
) -> None:
    tensors = {name: np.zeros((1, 1), np.float32)}
    write_safetensors(twin / "model.safetensors", tensors, "F32", metadata)
    with pytest.raises(ModelFileCorrupt, match=message):
        read_base(twin)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("tokenizer.model", b"version https://git-lfs.github.com/spec/v1", "no SentencePiece model"),
        ("tokenizer.model", b"", "of another model, or incomplete"),
        ("tokenizer.json", b'{"model": {"type": "WordPiece", "vocab": {}}}', "no BPE vocabulary"),
        ("tokenizer.json", b'{"model": ', "no whole JSON"),
        ("tokenizer.json", b"[]", "no JSON object"),
        ("tokenizer_config.json", b'{"added_tokens_decoder": {"1": {}}}', "added tokens"),
    ],
)
def test_a_broken_tokenizer_is_refused(
    write_twin: Callable[..., Path], tiny: BaseModel, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    kind = "tokenizer.json" if name == "tokenizer.json" else "tokenizer.model"
    folder = write_twin(tiny, tmp_path / "hf", tokenizer=kind)
    (folder / name).write_bytes(content)
    with pytest.raises(ModelFileCorrupt, match=message):
        read_base(folder)


def test_a_tokenizer_of_a_larger_model_is_refused(
    write_twin: Callable[..., Path],
    hf_name: Callable[[str], str],
    write_safetensors: Callable[..., None],
    tiny: BaseModel,
    tmp_path: Path,
) -> None:
    folder = write_twin(tiny, tmp_path / "hf")
    tensors = {hf_name(name): value for name, value in tiny.tensors.items()}
    tensors["model.embed_tokens.weight"] = tensors["model.embed_tokens.weight"][:-40]
    write_safetensors(folder / "model.safetensors", tensors, "F32", {})
    with pytest.raises(ModelFileCorrupt, match="of another model"):
        read_base(folder)
