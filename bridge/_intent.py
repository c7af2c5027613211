"""An Android intent with typed extras, before it becomes a command line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

__all__ = ["ExtraValue", "Intent", "IntentExtra", "JavaType"]

ExtraValue: TypeAlias = str | bool | int | tuple[int, ...] | tuple[str, ...]


class JavaType(StrEnum):
    """The Java type of an extra; a receiver that asks for another one gets its default value."""

    STRING = "String"
    BOOLEAN = "boolean"
    INT = "int"
    LONG = "long"
    INTEGER_LIST = "ArrayList<Integer>"
    STRING_ARRAY = "String[]"


@dataclass(frozen=True, slots=True)
class IntentExtra:
    """An extra: its key in full, its Java type and its value."""

    key: str
    type: JavaType
    value: ExtraValue


@dataclass(frozen=True, slots=True)
class Intent:
    """An implicit intent. It names no component, package or flags: those never come from a call."""

    action: str
    data: str = ""
    mime_type: str = ""
    categories: tuple[str, ...] = ()
    extras: tuple[IntentExtra, ...] = ()

    def extra_value(self, key: str) -> ExtraValue | None:
        """Return the value of the extra of that key, or None."""
        return next((extra.value for extra in self.extras if extra.key == key), None)
