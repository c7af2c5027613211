"""A number that was said below zero is below zero in the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.planning._signs import with_signs
from agent.prompt import ParsedCall
from tools_schema import Parameter, ValueType

if TYPE_CHECKING:
    from tools_schema import Value

NUMBERS = {
    "value": Parameter("value", ValueType.NUMBER),
    "size": Parameter("size", ValueType.INTEGER, minimum=0),
    "all": Parameter("all", ValueType.ARRAY, items=Parameter("", ValueType.NUMBER)),
}


def signed(text: str, **arguments: Value) -> object:
    [call] = with_signs([ParsedCall("solve", arguments)], [text], {"solve": NUMBERS})
    return call.arguments


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=1, b=-3, c=2", 3),
        ("coefficients 5, 20, and -25", 25),
        ("the points (-7,2)", 7),
        ("(2,-7)", 7),
        ("2, 3 and −4", 4),
        ("drop it to –18 °C", 18),
        ("set it to minus three degrees", 3),
        ("negative 2.5 please", 2.5),
        ("auf minus 12 Grad stellen", 12),
        ("поставь минус 5", 5),
        ("マイナス5度にして", 5),
    ],
)
def test_a_number_that_was_said_with_a_sign_gets_it(text: str, value: float) -> None:
    assert signed(text, value=value, all=[value, 1]) == {"value": -value, "all": [-value, 1]}


@pytest.mark.parametrize(
    "text",
    [
        "from 10-20",
        "10 -20",
        "20 minus 20",
        "room B-20",
        "call 555-20",
        "on 2026-11-20",
        "a timer - 20 minutes",
        "à huit heures moins vingt",
        "first -20, then 20",
        "first minus twenty, then twenty",
        "20",
    ],
)
def test_a_dash_between_two_things_and_a_number_that_was_said_without_are_no_sign(text: str) -> None:
    assert signed(text, value=20) == {"value": 20}


def test_a_sign_is_not_written_where_the_model_wrote_it_or_the_parameter_has_none() -> None:
    assert signed("from -3", value=-3, size=3, named="3") == {"value": -3, "size": 3, "named": "3"}


def test_calls_of_other_tools_and_truths_stay() -> None:
    other = ParsedCall("set_volume", {"level": 3})
    assert with_signs([other], ["at -3"], {"solve": NUMBERS}) == [other]
    assert signed("at -1", value=True) == {"value": True}


@given(st.text(max_size=30), st.integers(0, 10**6))
def test_only_a_sign_is_ever_changed(around: str, number: int) -> None:
    made = signed(f"{around} {number} {around}", value=number)
    assert made in ({"value": number}, {"value": -number})
