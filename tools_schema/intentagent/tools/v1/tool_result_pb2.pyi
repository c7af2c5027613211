from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ToolStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TOOL_STATUS_UNSPECIFIED: _ClassVar[ToolStatus]
    TOOL_STATUS_VERIFIED: _ClassVar[ToolStatus]
    TOOL_STATUS_OPENED: _ClassVar[ToolStatus]
    TOOL_STATUS_REQUESTED: _ClassVar[ToolStatus]
    TOOL_STATUS_NEEDS_CONFIRMATION: _ClassVar[ToolStatus]
    TOOL_STATUS_NEEDS_CLARIFICATION: _ClassVar[ToolStatus]
    TOOL_STATUS_UNSUPPORTED: _ClassVar[ToolStatus]
    TOOL_STATUS_FAILED: _ClassVar[ToolStatus]
TOOL_STATUS_UNSPECIFIED: ToolStatus
TOOL_STATUS_VERIFIED: ToolStatus
TOOL_STATUS_OPENED: ToolStatus
TOOL_STATUS_REQUESTED: ToolStatus
TOOL_STATUS_NEEDS_CONFIRMATION: ToolStatus
TOOL_STATUS_NEEDS_CLARIFICATION: ToolStatus
TOOL_STATUS_UNSUPPORTED: ToolStatus
TOOL_STATUS_FAILED: ToolStatus

class ToolResult(_message.Message):
    __slots__ = ("status", "message", "read_back", "content", "content_type")
    class ReadBackEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    READ_BACK_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    status: ToolStatus
    message: str
    read_back: _containers.ScalarMap[str, str]
    content: bytes
    content_type: str
    def __init__(self, status: _Optional[_Union[ToolStatus, str]] = ..., message: _Optional[str] = ..., read_back: _Optional[_Mapping[str, str]] = ..., content: _Optional[bytes] = ..., content_type: _Optional[str] = ...) -> None: ...
