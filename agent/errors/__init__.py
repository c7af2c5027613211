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

from agent.errors._answer import InvalidValue, MalformedCall, NoSuchDate, UnreadableTime
from agent.errors._base import AgentError
from agent.errors._engine import (
    EngineCancelled,
    EngineError,
    EngineFailed,
    EngineTimeout,
    GrammarRejected,
    PromptTooLong,
)
from agent.errors._journal import (
    CommandNotOpen,
    IdempotencyKeyReused,
    InvalidPageToken,
    JournalDamaged,
    JournalError,
    JournalInUse,
    JournalUnavailable,
    JournalVersion,
    UnknownRecord,
)
from agent.errors._model_file import (
    AdapterError,
    ModelBuildError,
    ModelFileCorrupt,
    ModelFileError,
    ModelFileMissing,
    ModelFileTruncated,
    ModelHashMismatch,
    WrongArchitecture,
)
from agent.errors._request import (
    ControlCharacterInText,
    ControlTokenInText,
    EmptySource,
    EmptyText,
    InvalidCallArguments,
    InvalidConversation,
    InvalidMoment,
    InvalidUnicode,
    RequestTextError,
    TextTooLong,
    UnknownTimeZone,
    UnknownTool,
    UnknownToolSet,
)
from agent.errors._start import AddressInUse, EvaluationFileError, TelemetryNotInstalled

__all__ = [
    "AdapterError",
    "AddressInUse",
    "AgentError",
    "CommandNotOpen",
    "ControlCharacterInText",
    "ControlTokenInText",
    "EmptySource",
    "EmptyText",
    "EngineCancelled",
    "EngineError",
    "EngineFailed",
    "EngineTimeout",
    "EvaluationFileError",
    "GrammarRejected",
    "IdempotencyKeyReused",
    "InvalidCallArguments",
    "InvalidConversation",
    "InvalidMoment",
    "InvalidPageToken",
    "InvalidUnicode",
    "InvalidValue",
    "JournalDamaged",
    "JournalError",
    "JournalInUse",
    "JournalUnavailable",
    "JournalVersion",
    "MalformedCall",
    "ModelBuildError",
    "ModelFileCorrupt",
    "ModelFileError",
    "ModelFileMissing",
    "ModelFileTruncated",
    "ModelHashMismatch",
    "NoSuchDate",
    "PromptTooLong",
    "RequestTextError",
    "TelemetryNotInstalled",
    "TextTooLong",
    "UnknownRecord",
    "UnknownTimeZone",
    "UnknownTool",
    "UnknownToolSet",
    "UnreadableTime",
    "WrongArchitecture",
]
