import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from intentagent.v1 import history_pb2 as _history_pb2
from intentagent.v1 import outcome_pb2 as _outcome_pb2
from intentagent.v1 import plan_pb2 as _plan_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PlanRequest(_message.Message):
    __slots__ = ("text", "tool_sets", "now", "time_zone", "history", "conversation_id")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOOL_SETS_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    text: str
    tool_sets: _containers.RepeatedScalarFieldContainer[str]
    now: str
    time_zone: str
    history: _containers.RepeatedCompositeFieldContainer[_plan_pb2.Exchange]
    conversation_id: str
    def __init__(self, text: _Optional[str] = ..., tool_sets: _Optional[_Iterable[str]] = ..., now: _Optional[str] = ..., time_zone: _Optional[str] = ..., history: _Optional[_Iterable[_Union[_plan_pb2.Exchange, _Mapping]]] = ..., conversation_id: _Optional[str] = ...) -> None: ...

class PlanResponse(_message.Message):
    __slots__ = ("plan", "conversation_id", "request_id")
    PLAN_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    plan: _plan_pb2.Plan
    conversation_id: str
    request_id: str
    def __init__(self, plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., conversation_id: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ExecuteRequest(_message.Message):
    __slots__ = ("request", "plan", "serial", "confirmation_timeout", "idempotency_key")
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    CONFIRMATION_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    request: PlanRequest
    plan: _plan_pb2.Plan
    serial: str
    confirmation_timeout: _duration_pb2.Duration
    idempotency_key: str
    def __init__(self, request: _Optional[_Union[PlanRequest, _Mapping]] = ..., plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., serial: _Optional[str] = ..., confirmation_timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class ExecuteResponse(_message.Message):
    __slots__ = ("planned", "dispatching", "outcome", "waiting_for_confirmation", "request_id", "conversation_id", "repeated")
    PLANNED_FIELD_NUMBER: _ClassVar[int]
    DISPATCHING_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_CONFIRMATION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    REPEATED_FIELD_NUMBER: _ClassVar[int]
    planned: _plan_pb2.Plan
    dispatching: Dispatching
    outcome: _outcome_pb2.Outcome
    waiting_for_confirmation: WaitingForConfirmation
    request_id: str
    conversation_id: str
    repeated: bool
    def __init__(self, planned: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., dispatching: _Optional[_Union[Dispatching, _Mapping]] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ..., waiting_for_confirmation: _Optional[_Union[WaitingForConfirmation, _Mapping]] = ..., request_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., repeated: _Optional[bool] = ...) -> None: ...

class Dispatching(_message.Message):
    __slots__ = ("call_index", "call")
    CALL_INDEX_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    call_index: int
    call: _plan_pb2.Call
    def __init__(self, call_index: _Optional[int] = ..., call: _Optional[_Union[_plan_pb2.Call, _Mapping]] = ...) -> None: ...

class WaitingForConfirmation(_message.Message):
    __slots__ = ("call_index", "call", "call_hash", "serial", "message", "intent", "found", "expire_time")
    class FoundEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CALL_INDEX_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    CALL_HASH_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    call_index: int
    call: _plan_pb2.Call
    call_hash: str
    serial: str
    message: str
    intent: _outcome_pb2.Intent
    found: _containers.ScalarMap[str, str]
    expire_time: _timestamp_pb2.Timestamp
    def __init__(self, call_index: _Optional[int] = ..., call: _Optional[_Union[_plan_pb2.Call, _Mapping]] = ..., call_hash: _Optional[str] = ..., serial: _Optional[str] = ..., message: _Optional[str] = ..., intent: _Optional[_Union[_outcome_pb2.Intent, _Mapping]] = ..., found: _Optional[_Mapping[str, str]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ConfirmRequest(_message.Message):
    __slots__ = ("request_id", "call_index", "call_hash", "serial")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_INDEX_FIELD_NUMBER: _ClassVar[int]
    CALL_HASH_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    call_index: int
    call_hash: str
    serial: str
    def __init__(self, request_id: _Optional[str] = ..., call_index: _Optional[int] = ..., call_hash: _Optional[str] = ..., serial: _Optional[str] = ...) -> None: ...

class ConfirmResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class RejectRequest(_message.Message):
    __slots__ = ("request_id", "call_index")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_INDEX_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    call_index: int
    def __init__(self, request_id: _Optional[str] = ..., call_index: _Optional[int] = ...) -> None: ...

class RejectResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CancelRequest(_message.Message):
    __slots__ = ("request_id",)
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    def __init__(self, request_id: _Optional[str] = ...) -> None: ...

class CancelResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListToolsRequest(_message.Message):
    __slots__ = ("tool_sets",)
    TOOL_SETS_FIELD_NUMBER: _ClassVar[int]
    tool_sets: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, tool_sets: _Optional[_Iterable[str]] = ...) -> None: ...

class ListToolsResponse(_message.Message):
    __slots__ = ("tools", "tool_sets", "tool_set_hash", "available_tool_sets")
    TOOLS_FIELD_NUMBER: _ClassVar[int]
    TOOL_SETS_FIELD_NUMBER: _ClassVar[int]
    TOOL_SET_HASH_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_TOOL_SETS_FIELD_NUMBER: _ClassVar[int]
    tools: _containers.RepeatedCompositeFieldContainer[ToolDescription]
    tool_sets: _containers.RepeatedScalarFieldContainer[str]
    tool_set_hash: str
    available_tool_sets: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, tools: _Optional[_Iterable[_Union[ToolDescription, _Mapping]]] = ..., tool_sets: _Optional[_Iterable[str]] = ..., tool_set_hash: _Optional[str] = ..., available_tool_sets: _Optional[_Iterable[str]] = ...) -> None: ...

class ToolDescription(_message.Message):
    __slots__ = ("name", "description", "parameters", "risk", "method", "hash", "known_to_model")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    RISK_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    KNOWN_TO_MODEL_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    parameters: _containers.RepeatedCompositeFieldContainer[ParameterDescription]
    risk: str
    method: str
    hash: str
    known_to_model: bool
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., parameters: _Optional[_Iterable[_Union[ParameterDescription, _Mapping]]] = ..., risk: _Optional[str] = ..., method: _Optional[str] = ..., hash: _Optional[str] = ..., known_to_model: _Optional[bool] = ...) -> None: ...

class ParameterDescription(_message.Message):
    __slots__ = ("name", "type", "kind", "description", "required", "one_of")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    ONE_OF_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    kind: str
    description: str
    required: bool
    one_of: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., kind: _Optional[str] = ..., description: _Optional[str] = ..., required: _Optional[bool] = ..., one_of: _Optional[_Iterable[str]] = ...) -> None: ...

class ListDevicesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListDevicesResponse(_message.Message):
    __slots__ = ("devices",)
    DEVICES_FIELD_NUMBER: _ClassVar[int]
    devices: _containers.RepeatedCompositeFieldContainer[Device]
    def __init__(self, devices: _Optional[_Iterable[_Union[Device, _Mapping]]] = ...) -> None: ...

class Device(_message.Message):
    __slots__ = ("serial", "state", "model", "api_level")
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    API_LEVEL_FIELD_NUMBER: _ClassVar[int]
    serial: str
    state: str
    model: str
    api_level: int
    def __init__(self, serial: _Optional[str] = ..., state: _Optional[str] = ..., model: _Optional[str] = ..., api_level: _Optional[int] = ...) -> None: ...

class WatchDevicesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WatchDevicesResponse(_message.Message):
    __slots__ = ("device", "previous_state")
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_STATE_FIELD_NUMBER: _ClassVar[int]
    device: Device
    previous_state: str
    def __init__(self, device: _Optional[_Union[Device, _Mapping]] = ..., previous_state: _Optional[str] = ...) -> None: ...

class GetModelRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetModelResponse(_message.Message):
    __slots__ = ("engine", "name", "sha256", "prompt_order", "vocabulary_size", "context_tokens", "known_tools")
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    PROMPT_ORDER_FIELD_NUMBER: _ClassVar[int]
    VOCABULARY_SIZE_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    KNOWN_TOOLS_FIELD_NUMBER: _ClassVar[int]
    engine: str
    name: str
    sha256: str
    prompt_order: str
    vocabulary_size: int
    context_tokens: int
    known_tools: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, engine: _Optional[str] = ..., name: _Optional[str] = ..., sha256: _Optional[str] = ..., prompt_order: _Optional[str] = ..., vocabulary_size: _Optional[int] = ..., context_tokens: _Optional[int] = ..., known_tools: _Optional[_Iterable[str]] = ...) -> None: ...

class ListHistoryRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "client", "request_id", "conversation_id", "tool", "serial", "state", "start_time", "end_time")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    TOOL_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    client: str
    request_id: str
    conversation_id: str
    tool: str
    serial: str
    state: _history_pb2.CommandState
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., client: _Optional[str] = ..., request_id: _Optional[str] = ..., conversation_id: _Optional[str] = ..., tool: _Optional[str] = ..., serial: _Optional[str] = ..., state: _Optional[_Union[_history_pb2.CommandState, str]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListHistoryResponse(_message.Message):
    __slots__ = ("requests", "next_page_token")
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    requests: _containers.RepeatedCompositeFieldContainer[_history_pb2.RequestRecord]
    next_page_token: str
    def __init__(self, requests: _Optional[_Iterable[_Union[_history_pb2.RequestRecord, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
