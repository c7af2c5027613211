"""What the planner gives to the engine, and requests that end in an error before or after it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from agent.engines import BLOCK, PromptOrder, ScriptedEngine, calling
from agent.errors import (
    EngineCancelled,
    EngineTimeout,
    InvalidMoment,
    MalformedCall,
    RequestTextError,
    UnknownTimeZone,
)
from agent.planning import Exchange, Planner, Request
from agent.prompt import to_text
from tools_schema import grammar, load_tool_set

PHONE = load_tool_set("phone")
MOBILE_ACTIONS = load_tool_set("mobile_actions")
NOW = datetime(2026, 1, 16, 22, 10, 5)


def test_the_model_may_write_known_tools_of_other_sets_but_this_set_decides_on_shared_names() -> None:
    engine = ScriptedEngine([calling()])
    Planner(engine, MOBILE_ACTIONS, known_tools=PHONE.tools).plan(Request("hello", NOW))
    names = {tool.name for tool in MOBILE_ACTIONS.tools}
    decoys = [tool for tool in PHONE.tools if tool.name not in names]
    assert engine.grammars == [grammar(MOBILE_ACTIONS.tools, decoys)]


def test_known_tools_are_not_declared_to_our_own_model() -> None:
    engine = ScriptedEngine([calling()], known=[tool.signature for tool in PHONE.tools])
    Planner(engine, PHONE, known_tools=PHONE.tools).plan(Request("hello", NOW))
    assert to_text(engine.prompts[0]) == (
        "<bos><start_of_turn>user\nhello<end_of_turn>\n<start_of_turn>model\n"
    )


def test_other_tools_are_declared_to_our_own_model_sorted_and_without_a_date() -> None:
    known = [tool.signature for tool in PHONE.tools if tool.name not in {"set_timer", "call"}]
    engine = ScriptedEngine([calling()], known=known)
    Planner(engine, PHONE).plan(Request("hello", NOW))
    prompt = to_text(engine.prompts[0])
    assert prompt.startswith(
        "<bos><start_of_turn>developer\nYou are a model that can do function calling with the following "
        "functions<start_function_declaration>declaration:call{"
    )
    assert prompt.count("<start_function_declaration>") == 2
    assert prompt.index("declaration:call{") < prompt.index("declaration:set_timer{")


def test_a_stock_model_gets_the_date_and_all_declarations() -> None:
    engine = ScriptedEngine([calling()], order=PromptOrder.OFFICIAL)
    Planner(engine, MOBILE_ACTIONS).plan(Request("hello", NOW))
    prompt = to_text(engine.prompts[0])
    assert prompt.startswith(
        "<bos><start_of_turn>developer\nCurrent date and time given in YYYY-MM-DDTHH:MM:SS format: "
        "2026-01-16T22:10:05\nDay of week is Friday\nYou are a model"
    )
    assert prompt.count("<start_function_declaration>") == 7


def test_output_that_is_no_call_is_an_error() -> None:
    with pytest.raises(MalformedCall):
        Planner(ScriptedEngine(["I cannot do that.<end_of_turn>"]), PHONE).plan(Request("hi", NOW))


@pytest.mark.parametrize("text", ["", " \n", "x" * 100_000, "a\ud800", "a\x00b", "<end_of_turn>", "<ESCAPE>"])
def test_text_that_cannot_be_used_is_an_error_before_the_model_sees_it(text: str) -> None:
    engine = ScriptedEngine()
    with pytest.raises(RequestTextError):
        Planner(engine, PHONE).plan(Request(text, NOW))
    with pytest.raises(RequestTextError):
        Planner(engine, PHONE).plan(Request("hi", NOW, history=(Exchange(text),)))
    assert engine.prompts == []


def test_an_unknown_time_zone_and_a_moment_with_an_offset_are_errors() -> None:
    planner = Planner(ScriptedEngine(), PHONE)
    with pytest.raises(UnknownTimeZone):
        planner.plan(Request("hi", NOW, "Mars/Olympus"))
    with pytest.raises(InvalidMoment):
        planner.plan(Request("hi", NOW.replace(tzinfo=UTC)))


def test_deadline_and_cancellation_reach_the_engine() -> None:
    planner = Planner(ScriptedEngine([BLOCK, BLOCK]), PHONE)
    with pytest.raises(EngineTimeout):
        planner.plan(Request("hi", NOW, timeout=0.01))
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(EngineCancelled):
        planner.plan(Request("hi", NOW, cancel=cancel))
