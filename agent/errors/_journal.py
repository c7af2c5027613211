"""What keeps the journal from recording or telling something."""

from __future__ import annotations

from agent.errors._base import AgentError

__all__ = [
    "CommandNotOpen",
    "IdempotencyKeyReused",
    "InvalidPageToken",
    "JournalDamaged",
    "JournalError",
    "JournalInUse",
    "JournalUnavailable",
    "JournalVersion",
    "UnknownRecord",
]


class JournalError(AgentError):
    """The journal cannot do what it was asked to: INTERNAL, JOURNAL_ERROR; each subclass has its own."""

    reason = "JOURNAL_ERROR"


class JournalUnavailable(JournalError):
    """The journal cannot be written or read (full or read-only disk): UNAVAILABLE, JOURNAL_UNWRITABLE.

    Whoever gets it must not send anything to a phone: it would be done unrecorded.
    """

    code = "UNAVAILABLE"
    reason = "JOURNAL_UNWRITABLE"


class JournalDamaged(JournalUnavailable):
    """The file is no journal, or its contents are damaged: DATA_LOSS, JOURNAL_DAMAGED."""

    code = "DATA_LOSS"
    reason = "JOURNAL_DAMAGED"


class JournalInUse(JournalError):
    """Another service writes to the journal: FAILED_PRECONDITION, JOURNAL_IN_USE."""

    code = "FAILED_PRECONDITION"
    reason = "JOURNAL_IN_USE"


class JournalVersion(JournalError):
    """The journal has another version's schema: FAILED_PRECONDITION, JOURNAL_VERSION."""

    code = "FAILED_PRECONDITION"
    reason = "JOURNAL_VERSION"


class IdempotencyKeyReused(JournalError):
    """The client used the key for another request: ALREADY_EXISTS, IDEMPOTENCY_KEY_REUSED."""

    code = "ALREADY_EXISTS"
    reason = "IDEMPOTENCY_KEY_REUSED"


class CommandNotOpen(JournalError):
    """The command was sent before, has ended, or lacks its yes: FAILED_PRECONDITION, COMMAND_NOT_OPEN."""

    code = "FAILED_PRECONDITION"
    reason = "COMMAND_NOT_OPEN"


class UnknownRecord(JournalError):
    """The journal has no such request or command: NOT_FOUND, UNKNOWN_RECORD."""

    code = "NOT_FOUND"
    reason = "UNKNOWN_RECORD"


class InvalidPageToken(JournalError):
    """The page token is none of this history, or of another filter: INVALID_ARGUMENT, INVALID_PAGE_TOKEN."""

    code = "INVALID_ARGUMENT"
    reason = "INVALID_PAGE_TOKEN"
