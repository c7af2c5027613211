"""An answer as it is written: the best token that the grammar allows, and what needs no choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from agent.engines._protocol import StopReason
from agent.errors import GrammarRejected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from agent.engines._gbnf_matcher import Grammar, State
    from agent.model.convert import LlamaTokenizer
    from agent.prompt import Prompt

_ENDS: Final = ("<eos>", "<end_of_turn>")
_START_CALL: Final = "<start_function_call>"
_START_RESPONSE: Final = "<start_function_response>"
_NOTHING: Final = 256
"""In place of a first byte: the token writes no text."""


class Chooser:
    """Finds a model's best token among those that may come next."""

    def __init__(self, tokenizer: LlamaTokenizer, vocabulary_size: int) -> None:
        self.tokenizer = tokenizer
        self.control = tokenizer.control
        self.ends = frozenset(self.control[name] for name in _ENDS)
        self.names = {identity: name for name, identity in self.control.items() if identity not in self.ends}
        # Entries that the converter added for bytes stay out: they are not trained.
        self._first = np.full(vocabulary_size, _NOTHING, dtype=np.int64)
        for identity, contents in enumerate(tokenizer.token_bytes):
            if contents:
                self._first[identity] = contents[0]

    def choose(self, logits: NDArray[np.float32], state: State | None) -> int:
        """Return the token of the highest logit that keeps to the grammar; without a state any may come.

        Raises:
            GrammarRejected: no token may come, so the vocabulary cannot write what the grammar wants.

        """
        scores = self._allowed(logits, state)
        best = int(scores.argmax())
        if self._fits(best, state) and np.isfinite(scores[best]):
            return best
        candidates = np.flatnonzero(np.isfinite(scores))
        for token in candidates[np.argsort(-scores[candidates], kind="stable")].tolist():
            if self._fits(token, state):
                return int(token)
        raise GrammarRejected("the grammar wants what no token of the model's vocabulary can write")

    def _allowed(self, logits: NDArray[np.float32], state: State | None) -> NDArray[np.float32]:
        """Return the logits, minus infinity for tokens whose first byte or whose kind may not come."""
        bytes_allowed = np.zeros(_NOTHING + 1, dtype=np.bool_)
        if state is None:
            bytes_allowed[:_NOTHING] = True
            tokens = [*self.names, *self.ends]
        else:
            bytes_allowed[list(state.bytes)] = True
            tokens = [self.control[name] for name in state.controls]
            if state.may_end:
                tokens += self.ends
        allowed = bytes_allowed[self._first]
        allowed[tokens] = True
        return np.where(allowed, logits, -np.inf)

    def _fits(self, token: int, state: State | None) -> bool:
        contents = self.tokenizer.token_bytes[token] if token < len(self.tokenizer.token_bytes) else b""
        return state is None or not contents or state.after_bytes(contents) is not None


class Writer:
    """An answer that grows token by token. ``stop`` says why it is complete."""

    def __init__(self, chooser: Chooser, grammar: Grammar | None, limit: int, caution: float = 0.0) -> None:
        """Begin an answer of at most `limit` tokens; see ``Engine.generate`` for `caution`."""
        self._chooser = chooser
        self._caution = caution
        self._state = grammar.start if grammar else None
        self._limit = limit
        self._written: list[int] = []
        self._run: list[int] = []
        self.stop: StopReason | None = None
        self.output_tokens = 0

    @property
    def pieces(self) -> Prompt:
        """What was written so far."""
        return self._chooser.tokenizer.decode(self._written)

    def choose(self, logits: NDArray[np.float32]) -> int:
        """Write the best token and return it."""
        if self._caution:
            logits = logits.copy()
            logits[self._chooser.control[_START_CALL]] -= self._caution
        token = self._chooser.choose(logits, self._state)
        self._add(token)
        return token

    def forced(self) -> list[int]:
        """Write the tokens that leave no choice and return them."""
        before = len(self._written)
        while self.stop is None and self._state is not None:
            if not (self._state.bytes or self._state.controls):
                self.stop = StopReason.END_OF_TURN
                break
            text, after = self._state.forced()
            tokens = self._as_trained(text, whole=not after.bytes)
            written = b"".join(self._chooser.tokenizer.token_bytes[token] for token in tokens)
            if written == text and not (after.bytes or after.may_end) and len(after.controls) == 1:
                tokens += (self._chooser.control[name] for name in after.controls)
            if not tokens:
                break
            for token in tokens:
                if self.stop is None:
                    self._add(token)
        return self._written[before:]

    def _as_trained(self, text: bytes, *, whole: bool) -> list[int]:
        """Return the tokens of a text as the tokenizer writes it after what stands before it.

        What comes after the text may join with its last token, so that one is left to the model, unless
        the text is `whole`. Where the model has split the text before otherwise, nothing is returned.
        """
        if not text:
            return []
        tokenizer = self._chooser.tokenizer
        run = b"".join(tokenizer.token_bytes[token] for token in self._run) + text
        tokens = tokenizer.encode_text(run.decode("utf-8", "ignore"))
        if tokens[: len(self._run)] != self._run:
            return []
        following = tokens[len(self._run) :]
        return following if whole else following[:-1]

    def _add(self, token: int) -> None:
        self.output_tokens += 1
        name = self._chooser.names.get(token, "")
        if token in self._chooser.ends:
            self.stop = StopReason.END_OF_TURN
        elif name == _START_RESPONSE:
            self.stop = StopReason.START_RESPONSE
        else:
            self._written.append(token)
            self._follow(token, name)
            if self.output_tokens >= self._limit:
                self.stop = StopReason.LENGTH

    def _follow(self, token: int, name: str) -> None:
        if name:
            self._run.clear()
        else:
            self._run.append(token)
        if self._state is not None:
            contents = self._chooser.tokenizer.token_bytes
            self._state = self._state.after(name) if name else self._state.after_bytes(contents[token])
