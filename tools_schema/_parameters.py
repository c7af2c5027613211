"""Reads the parameters of a tool from the fields of a message."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from tools_schema import _rules
from tools_schema._types import ExtraForm, Kind, Parameter, ParameterExtra, ValueType
from tools_schema._words import check_words, description, snake_case

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import EnumDescriptorProto

    from tools_schema._index import Index, Place
    from tools_schema.intentagent.tools.v1.annotations_pb2 import ParameterRule

__all__ = ["RESERVED_NAMES", "read_parameters"]

RESERVED_NAMES = frozenset({"description", "type", "properties", "required", "nullable"})
"""Names that FunctionGemma's chat template leaves out of a declaration, so no parameter may have them."""

_F = FieldDescriptorProto
_INT32 = (-(2**31), 2**31 - 1)
_BOUNDS: dict[int, tuple[int | None, int | None]] = {
    **dict.fromkeys((_F.TYPE_INT32, _F.TYPE_SINT32, _F.TYPE_SFIXED32), _INT32),
    **dict.fromkeys((_F.TYPE_UINT32, _F.TYPE_FIXED32), (0, 2**32 - 1)),
    **dict.fromkeys((_F.TYPE_INT64, _F.TYPE_SINT64, _F.TYPE_SFIXED64), (None, None)),
    **dict.fromkeys((_F.TYPE_UINT64, _F.TYPE_FIXED64), (0, None)),
}
_TYPES: dict[int, ValueType] = {
    _F.TYPE_STRING: ValueType.STRING,
    _F.TYPE_ENUM: ValueType.STRING,
    _F.TYPE_BOOL: ValueType.BOOLEAN,
    _F.TYPE_FLOAT: ValueType.NUMBER,
    _F.TYPE_DOUBLE: ValueType.NUMBER,
    _F.TYPE_MESSAGE: ValueType.OBJECT,
    **dict.fromkeys(_BOUNDS, ValueType.INTEGER),
}
_INSTEAD = {
    ".google.protobuf.Timestamp": "a string with kind KIND_DATE_TIME",
    ".google.protobuf.Duration": "an int32 with kind KIND_DURATION",
}
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def read_parameters(type_name: str, index: Index, within: tuple[str, ...] = ()) -> tuple[Parameter, ...]:
    """Read the fields of a message, in the order of their numbers.

    ``type_name`` is the message's full name with its leading dot; ``within`` are the messages around it.

    Raises:
        SchemaError: A field cannot be a parameter.

    """
    message = index.messages[type_name]
    numbered = sorted(enumerate(message.proto.field), key=lambda item: item[1].number)
    return tuple(
        _parameter(message.field_place(at), field, index, (*within, type_name)) for at, field in numbered
    )


def _parameter(place: Place, field: FieldDescriptorProto, index: Index, within: tuple[str, ...]) -> Parameter:
    rule = _rules.parameter_rule(field.options)
    _check_name(place, field)
    if len(within) > 1 and (rule.extras or rule.all_day_of or rule.relative_to):
        raise place.error(
            "is nested, where extras, all_day_of and relative_to mean nothing: "
            "move it into the request message"
        )
    repeated = field.label == _F.LABEL_REPEATED
    value_type = _value_type(place, field, index)
    kind = _kind(place, rule, field, value_type, repeated=repeated)
    minimum, maximum = _range(place, rule, field, kind)
    value = Parameter(
        field.name,
        value_type,
        Kind.TEXT if kind is Kind.WEEKDAYS else kind,
        one_of=_one_of(place, rule, value_type, kind, index.enums.get(field.type_name)),
        minimum=minimum,
        maximum=maximum,
        properties=_properties(place, field, index, within) if value_type is ValueType.OBJECT else (),
        private=rule.private,
    )
    if repeated:
        array_kind = kind if kind is Kind.WEEKDAYS else Kind.TEXT
        value = Parameter(field.name, ValueType.ARRAY, array_kind, items=replace(value, name=""))
    return replace(
        value,
        description=description(place, rule.description),
        required=rule.required,
        extras=tuple(_extras(place, rule, field, value)),
        all_day_of=rule.all_day_of,
        relative_to=rule.relative_to,
        private=rule.private,
    )


