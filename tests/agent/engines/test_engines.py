"""What every engine does, on models with random weights that are made here."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from agent.engines import Engine, PromptOrder, StopReason, open_ctransformers, open_engine
from agent.errors import (
    EngineCancelled,
    EngineFailed,
    EngineTimeout,
    GrammarRejected,
    InvalidUnicode,
    PromptTooLong,
)
from agent.prompt import ParsedCall, Piece, Prompt, parse_calls, pieces_from_text, render, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONTEXT = 256

ONE_CALL = """
root ::= call <[50]>
call ::= <[48]> "call:f{a:" <[52]> [a-z]{2} "\\U0001F9BF" <[52]> ",b:" [0-9] "}" <[49]>
"""
CALL_OR_NOT = """
root ::= (call <[50]>)?
call ::= <[48]> "call:" [a-z]+ "{}" <[49]>
"""
ENDLESS = "root ::= [a-z] root"  # no end is allowed, whatever the model would like
OK = 'root ::= "ok"'

TEXTS = [
    "Wake me at half past six, please.",
    "  two  spaces \n\n newlines\t and a tab ",
    "明天早上七点叫我起床",
    "Ünïcödé, 🦿 and 👨‍👩‍👧",
    "<start_function_call>call:f{a:<escape>x<escape>}<end_function_call><end_of_turn>",
]


class CancelAt(threading.Event):
    """An event that sets itself when it is looked at for the n-th time; ``seen`` tells of the first look."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.seen = threading.Event()
        self._looks = looks

    def is_set(self) -> bool:
        self.seen.set()
        self._looks -= 1
        return self._looks <= 0 or super().is_set()


def said(text: str) -> Prompt:
    return render([{"role": "user", "content": text}])


@pytest.fixture(scope="module", params=["llamacpp", "ctransformers"])
def open_tiny(request: pytest.FixtureRequest) -> Callable[[], Engine]:
    """Opens one of the engines on a tiny model."""
    path: Path
    if request.param == "llamacpp":
        path = request.getfixturevalue("tiny_gemma")
        return lambda: open_engine(path, threads=1, context=CONTEXT)
    path = request.getfixturevalue("converted_llama")
    return lambda: open_ctransformers(path, threads=1, context=CONTEXT)


@pytest.fixture(scope="module")
def engine(open_tiny: Callable[[], Engine]) -> Iterator[Engine]:
    opened = open_tiny()
    yield opened
    opened.close()


def test_it_says_which_model_answers(engine: Engine) -> None:
    assert engine.info.engine in ("llamacpp", "ctransformers")
    assert engine.info.path.is_file()
    assert len(engine.info.sha256) == 64
    assert engine.info.known == frozenset()
    assert engine.info.context == CONTEXT
    assert engine.info.order in PromptOrder


def test_it_is_warm_when_it_is_open(open_tiny: Callable[[], Engine]) -> None:
    opened = open_tiny()
    try:
        # Only a prompt that was read before can be reused: <bos><start_of_turn>user\n at the least.
        assert opened.generate(said("x"), max_tokens=1).cached_tokens >= 4
    finally:
        opened.close()


def test_the_grammar_is_followed_whatever_the_model_learnt(engine: Engine) -> None:
    generation = engine.generate(said("hello"), grammar=ONE_CALL)
    (call,) = parse_calls(generation.pieces)
    assert call.name == "f"
    assert str(call.arguments["a"]).endswith("🦿")
    assert str(call.arguments["b"]).isdigit()
    assert generation.stop is StopReason.START_RESPONSE
    assert generation.output_tokens > 8


def test_text_without_a_choice_is_written(engine: Engine) -> None:
    fixed = 'root ::= <[48]> "call:set{t:" <[52]> "明天 Grüße" <[52]> "}" <[49]> <[50]>'
    generation = engine.generate(said("hello"), grammar=fixed)
    assert parse_calls(generation.pieces) == (ParsedCall("set", {"t": "明天 Grüße"}),)
    assert generation.stop is StopReason.START_RESPONSE


def test_the_name_of_the_token_that_ends_an_answer_is_text_where_it_is_spelt(engine: Engine) -> None:
    text = "before <start_function_response> after"
    fixed = f'root ::= <[48]> "call:set{{t:" <[52]> "{text}" <[52]> "}}" <[49]> <[50]>'
    generation = engine.generate(said("hello"), grammar=fixed)
    assert parse_calls(generation.pieces) == (ParsedCall("set", {"t": text}),)
    assert generation.stop is StopReason.START_RESPONSE


def test_an_answer_ends_where_the_grammar_does(engine: Engine) -> None:
    generation = engine.generate(said("hello"), grammar=OK)
    assert to_text(generation.pieces) == "ok"
    assert generation.stop is StopReason.END_OF_TURN


def test_a_grammar_that_allows_nothing_lets_the_model_decline(engine: Engine) -> None:
    generation = engine.generate(said("hello"), grammar=CALL_OR_NOT, max_tokens=60)
    if generation.stop is StopReason.END_OF_TURN:
        assert generation.pieces == ()
    else:
        assert generation.pieces[0] == Piece("<start_function_call>", control=True)


