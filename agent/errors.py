"""What can go wrong in the agent, as one tree.

Every class names the gRPC status code and the ``google.rpc.ErrorInfo`` reason that a client sees::

    AgentError
    ├── RequestTextError          the text of a request cannot be used
    │   ├── EmptyText
    │   ├── TextTooLong
    │   ├── InvalidUnicode
    │   ├── ControlCharacterInText
    │   └── ControlTokenInText
    ├── UnknownToolSet            no tool set has that name
    ├── UnknownTool               the tool set has no such tool, or it has changed since the plan
    ├── InvalidCallArguments      a call's arguments do not fit its tool
    ├── InvalidMoment             a moment that is no local time
    ├── EmptySource               a request to execute nothing
    ├── AddressInUse              the service cannot listen where it is told to
    ├── TelemetryNotInstalled     metrics or traces without the libraries for them
    ├── EvaluationFileError       an evaluation file that cannot be read
    ├── JournalError              the journal cannot do what it was asked to
    │   ├── JournalUnavailable    it cannot be written or read: nothing may be sent to a phone
    │   │   └── JournalDamaged
    │   ├── JournalInUse          another service writes to it
    │   ├── JournalVersion        it was written by another version of the program
    │   ├── IdempotencyKeyReused  the key was used for another request
    │   ├── CommandNotOpen        a command that may not be sent (again)
    │   ├── UnknownRecord         no such request or command
    │   └── InvalidPageToken
    ├── InvalidConversation       messages or declarations that have no prompt
    ├── MalformedCall             the model's output is no list of calls
    ├── InvalidValue              a value of a call cannot be used
    │   ├── UnreadableTime
    │   └── NoSuchDate
    ├── UnknownTimeZone           a request in a time zone that does not exist
    ├── ModelFileError            the model file cannot be used
    │   ├── ModelFileMissing
    │   ├── ModelFileCorrupt
    │   │   └── ModelFileTruncated
    │   ├── WrongArchitecture
    │   ├── ModelHashMismatch
    │   ├── AdapterError
    │   └── ModelBuildError
    └── EngineError               the engine gave no answer
        ├── EngineFailed
        ├── EngineTimeout
        ├── EngineCancelled
        ├── GrammarRejected
        └── PromptTooLong
"""

# ruff: noqa: N818 - the names say what happened ("the model file is missing"); the tree says that it is an error
from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from tools_schema import Violation


class AgentError(Exception):
    """Any error of the agent: INTERNAL, AGENT_ERROR.

    ``message`` is one sentence for a person and says what to do; ``metadata`` holds the facts for a program.
    """

    code: ClassVar[str] = "INTERNAL"
    reason: ClassVar[str] = "AGENT_ERROR"

    def __init__(self, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = metadata


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


class AddressInUse(AgentError):
    """The service cannot listen on its address: FAILED_PRECONDITION, ADDRESS_IN_USE."""

    code = "FAILED_PRECONDITION"
    reason = "ADDRESS_IN_USE"


class TelemetryNotInstalled(AgentError):
    """Metrics or traces are on without the extra: FAILED_PRECONDITION, TELEMETRY_NOT_INSTALLED."""

    code = "FAILED_PRECONDITION"
    reason = "TELEMETRY_NOT_INSTALLED"


class EvaluationFileError(AgentError):
    """An evaluation file cannot be read; the message names the line: INVALID_ARGUMENT, EVALUATION_FILE."""

    code = "INVALID_ARGUMENT"
    reason = "EVALUATION_FILE"


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


class InvalidConversation(AgentError):
    """Messages or declarations that have no form as a prompt: INVALID_ARGUMENT, INVALID_CONVERSATION."""

    code = "INVALID_ARGUMENT"
    reason = "INVALID_CONVERSATION"


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


class UnknownTimeZone(AgentError):
    """The time zone database has no zone of that name: INVALID_ARGUMENT, UNKNOWN_TIME_ZONE."""

    code = "INVALID_ARGUMENT"
    reason = "UNKNOWN_TIME_ZONE"


class ModelFileError(AgentError):
    """The model file cannot be used: FAILED_PRECONDITION, MODEL_FILE_UNUSABLE."""

    code = "FAILED_PRECONDITION"
    reason = "MODEL_FILE_UNUSABLE"


class ModelFileMissing(ModelFileError):
    """There is no file at the path: FAILED_PRECONDITION, MODEL_FILE_MISSING."""

    reason = "MODEL_FILE_MISSING"


class ModelFileCorrupt(ModelFileError):
    """The file is no GGUF file, or its header cannot be read: FAILED_PRECONDITION, MODEL_FILE_CORRUPT."""

    reason = "MODEL_FILE_CORRUPT"


class ModelFileTruncated(ModelFileCorrupt):
    """The file ends before its contents do: FAILED_PRECONDITION, MODEL_FILE_TRUNCATED."""

    reason = "MODEL_FILE_TRUNCATED"


class WrongArchitecture(ModelFileError):
    """The file holds a model that is no Gemma 3: FAILED_PRECONDITION, WRONG_ARCHITECTURE."""

    reason = "WRONG_ARCHITECTURE"


class ModelHashMismatch(ModelFileError):
    """The file's SHA-256 is not the one in its manifest: FAILED_PRECONDITION, MODEL_HASH_MISMATCH."""

    reason = "MODEL_HASH_MISMATCH"


class AdapterError(ModelFileError):
    """An adapter file cannot be read or does not fit the base: FAILED_PRECONDITION, ADAPTER_UNUSABLE."""

    reason = "ADAPTER_UNUSABLE"


class ModelBuildError(ModelFileError):
    """The model file could not be written (full disk?): FAILED_PRECONDITION, MODEL_BUILD_FAILED."""

    reason = "MODEL_BUILD_FAILED"


class EngineError(AgentError):
    """The engine gave no answer: UNAVAILABLE, ENGINE_ERROR."""

    code = "UNAVAILABLE"
    reason = "ENGINE_ERROR"


class EngineFailed(EngineError):
    """The engine could not be started, stopped working or is closed: UNAVAILABLE, ENGINE_FAILED."""

    reason = "ENGINE_FAILED"


class EngineTimeout(EngineError):
    """The answer was not complete in time: DEADLINE_EXCEEDED, ENGINE_TIMEOUT."""

    code = "DEADLINE_EXCEEDED"
    reason = "ENGINE_TIMEOUT"


class EngineCancelled(EngineError):
    """The caller gave the request up: CANCELLED, ENGINE_CANCELLED."""

    code = "CANCELLED"
    reason = "ENGINE_CANCELLED"


class GrammarRejected(EngineError):
    """The engine does not accept the grammar: INTERNAL, GRAMMAR_REJECTED."""

    code = "INTERNAL"
    reason = "GRAMMAR_REJECTED"


class PromptTooLong(EngineError):
    """Prompt and answer do not fit into the model's context: INVALID_ARGUMENT, PROMPT_TOO_LONG."""

    code = "INVALID_ARGUMENT"
    reason = "PROMPT_TOO_LONG"
