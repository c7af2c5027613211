from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent.engines import BLOCK, Engine, PromptOrder, ScriptedEngine, StopReason
from agent.errors import EngineCancelled, EngineFailed, EngineTimeout, GrammarRejected
from agent.prompt import ParsedCall, Piece, parse_calls, render

PROMPT = render([{"role": "user", "content": "light"}])
CALL = "<start_function_call>call:f{}<end_function_call><start_function_response>"


def test_it_is_an_engine() -> None:
    engine: Engine = ScriptedEngine()
    assert engine.info.engine == "scripted"


def test_steps_are_taken_in_order_and_prompts_are_kept() -> None:
    engine = ScriptedEngine([CALL, "", [Piece("text")]])
    first, second, third = (engine.generate(PROMPT, grammar=str(number)) for number in range(3))
    assert parse_calls(first.pieces) == (ParsedCall("f"),)
    assert first.stop is StopReason.START_RESPONSE
    assert (second.pieces, second.stop) == ((), StopReason.END_OF_TURN)
    assert third.pieces == (Piece("text"),)
    assert engine.prompts == [PROMPT] * 3
    assert engine.grammars == ["0", "1", "2"]


def test_a_function_answers_from_the_text_of_the_prompt() -> None:
    engine = ScriptedEngine(lambda text: CALL if "light" in text else "")
    assert engine.generate(PROMPT).pieces
    assert not engine.generate(render([{"role": "user", "content": "no"}])).pieces


def test_the_token_that_ends_the_turn_is_not_written() -> None:
    assert ScriptedEngine(["<end_of_turn>"]).generate(PROMPT).pieces == ()
    assert ScriptedEngine([CALL]).generate(PROMPT).pieces[-1] == Piece("<end_function_call>", control=True)


def test_an_answer_over_the_limit_is_cut_off() -> None:
    generation = ScriptedEngine([CALL]).generate(PROMPT, max_tokens=2)
    assert generation.stop is StopReason.LENGTH
    assert len(generation.pieces) == generation.output_tokens == 2


def test_the_model_is_as_told() -> None:
    info = ScriptedEngine(order=PromptOrder.OFFICIAL, known=["s"]).info
    assert info.order is PromptOrder.OFFICIAL
    assert info.known == {"s"}


@pytest.mark.parametrize("error", [EngineTimeout("late"), GrammarRejected("bad"), EngineFailed("dead")])
def test_a_step_may_be_a_failure(error: EngineTimeout) -> None:
    engine = ScriptedEngine([error, ""])
    with pytest.raises(type(error)):
        engine.generate(PROMPT)
    engine.generate(PROMPT)


def test_a_script_that_is_over_fails() -> None:
    with pytest.raises(EngineFailed):
        ScriptedEngine().generate(PROMPT)


def test_a_blocked_request_ends_when_it_is_cancelled() -> None:
    engine = ScriptedEngine([BLOCK, ""])
    cancel = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        blocked = pool.submit(engine.generate, PROMPT, cancel=cancel)
        assert engine.started.wait(10)
        cancel.set()
        with pytest.raises(EngineCancelled):
            blocked.result()
    engine.generate(PROMPT)


def test_a_blocked_request_ends_when_its_time_is_over() -> None:
    engine = ScriptedEngine([BLOCK])
    with pytest.raises(EngineTimeout) as caught:
        engine.generate(PROMPT, timeout=0.01)
    assert caught.value.metadata == {"timeout": "0.01"}


def test_a_request_that_waits_for_another_ends_when_its_time_is_over() -> None:
    engine = ScriptedEngine([BLOCK])
    cancel = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        blocked = pool.submit(engine.generate, PROMPT, cancel=cancel)
        assert engine.started.wait(10)
        with pytest.raises(EngineTimeout):
            engine.generate(PROMPT, timeout=0.01)
        cancel.set()
        assert isinstance(blocked.exception(), EngineCancelled)
    assert len(engine.prompts) == 1


def test_closing_ends_blocked_and_later_requests() -> None:
    engine = ScriptedEngine([BLOCK, ""])
    with ThreadPoolExecutor(1) as pool:
        blocked = pool.submit(engine.generate, PROMPT)
        assert engine.started.wait(10)
        engine.close()
        assert isinstance(blocked.exception(), EngineFailed)
    with pytest.raises(EngineFailed):
        engine.generate(PROMPT)
