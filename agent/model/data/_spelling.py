"""Copied values spelt as in a text that was made lower-case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model.data._tools import Argument, Call

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def lower_copied(calls: Sequence[Call], text: str, choices: Collection[str] = ()) -> tuple[Call, ...]:
    """Return the calls with copied values spelt as in a text that was made lower-case.

    ``choices`` are values that a declaration lists: they stay as they are declared.
    """

    def lower(value: Argument) -> Argument:
        if isinstance(value, str) and value not in text and value.lower() in text and value not in choices:
            return value.lower()
        if isinstance(value, list):
            return [v.lower() if isinstance(v, str) and v.lower() in text else v for v in value]  # type: ignore[return-value]
        return value

    return tuple(Call(call.name, {k: lower(v) for k, v in call.arguments.items()}) for call in calls)
