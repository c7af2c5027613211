from intentagent.v1 import plan_pb2 as _plan_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OutcomeStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_STATUS_UNSPECIFIED: _ClassVar[OutcomeStatus]
    OUTCOME_STATUS_VERIFIED: _ClassVar[OutcomeStatus]
    OUTCOME_STATUS_OPENED: _ClassVar[OutcomeStatus]
    OUTCOME_STATUS_REQUESTED: _ClassVar[OutcomeStatus]
    OUTCOME_STATUS_NEEDS_CONFIRMATION: _ClassVar[OutcomeStatus]
    OUTCOME_STATUS_NEEDS_CLARIFICATION: _ClassVar[OutcomeStatus]
    OUTCOME_STATUS_UNSUPPORTED: _ClassVar[OutcomeStatus]
    OUTCOME_STATUS_FAILED: _ClassVar[OutcomeStatus]
OUTCOME_STATUS_UNSPECIFIED: OutcomeStatus
OUTCOME_STATUS_VERIFIED: OutcomeStatus
OUTCOME_STATUS_OPENED: OutcomeStatus
OUTCOME_STATUS_REQUESTED: OutcomeStatus
OUTCOME_STATUS_NEEDS_CONFIRMATION: OutcomeStatus
OUTCOME_STATUS_NEEDS_CLARIFICATION: OutcomeStatus
OUTCOME_STATUS_UNSUPPORTED: OutcomeStatus
OUTCOME_STATUS_FAILED: OutcomeStatus

class Intent(_message.Message):
    __slots__ = ("action", "data", "mime_type", "categories", "extras")
    ACTION_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    MIME_TYPE_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    EXTRAS_FIELD_NUMBER: _ClassVar[int]
    action: str
    data: str
    mime_type: str
    categories: _containers.RepeatedScalarFieldContainer[str]
    extras: _containers.RepeatedCompositeFieldContainer[IntentExtra]
    def __init__(self, action: _Optional[str] = ..., data: _Optional[str] = ..., mime_type: _Optional[str] = ..., categories: _Optional[_Iterable[str]] = ..., extras: _Optional[_Iterable[_Union[IntentExtra, _Mapping]]] = ...) -> None: ...

class IntentExtra(_message.Message):
    __slots__ = ("key", "type", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    type: str
    value: str
    def __init__(self, key: _Optional[str] = ..., type: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class Evidence(_message.Message):
    __slots__ = ("argv", "exit_code", "stdout", "stderr", "elapsed_ms", "data")
    ARGV_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    STDOUT_FIELD_NUMBER: _ClassVar[int]
    STDERR_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_MS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    argv: _containers.RepeatedScalarFieldContainer[str]
    exit_code: int
    stdout: str
    stderr: str
    elapsed_ms: float
    data: bytes
    def __init__(self, argv: _Optional[_Iterable[str]] = ..., exit_code: _Optional[int] = ..., stdout: _Optional[str] = ..., stderr: _Optional[str] = ..., elapsed_ms: _Optional[float] = ..., data: _Optional[bytes] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ("status", "message", "intent", "evidence", "read_back", "serial", "elapsed_ms", "call_index", "call", "may_have_run", "choices")
    class ReadBackEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    READ_BACK_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_MS_FIELD_NUMBER: _ClassVar[int]
    CALL_INDEX_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    MAY_HAVE_RUN_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    status: OutcomeStatus
    message: str
    intent: Intent
    evidence: _containers.RepeatedCompositeFieldContainer[Evidence]
    read_back: _containers.ScalarMap[str, str]
    serial: str
    elapsed_ms: float
    call_index: int
    call: _plan_pb2.Call
    may_have_run: bool
    choices: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, status: _Optional[_Union[OutcomeStatus, str]] = ..., message: _Optional[str] = ..., intent: _Optional[_Union[Intent, _Mapping]] = ..., evidence: _Optional[_Iterable[_Union[Evidence, _Mapping]]] = ..., read_back: _Optional[_Mapping[str, str]] = ..., serial: _Optional[str] = ..., elapsed_ms: _Optional[float] = ..., call_index: _Optional[int] = ..., call: _Optional[_Union[_plan_pb2.Call, _Mapping]] = ..., may_have_run: _Optional[bool] = ..., choices: _Optional[_Iterable[str]] = ...) -> None: ...
