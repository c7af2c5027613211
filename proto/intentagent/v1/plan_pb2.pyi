from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Call(_message.Message):
    __slots__ = ("tool", "arguments", "tool_hash")
    TOOL_FIELD_NUMBER: _ClassVar[int]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    TOOL_HASH_FIELD_NUMBER: _ClassVar[int]
    tool: str
    arguments: _struct_pb2.Struct
    tool_hash: str
    def __init__(self, tool: _Optional[str] = ..., arguments: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., tool_hash: _Optional[str] = ...) -> None: ...

class MissingArgument(_message.Message):
    __slots__ = ("tool", "parameter")
    TOOL_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_FIELD_NUMBER: _ClassVar[int]
    tool: str
    parameter: str
    def __init__(self, tool: _Optional[str] = ..., parameter: _Optional[str] = ...) -> None: ...

class Exchange(_message.Message):
    __slots__ = ("text", "calls", "missing")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    text: str
    calls: _containers.RepeatedCompositeFieldContainer[Call]
    missing: _containers.RepeatedCompositeFieldContainer[MissingArgument]
    def __init__(self, text: _Optional[str] = ..., calls: _Optional[_Iterable[_Union[Call, _Mapping]]] = ..., missing: _Optional[_Iterable[_Union[MissingArgument, _Mapping]]] = ...) -> None: ...

class Plan(_message.Message):
    __slots__ = ("text", "tool_sets", "tool_set_hash", "now", "time_zone", "calls", "missing", "problems", "reason", "model_text", "model_sha256", "timings", "question")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOOL_SETS_FIELD_NUMBER: _ClassVar[int]
    TOOL_SET_HASH_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    MISSING_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MODEL_TEXT_FIELD_NUMBER: _ClassVar[int]
    MODEL_SHA256_FIELD_NUMBER: _ClassVar[int]
    TIMINGS_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    text: str
    tool_sets: _containers.RepeatedScalarFieldContainer[str]
    tool_set_hash: str
    now: str
    time_zone: str
    calls: _containers.RepeatedCompositeFieldContainer[Call]
    missing: _containers.RepeatedCompositeFieldContainer[MissingArgument]
    problems: _containers.RepeatedScalarFieldContainer[str]
    reason: str
    model_text: str
    model_sha256: str
    timings: PlanTimings
    question: str
    def __init__(self, text: _Optional[str] = ..., tool_sets: _Optional[_Iterable[str]] = ..., tool_set_hash: _Optional[str] = ..., now: _Optional[str] = ..., time_zone: _Optional[str] = ..., calls: _Optional[_Iterable[_Union[Call, _Mapping]]] = ..., missing: _Optional[_Iterable[_Union[MissingArgument, _Mapping]]] = ..., problems: _Optional[_Iterable[str]] = ..., reason: _Optional[str] = ..., model_text: _Optional[str] = ..., model_sha256: _Optional[str] = ..., timings: _Optional[_Union[PlanTimings, _Mapping]] = ..., question: _Optional[str] = ...) -> None: ...

class PlanTimings(_message.Message):
    __slots__ = ("total_ms", "prefill_ms", "decode_ms", "prompt_tokens", "cached_tokens", "output_tokens")
    TOTAL_MS_FIELD_NUMBER: _ClassVar[int]
    PREFILL_MS_FIELD_NUMBER: _ClassVar[int]
    DECODE_MS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    CACHED_TOKENS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    total_ms: float
    prefill_ms: float
    decode_ms: float
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int
    def __init__(self, total_ms: _Optional[float] = ..., prefill_ms: _Optional[float] = ..., decode_ms: _Optional[float] = ..., prompt_tokens: _Optional[int] = ..., cached_tokens: _Optional[int] = ..., output_tokens: _Optional[int] = ...) -> None: ...