def _check_name(place: Place, field: FieldDescriptorProto) -> None:
    if field.name in RESERVED_NAMES:
        raise place.error(
            f"the model's prompt format keeps the name {field.name!r} for itself: "
            f"call the field something else, such as `{field.name}_text`"
        )
    if not _NAME.fullmatch(field.name):
        raise place.error(f"name the field in lower snake case: `{snake_case(field.name).strip('_')}`")
    if field.HasField("oneof_index") and not field.proto3_optional:
        raise place.error("is in a oneof, which a call cannot express: write it as a plain field")


def _value_type(place: Place, field: FieldDescriptorProto, index: Index) -> ValueType:
    value_type = _TYPES.get(field.type)
    if value_type is None:
        raise place.error(
            f"a {_type_name(field)} cannot be written by the model: write `string {field.name}`"
        )
    if value_type is ValueType.OBJECT:
        if index.messages[field.type_name].proto.options.map_entry:
            raise place.error(
                "is a map, which a declaration cannot express: "
                "write a repeated message with a field for the key and one for the value"
            )
        if field.type_name.startswith(".google.protobuf."):
            instead = _INSTEAD.get(field.type_name, "a message of your own")
            raise place.error(f"{field.type_name[1:]} is no type that the model writes: write {instead}")
    return value_type


def _kind(
    place: Place, rule: ParameterRule, field: FieldDescriptorProto, value_type: ValueType, *, repeated: bool
) -> Kind:
    kind = _rules.kind(rule)
    if kind is None:
        return Kind.TEXT
    if kind in {Kind.DURATION, Kind.PERCENT}:
        fits, needed = value_type is ValueType.INTEGER, "an integer field"
        instead = f"int32 {field.name}"
    elif kind is Kind.WEEKDAYS:
        fits, needed = field.type == _F.TYPE_STRING and repeated, "a repeated string field"
        instead = f"repeated string {field.name}"
    else:
        fits, needed = field.type == _F.TYPE_STRING, "a string field"
        instead = f"string {field.name}"
    if not fits:
        actual = f"{'repeated ' if repeated else ''}{_type_name(field)}"
        raise place.error(f"KIND_{kind} needs {needed} and this is {actual}: write `{instead}`")
    return kind


def _one_of(
    place: Place, rule: ParameterRule, value_type: ValueType, kind: Kind, enum: EnumDescriptorProto | None
) -> tuple[str, ...]:
    if enum is not None:
        if rule.one_of:
            raise place.error("one_of is for strings and the enum names its values: leave one_of out")
        return _enum_values(place, enum)
    values = tuple(rule.one_of)
    if values and (value_type is not ValueType.STRING or kind is not Kind.TEXT):
        raise place.error("one_of is for strings without a kind: write `string`, or leave one_of out")
    for value in values:
        check_words(place, value)
        if not value or not value.isprintable() or value != value.strip():
            raise place.error(f"one_of has {value!r}: write printable text without space around it")
        if values.count(value) > 1:
            raise place.error(f"one_of has {value!r} twice: leave one out")
    return values


def _enum_values(place: Place, enum: EnumDescriptorProto) -> tuple[str, ...]:
    # TRAVEL_MODE_DRIVING of enum TravelMode is written "driving"; UNSPECIFIED = 0 is nothing that one says.
    prefix = f"{snake_case(enum.name).upper()}_"
    names = [(value.number, value.name.removeprefix(prefix)) for value in enum.value]
    said = (name.lower() for number, name in names if (number, name) != (0, "UNSPECIFIED"))
    values = tuple(dict.fromkeys(said))
    if not values:
        raise place.error(f"enum {enum.name} has no value to choose: give it one besides {prefix}UNSPECIFIED")
    return values


