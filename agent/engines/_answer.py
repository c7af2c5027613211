"""The chunks that llama.cpp streams, put together to an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agent.engines._protocol import StopReason
from agent.prompt import CONTROL_TOKENS, Piece, canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.prompt import Prompt

_END_OF_CALL: Final = Piece("<end_function_call>", control=True)

_ENDS: Final = {
    CONTROL_TOKENS["<eos>"]: StopReason.END_OF_TURN,
    CONTROL_TOKENS["<end_of_turn>"]: StopReason.END_OF_TURN,
    CONTROL_TOKENS["<start_function_response>"]: StopReason.START_RESPONSE,
}

_WAITS_FOR: Final = CONTROL_TOKENS["<start_function_response>"]


def stop_words(tokens: Sequence[str]) -> list[str]:
    """Return the text at which llama.cpp is to stop: cancelled at that chunk, it reads one token more."""
    return [tokens[_WAITS_FOR]]


@dataclass
class Answer:
    """An answer that grows chunk by chunk.

    A chunk is the text of one token; or of several, when a character is spread over byte tokens: the last one
    completes it. No token of Gemma's vocabulary but the control tokens themselves ends with the name of one,
    so a chunk that does was that token, and a name that the model spells out letter by letter stays text. The
    tokens' ids would say the same, but llama.cpp leaves them out where it accepts several tokens at once.
    """

    tokens: Sequence[str]
    """The vocabulary's entries, as the file writes them."""
    stop: StopReason | None = None
    cut: bool = False
    """Whether a stop word ended it that is text: only after a call does it stand for its token."""
    failure: Mapping[str, Any] = field(default_factory=dict)
    """llama.cpp's error: code and message."""
    timings: Mapping[str, Any] = field(default_factory=dict)
    _pieces: list[Piece] = field(default_factory=list)

    @property
    def pieces(self) -> Prompt:
        """What was written so far."""
        return canonical(self._pieces)

    def add(self, chunk: Mapping[str, Any]) -> bool:
        """Take a chunk of ``/v1/completions`` and say whether the answer is complete."""
        if "error" in chunk:
            self.failure = chunk["error"]
            return True
        self.timings = chunk.get("timings", self.timings)
        choice = chunk["choices"][0]
        if choice["text"]:
            self._add_text(choice["text"])
        if self.stop is None and choice.get("finish_reason") == "length":
            self.stop = StopReason.LENGTH
        elif self.stop is None and choice.get("finish_reason"):
            # llama.cpp leaves a stop word out of the text; all other tokens that end a turn were seen there.
            self.stop = StopReason.START_RESPONSE
            self.cut = self._pieces[-1:] != [_END_OF_CALL]
        return self.stop is not None

    def _add_text(self, text: str) -> None:
        for name, token_id in CONTROL_TOKENS.items():
            if text.endswith(self.tokens[token_id]):
                self._pieces.append(Piece(text.removesuffix(self.tokens[token_id])))
                self.stop = _ENDS.get(token_id)
                if self.stop is None:
                    self._pieces.append(Piece(name, control=True))
                return
        self._pieces.append(Piece(text))
