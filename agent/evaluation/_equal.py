"""When two values of a call are the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools_schema import Value

__all__ = ["same"]


def same(one: Value, other: Value) -> bool:
    """Whether two values are equal; texts after NFC and without white space around them."""
    return _normal(one) == _normal(other)


def _normal(value: Value) -> Value:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    if isinstance(value, Mapping):
        return {key: _normal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(item) for item in value]
    # In Python True == 1, but a call that writes one for the other is wrong.
    return f"bool:{value}" if isinstance(value, bool) else value
