"""Copied values spelt as in a text that was made lower-case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.model.data._tools import Argument, Call, built_in_types

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_WORD = re.compile(r"\w+")


def lower_copied(
    calls: Sequence[Call], text: str, choices: Collection[str] = (), earlier: str = ""
) -> tuple[Call, ...]:
    """Return the calls with copied values spelt as in a text that was made lower-case.

    ``choices`` are values that declarations list: in calls of declared tools they stay as they are declared.
    Words of ``earlier`` requests keep their capitals, also beside words of this one ("3 Hill Road" and "lane,
    not road").
    """
    built_in = built_in_types()
    new = set(_WORD.findall(text)) if earlier else set()

    def lower_word(word: re.Match[str]) -> str:
        return word[0].lower() if word[0] not in earlier and word[0].lower() in new else word[0]

    def lower(value: Argument, kept: Collection[str]) -> Argument:
        if isinstance(value, str) and value not in text and value not in kept:
            return value.lower() if value.lower() in text else _WORD.sub(lower_word, value)
        if isinstance(value, list):
            return [v.lower() if isinstance(v, str) and v.lower() in text else v for v in value]  # type: ignore[return-value]
        return value

    return tuple(
        Call(
            call.name,
            {k: lower(v, () if call.name in built_in else choices) for k, v in call.arguments.items()},
        )
        for call in calls
    )
