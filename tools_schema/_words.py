"""Names and texts of a schema that the model reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools_schema._index import Place

__all__ = ["check_words", "description", "snake_case"]

_LONGEST_DESCRIPTION = 300
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# What FunctionGemma's tokenizer would read as a control token, and Gemma's names for the unused ones.
_CONTROL_TOKEN = re.compile(r"<(?:pad|eos|bos|unk|mask|escape|unused\d+|(?:start|end)_(?:of|function)_\w+)>")


def snake_case(name: str) -> str:
    """Return a CamelCase name in snake_case: ``OpenURL`` becomes ``open_url``."""
    return _HUMP.sub("_", name).lower()


def description(place: Place, override: str) -> str:
    """Return the description of an element: the option's, else its comment, on one line.

    Raises:
        SchemaError: There is none, it is too long, or it holds a control token.

    """
    words = " ".join(override.split()) or place.comment
    if not words:
        raise place.error("has no description: write a comment above it, which the model reads")
    if len(words) > _LONGEST_DESCRIPTION:
        raise place.error(
            f"its description has {len(words)} characters and may have {_LONGEST_DESCRIPTION}: "
            "shorten the comment, or write a short `description` in the option"
        )
    check_words(place, words)
    return words


def check_words(place: Place, words: str) -> None:
    """Refuse a text that the model would read as a control token."""
    if found := _CONTROL_TOKEN.search(words):
        raise place.error(f"{found[0]} is a control token of the model: write it in other words")
