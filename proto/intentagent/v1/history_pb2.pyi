import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from intentagent.v1 import outcome_pb2 as _outcome_pb2
from intentagent.v1 import plan_pb2 as _plan_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CommandState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COMMAND_STATE_UNSPECIFIED: _ClassVar[CommandState]
    COMMAND_STATE_NOT_SENT: _ClassVar[CommandState]
    COMMAND_STATE_MAYBE_SENT: _ClassVar[CommandState]
    COMMAND_STATE_DONE: _ClassVar[CommandState]

class ConfirmationAnswer(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONFIRMATION_ANSWER_UNSPECIFIED: _ClassVar[ConfirmationAnswer]
    CONFIRMATION_ANSWER_PENDING: _ClassVar[ConfirmationAnswer]
    CONFIRMATION_ANSWER_CONFIRMED: _ClassVar[ConfirmationAnswer]
    CONFIRMATION_ANSWER_REJECTED: _ClassVar[ConfirmationAnswer]
    CONFIRMATION_ANSWER_EXPIRED: _ClassVar[ConfirmationAnswer]
COMMAND_STATE_UNSPECIFIED: CommandState
COMMAND_STATE_NOT_SENT: CommandState
COMMAND_STATE_MAYBE_SENT: CommandState
COMMAND_STATE_DONE: CommandState
CONFIRMATION_ANSWER_UNSPECIFIED: ConfirmationAnswer
CONFIRMATION_ANSWER_PENDING: ConfirmationAnswer
CONFIRMATION_ANSWER_CONFIRMED: ConfirmationAnswer
CONFIRMATION_ANSWER_REJECTED: ConfirmationAnswer
CONFIRMATION_ANSWER_EXPIRED: ConfirmationAnswer

class RequestRecord(_message.Message):
    __slots__ = ("request_id", "client", "method", "conversation_id", "idempotency_key", "text", "text_private", "tool_sets", "tool_set_hash", "model_sha256", "missing", "problems", "reason", "commands", "receive_time", "finish_time", "error")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TEXT_PRIVATE_FIELD_NUMBER: _ClassVar[int]
    TOOL_SETS_FIELD_NUMBER: _ClassVar[int]
    TOOL_SET_HASH_FIELD_NUMBER: _ClassVar[int]
    MODEL_SHA256_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    COMMANDS_FIELD_NUMBER: _ClassVar[int]
    RECEIVE_TIME_FIELD_NUMBER: _ClassVar[int]
    FINISH_TIME_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    client: str
    method: str
    conversation_id: str
    idempotency_key: str
    text: str
    text_private: bool
    tool_sets: _containers.RepeatedScalarFieldContainer[str]
    tool_set_hash: str
    model_sha256: str
    missing: _containers.RepeatedScalarFieldContainer[str]
    problems: _containers.RepeatedScalarFieldContainer[str]
    reason: str
    commands: _containers.RepeatedCompositeFieldContainer[CommandRecord]
    receive_time: _timestamp_pb2.Timestamp
    finish_time: _timestamp_pb2.Timestamp
    error: str
    def __init__(self, request_id: _Optional[str] = ..., client: _Optional[str] = ..., method: _Optional[str] = ..., conversation_id: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., text: _Optional[str] = ..., text_private: _Optional[bool] = ..., tool_sets: _Optional[_Iterable[str]] = ..., tool_set_hash: _Optional[str] = ..., model_sha256: _Optional[str] = ..., missing: _Optional[_Iterable[str]] = ..., problems: _Optional[_Iterable[str]] = ..., reason: _Optional[str] = ..., commands: _Optional[_Iterable[_Union[CommandRecord, _Mapping]]] = ..., receive_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finish_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., error: _Optional[str] = ...) -> None: ...

class CommandRecord(_message.Message):
    __slots__ = ("call_index", "call", "call_hash", "state", "serial", "confirmation", "dispatch_time", "finish_time", "outcome", "intent")
    CALL_INDEX_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    CALL_HASH_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    CONFIRMATION_FIELD_NUMBER: _ClassVar[int]
    DISPATCH_TIME_FIELD_NUMBER: _ClassVar[int]
    FINISH_TIME_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    call_index: int
    call: _plan_pb2.Call
    call_hash: str
    state: CommandState
    serial: str
    confirmation: ConfirmationRecord
    dispatch_time: _timestamp_pb2.Timestamp
    finish_time: _timestamp_pb2.Timestamp
    outcome: _outcome_pb2.Outcome
    intent: _outcome_pb2.Intent
    def __init__(self, call_index: _Optional[int] = ..., call: _Optional[_Union[_plan_pb2.Call, _Mapping]] = ..., call_hash: _Optional[str] = ..., state: _Optional[_Union[CommandState, str]] = ..., serial: _Optional[str] = ..., confirmation: _Optional[_Union[ConfirmationRecord, _Mapping]] = ..., dispatch_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finish_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ..., intent: _Optional[_Union[_outcome_pb2.Intent, _Mapping]] = ...) -> None: ...

class ConfirmationRecord(_message.Message):
    __slots__ = ("serial", "answer", "ask_time", "expire_time", "answer_time", "answered_by")
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    ASK_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    ANSWER_TIME_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_BY_FIELD_NUMBER: _ClassVar[int]
    serial: str
    answer: ConfirmationAnswer
    ask_time: _timestamp_pb2.Timestamp
    expire_time: _timestamp_pb2.Timestamp
    answer_time: _timestamp_pb2.Timestamp
    answered_by: str
    def __init__(self, serial: _Optional[str] = ..., answer: _Optional[_Union[ConfirmationAnswer, str]] = ..., ask_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., answer_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., answered_by: _Optional[str] = ...) -> None: ...
