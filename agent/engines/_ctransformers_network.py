"""What is used of ctransformers: loading, a forward pass, the logits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from agent.errors import EngineFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

_BATCH: Final = 64
"""Tokens that are read at once; with the library's own 8 a prompt takes several times as long."""


class Network:
    """A model in memory with the key-value cache of what it has read. For one thread at a time."""

    def __init__(self, path: Path, threads: int, context: int) -> None:
        """Load a converted file.

        Raises:
            EngineFailed: ctransformers cannot load it; it does not say why.

        """
        # Here, because it takes a second, and a program that runs another engine does not need it.
        from ctransformers.llm import LLM, Config

        config = Config(context_length=context, batch_size=_BATCH, threads=threads)
        try:
            self._llm = LLM(str(path), "gguf", config=config)
        except (RuntimeError, OSError) as error:
            raise EngineFailed(
                f"ctransformers cannot load {path}: {error}; convert the model again", path=str(path)
            ) from error

    def keep_shared(self, ids: list[int]) -> list[int]:
        """Forget what was read after the prefix shared with these tokens; return those that are unread.

        The last token always is: the logits are those after the token that was read last.
        """
        return list(self._llm.prepare_inputs_for_generation(ids, reset=True))

    def read(self, tokens: list[int], before_batch: Callable[[], None]) -> None:
        """Read tokens, 64 at a time; `before_batch` may raise to give up between two batches.

        Raises:
            EngineFailed: the library failed.

        """
        for at in range(0, len(tokens), _BATCH):
            before_batch()
            try:
                self._llm.eval(tokens[at : at + _BATCH])
            except RuntimeError as error:
                raise EngineFailed(f"ctransformers failed: {error}") from error

    def logits(self) -> NDArray[np.float32]:
        """Return a view of the logits, one a token id; it changes with the next batch."""
        pointer = self._llm.ctransformers_llm_logits_data()
        size = self._llm.ctransformers_llm_logits_size()
        view: NDArray[np.float32] = np.ctypeslib.as_array(pointer, (size,))
        return view
