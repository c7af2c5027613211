from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.engines import ScriptedEngine, calling
from agent.planning import Exchange, Planner, Request
from agent.planning._evidence import Evidence
from tools_schema import load_tool_set

COFFEE = load_tool_set(Path(__file__).parents[3] / "examples" / "coffee_machine")
PHONE = load_tool_set("phone")
NOW = datetime(2026, 1, 16, 22, 10)
EVIDENCE = Evidence(COFFEE.tools, PHONE.tools)


@pytest.mark.parametrize(
    ("text", "called", "better"),
    [
        ("warm the cups for ten minutes", "brew_coffee", {"warm_cups"}),
        ("Descaling, please", "save_recipe", {"clean_machine"}),
        ("warm the cups for ten minutes", "warm_cups", set()),
        # A tool that the model knows gives way to strong evidence only.
        ("warm the cups for ten minutes", "set_timer", {"warm_cups"}),
        ("descale in ten minutes", "set_timer", set()),
        ("set an alarm for seven", "set_alarm", set()),
        # Nothing speaks for anything: the model's choice stands.
        ("カップを温めて", "brew_coffee", set()),
        ("", "brew_coffee", set()),
    ],
)
def test_another_tool_is_better_where_the_words_speak_for_it(
    text: str, called: str, better: set[str]
) -> None:
    assert EVIDENCE.better(text, [called]) == better


def test_words_that_speak_for_another_called_tool_count_for_nothing_else() -> None:
    text = "warm the cups and set an alarm for seven"
    assert EVIDENCE.better(text, ["warm_cups", "set_alarm"]) == frozenset()
    assert EVIDENCE.better(text, ["save_recipe", "set_alarm"]) == {"warm_cups", "set_alarm"}


@given(st.text(), st.lists(st.sampled_from([tool.name for tool in (*COFFEE.tools, *PHONE.tools)])))
def test_what_is_better_is_declared_or_called_and_leaves_one_called_tool_out(
    text: str, called: list[str]
) -> None:
    better = EVIDENCE.better(text, called)
    assert better <= {tool.name for tool in COFFEE.tools} | set(called)
    assert not better or not set(called) <= better


def test_the_model_chooses_again_among_the_better_tools() -> None:
    engine = ScriptedEngine([calling("show_supplies{}"), calling("warm_cups{}")])
    plan = Planner(engine, COFFEE).plan(Request("warm the cups", NOW, "UTC"))
    assert [call.name for call in plan.calls] == ["warm_cups"]
    assert "show_supplies" in engine.grammars[0]
    assert "show_supplies" not in engine.grammars[1]


def test_a_follow_up_proves_nothing_by_its_words_alone() -> None:
    engine = ScriptedEngine([calling("show_supplies{}")])
    request = Request("the cups as well, warm", NOW, "UTC", history=(Exchange("is there water left?"),))
    Planner(engine, COFFEE).plan(request)
    assert len(engine.prompts) == 1
