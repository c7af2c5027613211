"""The error of the phrase and value files."""

from __future__ import annotations

from typing import ClassVar


class PhraseFileError(ValueError):
    """A phrase, value or tool file cannot be read (INVALID_ARGUMENT, BAD_PHRASE_FILE)."""

    code: ClassVar[str] = "INVALID_ARGUMENT"
    reason: ClassVar[str] = "BAD_PHRASE_FILE"

    def __init__(self, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = metadata
