"""Canonical arguments as the model is to write them, with the words of the request at hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from agent.errors import UnreadableTime
from agent.planning.times import resolve_weekdays
from tools_schema import WEEKDAYS, Kind, ValueType

if TYPE_CHECKING:
    from tools_schema import Parameter, Value

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_SIZES = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DAY_GROUPS = {WEEKDAYS[:5]: "weekdays", WEEKDAYS[5:]: "weekends", WEEKDAYS: "daily"}
_ADVICE = "write what the model is to write, in the closed time language of agent/model/data/README.md"


def as_written(
    parameters: Sequence[Parameter], arguments: Mapping[str, Value], text: str
) -> dict[str, Value]:
    """Return the arguments of a call as the model is to write them when it reads ``text``.

    Arguments may be canonical, as evaluation files have them (``"19:00"``, 300 seconds, ``["MONDAY"]``), or
    in the model's own form already (``7pm``, ``5m``, ``["monday"]``), which is left as it is. Parameters that
    the resolver derives are left out; unknown ones are kept, for the check that follows to find them.

    Raises:
        UnreadableTime: a canonical time cannot be written from the words of the request alone: a date that
            depends on when it was said, or a time of day that is said in other words than figures.

    """
    known = {parameter.name: parameter for parameter in parameters}
    written: dict[str, Value] = {}
    for name, value in arguments.items():
        parameter = known.get(name)
        if parameter is None:
            written[name] = value
        elif not parameter.derived:
            try:
                written[name] = _value(parameter, value, text)
            except UnreadableTime as error:
                raise UnreadableTime(f"{name}: {error.message}", parameter=name) from error
    return written


def _value(parameter: Parameter, value: Value, text: str) -> Value:
    match parameter.kind, value:
        case Kind.DATE_TIME | Kind.DATE, str():
            return _date(value, text)
        case Kind.TIME_OF_DAY, str():
            return _time_of_day(value, text)
        case Kind.DURATION, int() if parameter.type is ValueType.INTEGER:
            return _duration(value, text)
        case Kind.WEEKDAYS, [*days]:
            return _weekdays(days, text)
        case Kind.URL, str() if value not in text and value.partition("://")[2] in text:
            return value.partition("://")[2] or value
        case _, Mapping():
            return as_written(parameter.properties, value, text)
        case _, [*items] if parameter.items:
            return [_value(parameter.items, item, text) for item in items]
        case _:
            return value


def _date(value: str, text: str) -> str:
    if _ISO.fullmatch(value) and value[:10] not in text:
        raise UnreadableTime(f"{value!r} depends on when it was said: {_ADVICE}, such as 'tomorrow 3pm'")
    return value


def _time_of_day(value: str, text: str) -> str:
    """Return ``19:00`` as ``7pm``, ``19:00`` or ``7:00``, whichever the text has."""
    found = _CLOCK.fullmatch(value)
    if found is None:
        return value
    hour, minute = int(found[1]), int(found[2])
    short, half, said = hour % 12 or 12, "am" if hour < 12 else "pm", text.casefold()
    minutes = f"[:.h]{minute:02}" if minute else "([:.]00)?"
    if re.search(rf"(?<!\d){short}{minutes}\s?{half[0]}\.?\s?m\b", said):
        return f"{short}:{minute:02}{half}" if minute else f"{short}{half}"
    if re.search(rf"(?<!\d)0?{hour}[:.h]{minute:02}(?!\d)", said):
        return f"{hour}:{minute:02}"
    for word, whole in (("noon", 12), ("midnight", 0)):
        if word in said and (hour, minute) == (whole, 0):
            return word
    if minute == 0 and re.search(rf"(?<!\d)0?{hour}(?![\d:.])", said):
        return f"{hour}:00"
    # "quarter past seven": hours in words up to twelve are written as they are said.
    if 1 <= hour <= 12 and minute in {0, 15, 30}:
        return f"{hour}:{minute:02}"
    raise UnreadableTime(f"{value!r} is not in the words {text!r}: {_ADVICE}, such as '7:15pm' or '10 to 8'")


def _duration(seconds: int, text: str) -> str:
    """Return 5400 seconds as ``90m`` or ``1.5h`` where the text has that figure, else as ``1h30m``."""
    for unit, size in _SIZES.items():
        if seconds * 10 % size == 0:
            figure = f"{seconds / size:g}"
            if re.search(rf"(?<![\d.,]){figure.replace('.', '[.,]')}(?![\d:]|[.,]\d)", text):
                return f"{figure}{unit}"
    parts = []
    rest = seconds
    for unit, size in _SIZES.items():
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return "".join(parts) or "0s"


def _weekdays(days: Sequence[Value], text: str) -> Sequence[Value]:
    """Return days of which the text names the first and the last as a range, a group's days as its name."""
    if any(day not in WEEKDAYS for day in days):
        return days
    names = [str(day).lower() for day in days]
    named = sorted((name for name in names if name in text.casefold()), key=text.casefold().index)
    if len(named) == 2 < len(names):
        ends = "-".join(named)
        if resolve_weekdays([ends]) == tuple(days):
            return [ends]
    group = _DAY_GROUPS.get(tuple(map(str, days)))
    return [group] if group and len(named) < len(names) else names
