"""Building a model file from the base model and the adapter."""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest

from agent.errors import AdapterError, ModelBuildError
from agent.model import (
    GUESSES_KEY,
    LICENCE_NOTICE,
    TRAINED_ROWS,
    Adapter,
    QuantisationPlan,
    WeightFormat,
    build,
    build_model,
    cut_vocabulary,
    file_sha256,
    merge,
    read_base,
    read_manifest,
    save_adapter,
)
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent.model import BaseModel


def test_the_file_holds_the_merged_and_cut_model(
    tiny: BaseModel, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    adapter = make_adapter(merges=4)
    build(tiny, adapter, tmp_path / "model.gguf")
    built = read_base(tmp_path / "model.gguf")
    cut, merged = cut_vocabulary(tiny, 4), merge(tiny, adapter)
    assert built.tokens == cut.tokens
    assert built.token_types.tolist() == cut.types.tolist()
    assert built.scores.tolist() == cut.scores.tolist()
    assert built.config == tiny.config
    assert list(built.tensors) == list(merged)
    for name in merged:
        expected = merged[name][cut.kept] if name == "token_embd.weight" else merged[name]
        assert built.tensors.shape(name) == expected.shape
        error = np.abs(built.tensors[name] - expected).max() / np.abs(expected).max()
        assert error < 0.005, name


def test_guesses_are_written_in_the_cut_vocabulary_without_what_was_cut(
    tiny: BaseModel, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    adapter, kept = make_adapter(merges=4), cut_vocabulary(tiny, 4).kept
    gone = next(old for old in range(len(tiny.tokens)) if old not in kept)
    last = len(kept) - 1
    guesses = np.array([[46, 47, kept[last]], [46, 47, gone]], dtype=np.int32)
    build(tiny, replace(adapter, guesses=guesses), tmp_path / "model.gguf")
    written = read_base(tmp_path / "model.gguf").metadata[GUESSES_KEY]
    assert isinstance(written, np.ndarray)
    assert written.tolist() == [46, 47, last]
    build(tiny, adapter, tmp_path / "model.gguf")
    assert GUESSES_KEY not in read_base(tmp_path / "model.gguf").metadata


@pytest.mark.parametrize("beyond", [-1, 100_000])
def test_guesses_for_another_vocabulary_are_refused(
    tiny: BaseModel, make_adapter: Callable[..., Adapter], tmp_path: Path, beyond: int
) -> None:
    guesses = np.array([[46, 47, beyond]], dtype=np.int32)
    with pytest.raises(AdapterError, match="no tokens of this base model"):
        build(tiny, replace(make_adapter(), guesses=guesses), tmp_path / "model.gguf")
    assert not list(tmp_path.glob("model*"))


def test_special_ids_and_flags_are_copied(tiny: BaseModel, tmp_path: Path) -> None:
    build(tiny, None, tmp_path / "model.gguf")
    metadata = read_base(tmp_path / "model.gguf").metadata
    assert metadata["tokenizer.ggml.add_bos_token"] is True
    assert metadata["tokenizer.ggml.add_space_prefix"] is False
    assert metadata["tokenizer.ggml.bos_token_id"] == 2
    assert metadata["tokenizer.ggml.eot_token_id"] == 106
    assert metadata["general.license"] == "gemma"


def test_the_plan_decides_the_formats(tiny: BaseModel, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    plan = QuantisationPlan(
        embedding=WeightFormat.F16, attention=WeightFormat.Q5_0, feed_forward=WeightFormat.Q4_1
    )
    build(tiny, None, path, plan=plan)
    stored = {tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(path).tensors}
    assert stored["token_embd.weight"] == "F16"
    assert stored["blk.0.attn_q.weight"] == stored["blk.1.attn_output.weight"] == "Q5_0"
    assert stored["blk.0.ffn_down.weight"] == stored["blk.1.ffn_gate.weight"] == "Q4_1"
    assert stored["blk.0.attn_norm.weight"] == "F32"


def test_an_adapter_brings_the_formats_that_it_was_trained_for(
    tiny_file: Path, adapter_file: Path, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    save_adapter(make_adapter(recipe={"feed_forward": "Q4_0", "embedding": "Q5_0"}), adapter_file)
    manifest = build_model(tiny_file, adapter_file, tmp_path / "model.gguf")
    stored = {
        tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(tmp_path / "model.gguf").tensors
    }
    assert stored["blk.0.ffn_up.weight"] == "Q4_0"
    assert stored["token_embd.weight"] == "Q5_0"
    assert stored["blk.0.attn_q.weight"] == "Q8_0"
    assert manifest.inputs.plan == QuantisationPlan(
        embedding=WeightFormat.Q5_0, feed_forward=WeightFormat.Q4_0
    )


def test_the_manifest_has_what_the_trainer_measured(
    tiny_file: Path, adapter_file: Path, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    measured = {"exact": 0.9, "validation_loss": 0.1, "by_kind": {"one": 0.9}, "by_lang": {"en": 0.9}}
    save_adapter(make_adapter(**measured, command="train"), adapter_file)
    build_model(tiny_file, adapter_file, tmp_path / "model.gguf")
    manifest = read_manifest(tmp_path / "model.gguf")
    assert manifest is not None
    assert manifest.metrics == measured


def test_the_same_inputs_give_the_same_bytes(
    tiny: BaseModel, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        build(tiny, make_adapter(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_progress_runs_from_nothing_to_all(tiny: BaseModel, tmp_path: Path) -> None:
    reports: list[tuple[str, int, int]] = []
    build(tiny, None, tmp_path / "model.gguf", progress=lambda *report: reports.append(report))
    done = [report[1] for report in reports]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, reports[0][2])
    assert len({(stage, total) for stage, _, total in reports}) == 1


def test_the_manifest_says_what_the_file_is_made_of(
    tiny_file: Path, adapter_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out" / "model.gguf"
    manifest = build_model(tiny_file, adapter_file, target)
    assert read_manifest(target) == manifest
    assert manifest.sha256 == file_sha256(target)
    assert manifest.size == target.stat().st_size
    assert manifest.inputs.base_sha256 == file_sha256(tiny_file)
    assert manifest.inputs.adapter_sha256 == file_sha256(adapter_file)
    assert manifest.known_signatures == ("aa", "bb")
    assert manifest.languages == ("en",)
    assert manifest.prompt_order == "COMPACT"
    assert manifest.vocabulary_size == len(read_base(target).tokens)
    assert manifest.licence == LICENCE_NOTICE


def test_the_base_model_alone_knows_no_tools(tiny_file: Path, tmp_path: Path) -> None:
    manifest = build_model(tiny_file, None, tmp_path / "model.gguf")
    assert manifest.known_signatures == ()
    assert manifest.inputs.adapter_sha256 is None
    assert manifest.adapter is None


def test_a_functiongemma_without_an_adapter_keeps_its_control_tokens_and_its_prompts(
    tmp_path: Path, write_model: Callable[..., Path], adapter_file: Path
) -> None:
    names = {identity: name for name, identity in CONTROL_TOKENS.items()}
    path = write_model(tmp_path / "function.gguf", names=names)
    manifest = build_model(path, None, tmp_path / "bare.gguf")
    assert manifest.prompt_order == "OFFICIAL"
    rows = np.array(TRAINED_ROWS)
    kept = read_base(tmp_path / "bare.gguf").tensors.rows("token_embd.weight", rows)
    assert np.allclose(kept, read_base(path).tensors.rows("token_embd.weight", rows), atol=0.02)
    assert build_model(path, adapter_file, tmp_path / "adapted.gguf").prompt_order == "COMPACT"


def test_a_file_that_has_an_adapter_already_gets_no_second(
    tiny_file: Path, adapter_file: Path, tmp_path: Path
) -> None:
    build_model(tiny_file, adapter_file, tmp_path / "once.gguf")
    with pytest.raises(ModelBuildError, match="give the base model"):
        build_model(tmp_path / "once.gguf", adapter_file, tmp_path / "twice.gguf")


def test_an_adapter_of_another_model_leaves_no_file(
    tiny: BaseModel, make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    adapter = make_adapter()
    wider = Adapter(adapter.metadata, {"token_embd.rows": np.zeros((9, 640), np.float16)})
    with pytest.raises(AdapterError):
        build(tiny, wider, tmp_path / "out" / "model.gguf")
    assert not (tmp_path / "out").exists()


def test_an_interrupted_build_leaves_the_old_file_and_nothing_else(tiny: BaseModel, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    build(tiny, None, folder / "model.gguf")
    before = (folder / "model.gguf").read_bytes()

    def interrupt(_stage: str, done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tiny, None, folder / "model.gguf", progress=interrupt)
    assert [path.name for path in folder.iterdir()] == ["model.gguf"]
    assert (folder / "model.gguf").read_bytes() == before


def test_a_full_disk_is_said_and_leaves_nothing(
    tiny: BaseModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(gguf.GGUFWriter, "write_tensor_data", full)
    with pytest.raises(ModelBuildError, match=r"disk is full.*INTENT_AGENT_CACHE"):
        build(tiny, None, tmp_path / "out" / "model.gguf")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tiny_file: Path, tiny: BaseModel) -> None:
    with pytest.raises(ModelBuildError, match="cannot write"):
        build(tiny, None, tiny_file / "model.gguf")
