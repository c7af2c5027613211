"""How the arguments of the right calls differ from the expected ones."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from agent.evaluation._equal import same
from tools_schema import Kind, Value, ValueType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent.evaluation._rows import ExpectedCall
    from tools_schema import Call, Parameter, ToolSet

__all__ = ["ArgumentCause", "argument_cause"]

_TIMES = {Kind.DATE_TIME, Kind.DATE, Kind.TIME_OF_DAY, Kind.DURATION, Kind.WEEKDAYS}

_NEAR = 60.0
"""The similarity, out of 100, from which a text is taken for the expected one, misspelt."""


class ArgumentCause(StrEnum):
    """How an argument differs, in the order in which it is looked for in a row."""

    OTHER_SLOT = "value of another argument"
    """It has a value that was expected of another argument of the row."""
    MISSING = "argument missing"
    ADDED = "argument not said (added)"
    TIME = "time or date wrong"
    NUMBER = "number wrong"
    CHOICE = "choice wrong (enum, on or off)"
    TOO_LONG = "copied text too long"
    """The expected text is a part of it."""
    TOO_SHORT = "copied text too short"
    """It is a part of the expected text."""
    MISSPELT = "copied text misspelt"
    """Much like the expected text."""
    OTHER_VALUE = "another value"


def argument_cause(expected: Sequence[ExpectedCall], got: Sequence[Call], tool_set: ToolSet) -> ArgumentCause:
    """Return the first cause, in the order of ``ArgumentCause``, of calls with equal names that differ."""
    found = set(_causes(expected, got, tool_set))
    return next(cause for cause in ArgumentCause if cause in found)


def _causes(
    expected: Sequence[ExpectedCall], got: Sequence[Call], tool_set: ToolSet
) -> Iterator[ArgumentCause]:
    values = [
        (number, name, value)
        for number, call in enumerate(expected)
        for name, value in call.arguments.items()
        if not isinstance(value, bool)
    ]
    for number, (wanted, written) in enumerate(zip(expected, got, strict=True)):
        tool = tool_set.tool(wanted.name)
        for name in sorted(wanted.arguments.keys() | written.arguments.keys()):
            parameter = tool.parameter(name) if tool else None
            has, wants = name in written.arguments, name in wanted.arguments
            value, right = written.arguments.get(name), wanted.arguments.get(name)
            if has and wants and same(value, right):
                continue
            elsewhere = (v for n, key, v in values if (n, key) != (number, name))
            if parameter is not None and parameter.derived:
                yield ArgumentCause.TIME
            elif has and not _is_choice(parameter) and any(same(value, other) for other in elsewhere):
                yield ArgumentCause.OTHER_SLOT
            elif not has:
                yield ArgumentCause.MISSING
            elif not wants:
                yield ArgumentCause.ADDED
            else:
                yield _of_value(value, right, parameter)


def _is_choice(parameter: Parameter | None) -> bool:
    return parameter is not None and (bool(parameter.one_of) or parameter.type is ValueType.BOOLEAN)


def _of_value(value: Value, right: Value, parameter: Parameter | None) -> ArgumentCause:
    if parameter is not None and (parameter.kind in _TIMES or _item_kind(parameter) in _TIMES):
        return ArgumentCause.TIME
    if _is_choice(parameter) or isinstance(right, bool):
        return ArgumentCause.CHOICE
    if isinstance(right, int | float):
        return ArgumentCause.NUMBER
    if isinstance(right, str) and isinstance(value, str):
        return _of_text(value.strip().casefold(), right.strip().casefold())
    return ArgumentCause.OTHER_VALUE


def _of_text(value: str, right: str) -> ArgumentCause:
    if value != right and right in value:
        return ArgumentCause.TOO_LONG
    if value != right and value in right:
        return ArgumentCause.TOO_SHORT
    # Equal but for capitals counts as misspelt too.
    return ArgumentCause.MISSPELT if fuzz.ratio(value, right) >= _NEAR else ArgumentCause.OTHER_VALUE


def _item_kind(parameter: Parameter) -> Kind | None:
    return parameter.items.kind if parameter.items else None
