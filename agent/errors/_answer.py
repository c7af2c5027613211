"""What the model wrote and cannot be used."""

from __future__ import annotations

from agent.errors._base import AgentError

__all__ = ["InvalidValue", "MalformedCall", "NoSuchDate", "UnreadableTime"]


class MalformedCall(AgentError):
    """The model's output is no list of calls: INTERNAL, MALFORMED_CALL.

    ``position`` counts characters from the start of the output, control tokens with their written length.
    """

    reason = "MALFORMED_CALL"

    def __init__(self, position: int, expected: str, found: str) -> None:
        super().__init__(
            f"at character {position} of the model's output: expected {expected}, found {found}",
            position=str(position),
            expected=expected,
            found=found,
        )
        self.position = position
        self.expected = expected
        self.found = found


class InvalidValue(AgentError):
    """A value of a call cannot be made canonical: INVALID_ARGUMENT, INVALID_VALUE."""

    code = "INVALID_ARGUMENT"
    reason = "INVALID_VALUE"


class UnreadableTime(InvalidValue):
    """A text is no date, time or duration of the closed time language: INVALID_ARGUMENT, UNREADABLE_TIME."""

    reason = "UNREADABLE_TIME"


class NoSuchDate(InvalidValue):
    """The calendar has no such day (30 February): INVALID_ARGUMENT, NO_SUCH_DATE."""

    reason = "NO_SUCH_DATE"
