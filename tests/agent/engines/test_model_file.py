"""Files that are no usable model: each is refused before llama.cpp sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest

from agent.engines import open_engine
from agent.errors import (
    EngineFailed,
    ModelFileCorrupt,
    ModelFileMissing,
    ModelFileTruncated,
    ModelHashMismatch,
    WrongArchitecture,
)
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from pathlib import Path


def write_model(path: Path, architecture: str = "gemma3") -> Path:
    """A file that has all of a Gemma 3's header and one tensor, but not its weights."""
    names = {token_id: name for name, token_id in CONTROL_TOKENS.items()}
    tokens = [names.get(token_id, f"<unused{token_id}>") for token_id in range(108)]
    letters = [f"<0x{byte:02X}>" for byte in range(256)]
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("broken")
    writer.add_block_count(2)
    writer.add_context_length(512)
    writer.add_embedding_length(64)
    writer.add_feed_forward_length(128)
    writer.add_head_count(4)
    writer.add_head_count_kv(1)
    writer.add_key_length(16)
    writer.add_value_length(16)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_sliding_window(512)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([*tokens, *letters])
    writer.add_token_scores([0.0] * 364)
    writer.add_token_types([3] * 108 + [6] * 256)
    writer.add_tensor("token_embd.weight", np.zeros((364, 64), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model.gguf")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing) as caught:
        open_engine(tmp_path / "none.gguf")
    assert "none.gguf" in caught.value.message


def test_a_folder_is_no_model_file(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing):
        open_engine(tmp_path)


@pytest.mark.parametrize("contents", [b"GGU", b"PK\3\4" + b"\0" * 100, b"GGUF" + b"\xff" * 100])
def test_a_file_that_is_no_gguf_is_corrupt(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(contents)
    with pytest.raises(ModelFileCorrupt):
        open_engine(path)


@pytest.mark.parametrize("missing", [1, 1000, 93_000, 99_000])
def test_a_file_that_was_cut_off_is_truncated(model: Path, missing: int) -> None:
    contents = model.read_bytes()
    assert missing < len(contents)
    model.write_bytes(contents[:-missing])
    with pytest.raises(ModelFileTruncated):
        open_engine(model)


def test_a_model_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(WrongArchitecture) as caught:
        open_engine(write_model(tmp_path / "model.gguf", architecture="llama"))
    assert caught.value.metadata["architecture"] == "llama"


def test_a_file_that_is_not_the_one_of_its_manifest_is_refused(model: Path) -> None:
    zeros = "0" * 64
    inputs = {
        "base_sha256": zeros,
        "adapter_sha256": None,
        "merges": 0,
        "plan": {"embedding": "Q8_0", "attention": "Q8_0", "feed_forward": "Q4_0"},
    }
    manifest = {
        "sha256": zeros,
        "size": 1,
        "inputs": inputs,
        "known_signatures": [],
        "vocabulary_size": 364,
        "languages": [],
        "created": "2026-01-01T00:00:00Z",
        "adapter": None,
    }
    model.with_suffix(".json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelHashMismatch) as caught:
        open_engine(model)
    assert caught.value.metadata["expected"] == zeros


def test_a_damaged_manifest_is_refused(model: Path) -> None:
    model.with_suffix(".json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelFileCorrupt):
        open_engine(model)


def test_a_file_that_llama_cpp_cannot_load_is_named(model: Path) -> None:
    with pytest.raises(EngineFailed) as caught:
        open_engine(model)
    assert "model.gguf" in caught.value.message