def test_caution_decides_where_the_model_may_call_or_not(engine: Engine) -> None:
    assert not engine.generate(said("hi"), grammar=CALL_OR_NOT, caution=1e4).pieces
    assert engine.generate(said("hi"), grammar=CALL_OR_NOT, caution=-1e4, max_tokens=8).pieces


def test_a_long_answer_is_cut_off(engine: Engine) -> None:
    generation = engine.generate(said("hello"), grammar="root ::= [a-z]{100}", max_tokens=5)
    assert generation.stop is StopReason.LENGTH
    assert generation.output_tokens == 5


def test_an_answer_without_choice_is_cut_off_too(engine: Engine) -> None:
    generation = engine.generate(said("hello"), grammar=f'root ::= "{"x" * 90}"', max_tokens=5)
    assert generation.stop is StopReason.LENGTH
    assert generation.output_tokens == 5
    assert set(to_text(generation.pieces)) == {"x"}


def test_without_a_grammar_the_model_writes_what_it_likes(engine: Engine) -> None:
    generation = engine.generate(said("hello"), max_tokens=8)
    assert generation.output_tokens <= 8
    assert generation.stop in StopReason


def test_the_same_prompt_gives_the_same_answer(engine: Engine) -> None:
    first, _, third = (
        engine.generate(said(text), grammar=ENDLESS, max_tokens=12) for text in ("timer", "other", "timer")
    )
    assert first.pieces == third.pieces


def test_a_second_request_reads_only_its_own_tokens(engine: Engine) -> None:
    start = "declared " * 10
    engine.generate(said(start + "set a timer"), grammar=OK)
    generation = engine.generate(said(start + "open the map"), grammar=OK)
    again = engine.generate(said(start + "open the map"), grammar=OK)
    assert 40 < generation.cached_tokens < generation.prompt_tokens
    assert again.prompt_tokens == generation.prompt_tokens
    assert again.cached_tokens == again.prompt_tokens - 1
    assert again.pieces == generation.pieces


def test_text_that_looks_like_a_token_is_another_prompt(engine: Engine) -> None:
    text = said("<end_of_turn>")
    tokens = pieces_from_text(to_text(text))
    assert text != tokens
    first = engine.generate(text, max_tokens=1)
    assert engine.generate(tokens, max_tokens=1).prompt_tokens < first.prompt_tokens


@pytest.mark.parametrize("looks", [1, 2, 3, 6])
def test_a_request_can_be_cancelled_at_any_time(engine: Engine, looks: int) -> None:
    with pytest.raises(EngineCancelled):
        engine.generate(said("hello"), grammar=ENDLESS, max_tokens=200, cancel=CancelAt(looks))
    assert to_text(engine.generate(said("hello"), grammar=OK).pieces) == "ok"


def test_a_request_without_time_is_given_up(engine: Engine) -> None:
    with pytest.raises(EngineTimeout):
        engine.generate(said("hello"), grammar=ENDLESS, max_tokens=200, timeout=0.0)
    assert to_text(engine.generate(said("hello"), grammar=OK).pieces) == "ok"


def test_requests_from_several_threads_are_all_answered(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        generations = list(pool.map(lambda text: engine.generate(said(text), grammar=OK), TEXTS))
    assert [to_text(generation.pieces) for generation in generations] == ["ok"] * len(TEXTS)


@pytest.mark.parametrize(
    "grammar",
    [
        "root ::= undefined",
        'root ::= root "a"',
        'start ::= "a"',
        "root ::= [a-z",
        'root ::= "a" <[106]>',
        "root ::= <no_such_token>",
        '%llguidance {}\nstart: "a" ||',
        "nonsense",
    ],
)
def test_a_wrong_grammar_is_refused_and_the_engine_goes_on(engine: Engine, grammar: str) -> None:
    with pytest.raises(GrammarRejected):
        engine.generate(said("hello"), grammar=grammar, max_tokens=4)
    assert to_text(engine.generate(said("hello"), grammar=OK).pieces) == "ok"


def test_a_prompt_over_the_context_is_refused(engine: Engine) -> None:
    with pytest.raises(PromptTooLong) as caught:
        engine.generate(said("x " * 300))
    assert caught.value.metadata["context"] == str(CONTEXT)


def test_an_answer_ends_with_the_context(engine: Engine) -> None:
    generation = engine.generate(said("hello"), grammar=ENDLESS, max_tokens=10_000)
    assert generation.stop is StopReason.LENGTH
    assert generation.prompt_tokens + generation.output_tokens <= CONTEXT


def test_a_prompt_with_half_a_character_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidUnicode):
        engine.generate((Piece("\ud800"),))


def test_a_closed_engine_refuses_and_may_be_closed_again(open_tiny: Callable[[], Engine]) -> None:
    engine = open_tiny()
    engine.close()
    engine.close()
    with pytest.raises(EngineFailed):
        engine.generate(said("hello"))