def _range(
    place: Place, rule: ParameterRule, field: FieldDescriptorProto, kind: Kind
) -> tuple[int | None, int | None]:
    said = rule.HasField("minimum"), rule.HasField("maximum")
    if _TYPES[field.type] not in {ValueType.INTEGER, ValueType.NUMBER}:
        if any(said):
            raise place.error("minimum and maximum are for numbers: leave them out")
        return None, None
    least, most = _BOUNDS.get(field.type, (None, None))
    if kind is Kind.PERCENT:
        least, most = 0, 100
    elif kind is Kind.DURATION:
        least = 0
    minimum = rule.minimum if said[0] else least
    maximum = rule.maximum if said[1] else most
    if minimum is not None and least is not None and minimum < least:
        raise place.error(f"minimum {minimum} is below {least}, the least it can be: raise it")
    if maximum is not None and most is not None and maximum > most:
        raise place.error(f"maximum {maximum} is above {most}, the most it can be: lower it")
    if minimum is not None and maximum is not None and minimum > maximum:
        raise place.error(f"minimum {minimum} is above maximum {maximum}: swap them")
    return minimum, maximum


def _properties(
    place: Place, field: FieldDescriptorProto, index: Index, within: tuple[str, ...]
) -> tuple[Parameter, ...]:
    if field.type_name in within:
        raise place.error(f"{field.type_name[1:]} holds itself, which has no end: write another message")
    properties = read_parameters(field.type_name, index, within)
    if not properties:
        raise place.error(f"{field.type_name[1:]} has no fields, so there is nothing to write: leave it out")
    return properties


def _extras(
    place: Place, rule: ParameterRule, field: FieldDescriptorProto, value: Parameter
) -> list[ParameterExtra]:
    extras = []
    for extra in rule.extras:
        form = _rules.extra_form(extra)
        if not extra.key:
            raise place.error("an extra has no key: write the key in full")
        if instead := _unfit(form, field, value):
            raise place.error(f"EXTRA_FORM_{form} does not fit the field: {instead}")
        extras.append(ParameterExtra(extra.key, form))
    return extras


def _unfit(form: ExtraForm, field: FieldDescriptorProto, value: Parameter) -> str:
    """Return what to write instead where the form cannot carry the value; empty where it can."""
    match form:
        case ExtraForm.HOUR | ExtraForm.MINUTE:
            return "" if value.kind is Kind.TIME_OF_DAY else "give the field kind KIND_TIME_OF_DAY"
        case ExtraForm.EPOCH_MILLIS | ExtraForm.EPOCH_MILLIS_DEFAULT_END:
            return "" if value.kind is Kind.DATE_TIME else "give the field kind KIND_DATE_TIME"
        case ExtraForm.CALENDAR_DAYS:
            return "" if value.kind is Kind.WEEKDAYS else "give the field kind KIND_WEEKDAYS"
        case ExtraForm.APPEND:
            return "" if value.type is ValueType.STRING else f"write `string {field.name}`"
        case ExtraForm.STRING_ARRAY:
            strings = value.items or value
            return "" if strings.type is ValueType.STRING else f"write `repeated string {field.name}`"
        case ExtraForm.PLAIN:
            # `am` takes no double before Android 12, and no object at all.
            if value.type in {ValueType.NUMBER, ValueType.ARRAY, ValueType.OBJECT}:
                return f"write a string, bool or int32 `{field.name}`"
            if value.type is ValueType.INTEGER and _BOUNDS[field.type] != _INT32:
                return f"an int extra holds 32 bits, so write `int32 {field.name}`"
            return ""


def _type_name(field: FieldDescriptorProto) -> str:
    return field.type_name[1:] or _F.Type.Name(field.type).removeprefix("TYPE_").lower()
