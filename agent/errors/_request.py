"""A request that cannot be used as it is: its text, its tools, its times or what it asks to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.errors._base import AgentError

if TYPE_CHECKING:
    from tools_schema import Violation

__all__ = [
    "ControlCharacterInText",
    "ControlTokenInText",
    "EmptySource",
    "EmptyText",
    "InvalidCallArguments",
    "InvalidConversation",
    "InvalidMoment",
    "InvalidUnicode",
    "RequestTextError",
    "TextTooLong",
    "UnknownTimeZone",
    "UnknownTool",
    "UnknownToolSet",
]


class RequestTextError(AgentError):
    """The text of a request cannot be used: INVALID_ARGUMENT, INVALID_TEXT."""

    code = "INVALID_ARGUMENT"
    reason = "INVALID_TEXT"


class EmptyText(RequestTextError):
    """The text is empty or blank: INVALID_ARGUMENT, EMPTY_TEXT."""

    reason = "EMPTY_TEXT"


class TextTooLong(RequestTextError):
    """The text is longer than the limit, which the message names: INVALID_ARGUMENT, TEXT_TOO_LONG."""

    reason = "TEXT_TOO_LONG"


class InvalidUnicode(RequestTextError):
    """The text holds a lone surrogate, so it is no Unicode text: INVALID_ARGUMENT, INVALID_UNICODE."""

    reason = "INVALID_UNICODE"


class ControlCharacterInText(RequestTextError):
    """The text holds a control character: INVALID_ARGUMENT, CONTROL_CHARACTER_IN_TEXT."""

    reason = "CONTROL_CHARACTER_IN_TEXT"


class ControlTokenInText(RequestTextError):
    """The text spells a control token of the model: INVALID_ARGUMENT, CONTROL_TOKEN_IN_TEXT."""

    reason = "CONTROL_TOKEN_IN_TEXT"


class UnknownToolSet(AgentError):
    """No tool set has that name: NOT_FOUND, UNKNOWN_TOOL_SET."""

    code = "NOT_FOUND"
    reason = "UNKNOWN_TOOL_SET"


class UnknownTool(AgentError):
    """No such tool, or its schema has changed since the plan: FAILED_PRECONDITION, UNKNOWN_TOOL."""

    code = "FAILED_PRECONDITION"
    reason = "UNKNOWN_TOOL"


class InvalidCallArguments(AgentError):
    """A call's arguments do not fit its tool: INVALID_ARGUMENT, INVALID_CALL_ARGUMENTS, field violations."""

    code = "INVALID_ARGUMENT"
    reason = "INVALID_CALL_ARGUMENTS"

    def __init__(self, tool: str, violations: tuple[Violation, ...]) -> None:
        text = "; ".join(f"{violation.field}: {violation.description}" for violation in violations)
        super().__init__(f"the call of '{tool}' does not fit its schema: {text}", tool=tool)
        self.violations = violations


class InvalidMoment(AgentError):
    """A moment that is no local time: INVALID_ARGUMENT, INVALID_MOMENT."""

    code = "INVALID_ARGUMENT"
    reason = "INVALID_MOMENT"


class EmptySource(AgentError):
    """A request to execute neither words nor a plan: INVALID_ARGUMENT, EMPTY_SOURCE."""

    code = "INVALID_ARGUMENT"
    reason = "EMPTY_SOURCE"


class InvalidConversation(AgentError):
    """Messages or declarations that have no form as a prompt: INVALID_ARGUMENT, INVALID_CONVERSATION."""

    code = "INVALID_ARGUMENT"
    reason = "INVALID_CONVERSATION"


class UnknownTimeZone(AgentError):
    """The time zone database has no zone of that name: INVALID_ARGUMENT, UNKNOWN_TIME_ZONE."""

    code = "INVALID_ARGUMENT"
    reason = "UNKNOWN_TIME_ZONE"
