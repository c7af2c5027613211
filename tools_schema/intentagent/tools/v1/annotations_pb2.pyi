from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Risk(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RISK_UNSPECIFIED: _ClassVar[Risk]
    RISK_READ: _ClassVar[Risk]
    RISK_SAFE: _ClassVar[Risk]
    RISK_CONFIRM: _ClassVar[Risk]

class ReadBack(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    READ_BACK_UNSPECIFIED: _ClassVar[ReadBack]
    READ_BACK_RESUMED_ACTIVITY: _ClassVar[ReadBack]
    READ_BACK_NEXT_ALARM: _ClassVar[ReadBack]
    READ_BACK_STATE: _ClassVar[ReadBack]

class Operation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPERATION_UNSPECIFIED: _ClassVar[Operation]
    OPERATION_SET_VOLUME: _ClassVar[Operation]
    OPERATION_SET_BRIGHTNESS: _ClassVar[Operation]
    OPERATION_SET_WIFI: _ClassVar[Operation]
    OPERATION_SET_BLUETOOTH: _ClassVar[Operation]
    OPERATION_SET_MOBILE_DATA: _ClassVar[Operation]
    OPERATION_SET_AIRPLANE_MODE: _ClassVar[Operation]
    OPERATION_SET_DO_NOT_DISTURB: _ClassVar[Operation]
    OPERATION_SET_DARK_MODE: _ClassVar[Operation]
    OPERATION_SET_BATTERY_SAVER: _ClassVar[Operation]
    OPERATION_SET_AUTO_ROTATE: _ClassVar[Operation]
    OPERATION_MEDIA_CONTROL: _ClassVar[Operation]
    OPERATION_OPEN_APP: _ClassVar[Operation]
    OPERATION_OPEN_SETTINGS: _ClassVar[Operation]
    OPERATION_FIND_CONTACT: _ClassVar[Operation]
    OPERATION_TAKE_SCREENSHOT: _ClassVar[Operation]
    OPERATION_DISMISS_ALARM: _ClassVar[Operation]
    OPERATION_CALL: _ClassVar[Operation]
    OPERATION_SEND_SMS: _ClassVar[Operation]
    OPERATION_NAVIGATE: _ClassVar[Operation]
    OPERATION_CREATE_NOTE: _ClassVar[Operation]

class Tile(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TILE_UNSPECIFIED: _ClassVar[Tile]
    TILE_FLASHLIGHT: _ClassVar[Tile]

class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KIND_UNSPECIFIED: _ClassVar[Kind]
    KIND_TEXT: _ClassVar[Kind]
    KIND_DATE_TIME: _ClassVar[Kind]
    KIND_DATE: _ClassVar[Kind]
    KIND_TIME_OF_DAY: _ClassVar[Kind]
    KIND_DURATION: _ClassVar[Kind]
    KIND_WEEKDAYS: _ClassVar[Kind]
    KIND_PHONE_NUMBER: _ClassVar[Kind]
    KIND_EMAIL: _ClassVar[Kind]
    KIND_URL: _ClassVar[Kind]
    KIND_CONTACT: _ClassVar[Kind]
    KIND_APP: _ClassVar[Kind]
    KIND_PERCENT: _ClassVar[Kind]

class ExtraForm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXTRA_FORM_UNSPECIFIED: _ClassVar[ExtraForm]
    EXTRA_FORM_PLAIN: _ClassVar[ExtraForm]
    EXTRA_FORM_HOUR: _ClassVar[ExtraForm]
    EXTRA_FORM_MINUTE: _ClassVar[ExtraForm]
    EXTRA_FORM_EPOCH_MILLIS: _ClassVar[ExtraForm]
    EXTRA_FORM_EPOCH_MILLIS_DEFAULT_END: _ClassVar[ExtraForm]
    EXTRA_FORM_CALENDAR_DAYS: _ClassVar[ExtraForm]
    EXTRA_FORM_APPEND: _ClassVar[ExtraForm]
    EXTRA_FORM_STRING_ARRAY: _ClassVar[ExtraForm]
RISK_UNSPECIFIED: Risk
RISK_READ: Risk
RISK_SAFE: Risk
RISK_CONFIRM: Risk
READ_BACK_UNSPECIFIED: ReadBack
READ_BACK_RESUMED_ACTIVITY: ReadBack
READ_BACK_NEXT_ALARM: ReadBack
READ_BACK_STATE: ReadBack
OPERATION_UNSPECIFIED: Operation
OPERATION_SET_VOLUME: Operation
OPERATION_SET_BRIGHTNESS: Operation
OPERATION_SET_WIFI: Operation
OPERATION_SET_BLUETOOTH: Operation
OPERATION_SET_MOBILE_DATA: Operation
OPERATION_SET_AIRPLANE_MODE: Operation
OPERATION_SET_DO_NOT_DISTURB: Operation
OPERATION_SET_DARK_MODE: Operation
OPERATION_SET_BATTERY_SAVER: Operation
OPERATION_SET_AUTO_ROTATE: Operation
OPERATION_MEDIA_CONTROL: Operation
OPERATION_OPEN_APP: Operation
OPERATION_OPEN_SETTINGS: Operation
OPERATION_FIND_CONTACT: Operation
OPERATION_TAKE_SCREENSHOT: Operation
OPERATION_DISMISS_ALARM: Operation
OPERATION_CALL: Operation
OPERATION_SEND_SMS: Operation
OPERATION_NAVIGATE: Operation
OPERATION_CREATE_NOTE: Operation
TILE_UNSPECIFIED: Tile
TILE_FLASHLIGHT: Tile
KIND_UNSPECIFIED: Kind
KIND_TEXT: Kind
KIND_DATE_TIME: Kind
KIND_DATE: Kind
KIND_TIME_OF_DAY: Kind
KIND_DURATION: Kind
KIND_WEEKDAYS: Kind
KIND_PHONE_NUMBER: Kind
KIND_EMAIL: Kind
KIND_URL: Kind
KIND_CONTACT: Kind
KIND_APP: Kind
KIND_PERCENT: Kind
EXTRA_FORM_UNSPECIFIED: ExtraForm
EXTRA_FORM_PLAIN: ExtraForm
EXTRA_FORM_HOUR: ExtraForm
EXTRA_FORM_MINUTE: ExtraForm
EXTRA_FORM_EPOCH_MILLIS: ExtraForm
EXTRA_FORM_EPOCH_MILLIS_DEFAULT_END: ExtraForm
EXTRA_FORM_CALENDAR_DAYS: ExtraForm
EXTRA_FORM_APPEND: ExtraForm
EXTRA_FORM_STRING_ARRAY: ExtraForm
TOOL_FIELD_NUMBER: _ClassVar[int]
tool: _descriptor.FieldDescriptor
PARAM_FIELD_NUMBER: _ClassVar[int]
param: _descriptor.FieldDescriptor

class ToolRule(_message.Message):
    __slots__ = ("description", "risk", "read_back", "private", "intent", "operation", "tile")
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    RISK_FIELD_NUMBER: _ClassVar[int]
    READ_BACK_FIELD_NUMBER: _ClassVar[int]
    PRIVATE_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    TILE_FIELD_NUMBER: _ClassVar[int]
    description: str
    risk: Risk
    read_back: ReadBack
    private: bool
    intent: IntentRule
    operation: Operation
    tile: TileRule
    def __init__(self, description: _Optional[str] = ..., risk: _Optional[_Union[Risk, str]] = ..., read_back: _Optional[_Union[ReadBack, str]] = ..., private: _Optional[bool] = ..., intent: _Optional[_Union[IntentRule, _Mapping]] = ..., operation: _Optional[_Union[Operation, str]] = ..., tile: _Optional[_Union[TileRule, _Mapping]] = ...) -> None: ...

class IntentRule(_message.Message):
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
    extras: _containers.RepeatedCompositeFieldContainer[Extra]
    def __init__(self, action: _Optional[str] = ..., data: _Optional[str] = ..., mime_type: _Optional[str] = ..., categories: _Optional[_Iterable[str]] = ..., extras: _Optional[_Iterable[_Union[Extra, _Mapping]]] = ...) -> None: ...

class Extra(_message.Message):
    __slots__ = ("key", "string_value", "bool_value", "int_value", "long_value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    STRING_VALUE_FIELD_NUMBER: _ClassVar[int]
    BOOL_VALUE_FIELD_NUMBER: _ClassVar[int]
    INT_VALUE_FIELD_NUMBER: _ClassVar[int]
    LONG_VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    string_value: str
    bool_value: bool
    int_value: int
    long_value: int
    def __init__(self, key: _Optional[str] = ..., string_value: _Optional[str] = ..., bool_value: _Optional[bool] = ..., int_value: _Optional[int] = ..., long_value: _Optional[int] = ...) -> None: ...

class TileRule(_message.Message):
    __slots__ = ("tile", "on")
    TILE_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    tile: Tile
    on: bool
    def __init__(self, tile: _Optional[_Union[Tile, str]] = ..., on: _Optional[bool] = ...) -> None: ...

class ParameterRule(_message.Message):
    __slots__ = ("description", "required", "kind", "one_of", "minimum", "maximum", "extras", "all_day_of", "relative_to", "private")
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ONE_OF_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    EXTRAS_FIELD_NUMBER: _ClassVar[int]
    ALL_DAY_OF_FIELD_NUMBER: _ClassVar[int]
    RELATIVE_TO_FIELD_NUMBER: _ClassVar[int]
    PRIVATE_FIELD_NUMBER: _ClassVar[int]
    description: str
    required: bool
    kind: Kind
    one_of: _containers.RepeatedScalarFieldContainer[str]
    minimum: int
    maximum: int
    extras: _containers.RepeatedCompositeFieldContainer[ParameterExtra]
    all_day_of: str
    relative_to: str
    private: bool
    def __init__(self, description: _Optional[str] = ..., required: _Optional[bool] = ..., kind: _Optional[_Union[Kind, str]] = ..., one_of: _Optional[_Iterable[str]] = ..., minimum: _Optional[int] = ..., maximum: _Optional[int] = ..., extras: _Optional[_Iterable[_Union[ParameterExtra, _Mapping]]] = ..., all_day_of: _Optional[str] = ..., relative_to: _Optional[str] = ..., private: _Optional[bool] = ...) -> None: ...

class ParameterExtra(_message.Message):
    __slots__ = ("key", "form")
    KEY_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    key: str
    form: ExtraForm
    def __init__(self, key: _Optional[str] = ..., form: _Optional[_Union[ExtraForm, str]] = ...) -> None: ...
