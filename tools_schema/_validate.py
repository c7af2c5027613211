"""Checks a call's arguments, in their canonical form, against the tool's schema."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tools_schema._types import Kind, ValueType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tools_schema._types import Parameter, Tool, Value

__all__ = ["WEEKDAYS", "Violation", "validate"]

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
"""The canonical names of the days, in their canonical order."""

_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with an argument.

    ``field`` is its path (``days[1]``, ``place.city``); ``description`` says what is wrong and what fits.
    """

    field: str
    description: str


def validate(tool: Tool, arguments: Mapping[str, Value]) -> tuple[Violation, ...]:
    """Return what is wrong with the arguments of a call; nothing where they fit."""
    return tuple(_object(tool.parameters, arguments, "", tool.name))


def _object(
    parameters: Iterable[Parameter], values: Mapping[str, Value], path: str, owner: str
) -> Iterator[Violation]:
    known = {parameter.name: parameter for parameter in parameters}
    for name in values:
        if name not in known:
            names = ", ".join(known) or "none"
            yield Violation(f"{path}{name}", f"is no parameter of {owner}; its parameters: {names}")
    for parameter in known.values():
        at = f"{path}{parameter.name}"
        if parameter.name in values:
            yield from _value(parameter, values[parameter.name], at)
        elif parameter.required:
            yield Violation(at, "is required and missing")


def _value(parameter: Parameter, value: Value, at: str) -> Iterator[Violation]:
    if not _has_type(parameter.type, value):
        yield Violation(at, f"has to be {_TYPES[parameter.type]}, not {_type_of(value)}")
    elif parameter.kind is Kind.WEEKDAYS and isinstance(value, Sequence):
        yield from _weekdays(value, at)
    elif isinstance(value, str):
        yield from _text(parameter, value, at)
    elif isinstance(value, Mapping):
        yield from _object(parameter.properties, value, f"{at}.", at)
    elif isinstance(value, Sequence):
        if not value:
            yield Violation(at, "is empty: leave it out")
        if parameter.items:
            for number, item in enumerate(value):
                yield from _value(parameter.items, item, f"{at}[{number}]")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(parameter, value, at)


_TYPES = {
    ValueType.STRING: "a string",
    ValueType.INTEGER: "a whole number",
    ValueType.NUMBER: "a number",
    ValueType.BOOLEAN: "true or false",
    ValueType.ARRAY: "a list",
    ValueType.OBJECT: "an object",
}


def _has_type(wanted: ValueType, value: Value) -> bool:
    match wanted:
        case ValueType.STRING:
            return isinstance(value, str)
        case ValueType.BOOLEAN:
            return isinstance(value, bool)
        case ValueType.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case ValueType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ValueType.ARRAY:
            return isinstance(value, Sequence) and not isinstance(value, str)
        case ValueType.OBJECT:
            return isinstance(value, Mapping)


def _type_of(value: Value) -> str:
    if value is None:
        return "null (leave it out)"
    for value_type in (
        ValueType.BOOLEAN,
        ValueType.INTEGER,
        ValueType.NUMBER,
        ValueType.STRING,
        ValueType.OBJECT,
    ):
        if _has_type(value_type, value):
            return _TYPES[value_type]
    return _TYPES[ValueType.ARRAY]


def _number(parameter: Parameter, value: float, at: str) -> Iterator[Violation]:
    if not math.isfinite(value):
        yield Violation(at, "has to be a finite number")
        return
    least, most = parameter.minimum, parameter.maximum
    unit = " seconds" if parameter.kind is Kind.DURATION else ""
    if least is not None and value < least:
        yield Violation(at, f"is {value} and has to be at least {least}{unit}")
    if most is not None and value > most:
        yield Violation(at, f"is {value} and may be at most {most}{unit}")


def _weekdays(value: Sequence[Value], at: str) -> Iterator[Violation]:
    unknown = [day for day in value if day not in WEEKDAYS]
    if unknown:
        yield Violation(at, f"has {unknown[0]!r}: name days out of {', '.join(WEEKDAYS)}")
    elif list(value) != [day for day in WEEKDAYS if day in value] or not value:
        yield Violation(at, "has to name each day once, from MONDAY to SUNDAY, and at least one")


def _text(parameter: Parameter, value: str, at: str) -> Iterator[Violation]:
    if not value.strip():
        yield Violation(at, "is empty: leave it out")
    elif "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        yield Violation(at, "holds a NUL or half a character, which is no text")
    elif parameter.one_of and value not in parameter.one_of:
        yield Violation(at, f"{_is(parameter, value)} has to be one of {', '.join(parameter.one_of)}")
    elif parameter.kind in _FORMATS:
        fits, form = _FORMATS[parameter.kind]
        if not fits(value):
            yield Violation(at, f"{_is(parameter, value)} has to be {form}")


def _is(parameter: Parameter, value: str) -> str:
    # What is wrong ends up in logs.
    return "is private and" if parameter.private else f"is {value!r} and"


def _is_date_time(value: str) -> bool:
    return bool(_DATE_TIME.fullmatch(value)) and _is_real(datetime.fromisoformat, value)


def _is_date(value: str) -> bool:
    return bool(_DATE.fullmatch(value)) and _is_real(date.fromisoformat, value)


def _is_real(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


def _is_time_of_day(value: str) -> bool:
    return bool(_TIME_OF_DAY.fullmatch(value))


def _is_phone_number(value: str) -> bool:
    return any(char.isdigit() for char in value)


def _is_email(value: str) -> bool:
    # A name is fine: the phone's contacts resolve it.
    return "@" not in value or bool(_ADDRESS.fullmatch(value))


def _is_url(value: str) -> bool:
    if any(char.isspace() or not char.isprintable() for char in value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


_FORMATS: dict[Kind, tuple[Callable[[str], bool], str]] = {
    Kind.DATE_TIME: (_is_date_time, "a date and time that exist, as YYYY-MM-DDTHH:MM:SS"),
    Kind.DATE: (_is_date, "a date that exists, as YYYY-MM-DD"),
    Kind.TIME_OF_DAY: (_is_time_of_day, "a time of day as HH:MM, from 00:00 to 23:59"),
    Kind.PHONE_NUMBER: (_is_phone_number, "a phone number, with digits"),
    Kind.EMAIL: (_is_email, "an email address as name@example.org, or a contact's name"),
    Kind.URL: (_is_url, "a web address that begins with http:// or https://"),
}
