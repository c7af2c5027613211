"""Several requests at once in one llama.cpp engine, on a tiny model with random weights and the built one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from agent.engines import LlamaCppEngine, StopReason, open_engine
from agent.engines._places import Places
from agent.engines._watch import Watch
from agent.errors import EngineCancelled, EngineError, EngineFailed, EngineTimeout, GrammarRejected
from agent.planning import Planner
from agent.planning import Request as PlanRequest
from agent.prompt import Prompt, render, to_text
from tools_schema import load_tool_set

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLOTS = 4
CONTEXT = 512
ENDLESS = "root ::= [a-z] root"
OK = 'root ::= "ok"'
NOW = datetime(2026, 1, 15, 10)
NEVER = threading.Event()
TEXTS = [f"request {number}: {'please ' * number}set a timer" for number in range(3 * SLOTS)]


class Reached(threading.Event):
    """A cancel event that tells when its request has been looked at for the n-th time."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.reached = threading.Event()
        self._looks = looks

    def is_set(self) -> bool:
        self._looks -= 1
        if self._looks <= 0:
            self.reached.set()
        return super().is_set()


def watch(cancel: threading.Event | None) -> Watch:
    return Watch(None, cancel, NEVER)


class Meeting(threading.Event):
    """A cancel event that lets its request write a little, then waits until all others have, too."""

    def __init__(self, others: threading.Barrier, *, cancelled: bool = False) -> None:
        super().__init__()
        self._others = others
        self._cancelled = cancelled
        self._looks = 0

    def is_set(self) -> bool:
        self._looks += 1
        if self._looks == 5:
            self._others.wait(60)
        return self._cancelled and self._looks > 5


def said(text: str) -> Prompt:
    return render([{"role": "user", "content": text}])


@pytest.fixture(scope="module")
def engine(tiny_gemma: Path) -> Iterator[LlamaCppEngine]:
    opened = open_engine(tiny_gemma, threads=1, context=CONTEXT, slots=SLOTS)
    yield opened
    opened.close()


def write(engine: LlamaCppEngine, text: str) -> str:
    return to_text(engine.generate(said(text), grammar="root ::= [a-z ]{20}").pieces)


def test_it_says_how_many_it_answers_at_once(engine: LlamaCppEngine) -> None:
    assert engine.info.slots == SLOTS


def test_answers_are_those_that_each_request_gets_alone(engine: LlamaCppEngine) -> None:
    alone = [write(engine, text) for text in TEXTS]
    with ThreadPoolExecutor(SLOTS) as pool:
        assert list(pool.map(lambda text: write(engine, text), TEXTS)) == alone


def test_the_built_model_plans_the_same_in_company(built_model: Path) -> None:
    texts = (
        "Turn on the flashlight",
        "Wake me up at 6:30 on weekdays",
        "Text Anna that I will be late",
        "Navigate to Oslo and set the volume to 30 percent",
        "What is love?",
        "明天早上七点叫我起床",
    )
    opened = open_engine(built_model, context=2048, slots=len(texts))
    try:
        tool_set = load_tool_set("phone")
        known = tuple(tool for tool in tool_set.tools if tool.signature in opened.info.known)
        planner = Planner(opened, tool_set, known)

        def plan(text: str) -> str:
            return planner.plan(PlanRequest(text, now=NOW)).raw

        alone = [plan(text) for text in texts]
        with ThreadPoolExecutor(len(texts)) as pool:
            assert list(pool.map(plan, texts)) == alone
    finally:
        opened.close()


def test_requests_are_answered_side_by_side_and_one_that_is_cancelled_leaves_the_others_alone(
    engine: LlamaCppEngine,
) -> None:
    all_write = threading.Barrier(SLOTS)
    cancels = [Meeting(all_write, cancelled=number == 0) for number in range(SLOTS)]
    with ThreadPoolExecutor(SLOTS) as pool:
        running = [
            pool.submit(engine.generate, said("hello"), grammar=ENDLESS, max_tokens=100, cancel=cancel)
            for cancel in cancels
        ]
        assert isinstance(running[0].exception(), EngineCancelled)
        generations = [each.result() for each in running[1:]]
    assert [each.stop for each in generations] == [StopReason.LENGTH] * (SLOTS - 1)
    assert {each.output_tokens for each in generations} == {100}
    assert len({each.pieces for each in generations}) == 1


def test_a_wrong_grammar_hurts_nobody_else(engine: LlamaCppEngine) -> None:
    def answer(number: int) -> str:
        try:
            return to_text(
                engine.generate(
                    said(TEXTS[number]), grammar=OK if number % 2 else "root ::= undefined"
                ).pieces
            )
        except GrammarRejected:
            return "rejected"

    with ThreadPoolExecutor(SLOTS) as pool:
        assert list(pool.map(answer, range(len(TEXTS)))) == ["rejected", "ok"] * (len(TEXTS) // 2)


def test_requests_that_do_not_fit_into_the_context_together_wait_for_each_other(
    engine: LlamaCppEngine,
) -> None:
    long = [said(f"{number} " + "no such thing, " * 30) for number in range(2 * SLOTS)]
    with ThreadPoolExecutor(SLOTS) as pool:
        generations = list(pool.map(lambda prompt: engine.generate(prompt, grammar=OK), long))
    assert all(CONTEXT / 2 < each.prompt_tokens < CONTEXT for each in generations)
    assert {to_text(each.pieces) for each in generations} == {"ok"}


def test_closing_ends_all_answers(tiny_gemma: Path) -> None:
    opened = open_engine(tiny_gemma, threads=1, context=4096, slots=2)
    all_write = threading.Barrier(3)
    with ThreadPoolExecutor(2) as pool:
        running = [
            pool.submit(
                opened.generate, said("hello"), grammar=ENDLESS, max_tokens=1900, cancel=Meeting(all_write)
            )
            for _ in range(2)
        ]
        all_write.wait(60)
        opened.close()
        assert [type(each.exception()) for each in running] == [EngineFailed] * 2


def test_who_comes_first_gets_room_first_however_much_it_needs() -> None:
    places = Places(slots=2, tokens=10)
    order: list[str] = []
    first_waits, second_waits = Reached(looks=2), Reached(looks=2)

    def take(name: str, tokens: int, cancel: threading.Event) -> None:
        with places.taken(tokens, watch(cancel)):
            order.append(name)

    with ThreadPoolExecutor(2) as pool:
        with places.taken(5, watch(None)):
            waiting = [pool.submit(take, "long", 10, first_waits)]
            assert first_waits.reached.wait(60)
            waiting.append(pool.submit(take, "short", 1, second_waits))
            assert second_waits.reached.wait(60)
            assert not order
        for each in waiting:
            each.result()
    assert order == ["long", "short"]


@pytest.mark.parametrize(
    ("timeout", "cancelled", "error"), [(0.05, False, EngineTimeout), (None, True, EngineCancelled)]
)
def test_who_gives_up_waiting_is_not_waited_for(
    timeout: float | None, cancelled: bool, error: type[EngineError]
) -> None:
    places = Places(slots=1, tokens=10)
    cancel = threading.Event()
    with places.taken(1, watch(None)):
        threading.Timer(0.05, cancel.set).start()
        with pytest.raises(error), places.taken(1, Watch(timeout, cancel if cancelled else None, NEVER)):
            pass
    with places.taken(10, watch(None)):
        pass
