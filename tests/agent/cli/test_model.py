"""``intent-agent model``: build, path, show, verify."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest
from typer.testing import CliRunner

from agent.cli.model import app
from agent.errors import ModelFileError, ModelHashMismatch
from agent.model import (
    TRAINED_ROWS,
    Adapter,
    AdapterMetadata,
    cached_model,
    default_adapter,
    file_sha256,
    save_adapter,
)
from tools_schema import load_tool_set

if TYPE_CHECKING:
    from pathlib import Path

WIDTH = 32


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTENT_AGENT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A Gemma 3 without layers: enough to be built and shown, not to be run."""
    tokens = [f"<unused{number}>" for number in range(107)]
    tokens += [f"<0x{byte:02X}>" for byte in range(256)] + ["ab", "a", "b"]
    types = [3] * 107 + [6] * 256 + [1] * 3
    writer = gguf.GGUFWriter(tmp_path / "base.gguf", "gemma3")
    writer.add_block_count(0)
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(64)
    writer.add_head_count(1)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_sliding_window(512)
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(types)
    writer.add_tensor("token_embd.weight", np.ones((len(tokens), WIDTH), np.float32))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return tmp_path / "base.gguf"


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    path = tmp_path / "adapter.safetensors"
    metadata = AdapterMetadata(scale=1.0, known_signatures=tuple(f"tool{number}" for number in range(20)))
    save_adapter(
        Adapter(metadata, {"token_embd.rows": np.zeros((len(TRAINED_ROWS), WIDTH), np.float16)}), path
    )
    return path


def run(*arguments: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


def test_a_model_is_built_where_it_is_told_to_and_shown(base: Path, adapter: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.gguf"
    facts = json.loads(run("build", "--base", base, "--adapter", adapter, "--out", out, "--json"))
    assert facts["sha256"] == file_sha256(out)
    assert facts["inputs"]["base_sha256"] == file_sha256(base)
    assert facts["prompt_order"] == "COMPACT"
    assert facts["vocabulary_size"] == 107 + 256 + 3
    assert json.loads(run("show", out, "--json")) == facts
    shown = run("show", out)
    assert "20 (all with --json)" in shown
    assert "Gemma Terms of Use" in " ".join(shown.split())


def test_a_build_ends_with_what_matters(base: Path, adapter: Path, tmp_path: Path) -> None:
    save_adapter(
        Adapter(
            AdapterMetadata.model_validate(
                {
                    "scale": 1.0,
                    "known_signatures": [tool.signature for tool in load_tool_set("mobile_actions").tools],
                    "languages": ["de", "en"],
                    "recipe": {"feed_forward": "Q4_0"},
                    "exact": 0.875,
                    "by_kind": {"one": 0.9},
                    "base_sha256": "0" * 64,
                }
            ),
            {"token_embd.rows": np.zeros((len(TRAINED_ROWS), WIDTH), np.float16)},
        ),
        adapter,
    )
    shown = " ".join(run("build", "--base", base, "--adapter", adapter, "--out", tmp_path / "x.gguf").split())
    for part in (
        "attention Q8_0, feed-forward Q4_0, embedding Q8_0",
        "vocabulary 366 entries",
        "7 of 7 of mobile_actions",
        "languages de, en",
        "87.5 % of rows exactly right (by kind: one 90)",
        "trained on another file than this base",
        "Gemma Terms of Use",
    ):
        assert part in shown


def test_a_base_can_be_built_without_an_adapter_and_in_other_formats(base: Path, tmp_path: Path) -> None:
    out = tmp_path / "bare.gguf"
    facts = json.loads(
        run("build", "--base", base, "--adapter", "none", "--out", out, "--attention", "Q5_1", "--json")
    )
    assert facts["adapter"] is None
    assert facts["inputs"]["plan"] == {"embedding": "Q8_0", "attention": "Q5_1", "feed_forward": "Q8_0"}
    assert "tools known 0 of" in " ".join(run("build", "--base", base, "--adapter", "none").split())


def test_a_model_is_built_into_the_cache_once(base: Path, adapter: Path, cache: Path) -> None:
    first = json.loads(run("build", "--base", base, "--adapter", adapter, "--json"))
    second = json.loads(run("build", "--base", base, "--adapter", adapter, "--json"))
    assert first == second
    assert str(cache) in first["path"]


def test_the_path_is_told_before_the_model_is_built(cache: Path) -> None:
    expected, _ = cached_model(adapter=default_adapter())
    assert expected.parent == cache
    assert run("path", code=3).strip() == str(expected)
    assert json.loads(run("path", "--json", code=3)) == {"path": str(expected), "built": False}


@pytest.mark.parametrize("command", ["show", "verify"])
def test_a_model_that_is_not_built_is_said_with_the_way_out(command: str) -> None:
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 3
    assert "intent-agent model build" in result.stderr


def test_a_whole_file_is_verified_and_a_changed_one_refused(
    base: Path, adapter: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mine.gguf"
    run("build", "--base", base, "--adapter", adapter, "--out", out)
    assert "it is the file that was built" in run("verify", out)
    assert json.loads(run("verify", out, "--json"))["manifest"] is True
    content = bytearray(out.read_bytes())
    content[-1] ^= 1
    out.write_bytes(content)
    with pytest.raises(ModelHashMismatch):
        run("verify", out)


def test_a_stock_file_is_shown_with_the_official_prompt_order(base: Path) -> None:
    facts = json.loads(run("show", base, "--json"))
    assert facts["prompt_order"] == "OFFICIAL"
    assert facts["sha256"] == file_sha256(base)
    assert "no manifest" in run("verify", base)


def test_other_formats_need_a_place_of_their_own(base: Path) -> None:
    result = CliRunner().invoke(app, ["build", "--base", str(base), "--feed-forward", "Q5_1"])
    assert result.exit_code == 2
    assert "--out" in result.stderr


@pytest.mark.parametrize("option", ["--base", "--adapter"])
def test_an_input_that_is_not_there_is_named(option: str, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="nothing"):
        run("build", option, tmp_path / "nothing")
