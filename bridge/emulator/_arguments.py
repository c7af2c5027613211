"""How Android's shell commands read their arguments.

Source: AOSP BasicShellCommandHandler, ``getNextOption`` and ``getNextArg``. Options end at the first word
that does not begin with "-"; a short option may have its value glued on (``-aACTION``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._java import illegal_argument

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Arguments"]


class Arguments:
    """The words of a command, read from left to right."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._position = 0
        self._glued: str | None = None

    def option(self) -> str | None:
        """Return the next option, or None where the options have ended."""
        if self._glued is not None:
            raise illegal_argument(f'No argument expected after "{self._words[self._position - 1]}"')
        if self._position >= len(self._words):
            return None
        word = self._words[self._position]
        if not word.startswith("-"):
            return None
        self._position += 1
        if word == "--":
            return None
        if len(word) > 2 and word[1] != "-":
            self._glued = word[2:]
            return word[:2]
        return word

    def value(self) -> str | None:
        """Return the next word, whatever it looks like, or None at the end."""
        if self._glued is not None:
            glued, self._glued = self._glued, None
            return glued
        if self._position >= len(self._words):
            return None
        self._position += 1
        return self._words[self._position - 1]

    def required(self) -> str:
        """Return the next word.

        Raises:
            JavaError: there is none (IllegalArgumentException).

        """
        value = self.value()
        if value is None:
            last = self._words[self._position - 1] if self._words else ""
            raise illegal_argument(f'Argument expected after "{last}"')
        return value

    def rest(self) -> list[str]:
        """Return all words that are left."""
        words = list(self._words[self._position :])
        self._position = len(self._words)
        return words
