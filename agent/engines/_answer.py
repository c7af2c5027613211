"""The chunks that llama.cpp streams, put together to an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agent.engines._protocol import StopReason
from agent.prompt import CONTROL_TOKENS, Piece, canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agent.prompt import Prompt

_CONTROL: Final = {token_id: Piece(name, control=True) for name, token_id in CONTROL_TOKENS.items()}

_ENDS: Final = {
    CONTROL_TOKENS["<eos>"]: StopReason.END_OF_TURN,
    CONTROL_TOKENS["<end_of_turn>"]: StopReason.END_OF_TURN,
    CONTROL_TOKENS["<start_function_response>"]: StopReason.START_RESPONSE,
}

_FINISHES: Final = {"stop": StopReason.END_OF_TURN, "length": StopReason.LENGTH}


@dataclass
class Answer:
    """An answer that grows chunk by chunk.

    A chunk is a token, with its text and its id; or several tokens, when a character is spread over byte
    tokens: then the id is the last one's. A control token is never one of the earlier ones, because any token
    but a byte completes the text. So a control token is recognised by the id alone, and text that looks like
    one stays text.
    """

    tokens: Sequence[str]
    """The vocabulary's entries, as the file writes them."""
    stop: StopReason | None = None
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
        entries = (choice.get("logprobs") or {}).get("content") or []
        if entries:
            self._add_token(choice["text"], entries[-1]["id"])
        if self.stop is None and choice.get("finish_reason"):
            self.stop = _FINISHES[choice["finish_reason"]]
        return self.stop is not None

    def _add_token(self, text: str, token_id: int) -> None:
        token = _CONTROL.get(token_id)
        if token is None:
            self._pieces.append(Piece(text))
            return
        self._pieces.append(Piece(text.removesuffix(self.tokens[token_id])))
        self.stop = _ENDS.get(token_id)
        if self.stop is None:
            self._pieces.append(token)
