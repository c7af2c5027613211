"""Values as the model wrote them to canonical values, one parameter at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from agent.errors import InvalidValue
from agent.planning._echoes import without_echoes
from agent.planning._verbatim import as_said
from agent.planning.times import (
    DateTime,
    as_long_after,
    parse_duration,
    resolve_date,
    resolve_date_time,
    resolve_time_of_day,
    resolve_weekdays,
)
from tools_schema import Kind, Parameter, Value, ValueType

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

__all__ = ["Circumstances", "Resolved", "resolve_arguments"]

_INTEGER = re.compile("[+-]?[0-9]{1,18}")
_SCHEME = re.compile("[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a value's meaning depends on: the local time, its zone, and what was said, this request first.

    ``spans`` are start and end of what earlier calls made, ``moments`` when it begins, in local time
    without a zone, the latest first.
    """

    now: datetime
    zone: ZoneInfo
    texts: tuple[str, ...]
    spans: tuple[tuple[datetime, datetime], ...] = ()
    moments: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """Canonical arguments in the schema's order, and the names of required ones that were not written."""

    arguments: Mapping[str, Value]
    missing: tuple[str, ...]


def resolve_arguments(
    parameters: Sequence[Parameter], written: Mapping[str, Value], circumstances: Circumstances
) -> Resolved:
    """Make the arguments of a call, or the fields of an object, canonical.

    An empty text and None count as not written. A parameter with ``all_day_of`` is set to true where the
    parameter it names got a date without a time, and is left out otherwise. Limits, and what else the schema
    asks for, are for ``tools_schema.validate``. An optional value that repeats a required one is left out.
    An end that is copied from an earlier call, while the start is another now, moves with the start.

    Raises:
        InvalidValue: a value cannot be read as what the parameter is, or there is no such parameter; the
            message starts with the parameter's name.

    """
    names = {parameter.name for parameter in parameters}
    for name in written:
        if name not in names:
            raise InvalidValue(f"{name}: there is no such parameter", parameter=name)
    given = {name: value for name, value in written.items() if not _is_nothing(value)}
    given = without_echoes(parameters, given, "\n".join(circumstances.texts))
    times: dict[str, DateTime] = {}
    found: dict[str, Value] = {}
    # A time that another one is the start of comes after it.
    for parameter in sorted(parameters, key=lambda parameter: bool(parameter.relative_to)):
        name = parameter.name
        if name not in given or parameter.derived:
            continue
        try:
            if parameter.kind is Kind.DATE_TIME and parameter.type is ValueType.STRING:
                start = times.get(parameter.relative_to)
                times[name] = _date_time(_text(given[name]), circumstances, start)
                found[name] = str(times[name])
            else:
                found[name] = _canonical(given[name], parameter, circumstances)
        except InvalidValue as error:
            raise type(error)(f"{name}: {error.message}", **(error.metadata | {"parameter": name})) from error
    for parameter in parameters:
        whole = times.get(parameter.all_day_of)
        if whole is not None and whole.all_day:
            found[parameter.name] = True
    return Resolved(
        {parameter.name: found[parameter.name] for parameter in parameters if parameter.name in found},
        tuple(
            parameter.name for parameter in parameters if parameter.required and parameter.name not in found
        ),
    )


def _date_time(text: str, circumstances: Circumstances, start: DateTime | None) -> DateTime:
    """Return the time that a text means; an end copied from an earlier call is as long after the start."""
    if start is not None:
        spans = [span for span in circumstances.spans if text == span[1].isoformat()]
        if spans and all(begins != start.value for begins, _ in spans):
            begins, ends = spans[0]
            return as_long_after(start, ends - begins, circumstances.zone)
    return resolve_date_time(text, circumstances.now, circumstances.zone, start, circumstances.moments)


def _canonical(value: Value, parameter: Parameter, circumstances: Circumstances) -> Value:
    match parameter.type:
        case ValueType.STRING:
            return _string(_text(value), parameter, circumstances)
        case ValueType.INTEGER:
            return _integer(value, parameter.kind)
        case ValueType.NUMBER:
            return _number(value)
        case ValueType.BOOLEAN:
            return _boolean(value)
        case ValueType.ARRAY:
            return _array(value, parameter, circumstances)
        case ValueType.OBJECT:
            if not isinstance(value, Mapping):
                raise InvalidValue(f"{value!r} is no object")
            return resolve_arguments(parameter.properties, value, circumstances).arguments
        case _:
            assert_never(parameter.type)


def _string(text: str, parameter: Parameter, circumstances: Circumstances) -> str:
    if parameter.one_of:
        return _choice(text, parameter.one_of)
    match parameter.kind:
        case Kind.DATE_TIME:
            return str(resolve_date_time(text, circumstances.now, circumstances.zone))
        case Kind.DATE:
            return resolve_date(text, circumstances.now).isoformat()
        case Kind.TIME_OF_DAY:
            return resolve_time_of_day(text, circumstances.now, circumstances.zone).isoformat("minutes")
        case Kind.URL:
            url = as_said(text, Kind.URL, circumstances.texts)
            return url if _SCHEME.match(url) else f"https://{url}"
        case kind:
            return as_said(text, kind, circumstances.texts)


def _choice(text: str, choices: Sequence[str]) -> str:
    for choice in choices:
        if text.casefold() == choice.casefold():
            return choice
    raise InvalidValue(f"{text!r} is none of: {', '.join(choices)}", value=text)


def _text(value: Value) -> str:
    """Return a text in NFC without white space around it; a bare number is taken as its digits."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InvalidValue(f"{value!r} is no text")


def _integer(value: Value, kind: Kind) -> int:
    """Return a whole number; a model that was not trained on our form writes some as text ("20")."""
    if isinstance(value, str):
        if kind is Kind.DURATION:
            return parse_duration(value)
        text = "".join(value.split())
        if kind is Kind.PERCENT:
            text = text.removesuffix("%")
        if _INTEGER.fullmatch(text):
            value = int(text)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidValue(f"{value!r} is no whole number")
    if kind is Kind.PERCENT and not 0 <= value <= 100:
        raise InvalidValue(f"{value} is not between 0 and 100", value=str(value))
    return value


def _number(value: Value) -> int | float:
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidValue(f"{value!r} is no number")
    return value


def _boolean(value: Value) -> bool:
    if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
        return value.strip().lower() == "true"
    if not isinstance(value, bool):
        raise InvalidValue(f"{value!r} is neither true nor false")
    return value


def _array(value: Value, parameter: Parameter, circumstances: Circumstances) -> Sequence[Value]:
    """Return a list; a single value stands for a list of one."""
    if isinstance(value, Mapping | str) or not isinstance(value, Sequence):
        value = [value]
    if parameter.kind is Kind.WEEKDAYS:
        return list(resolve_weekdays(_text(item) for item in value))
    if parameter.items is None:
        return list(value)
    return [_canonical(item, parameter.items, circumstances) for item in value]


def _is_nothing(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
