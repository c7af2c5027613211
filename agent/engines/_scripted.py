"""An engine without a model: it answers from a script. For tests and for trying things out."""

from __future__ import annotations

import sys
import threading
from collections import deque
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from agent.engines._places import Places
from agent.engines._protocol import Generation, ModelInfo, PromptOrder, StopReason
from agent.engines._watch import Watch
from agent.errors import EngineError, EngineFailed
from agent.prompt import Piece, pieces_from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from agent.prompt import Prompt


class Wait(Enum):
    """A step of a script that is no answer."""

    BLOCK = "BLOCK"
    """Blocks until the request is cancelled, its time is over or the engine is closed."""


Step: TypeAlias = "str | Sequence[Piece] | Wait | EngineError"
"""What the engine does with one prompt: write (control tokens by name, or pieces), wait, or fail."""

BLOCK: Final = Wait.BLOCK

_START_RESPONSE: Final = Piece("<start_function_response>", control=True)
_ENDS: Final = (Piece("<end_of_turn>", control=True), _START_RESPONSE)


def calling(*calls: str) -> str:
    """Return a step that makes calls, or declines without any; ``'…'`` stands for an escaped text.

    ``calling("set_timer{duration:'5m'}")`` sets a timer.
    """
    written = "".join(
        f"<start_function_call>call:{call.replace(chr(39), '<escape>')}<end_function_call>" for call in calls
    )
    return f"{written}<start_function_response>" if written else "<end_of_turn>"


class ScriptedEngine:
    """Answers from a script: steps for one prompt each, or a function from a prompt's text to a step.

    ``prompts`` and ``grammars`` hold what was asked, in order. ``started`` is set as soon as a prompt came
    in, so that a test can wait for a blocked request.
    """

    def __init__(
        self,
        script: Iterable[Step] | Callable[[str], Step] = (),
        *,
        order: PromptOrder = PromptOrder.COMPACT,
        known: Iterable[str] = (),
        slots: int = 1,
    ) -> None:
        """Take a script. ``order``, ``known`` and ``slots`` are what ``info`` says of the model."""
        self._answer: Callable[[str], Step] | None = script if callable(script) else None
        self._steps: deque[Step] = deque() if callable(script) else deque(script)
        self._asking = threading.Lock()
        self._places = Places(slots, tokens=sys.maxsize)
        self._closing = threading.Event()
        self._info = ModelInfo(
            engine="scripted",
            path=Path("scripted"),
            name="scripted",
            sha256="0" * 64,
            order=order,
            known=frozenset(known),
            vocabulary_size=0,
            context=4096,
            slots=slots,
        )
        self.prompts: list[Prompt] = []
        self.grammars: list[str] = []
        self.started = threading.Event()

    @property
    def info(self) -> ModelInfo:
        """A model named "scripted"."""
        return self._info

    def generate(
        self,
        prompt: Prompt,
        *,
        grammar: str = "",
        max_tokens: int = 256,
        caution: float = 0.0,  # noqa: ARG002 - a script is sure
        timeout: float | None = None,
        cancel: threading.Event | None = None,
    ) -> Generation:
        """Do the next step. Tokens are counted as pieces; ``max_tokens`` cuts the answer after as many.

        ``caution`` changes nothing: a script is sure.

        Raises:
            EngineError: the step is an error, the script is over, or what ``Engine.generate`` names.

        """
        watch = Watch(timeout, cancel, self._closing)
        with self._places.taken(1, watch):
            step = self._step(prompt, grammar)
            if isinstance(step, Wait):
                raise watch.wait()
            if isinstance(step, EngineError):
                raise step
            pieces = pieces_from_text(step) if isinstance(step, str) else tuple(step)
            return _generation(prompt, pieces, max_tokens)

    def close(self) -> None:
        """Refuse all further requests."""
        self._closing.set()

    def _step(self, prompt: Prompt, grammar: str) -> Step:
        with self._asking:
            self.prompts.append(prompt)
            self.grammars.append(grammar)
            self.started.set()
            if self._answer is None:
                if not self._steps:
                    raise EngineFailed(f"the script has no step for request {len(self.prompts)}")
                return self._steps.popleft()
        return self._answer(to_text(prompt))


def _generation(prompt: Prompt, pieces: Prompt, max_tokens: int) -> Generation:
    stop = StopReason.END_OF_TURN
    kept = pieces
    if len(pieces) > max_tokens:
        kept, stop = pieces[:max_tokens], StopReason.LENGTH
    elif pieces and pieces[-1] in _ENDS:
        kept = pieces[:-1]
        if pieces[-1] == _START_RESPONSE:
            stop = StopReason.START_RESPONSE
    return Generation(
        pieces=kept,
        prompt_tokens=len(prompt),
        cached_tokens=0,
        output_tokens=min(len(pieces), max_tokens),
        prefill_ms=0.0,
        decode_ms=0.0,
        stop=stop,
    )
