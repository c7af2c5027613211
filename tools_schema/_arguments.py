"""A request message of a tool's RPC as the arguments of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools_schema._types import ValueType
from tools_schema._words import snake_case

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

    from tools_schema._types import Parameter, Tool, Value

__all__ = ["arguments_of"]

_ALWAYS_SAID = {ValueType.BOOLEAN, ValueType.INTEGER, ValueType.NUMBER}


def arguments_of(tool: Tool, message: Message) -> dict[str, Value]:
    """Return the arguments that a request message of the tool's RPC holds; nothing is validated.

    A field that can tell whether it was set is an argument where it was. Of the others, an empty text or list
    is none, and neither is a zero or false, unless the parameter is required.
    """
    return _fields(tool.parameters, message)


def _fields(parameters: Iterable[Parameter], message: Message) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for parameter in parameters:
        field = message.DESCRIPTOR.fields_by_name[parameter.name]
        value = getattr(message, parameter.name)
        if parameter.items is not None:
            if value:
                found[parameter.name] = [_value(parameter.items, field, item) for item in value]
        elif _said(parameter, field, message):
            found[parameter.name] = _value(parameter, field, value)
    return found


def _said(parameter: Parameter, field: Any, message: Message) -> bool:
    if field.has_presence:
        return message.HasField(parameter.name)
    always = parameter.required and parameter.type in _ALWAYS_SAID
    return always or bool(getattr(message, parameter.name) != field.default_value)


def _value(parameter: Parameter, field: Any, value: Any) -> Value:
    if parameter.type is ValueType.OBJECT:
        return _fields(parameter.properties, value)
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        prefix = f"{snake_case(field.enum_type.name).upper()}_"
        return str(value) if known is None else str(known.name).removeprefix(prefix).lower()
    scalar: Value = value
    return scalar
