"""The llama.cpp engine on real files: the built one, and Gemma 3 as packaged, which never learnt to call.

What it does as every engine is in ``test_engines``, and with several requests at once in ``test_slots``.
"""

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
from agent.errors import EngineCancelled, EngineFailed, EngineTimeout
from agent.model import Tokenizer
from agent.prompt import CONTROL_TOKENS, Piece, Prompt, parse_calls, render, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ONE_CALL = """
root ::= call <[50]>
call ::= <[48]> "call:f{a:" <[52]> [a-z]{2} "\\U0001F9BF" <[52]> ",b:" [0-9] "}" <[49]>
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


def test_a_stock_file_follows_the_grammar_with_the_tokens_that_it_has_other_names_for(
    stock: LlamaCppEngine,
) -> None:
    generation = stock.generate(said("hello"), grammar=ONE_CALL)
    (call,) = parse_calls(generation.pieces)
    assert call.name == "f"
    assert str(call.arguments["a"]).endswith("🦿")
    assert generation.stop is StopReason.START_RESPONSE


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


def test_a_long_prompt_can_be_cancelled_while_it_is_read(built: LlamaCppEngine) -> None:
    long = said("no such thing, " * 300)
    with pytest.raises(EngineCancelled):
        built.generate(long, cancel=CancelAt(5))
    assert to_text(built.generate(said("hello"), grammar=OK).pieces) == "ok"


def test_an_answer_that_takes_too_long_is_given_up(built: LlamaCppEngine) -> None:
    with pytest.raises(EngineTimeout):
        built.generate(said("hello"), grammar=ENDLESS, max_tokens=4000, timeout=0.3)
    assert to_text(built.generate(said("hello"), grammar=OK).pieces) == "ok"


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
