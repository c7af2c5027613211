"""Values that were said once and written twice.

A small model fills an optional argument that nobody spoke of with the value of another one: "stats of X in
2019" becomes ``season`` 2019 and ``league`` 2019. What was said once is one argument, the required one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tools_schema import Parameter, Value

__all__ = ["without_echoes"]


def without_echoes(
    parameters: Sequence[Parameter], written: Mapping[str, Value], said: str
) -> dict[str, Value]:
    """Return the arguments without optional ones that repeat a required one, where it was said just once."""
    required = {_plain(written[p.name]) for p in parameters if p.required and p.name in written}
    echoes = {
        p.name
        for p in parameters
        if not p.required and p.name in written and _plain(written[p.name]) in required - {""}
    }
    return {
        name: value
        for name, value in written.items()
        if name not in echoes or _times_said(_plain(value), said) != 1
    }


def _plain(value: Value) -> str:
    """Return a text or a number as a person says it, and an empty text for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value).casefold()


def _times_said(value: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(value)}(?!\w)", text.casefold()))
