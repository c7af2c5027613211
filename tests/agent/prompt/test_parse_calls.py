from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import MalformedCall
from agent.prompt import CONTROL_TOKENS, ParsedCall, Piece, parse_calls, pieces_from_text, render, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="{}[]:,<>\n\t ae1"),
    st.sampled_from(sorted(CONTROL_TOKENS)),
    st.sampled_from(["None", "true", "7", "call:f{}", "<escape>}<end_function_call>"]),
)
NAMES = TEXTS.map(lambda text: "".join(c for c in text if c not in "{}[]:,")).filter(bool)
SCALARS = st.one_of(
    TEXTS,
    st.booleans(),
    st.none(),
    st.integers(min_value=-(10**40), max_value=10**40),
    st.floats(allow_nan=False, allow_infinity=False),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=10,
)
CALLS = st.lists(st.tuples(NAMES, st.dictionaries(NAMES, VALUES, max_size=4)), min_size=1, max_size=3)
PIECES = st.lists(
    st.one_of(
        st.sampled_from([Piece(name, control=True) for name in CONTROL_TOKENS]),
        TEXTS.map(Piece),
        st.sampled_from(["call:", "f", "{", "}", "[", "]", ":", ",", "1", "1e999", "None", "k:"]).map(Piece),
    ),
    max_size=20,
)


def written(*calls: tuple[str, dict[str, Any]]) -> tuple[Piece, ...]:
    """What a model would write: a turn with these calls."""
    tool_calls = [{"function": {"name": name, "arguments": arguments}} for name, arguments in calls]
    prompt = render(
        [{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": tool_calls}],
        add_generation_prompt=False,
    )
    return prompt[prompt.index(Piece("<start_function_call>", control=True)) :]


def outcome(pieces: Iterable[Piece]) -> tuple[ParsedCall, ...] | MalformedCall:
    try:
        return parse_calls(pieces)
    except MalformedCall as error:
        return error


@given(CALLS)
def test_what_is_rendered_is_read_back(calls: list[tuple[str, dict[str, Any]]]) -> None:
    parsed = parse_calls(written(*calls))
    assert parsed == tuple(ParsedCall(name, arguments) for name, arguments in calls)


@given(CALLS)
def test_types_are_read_back_too(calls: list[tuple[str, dict[str, Any]]]) -> None:
    def types(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: types(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [types(inner) for inner in value]
        return type(value)

    for call, (_, arguments) in zip(parse_calls(written(*calls)), calls, strict=True):
        assert types(call.arguments) == types(arguments)


@given(PIECES)
def test_garbage_is_a_malformed_call_or_reads_as_calls(pieces: list[Piece]) -> None:
    match outcome(pieces):
        case MalformedCall() as error:
            assert 0 <= error.position <= len(to_text(pieces))
        case calls:
            assert all(call.name for call in calls)


@given(st.text())
def test_garbage_text_is_a_malformed_call_or_empty(text: str) -> None:
    assert outcome(pieces_from_text(text)) == () or isinstance(outcome(pieces_from_text(text)), MalformedCall)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("", ()),
        ("<end_of_turn>", ()),
        ("<start_function_call>call:f{}<end_function_call>", (ParsedCall("f"),)),
        ("<start_function_call>call:f{}<end_function_call><end_of_turn>", (ParsedCall("f"),)),
        (
            (
                "<start_function_call>call:f{a:1}<end_function_call>"
                "<start_function_call>call:g{b:<escape>x, {y}: [z]\n<escape>}<end_function_call>"
                "<start_function_response>"
            ),
            (ParsedCall("f", {"a": 1}), ParsedCall("g", {"b": "x, {y}: [z]\n"})),
        ),
        (
            (
                "<start_function_call>call:f{a:[1,-2.5,true,None,[],{}],b:{c:{d:false}},e:<escape><escape>}"
                "<end_function_call>"
            ),
            (ParsedCall("f", {"a": [1, -2.5, True, None, [], {}], "b": {"c": {"d": False}}, "e": ""}),),
        ),
    ],
)
def test_a_turn_of_calls_is_read(text: str, calls: tuple[ParsedCall, ...]) -> None:
    assert parse_calls(pieces_from_text(text)) == calls


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("Sure!", 0, "a call or the end of the turn"),
        ("<start_function_response>", 0, "a call or the end of the turn"),
        ("<end_of_turn>more", 13, "nothing after the end of the turn"),
        ("<start_function_call>f{}<end_function_call>", 21, "'call:'"),
        ("<start_function_call>call:{}<end_function_call>", 26, "a tool name"),
        ("<start_function_call>call:f", 27, "'{'"),
        ("<start_function_call>call:f{}", 29, "<end_function_call>"),
        ("<start_function_call>call:f{a}<end_function_call>", 29, "':'"),
        ("<start_function_call>call:f{a:}<end_function_call>", 30, "a value"),
        ("<start_function_call>call:f{a:1,}<end_function_call>", 32, "a key"),
        (
            "<start_function_call>call:f{a:1,a:2}<end_function_call>",
            32,
            "a key other than 'a', which is already there",
        ),
        ("<start_function_call>call:f{a:[1}<end_function_call>", 32, "',' or ']'"),
        ("<start_function_call>call:f{a:<escape>x}<end_function_call>", 40, "<escape>"),
        ("<start_function_call>call:f{a:<escape>x<escape>b:1}<end_function_call>", 47, "',' or '}'"),
    ],
)
def test_an_error_names_the_place_and_what_was_expected(text: str, position: int, expected: str) -> None:
    with pytest.raises(MalformedCall) as caught:
        parse_calls(pieces_from_text(text))
    assert (caught.value.position, caught.value.expected) == (position, expected)
    assert str(position) in caught.value.message
    assert expected in caught.value.message


@pytest.mark.parametrize(
    "value", ["yes", "1e999", "0x10", "9" * 5000, "nan", "null", "[" * 2000, "{a:" * 2000]
)
def test_what_is_no_value_is_a_malformed_call(value: str) -> None:
    with pytest.raises(MalformedCall):
        parse_calls(pieces_from_text(f"<start_function_call>call:f{{a:{value}}}<end_function_call>"))


def test_a_textual_escape_is_not_the_token() -> None:
    turn = (
        Piece("<start_function_call>", control=True),
        Piece("call:f{a:"),
        Piece("<escape>", control=True),
        Piece("<escape>}<end_function_call>"),
        Piece("<escape>", control=True),
        Piece("}"),
        Piece("<end_function_call>", control=True),
    )
    assert parse_calls(turn) == (ParsedCall("f", {"a": "<escape>}<end_function_call>"}),)
