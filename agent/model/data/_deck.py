"""A deck of phrases: all are drawn before one is drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from agent.model.data._syntax import Line


class Deck:
    """Phrases with the tool that each asks for ("" for none), shuffled anew when all were drawn.

    A phrase of weight 3 is in the deck three times.
    """

    def __init__(self, phrases: Sequence[tuple[str, Line]], rng: random.Random) -> None:
        self._phrases = [(tool, line) for tool, line in phrases for _ in range(line.weight)]
        self._rng = rng
        self._left: list[tuple[str, Line]] = []

    def draw(self) -> tuple[str, Line]:
        """Return the next phrase and its tool."""
        if not self._left:
            self._left = self._rng.sample(self._phrases, len(self._phrases))
        return self._left.pop()
