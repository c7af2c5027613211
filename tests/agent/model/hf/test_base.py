"""Base models as Hugging Face has them: they give the same model as their GGUF twins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest

from agent.model import Tokenizer, base_sha256, build, build_model, read_base, read_model_file
from agent.prompt import Piece

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent.model import BaseModel


@pytest.mark.parametrize("tokenizer", ["tokenizer.model", "tokenizer.json"])
@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16"])
def test_both_kinds_of_file_build_the_same_model(
    write_twin: Callable[..., Path],
    tmp_path: Path,
    write_model: Callable[..., Path],
    dtype: str,
    tokenizer: str,
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


def test_a_copy_of_the_tied_output_head_is_left_aside(
    write_twin: Callable[..., Path],
    hf_name: Callable[[str], str],
    write_safetensors: Callable[..., None],
    tiny: BaseModel,
    tmp_path: Path,
) -> None:
    folder = write_twin(tiny, tmp_path / "hf")
    tensors = {hf_name(name): value for name, value in tiny.tensors.items()}
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"]
    write_safetensors(folder / "model.safetensors", tensors, "F32", {})
    assert "lm_head.weight" not in read_base(folder).tensors


def test_the_rope_base_may_be_written_as_transformers_5_does(
    write_twin: Callable[..., Path], tiny: BaseModel, tmp_path: Path
) -> None:
    rope = {"full_attention": {"rope_theta": 5e5}, "sliding_attention": {"rope_theta": 1e4}}
    folder = write_twin(tiny, tmp_path / "hf", rope_parameters=rope)
    assert read_base(folder).config.rope_base_global == 5e5
