"""Base models as Hugging Face has them: they give the same model as their GGUF twins."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import gguf
import numpy as np
import pytest
from sentencepiece import sentencepiece_model_pb2

from agent.errors import (
    ModelFileCorrupt,
    ModelFileError,
    ModelFileMissing,
    ModelFileTruncated,
    WrongArchitecture,
)
from agent.model import Tokenizer, base_sha256, build, build_model, read_base, read_model_file
from agent.prompt import Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

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


@pytest.mark.parametrize("tokenizer", ["tokenizer.model", "tokenizer.json"])
@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16"])
def test_both_kinds_of_file_build_the_same_model(
    tmp_path: Path, write_model: Callable[..., Path], dtype: str, tokenizer: str
) -> None:
    base = read_base(write_model(tmp_path / "base.gguf", stored_as=gguf.GGMLQuantizationType[dtype]))
    folder = write_twin(base, tmp_path / "hf", dtype=dtype, tokenizer=tokenizer)
    build(base, None, tmp_path / "a.gguf")
    build(read_base(folder), None, tmp_path / "b.gguf")
    one, other = (gguf.GGUFReader(tmp_path / name) for name in ("a.gguf", "b.gguf"))
    stored = {tensor.name: tensor for tensor in other.tensors}
    assert {tensor.name for tensor in one.tensors} == set(stored)
    for tensor in one.tensors:
        assert tensor.tensor_type == stored[tensor.name].tensor_type
        assert tensor.data.tobytes() == stored[tensor.name].data.tobytes(), tensor.name
    read = [read_model_file(tmp_path / name) for name in ("a.gguf", "b.gguf")]
    assert read[0].tokens == read[1].tokens
    assert read[0].scores.tolist() == read[1].scores.tolist()
    assert read[0].token_types.tolist() == read[1].token_types.tolist()
    assert read[0].config == read[1].config


def test_a_folder_is_read_as_its_gguf_twin(tiny: BaseModel, twin: Path) -> None:
    base = read_base(twin)
    assert base.config == tiny.config
    assert base.tokens == tiny.tokens
    assert base.scores.tolist() == tiny.scores.tolist()
    assert base.token_types.tolist() == tiny.token_types.tolist()
    for name in tiny.tensors:
        assert np.array_equal(base.tensors[name], tiny.tensors[name]), name
    ids = np.array([7, 300, 7])
    assert np.array_equal(base.tensors.rows("token_embd.weight", ids), tiny.tensors["token_embd.weight"][ids])
    prompt = (Piece("set  an alarm\n\n"),)
    made = [Tokenizer(one.tokens, one.scores.tolist(), one.token_types.tolist()) for one in (base, tiny)]
    assert made[0].encode(prompt) == made[1].encode(prompt)


def test_the_weights_file_stands_for_its_folder(twin: Path) -> None:
    assert read_base(twin / "model.safetensors").tokens == read_base(twin).tokens
    assert base_sha256(twin / "model.safetensors") == base_sha256(twin)


def test_the_hash_covers_every_file(twin: Path) -> None:
    before = base_sha256(twin)
    settings = twin / "tokenizer_config.json"
    settings.write_text(settings.read_text() + "\n")
    assert base_sha256(twin) != before


def test_a_folder_can_be_built_with_an_adapter(twin: Path, adapter_file: Path, tmp_path: Path) -> None:
    manifest = build_model(twin, adapter_file, tmp_path / "model.gguf")
    assert manifest.inputs.base_sha256 == base_sha256(twin)
    assert manifest.known_signatures == ("aa", "bb")


def test_a_copy_of_the_tied_output_head_is_left_aside(tiny: BaseModel, tmp_path: Path) -> None:
    folder = write_twin(tiny, tmp_path / "hf")
    tensors = {hf_name(name): value for name, value in tiny.tensors.items()}
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"]
    write_safetensors(folder / "model.safetensors", tensors, "F32", {})
    assert "lm_head.weight" not in read_base(folder).tensors


def test_the_rope_base_may_be_written_as_transformers_5_does(tiny: BaseModel, tmp_path: Path) -> None:
    rope = {"full_attention": {"rope_theta": 5e5}, "sliding_attention": {"rope_theta": 1e4}}
    folder = write_twin(tiny, tmp_path / "hf", rope_parameters=rope)
    assert read_base(folder).config.rope_base_global == 5e5


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
def test_an_adapter_is_no_base(twin: Path, name: str, metadata: dict[str, str], message: str) -> None:
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
    tiny: BaseModel, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    kind = "tokenizer.json" if name == "tokenizer.json" else "tokenizer.model"
    folder = write_twin(tiny, tmp_path / "hf", tokenizer=kind)
    (folder / name).write_bytes(content)
    with pytest.raises(ModelFileCorrupt, match=message):
        read_base(folder)


def test_a_tokenizer_of_a_larger_model_is_refused(tiny: BaseModel, tmp_path: Path) -> None:
    folder = write_twin(tiny, tmp_path / "hf")
    tensors = {hf_name(name): value for name, value in tiny.tensors.items()}
    tensors["model.embed_tokens.weight"] = tensors["model.embed_tokens.weight"][:-40]
    write_safetensors(folder / "model.safetensors", tensors, "F32", {})
    with pytest.raises(ModelFileCorrupt, match="of another model"):
        read_base(folder)
