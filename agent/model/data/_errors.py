"""The errors of making training data."""

from __future__ import annotations

from typing import ClassVar


class DataError(ValueError):
    """No rows can be made."""

    code: ClassVar[str] = "INVALID_ARGUMENT"
    reason: ClassVar[str]

    def __init__(self, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = metadata


class PhraseFileError(DataError):
    """A phrase, value or tool file cannot be read (INVALID_ARGUMENT, BAD_PHRASE_FILE)."""

    reason: ClassVar[str] = "BAD_PHRASE_FILE"


class DataOptionsError(DataError):
    """What was asked for cannot be: a language, its share, an evaluation file (BAD_DATA_OPTIONS)."""

    reason: ClassVar[str] = "BAD_DATA_OPTIONS"
