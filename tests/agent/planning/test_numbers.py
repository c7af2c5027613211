from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.engines import ScriptedEngine, calling
from agent.planning import Planner, Request
from agent.planning._numbers import all_numbers_said, numbers_said
from tools_schema import Kind, Parameter, Value, ValueType, load_tool_set

COFFEE = load_tool_set(Path(__file__).parents[3] / "examples" / "coffee_machine")
NOW = datetime(2026, 1, 16, 22, 10)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("bed 12, please", {12}),
        ("it is -3.5 degrees", {3.5}),
        ("$2,000,000", {2_000_000}),
        ("1.500 Euro oder 1,5", {1500, 1.5}),
        ("18 thousand", {18_000}),
        ("twelve thousand four hundred", {12_400}),
        ("minus fifteen", {15}),
        ("40 % of it", {40, 0.4}),
        ("twice, a dozen", {2, 12}),
        ("drei Kannen", {3}),
        ("vingt-cinq cafés", {25}),
        ("treinta y dos", {32}),
        ("ventidue gradi", {22}),
        ("trinta e dois", {32}),
        ("close it", {0}),
    ],
)
def test_a_number_was_said_in_digits_or_in_words(text: str, numbers: set[float]) -> None:
    said = numbers_said([text])
    assert said is not None
    assert numbers <= said


@pytest.mark.parametrize("text", ["двадцать пять", "カップを3つ", "तीन कप"])
def test_the_number_words_of_other_scripts_are_not_known(text: str) -> None:
    assert numbers_said(["three cups", text]) is None


@given(st.integers(0, 10**12), st.text("abc ,.-"))
def test_a_number_in_digits_is_always_found(number: int, around: str) -> None:
    said = numbers_said([f"{around} {number} {around}"])
    assert said is not None
    assert number in said


@given(st.text())
def test_whatever_is_said_its_numbers_can_be_written(text: str) -> None:
    for number in numbers_said([text]) or ():
        assert 0 <= number < 10**15
        assert number == float(f"{number:.9f}")


def test_a_number_of_very_many_digits_is_none_and_very_many_numbers_are_not_narrowed_to() -> None:
    assert numbers_said(["9" * 400]) == frozenset({0.0})
    assert numbers_said([" and ".join(map(str, range(1000)))]) is None


@pytest.mark.parametrize(
    ("values", "all_said"),
    [
        ({"count": 12, "name": "x"}, True),
        ({"count": -12}, True),
        ({"count": 13}, False),
        ({"sizes": [12, 0]}, True),
        ({"sizes": [12, 14]}, False),
        ({"place": {"row": 14}}, False),
        # Percentages and times are said in many ways: "halfway", "a quarter of an hour".
        ({"share": 50, "wait": 900, "on": True}, True),
    ],
)
def test_every_plain_number_of_a_call_is_looked_for(values: dict[str, Value], all_said: bool) -> None:
    row = Parameter("row", ValueType.INTEGER)
    parameters = [
        Parameter("count", ValueType.INTEGER),
        Parameter("name", ValueType.STRING),
        Parameter("sizes", ValueType.ARRAY, items=Parameter("", ValueType.NUMBER)),
        Parameter("place", ValueType.OBJECT, properties=(row,)),
        Parameter("share", ValueType.INTEGER, kind=Kind.PERCENT),
        Parameter("wait", ValueType.INTEGER, kind=Kind.DURATION),
        Parameter("on", ValueType.BOOLEAN),
    ]
    assert all_numbers_said(parameters, values, frozenset({0.0, 12.0})) is all_said


def test_the_model_answers_again_where_a_declared_tool_got_a_number_that_nobody_said() -> None:
    engine = ScriptedEngine(
        [calling("brew_coffee{cups:5,drink:'espresso'}"), calling("brew_coffee{cups:2,drink:'espresso'}")]
    )
    plan = Planner(engine, COFFEE).plan(Request("brew two cups of espresso", NOW, "UTC"))
    assert [call.arguments["cups"] for call in plan.calls] == [2]
    assert 'cups:" ("2")' not in engine.grammars[0]
    assert 'cups:" ("2")' in engine.grammars[1]


@pytest.mark.parametrize(
    ("text", "number"), [("brew a pair of cups", "2"), ("a dozen cups of espresso", "12")]
)
def test_a_number_in_our_own_words_can_be_written_by_a_declared_tool(text: str, number: str) -> None:
    engine = ScriptedEngine([calling("brew_coffee{cups:5,drink:'espresso'}"), calling()])
    Planner(engine, COFFEE).plan(Request(text, NOW, "UTC"))
    assert f'("{number}")' in engine.grammars[1]


def test_a_number_that_was_said_below_zero_is_so_in_the_call_of_a_declared_tool() -> None:
    vaults = load_tool_set(Path(__file__).parents[2] / "data" / "heldout" / "tools" / "seed_bank")
    engine = ScriptedEngine([calling("set_vault_temperature{celsius:18.5,vault:'deep'}")])
    plan = Planner(engine, vaults).plan(Request("the deep vault down to minus 18.5 degrees", NOW, "UTC"))
    assert [call.arguments["celsius"] for call in plan.calls] == [-18.5]


def test_a_number_outside_the_limits_is_written_again() -> None:
    engine = ScriptedEngine(
        [calling("brew_coffee{cups:2000,drink:'espresso'}"), calling("brew_coffee{drink:'espresso'}")]
    )
    plan = Planner(engine, COFFEE).plan(Request("brew espresso for room 2000", NOW, "UTC"))
    assert [dict(call.arguments) for call in plan.calls] == [{"drink": "espresso"}]
    assert "cups:" not in engine.grammars[1]


@pytest.mark.parametrize(
    ("text", "known"),
    [("brew five cups of espresso", False), ("エスプレッソを淹れて", False), ("brew espresso", True)],
)
def test_the_first_answer_stands_where_all_was_said_or_nobody_can_tell(text: str, known: bool) -> None:
    signatures = [tool.signature for tool in COFFEE.tools] if known else []
    engine = ScriptedEngine([calling("brew_coffee{cups:5,drink:'espresso'}")], known=signatures)
    Planner(engine, COFFEE).plan(Request(text, NOW, "UTC"))
    assert len(engine.prompts) == 1
