"""The typed form of a tool set: what its ``.proto`` files say, and a call to one of its tools.

Everything is immutable. Declarations, grammar, validation and documentation are functions of these types;
the bridge reads the rules and knows nothing of descriptors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | bool | int | float | Sequence["Value"] | Mapping[str, "Value"] | None
"""A value of a call's argument, in JSON's types."""


class ValueType(StrEnum):
    """The type of a parameter, in the words of a FunctionGemma declaration."""

    STRING = "STRING"
    INTEGER = "INTEGER"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    ARRAY = "ARRAY"
    OBJECT = "OBJECT"


class Kind(StrEnum):
    """What a value is; see ``Kind`` in ``annotations.proto`` for the canonical forms."""

    TEXT = "TEXT"
    DATE_TIME = "DATE_TIME"
    DATE = "DATE"
    TIME_OF_DAY = "TIME_OF_DAY"
    DURATION = "DURATION"
    WEEKDAYS = "WEEKDAYS"
    PHONE_NUMBER = "PHONE_NUMBER"
    EMAIL = "EMAIL"
    URL = "URL"
    CONTACT = "CONTACT"
    APP = "APP"
    PERCENT = "PERCENT"


class Risk(StrEnum):
    """What happens when a tool runs by mistake."""

    READ = "READ"
    SAFE = "SAFE"
    CONFIRM = "CONFIRM"


class ReadBack(StrEnum):
    """What is read from the phone after the action."""

    NONE = "NONE"
    RESUMED_ACTIVITY = "RESUMED_ACTIVITY"
    NEXT_ALARM = "NEXT_ALARM"
    STATE = "STATE"


class ExtraForm(StrEnum):
    """The form in which a parameter is put into an extra; see ``ExtraForm`` in ``annotations.proto``."""

    PLAIN = "PLAIN"
    HOUR = "HOUR"
    MINUTE = "MINUTE"
    EPOCH_MILLIS = "EPOCH_MILLIS"
    EPOCH_MILLIS_DEFAULT_END = "EPOCH_MILLIS_DEFAULT_END"
    CALENDAR_DAYS = "CALENDAR_DAYS"
    APPEND = "APPEND"
    STRING_ARRAY = "STRING_ARRAY"


class ExtraType(StrEnum):
    """The Java type of a fixed extra."""

    STRING = "STRING"
    BOOL = "BOOL"
    INT = "INT"
    LONG = "LONG"


class Operation(StrEnum):
    """An operation of the bridge; the names are those of ``Operation`` in ``annotations.proto``."""

    SET_VOLUME = "SET_VOLUME"
    SET_BRIGHTNESS = "SET_BRIGHTNESS"
    SET_WIFI = "SET_WIFI"
    SET_BLUETOOTH = "SET_BLUETOOTH"
    SET_MOBILE_DATA = "SET_MOBILE_DATA"
    SET_AIRPLANE_MODE = "SET_AIRPLANE_MODE"
    SET_DO_NOT_DISTURB = "SET_DO_NOT_DISTURB"
    SET_DARK_MODE = "SET_DARK_MODE"
    SET_BATTERY_SAVER = "SET_BATTERY_SAVER"
    SET_AUTO_ROTATE = "SET_AUTO_ROTATE"
    MEDIA_CONTROL = "MEDIA_CONTROL"
    OPEN_APP = "OPEN_APP"
    OPEN_SETTINGS = "OPEN_SETTINGS"
    FIND_CONTACT = "FIND_CONTACT"
    TAKE_SCREENSHOT = "TAKE_SCREENSHOT"
    DISMISS_ALARM = "DISMISS_ALARM"
    CALL = "CALL"
    SEND_SMS = "SEND_SMS"
    NAVIGATE = "NAVIGATE"
    CREATE_NOTE = "CREATE_NOTE"


class Tile(StrEnum):
    """A tile of the quick settings."""

    FLASHLIGHT = "FLASHLIGHT"


@dataclass(frozen=True, slots=True)
class Extra:
    """An extra that an intent always carries."""

    key: str
    type: ExtraType
    value: str | bool | int


@dataclass(frozen=True, slots=True)
class ParameterExtra:
    """An extra that carries a parameter in the given form."""

    key: str
    form: ExtraForm


@dataclass(frozen=True, slots=True)
class IntentRule:
    """An intent that starts an activity; ``data`` may hold ``{name}`` and ``{name?}`` for parameters.

    What they are replaced by is told at ``IntentRule.data`` in ``annotations.proto``.
    """

    action: str
    data: str = ""
    mime_type: str = ""
    categories: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class OperationRule:
    """One of the bridge's own operations."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class TileRule:
    """A tile of the quick settings and the state that it shall have."""

    tile: Tile
    on: bool


Target: TypeAlias = IntentRule | OperationRule | TileRule
"""What a tool does on the phone."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a tool, or a field of an object parameter, or the items of an array parameter.

    ``items`` is set for ARRAY (it has no name, and the kind of a list's values, but WEEKDAYS is a kind of the
    list), ``properties`` for OBJECT. ``minimum`` and ``maximum`` are inclusive, in seconds where the kind is
    DURATION. ``derived`` is true for a parameter that the model never writes. ``private`` values are kept
    neither in the journal nor in the log.
    """

    name: str
    type: ValueType
    kind: Kind = Kind.TEXT
    description: str = ""
    required: bool = False
    one_of: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    extras: tuple[ParameterExtra, ...] = ()
    all_day_of: str = ""
    relative_to: str = ""
    private: bool = False
    items: Parameter | None = None
    properties: tuple[Parameter, ...] = ()

    @property
    def derived(self) -> bool:
        """Whether the resolver sets it, so that the model never writes it."""
        return bool(self.all_day_of)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: one annotated RPC.

    ``name`` is the method's name in snake case. ``method`` is the RPC's full name
    (``intentagent.tools.phone.v1.Clock/SetAlarm``). ``hash`` is the SHA-256 (hex) of everything that the
    schema says of the tool; ``signature`` the SHA-256 of what decides how the model writes a call to it:
    name, parameters, types, kinds, required, choices – not descriptions and not what happens on the phone.
    ``private`` says that neither its arguments nor what it reads from the phone are kept in the journal.
    ``source`` is where the RPC stands (``reading.proto:12``); it is no part of what the tool is.
    """

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    method: str
    risk: Risk = Risk.READ
    read_back: ReadBack = ReadBack.NONE
    target: Target | None = None
    private: bool = False
    hash: str = ""
    signature: str = ""
    source: str = field(default="", compare=False)

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of that name, or None."""
        return next((p for p in self.parameters if p.name == name), None)


@dataclass(frozen=True, slots=True)
class ToolSet:
    """A set of tools, sorted by name. ``hash`` covers the hashes of the tools.

    ``descriptors`` is the serialised ``FileDescriptorSet`` of its files and of all that they import; empty
    for several sets that were united.
    """

    name: str
    tools: tuple[Tool, ...]
    hash: str = ""
    descriptors: bytes = field(default=b"", compare=False, repr=False)

    def tool(self, name: str) -> Tool | None:
        """Return the tool of that name, or None."""
        return next((t for t in self.tools if t.name == name), None)


@dataclass(frozen=True, slots=True)
class Call:
    """A call to a tool with canonical arguments, validated against the tool's schema."""

    name: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    tool_hash: str = ""
