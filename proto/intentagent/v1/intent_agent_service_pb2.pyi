from intentagent.v1 import outcome_pb2 as _outcome_pb2
from intentagent.v1 import plan_pb2 as _plan_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PlanRequest(_message.Message):
    __slots__ = ("text", "tool_sets", "now", "time_zone", "history")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOOL_SETS_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    text: str
    tool_sets: _containers.RepeatedScalarFieldContainer[str]
    now: str
    time_zone: str
    history: _containers.RepeatedCompositeFieldContainer[_plan_pb2.Exchange]
    def __init__(self, text: _Optional[str] = ..., tool_sets: _Optional[_Iterable[str]] = ..., now: _Optional[str] = ..., time_zone: _Optional[str] = ..., history: _Optional[_Iterable[_Union[_plan_pb2.Exchange, _Mapping]]] = ...) -> None: ...

class PlanResponse(_message.Message):
    __slots__ = ("plan",)
    PLAN_FIELD_NUMBER: _ClassVar[int]
    plan: _plan_pb2.Plan
    def __init__(self, plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ...) -> None: ...

class ExecuteRequest(_message.Message):
    __slots__ = ("request", "plan", "serial", "confirmed")
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    SERIAL_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    request: PlanRequest
    plan: _plan_pb2.Plan
    serial: str
    confirmed: bool
    def __init__(self, request: _Optional[_Union[PlanRequest, _Mapping]] = ..., plan: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., serial: _Optional[str] = ..., confirmed: _Optional[bool] = ...) -> None: ...

class ExecuteResponse(_message.Message):
    __slots__ = ("planned", "dispatching", "outcome")
    PLANNED_FIELD_NUMBER: _ClassVar[int]
    DISPATCHING_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    planned: _plan_pb2.Plan
    dispatching: Dispatching
    outcome: _outcome_pb2.Outcome
    def __init__(self, planned: _Optional[_Union[_plan_pb2.Plan, _Mapping]] = ..., dispatching: _Optional[_Union[Dispatching, _Mapping]] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ...) -> None: ...

class Dispatching(_message.Message):
    __slots__ = ("call_index", "call")
    CALL_INDEX_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    call_index: int
    call: _plan_pb2.Call
    def __init__(self, call_index: _Optional[int] = ..., call: _Optional[_Union[_plan_pb2.Call, _Mapping]] = ...) -> None: ...

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
