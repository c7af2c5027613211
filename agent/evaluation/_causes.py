"""Why a row is wrong: one cause a row, the first that applies."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from agent.evaluation._arguments import ArgumentCause, argument_cause

if TYPE_CHECKING:
    from agent.evaluation._run import RowResult
    from tools_schema import ToolSet

__all__ = ["Cause", "cause_of"]


class Cause(StrEnum):
    """What went wrong. The order is that of the report, not that in which causes are looked for."""

    WRONG_TOOL = "wrong tool"
    """As many calls as expected, but another tool, or the tools in another order."""
    MISSED_CALL = "missed call"
    """Fewer calls than expected, but at least one."""
    EXTRA_CALL = "extra call"
    """More calls than expected."""
    FALSE_REFUSAL = "false refusal"
    """Nothing was called, and nothing asked for, where something was to be called."""
    SHOULD_HAVE_REFUSED = "should have refused"
    """Something was called or asked for where nothing was to be called."""
    QUESTION = "missing-parameter question wrong"
    """The parameters that the plan names as missing are not the expected ones."""
    ARGUMENT_MISSING = ArgumentCause.MISSING.value
    ARGUMENT_ADDED = ArgumentCause.ADDED.value
    MISSPELT = ArgumentCause.MISSPELT.value
    TOO_LONG = ArgumentCause.TOO_LONG.value
    TOO_SHORT = ArgumentCause.TOO_SHORT.value
    TIME = ArgumentCause.TIME.value
    NUMBER = ArgumentCause.NUMBER.value
    CHOICE = ArgumentCause.CHOICE.value
    OTHER_SLOT = ArgumentCause.OTHER_SLOT.value
    OTHER_VALUE = ArgumentCause.OTHER_VALUE.value
    ERROR = "error"
    """The request could not be planned."""


def cause_of(result: RowResult, tool_set: ToolSet) -> Cause | None:
    """Return why a row is wrong, or None where it is right. ``tool_set`` is the row's."""
    if result.exact:
        return None
    if result.error:
        return Cause.ERROR
    expected, got = result.row.calls, result.calls
    if not expected and not result.row.missing:
        return Cause.SHOULD_HAVE_REFUSED
    if sorted(result.missing) != sorted(result.row.missing):
        return Cause.QUESTION
    if len(got) < len(expected):
        return Cause.MISSED_CALL if got else Cause.FALSE_REFUSAL
    if len(got) > len(expected):
        return Cause.EXTRA_CALL
    if not result.names_right:
        return Cause.WRONG_TOOL
    return Cause(argument_cause(expected, got, tool_set).value)
