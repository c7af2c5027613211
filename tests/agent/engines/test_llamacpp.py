"""The llama.cpp engine on real files: the built one, and Gemma 3 as packaged, which never learnt to call."""

from __future__ import annotations

import json
import os
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import pytest

from agent.engines import LlamaCppEngine, PromptOrder, StopReason, open_engine
from agent.errors import (
    EngineCancelled,
    EngineFailed,
    EngineTimeout,
    GrammarRejected,
    InvalidUnicode,
    PromptTooLong,
)
from agent.model import Tokenizer
from agent.prompt import CONTROL_TOKENS, Piece, Prompt, parse_calls, pieces_from_text, render, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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
    "Ünïcödé, 🦿 and 👨‍👩‍👧, Ελληνικά, العربية",
    "<start_function_call>call:f{a:<escape>x<escape>}<end_function_call><end_of_turn>",
    "<bos><eos><pad><unk><unused7><start_of_turn>",
    "call:set_alarm{time:",
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


def llama_cpp_tokenizer(path: Path) -> Callable[[str], list[int]]:
    """llama.cpp's own split of a text, asked for over its HTTP port."""
    import xllamacpp  # not before agent.engines, which sets how its threads wait

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = 256
    params.hostnames = ["127.0.0.1"]
    params.warmup = False
    params.verbosity = 0
    server = xllamacpp.Server(params)

    def split(text: str) -> list[int]:
        body = {"content": text, "add_special": False, "parse_special": False}
        request = urllib.request.Request(  # noqa: S310 - the address is our own server's
            f"{server.listening_address}/tokenize",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310 - see above
            answer: dict[str, Any] = json.load(reply)
        return [int(token) for token in answer["tokens"]]

    return split


@pytest.fixture(scope="module")
def built(built_model: Path) -> Iterator[LlamaCppEngine]:
    engine = open_engine(built_model, threads=1)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def stock(stock_model: Path) -> Iterator[LlamaCppEngine]:
    engine = open_engine(stock_model)
    yield engine
    engine.close()


def test_a_built_file_is_opened_as_its_manifest_says(built: LlamaCppEngine, built_model: Path) -> None:
    manifest = json.loads(built_model.with_suffix(".json").read_text(encoding="utf-8"))
    assert built.info.path == built_model
    assert built.info.sha256 == manifest["sha256"]
    assert built.info.order is PromptOrder.COMPACT
    assert built.info.known == set(manifest["known_signatures"])
    assert built.info.vocabulary_size == manifest["vocabulary_size"]


def test_a_stock_file_gets_official_prompts(stock: LlamaCppEngine) -> None:
    assert stock.info.order is PromptOrder.OFFICIAL
    assert stock.info.known == frozenset()
    assert stock.info.vocabulary_size == 262_144


def test_it_is_warm_when_it_is_open(built_model: Path) -> None:
    engine = open_engine(built_model, threads=1)
    try:
        warmed = engine.generate(said("x"), max_tokens=1)
    finally:
        engine.close()
    # Only a prompt that was evaluated before can be reused: <bos><start_of_turn>user\n at the least.
    assert warmed.cached_tokens >= 4


@pytest.mark.parametrize("name", ["built", "stock"])
def test_the_grammar_is_followed_whatever_the_model_learnt(name: str, request: pytest.FixtureRequest) -> None:
    engine: LlamaCppEngine = request.getfixturevalue(name)
    generation = engine.generate(said("hello"), grammar=ONE_CALL)
    (call,) = parse_calls(generation.pieces)
    assert generation.stop is StopReason.START_RESPONSE
    assert call.name == "f"
    text, number = call.arguments["a"], call.arguments["b"]
    assert isinstance(text, str)
    assert (len(text), text[-1]) == (3, "🦿")
    assert isinstance(number, int)


def test_an_answer_ends_at_the_token_that_ends_the_turn(built: LlamaCppEngine) -> None:
    generation = built.generate(said("hello"), grammar=OK)
    assert to_text(generation.pieces) == "ok"
    assert generation.stop is StopReason.END_OF_TURN


def test_a_grammar_that_allows_nothing_lets_the_model_decline(built: LlamaCppEngine) -> None:
    generation = built.generate(said("hello"), grammar=CALL_OR_NOT)
    calls = parse_calls(generation.pieces)
    assert bool(calls) is (generation.stop is StopReason.START_RESPONSE)


def test_a_long_answer_is_cut_off(built: LlamaCppEngine) -> None:
    generation = built.generate(said("hello"), grammar="root ::= [a-z]{100}", max_tokens=5)
    assert generation.stop is StopReason.LENGTH
    assert generation.output_tokens == 5


def test_the_same_prompt_gives_the_same_answer(built: LlamaCppEngine) -> None:
    first, second = (built.generate(said("timer"), max_tokens=8) for _ in range(2))
    assert first.pieces == second.pieces


def test_a_second_request_evaluates_only_its_own_tokens(built: LlamaCppEngine, built_model: Path) -> None:
    tokenizer = Tokenizer.from_gguf(built_model)
    tools = [{"function": {"name": f"tool_{n}", "description": "Does it " * 10}} for n in range(5)]
    first, second = (
        render([{"role": "developer", "content": "d"}, {"role": "user", "content": text}], tools)
        for text in ("set a timer", "open the map")
    )
    pairs = zip(tokenizer.encode(first), tokenizer.encode(second), strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    built.generate(first, grammar=OK)
    generation = built.generate(second, grammar=OK)
    assert shared > 100
    assert generation.prompt_tokens == len(tokenizer.encode(second))
    assert generation.cached_tokens == shared


def test_text_that_looks_like_a_token_is_another_prompt_to_llama_cpp(built: LlamaCppEngine) -> None:
    text = said("<end_of_turn>")
    tokens = pieces_from_text(to_text(text))
    assert text != tokens
    built.generate(text, max_tokens=1)
    generation = built.generate(tokens, max_tokens=1)
    assert generation.cached_tokens == len(["<bos>", "<start_of_turn>", "user", "\n"])


@pytest.mark.parametrize("looks", [1, 2, 3, 6])
def test_a_request_can_be_cancelled_at_any_time(built: LlamaCppEngine, looks: int) -> None:
    with pytest.raises(EngineCancelled):
        built.generate(said("hello"), grammar=ENDLESS, max_tokens=2000, cancel=CancelAt(looks))
    assert to_text(built.generate(said("hello"), grammar=OK).pieces) == "ok"


def test_a_long_prompt_can_be_cancelled_while_it_is_read(built: LlamaCppEngine) -> None:
    long = said("no such thing, " * 300)
    with pytest.raises(EngineCancelled):
        built.generate(long, cancel=CancelAt(5))
    assert to_text(built.generate(said("hello"), grammar=OK).pieces) == "ok"


@pytest.mark.parametrize("timeout", [0.0, 0.3])
def test_an_answer_that_takes_too_long_is_given_up(built: LlamaCppEngine, timeout: float) -> None:
    with pytest.raises(EngineTimeout):
        built.generate(said("hello"), grammar=ENDLESS, max_tokens=4000, timeout=timeout)
    assert to_text(built.generate(said("hello"), grammar=OK).pieces) == "ok"


def test_one_request_is_answered_at_a_time_and_waiting_ends_with_the_time(built: LlamaCppEngine) -> None:
    cancel = CancelAt(1_000_000)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(built.generate, said("hello"), grammar=ENDLESS, max_tokens=4000, cancel=cancel)
        assert cancel.seen.wait(10)
        with pytest.raises(EngineTimeout):
            built.generate(said("hello"), timeout=0.05)
        with pytest.raises(EngineCancelled):
            built.generate(said("hello"), cancel=CancelAt(3))
        cancel.set()
        assert isinstance(running.exception(), EngineCancelled)


def test_requests_from_several_threads_are_all_answered(built: LlamaCppEngine) -> None:
    with ThreadPoolExecutor(4) as pool:
        generations = list(pool.map(lambda text: built.generate(said(text), grammar=OK), TEXTS))
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
def test_a_wrong_grammar_is_refused_and_the_engine_goes_on(built: LlamaCppEngine, grammar: str) -> None:
    with pytest.raises(GrammarRejected):
        built.generate(said("hello"), grammar=grammar, max_tokens=4)
    assert to_text(built.generate(said("hello"), grammar=OK).pieces) == "ok"


def test_a_prompt_over_the_context_is_refused(built: LlamaCppEngine) -> None:
    with pytest.raises(PromptTooLong) as caught:
        built.generate(said("x " * 5000))
    assert caught.value.metadata["context"] == "4096"


def test_a_prompt_with_half_a_character_is_refused(built: LlamaCppEngine) -> None:
    with pytest.raises(InvalidUnicode):
        built.generate((Piece("\ud800"),))


def test_closing_ends_the_answer_and_refuses_more(built_model: Path) -> None:
    engine = open_engine(built_model, threads=1)
    cancel = CancelAt(1_000_000)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(engine.generate, said("hello"), grammar=ENDLESS, max_tokens=4000, cancel=cancel)
        assert cancel.seen.wait(10)
        engine.close()
        assert isinstance(running.exception(), EngineFailed)
    engine.close()
    with pytest.raises(EngineFailed):
        engine.generate(said("hello"))


@pytest.mark.parametrize("name", ["built_model", "stock_model"])
def test_text_is_split_as_llama_cpp_splits_it(name: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(name)
    tokenizer = Tokenizer.from_gguf(path)
    theirs = llama_cpp_tokenizer(path)
    for text in TEXTS:
        ours = tokenizer.encode((Piece(text),))
        assert ours == theirs(text)
        assert not set(ours) & set(CONTROL_TOKENS.values())


@pytest.mark.usefixtures("built")
def test_waiting_threads_are_told_to_sleep_after_a_short_spin() -> None:
    assert {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} <= os.environ.keys()
