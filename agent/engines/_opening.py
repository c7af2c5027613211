"""What engines that read a model file do alike: count CPUs, warm up, keep room for an answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, TypeVar

from agent.errors import EngineError, PromptTooLong
from agent.prompt import pieces_from_text

if TYPE_CHECKING:
    from agent.engines._protocol import Engine

_SHORTEST_ANSWER: Final = 32
"""Tokens that must be left in the context: hardly a call is shorter."""

_WARM_UP: Final = pieces_from_text("<bos><start_of_turn>user\nhi<end_of_turn>\n<start_of_turn>model\n")

_Engine = TypeVar("_Engine", bound="Engine")


def usable_cpus() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def warmed_up(engine: _Engine) -> _Engine:
    """Return an engine that has answered once; it is closed where it cannot.

    Raises:
        EngineError: it gave no answer.

    """
    try:
        engine.generate(_WARM_UP, grammar='root ::= "a"', max_tokens=1)
    except EngineError:
        engine.close()
        raise
    return engine


def room_for_answer(context: int, prompt_tokens: int, max_tokens: int) -> int:
    """Return how many tokens an answer may have, at most ``max_tokens``.

    Raises:
        PromptTooLong: the context has no room for an answer of use.

    """
    left = context - prompt_tokens
    if left < min(max_tokens, _SHORTEST_ANSWER):
        raise PromptTooLong(
            f"the prompt has {prompt_tokens} tokens and the context {context}: "
            "shorten the request, or declare fewer tools",
            tokens=str(prompt_tokens),
            context=str(context),
        )
    return min(max_tokens, left)
