"""A LLaMA as a base model, and the file that is built of it and an adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from agent.engines import open_ctransformers
from agent.errors import AdapterError, ModelBuildError, WrongArchitecture
from agent.model import (
    ADAPTED_MATRICES,
    TRAINED_ROWS,
    Adapter,
    AdapterMetadata,
    QuantisationPlan,
    WeightFormat,
    base_sha256,
    build_model,
    cached_model,
    default_adapter,
    ensure_model,
    load_adapter,
    merge,
    open_base,
    read_header,
    read_manifest,
    save_adapter,
)
from agent.model._cache import is_built
from agent.model._gguf_file import read_gguf
from agent.model.convert import LlamaBase, LlamaTokenizer, read_llama, read_llama_base
from agent.prompt import CONTROL_TOKENS, pieces_from_text
from tools_schema import load_tool_set

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CALL = (
    "<bos><start_of_turn>user\nset the alarm<end_of_turn>\n<start_of_turn>model\n"
    "<start_function_call>call:a{t:<escape>7:00<escape>}<end_function_call><start_function_response>"
)
FLOAT = QuantisationPlan(WeightFormat.F16, WeightFormat.F16, WeightFormat.F16)


def random_adapter(base: LlamaBase, **metadata: Any) -> Adapter:
    generator = np.random.default_rng(5)

    def matrix(*shape: int) -> Any:
        return (0.2 * generator.standard_normal(shape)).astype(np.float16)

    tensors = {"token_embd.rows": matrix(len(TRAINED_ROWS), base.width)}
    for layer in range(base.layers):
        for name in ADAPTED_MATRICES:
            outputs, inputs = base.tensors.shape(f"blk.{layer}.{name}.weight")
            tensors[f"blk.{layer}.{name}.lora_a"] = matrix(2, inputs)
            tensors[f"blk.{layer}.{name}.lora_b"] = matrix(outputs, 2)
    return Adapter(AdapterMetadata.model_validate({"scale": 2.0, **metadata}), tensors)


@pytest.fixture
def adapter_file(llama_to_train: Path, tmp_path: Path) -> Path:
    signatures = tuple(tool.signature for tool in load_tool_set("phone").tools)
    adapter = random_adapter(
        read_llama_base(llama_to_train),
        known_signatures=signatures,
        languages=("en",),
        base_sha256=base_sha256(llama_to_train),
    )
    save_adapter(adapter, tmp_path / "adapter.safetensors")
    return tmp_path / "adapter.safetensors"


def test_control_tokens_without_a_use_carry_the_call_format(llama_to_train: Path) -> None:
    base = read_llama_base(llama_to_train)

    assert set(base.control) == set(CONTROL_TOKENS)
    assert (base.control["<start_of_turn>"], base.control["<end_of_turn>"]) == (1, 2)
    assert base.spare == set(range(3, 10))
    assert base.trained_rows == (*range(3, 10), 1, 2)
    assert [base.vocabulary.tokens[identity] for identity in (3, 9)] == [
        "<start_function_declaration>",
        "<escape>",
    ]
    prompt = pieces_from_text(CALL)
    assert base.tokenizer().decode(base.tokenizer().encode(prompt)[1:]) == prompt[1:]


def test_a_base_model_of_either_kind_is_opened(llama_to_train: Path) -> None:
    assert isinstance(open_base(llama_to_train), LlamaBase)


def test_a_vocabulary_without_control_tokens_to_spare_is_refused(tiny_llama: Path) -> None:
    with pytest.raises(ModelBuildError, match="1 control tokens to spare, and the call format needs 7"):
        open_base(tiny_llama)


def test_a_head_of_its_own_is_refused(write_tiny_llama: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(WrongArchitecture, match="head of its own"):
        open_base(write_tiny_llama(tmp_path / "untied.gguf", tied=False, spare=8))


def test_an_adapter_changes_its_matrices_and_the_rows_of_the_control_tokens(llama_to_train: Path) -> None:
    base = read_llama_base(llama_to_train)
    adapter = random_adapter(base)

    merged = merge(base, adapter)

    rows = list(base.trained_rows)
    embedding = merged["token_embd.weight"]
    assert np.array_equal(embedding[rows], adapter.tensors["token_embd.rows"].astype(np.float32))
    others = [row for row in range(len(embedding)) if row not in rows]
    assert np.array_equal(embedding[others], base.tensors["token_embd.weight"][others])
    low, high = (adapter.tensors[f"blk.1.ffn_up.lora_{side}"].astype(np.float32) for side in "ab")
    expected = base.tensors["blk.1.ffn_up.weight"] + 2.0 * (high @ low)
    assert np.allclose(merged["blk.1.ffn_up.weight"], expected, atol=1e-6)


def test_the_built_file_has_the_adapter_and_says_what_it_knows(
    llama_to_train: Path, adapter_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "built.gguf"

    manifest = build_model(llama_to_train, adapter_file, target)

    assert read_manifest(target) == manifest
    assert manifest.prompt_order == "COMPACT"
    assert "its licence: not named" in manifest.licence
    assert manifest.vocabulary_size == read_llama(target).vocabulary_size
    header = read_header(target)
    assert (header.layers, header.width, header.prompt_order) == (2, 64, "COMPACT")
    assert header.vocabulary_size == manifest.vocabulary_size
    built = read_gguf(target)
    base, prompt = read_llama_base(llama_to_train), pieces_from_text(CALL)
    assert LlamaTokenizer.from_converted(built).encode(prompt) == base.tokenizer().encode(prompt)
    expected = merge(base, load_adapter(adapter_file))["blk.0.attn_q.weight"]
    assert np.allclose(built.read("blk.0.attn_q.weight"), expected, atol=0.02)
    engine = open_ctransformers(target, threads=1)
    engine.close()
    assert engine.info.known == set(manifest.known_signatures)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "adapter.safetensors",
        "built.gguf",
        "built.json",
    ]


def test_the_same_inputs_give_the_same_bytes(
    llama_to_train: Path, adapter_file: Path, tmp_path: Path
) -> None:
    one, two = (build_model(llama_to_train, adapter_file, tmp_path / f"{name}.gguf") for name in "ab")

    assert one.sha256 == two.sha256


def test_formats_are_those_of_the_plan(llama_to_train: Path, adapter_file: Path, tmp_path: Path) -> None:
    build_model(llama_to_train, adapter_file, tmp_path / "f.gguf", plan=FLOAT)

    formats = {entry.quantisation.name for entry in read_gguf(tmp_path / "f.gguf").tensors.values()}
    assert formats == {"F16", "F32"}


def test_without_an_adapter_the_weights_stay_to_the_bit(llama_to_train: Path, tmp_path: Path) -> None:
    manifest = build_model(llama_to_train, None, tmp_path / "bare.gguf")

    built, before = read_gguf(tmp_path / "bare.gguf"), read_gguf(llama_to_train)
    assert np.array_equal(built.read("blk.0.ffn_down.weight"), before.read("blk.0.ffn_down.weight"))
    assert manifest.known_signatures == ()


def test_a_built_file_is_no_base_model(llama_to_train: Path, adapter_file: Path, tmp_path: Path) -> None:
    build_model(llama_to_train, adapter_file, tmp_path / "built.gguf")

    with pytest.raises(ModelBuildError, match="built already"):
        build_model(tmp_path / "built.gguf", adapter_file, tmp_path / "again.gguf")


def test_an_adapter_of_another_model_is_refused(llama_to_train: Path, tmp_path: Path) -> None:
    adapter = random_adapter(read_llama_base(llama_to_train))
    tensors = {"blk.99.attn_q.lora_a": adapter.tensors["blk.0.attn_q.lora_a"]}
    save_adapter(Adapter(adapter.metadata, tensors), tmp_path / "other.safetensors")

    with pytest.raises(AdapterError, match="another model"):
        build_model(llama_to_train, tmp_path / "other.safetensors", tmp_path / "built.gguf")


def test_the_cache_keeps_the_builds_of_both_kinds_apart(
    llama_to_train: Path, adapter_file: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    for number in range(3):
        (cache / f"intent-agent-{number}.gguf").touch()

    built = ensure_model(cache_dir=cache, base=llama_to_train, adapter=adapter_file)

    assert is_built(*cached_model(cache_dir=cache, base=llama_to_train, adapter=adapter_file))
    assert built.name.startswith("ctransformers-")
    assert len(list(cache.glob("intent-agent-*.gguf"))) == 3


def test_a_llama_that_the_packaged_adapter_is_not_of_has_none(llama_to_train: Path) -> None:
    assert default_adapter(llama_to_train) is None
