"""Our matcher of grammars: what it takes is exactly what the grammar says."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.engines._gbnf import parse_gbnf
from agent.engines._gbnf_matcher import Grammar, State
from agent.errors import GrammarRejected
from agent.prompt import Piece, pieces_from_text
from tools_schema import grammar as grammar_of
from tools_schema import load_tool_set

LETTERS = st.text("abcdé明🦿-. ", max_size=8)


def matcher(text: str) -> Grammar:
    return Grammar(parse_gbnf(text))


def after(grammar: Grammar, pieces: str | tuple[Piece, ...]) -> State | None:
    state: State | None = grammar.start
    for piece in (Piece(pieces),) if isinstance(pieces, str) else pieces:
        if state is None:
            return None
        state = state.after(piece.text) if piece.control else state.after_bytes(piece.text.encode())
    return state


def takes(grammar: Grammar, text: str) -> bool:
    state = after(grammar, text)
    return state is not None and state.may_end


@pytest.mark.parametrize(
    ("gbnf", "regex"),
    [
        ('root ::= "ab"* "c"?', "(ab)*c?"),
        ('root ::= ("a" | "ab") ("c" | "bc")', "(a|ab)(c|bc)"),
        ("root ::= [a-c]{2,4}", "[a-c]{2,4}"),
        ("root ::= [^a-c]+", "[^a-c]+"),
        ("root ::= [é-明]{1,}", "[é-明]{1,}"),
        (r"root ::= [\x61\u660e\U0001F9BF]*", "[a明🦿]*"),
        (r"root ::= [a\-.]* # a comment", r"[a\-.]*"),
        ('root ::= .{3} "a"', ".{3}a"),
        ('root ::= x{0,2} x ::=\n  "a"\n  | "b"', "[ab]{0,2}"),
        ('root ::= ("a"? "b"?)', "a?b?"),
        ('root ::= ""', ""),
    ],
)
@given(data=st.data())
def test_regular_grammars_take_what_the_same_expression_takes(
    gbnf: str, regex: str, data: st.DataObject
) -> None:
    text = data.draw(LETTERS | st.from_regex(re.compile(regex, re.DOTALL), fullmatch=True))
    assert takes(matcher(gbnf), text) is bool(re.fullmatch(regex, text, re.DOTALL))


@given(st.text("()", max_size=12))
def test_rules_may_hold_themselves(text: str) -> None:
    depth = 0
    for letter in text:
        depth += 1 if letter == "(" else -1
        if depth < 0:
            break
    assert takes(matcher('root ::= ("(" root ")")*'), text) is (depth == 0)


def test_repetition_does_not_pile_up() -> None:
    grammar = matcher("root ::= [a-z] root")
    assert after(grammar, "abcdefgh" * 2000) is after(grammar, "z")


def test_half_a_character_can_be_matched() -> None:
    state = matcher('root ::= "明"').start.after_bytes("明".encode()[:2])
    assert state is not None
    assert state.bytes == {"明".encode()[2]}


def test_surrogates_have_no_bytes() -> None:
    assert matcher("root ::= .").start.after_bytes(b"\xed\xa0") is None


def test_control_tokens_are_not_their_names() -> None:
    grammar = matcher('root ::= <[52]> "a" <escape>')
    assert after(grammar, pieces_from_text("<escape>a<escape>")) is not None
    assert after(grammar, "<escape>a<escape>") is None


def test_what_must_come_is_known() -> None:
    text, state = matcher('root ::= "set_" ("alarm" | "auto") <[49]>').start.forced()
    assert text == b"set_a"
    assert state.bytes == set(b"lu")


def test_a_long_repetition_of_what_may_be_nothing_is_no_trouble() -> None:
    grammar = matcher('root ::= ("a"? "b"?){0,50}')
    assert takes(grammar, "ab" * 50)
    assert not takes(grammar, "ab" * 50 + "a")


def test_looking_ahead_ends() -> None:
    text, _ = matcher('root ::= "a" root').start.forced()
    assert set(text) == {ord("a")}


@pytest.mark.parametrize(
    "gbnf",
    [
        'root ::= root "a"',
        'root ::= x x ::= y "a" y ::= "b"? root',
        'root ::= ("a"?)*',
        "root ::= other",
        'root ::= ("a"',
        'root ::= "a" )',
        "root ::= [z-a]",
        "root ::= [a",
        r'root ::= "\q"',
        r'root ::= "\ud800"',
        'root ::= "a"{3,2}',
        'root ::= "a"{99999}',
        "root ::= <[106]>",
        "root ::= <[9999]>",
        "root ::= <eos>",
        "",
    ],
)
def test_a_grammar_that_cannot_be_used_is_refused(gbnf: str) -> None:
    with pytest.raises(GrammarRejected):
        matcher(gbnf)


@given(st.text(max_size=40))
def test_any_text_is_a_grammar_or_refused(text: str) -> None:
    with contextlib.suppress(GrammarRejected):
        matcher("root ::= " + text)


PHONE = matcher(grammar_of(load_tool_set("phone").tools))
CALL = "<start_function_call>call:{}<end_function_call><start_function_response>"


@pytest.mark.parametrize(
    "call",
    [
        "set_timer{duration:<escape>10m<escape>}",
        "set_timer{}",
        "set_alarm{label:<escape>Zoë 明天 < 3<escape>,time:<escape>15 to 8pm<escape>}",
        "set_volume{level:30}",
    ],
)
def test_the_phones_grammar_takes_its_calls(call: str) -> None:
    state = after(PHONE, pieces_from_text(CALL.format(call)))
    assert state is not None
    assert state.may_end


@pytest.mark.parametrize(
    "call",
    [
        "no_such_tool{}",
        "set_timer{duration:<escape>ten<escape>}",
        "set_volume{level:300}",
        "set_timer{label:<escape>a<escape>,duration:<escape>10m<escape>}",
    ],
)
def test_the_phones_grammar_takes_nothing_else(call: str) -> None:
    assert after(PHONE, pieces_from_text(CALL.format(call))) is None
