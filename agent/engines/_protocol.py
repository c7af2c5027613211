"""What an engine is: prompt in, what the model wrote out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from agent.prompt import Prompt


class EngineName(StrEnum):
    """The libraries that run a model."""

    LLAMACPP = "llamacpp"
    """llama.cpp: Gemma 3 and FunctionGemma files."""
    CTRANSFORMERS = "ctransformers"
    """ctransformers: LLaMA files that ``model convert`` has rewritten."""


class PromptOrder(StrEnum):
    """What a model's prompts hold, and in which order."""

    COMPACT = "COMPACT"
    """Only tools that the model was not trained on are declared, and no date is given."""
    OFFICIAL = "OFFICIAL"
    """FunctionGemma's: the date, then the declarations of all tools."""


class StopReason(StrEnum):
    """Why the model wrote no further."""

    END_OF_TURN = "END_OF_TURN"
    """It ended its turn; without a call, that declines the request."""
    START_RESPONSE = "START_RESPONSE"
    """It waits for the responses to its calls."""
    LENGTH = "LENGTH"
    """The limit was reached; the last call may be incomplete."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model answers.

    ``engine`` is the engine's name, ``path`` and ``sha256`` (64 hexadecimal digits) are the model
    file's, ``name`` the model's own, ``known`` the signatures of the tools that need no declaration.
    ``vocabulary_size`` and ``context`` count tokens; ``slots`` requests are answered at once.
    """

    engine: str
    path: Path
    name: str
    sha256: str
    order: PromptOrder
    known: frozenset[str]
    vocabulary_size: int
    context: int
    slots: int


@dataclass(frozen=True, slots=True)
class Generation:
    """What the model wrote to a prompt, without the token that ended its turn.

    ``prompt_tokens`` counts the whole prompt, of which ``cached_tokens`` were known from the prompt before;
    ``output_tokens`` counts what the model chose, the token that ended the turn included. ``prefill_ms`` is
    the time for reading the prompt, ``decode_ms`` for writing.
    """

    pieces: Prompt
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int
    prefill_ms: float
    decode_ms: float
    stop: StopReason


class Engine(Protocol):
    """A model that is loaded and ready. May be used from several threads.

    As many requests as it has slots are answered at once, the others in the order in which they come. Neither
    the answer to a request nor whether it can be cancelled depends on the others, apart from rounding: see
    docs/engines.md.
    """

    @property
    def info(self) -> ModelInfo:
        """The model that answers."""
        ...

    def generate(
        self,
        prompt: Prompt,
        *,
        grammar: str = "",
        max_tokens: int = 256,
        caution: float = 0.0,
        timeout: float | None = None,
        cancel: threading.Event | None = None,
    ) -> Generation:
        """Return the model's most likely answer. Blocks.

        Args:
            prompt: what the model reads, ``<bos>`` included.
            grammar: GBNF that the answer follows; empty for none. It says nothing of the end of the turn.
            max_tokens: the longest answer, at least 1; shorter where the context ends first.
            caution: by how much the logit of ``<start_function_call>`` is lowered: the model calls, and calls
                again, only where it is that much surer.
            timeout: seconds from now, waiting for other requests included; None for no limit.
            cancel: set by the caller to give up.

        Raises:
            EngineTimeout: the time is over. The engine can be used on.
            EngineCancelled: ``cancel`` was set. The engine can be used on.
            GrammarRejected: the grammar cannot be used.
            PromptTooLong: the context has no room for the prompt and an answer.
            EngineFailed: the engine does not work any more, or is closed.

        """
        ...

    def close(self) -> None:
        """Release the model. A request that is being answered fails; a second call does nothing."""
        ...
