"""A call and its tool's rule as a typed intent."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bridge._intent import ExtraValue, Intent, IntentExtra, JavaType
from bridge.errors import InvalidValueError, UnknownTimeZoneError, UnsupportedRuleError
from tools_schema import Call, ExtraForm, ExtraType, IntentRule, Kind, Parameter, Tool, Value, ValueType

__all__ = ["intent_from_rule", "time_zone_named"]

_FIXED_TYPES = {
    ExtraType.STRING: JavaType.STRING,
    ExtraType.BOOL: JavaType.BOOLEAN,
    ExtraType.INT: JavaType.INT,
    ExtraType.LONG: JavaType.LONG,
}

# java.util.Calendar: SUNDAY = 1 … SATURDAY = 7
_CALENDAR_DAYS = {
    name: number
    for number, name in enumerate(
        ("SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"), start=1
    )
}

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(\?)?\}")
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)

# What may stand in a component of a URI as it is (RFC 3986), by scheme, beside letters and digits.
_SAFE = {"tel": "+*", "smsto": "+*", "mailto": "@"}
# What may stand nowhere in a URI; other characters, Unicode's included, stay as the user wrote them.
_NOT_IN_WEB_ADDRESS = re.compile(r'[\x00-\x20\x7f"<>\\^`{|}]')


def time_zone_named(name: str) -> ZoneInfo:
    """Return the time zone of that IANA name.

    Raises:
        UnknownTimeZoneError: there is none.

    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimeZoneError(
            f"{name[:80]!r} is no time zone: give an IANA name such as Europe/Berlin", time_zone=name[:200]
        ) from None


def intent_from_rule(call: Call, tool: Tool, rule: IntentRule, zone: tzinfo) -> Intent:
    """Return the intent that the rule makes of the call. Times of the call are local times in ``zone``.

    Raises:
        InvalidValueError: an argument has not the canonical form of its kind.
        UnsupportedRuleError: the rule asks for an extra that has no type on ``am``'s command line.

    """
    conversion = _Conversion(call, tool, zone)
    return Intent(
        action=rule.action,
        data=conversion.data(rule.data),
        mime_type=rule.mime_type,
        categories=rule.categories,
        extras=conversion.extras(rule),
    )


class _Conversion:
    """The conversion of one call's arguments."""

    def __init__(self, call: Call, tool: Tool, zone: tzinfo) -> None:
        self._arguments = call.arguments
        self._tool = tool
        self._zone = zone

    def data(self, template: str) -> str:
        """Fill the placeholders of a data URI."""
        scheme = template.partition(":")[0]

        def fill(match: re.Match[str]) -> str:
            name, optional = match[1], match[2]
            parameter = self._tool.parameter(name)
            if parameter is None:
                raise UnsupportedRuleError(
                    f"the data of {self._tool.name} names the parameter {name!r}, which it does not have"
                )
            value = self._arguments.get(name)
            if value is None:
                if optional:
                    return ""
                raise InvalidValueError(f"{self._tool.name} needs {name!r}", field=name)
            if parameter.kind in (Kind.DATE, Kind.DATE_TIME):
                return str(self._epoch_millis(parameter, value))
            if match.start() == 0:
                return _web_address(name, _string(name, value))
            return quote(_scalar(name, value), safe=_SAFE.get(scheme, ""))

        return _PLACEHOLDER.sub(fill, template)

    def extras(self, rule: IntentRule) -> tuple[IntentExtra, ...]:
        """Return the fixed extras, then those of the parameters in the schema's order."""
        extras = {
            extra.key: IntentExtra(extra.key, _FIXED_TYPES[extra.type], extra.value) for extra in rule.extras
        }
        for parameter in self._tool.parameters:
            value = self._arguments.get(parameter.name)
            if value is None:
                continue
            for place in parameter.extras:
                extra = self._extra(parameter, value, place.key, place.form, extras.get(place.key))
                if extra is not None:
                    extras[place.key] = extra
        return tuple(extras.values())

    def _extra(
        self, parameter: Parameter, value: Value, key: str, form: ExtraForm, earlier: IntentExtra | None
    ) -> IntentExtra | None:
        match form:
            case ExtraForm.PLAIN:
                return IntentExtra(key, *_plain(parameter, value))
            case ExtraForm.APPEND:
                text = _string(parameter.name, value)
                return IntentExtra(key, JavaType.STRING, f"{earlier.value} {text}" if earlier else text)
            case ExtraForm.HOUR:
                return IntentExtra(key, JavaType.INT, _time_of_day(parameter.name, value).hour)
            case ExtraForm.MINUTE:
                return IntentExtra(key, JavaType.INT, _time_of_day(parameter.name, value).minute)
            case ExtraForm.CALENDAR_DAYS:
                return IntentExtra(key, JavaType.INTEGER_LIST, _calendar_days(parameter.name, value))
            case ExtraForm.STRING_ARRAY:
                items = (value,) if isinstance(value, str) else _strings(parameter.name, value)
                return IntentExtra(key, JavaType.STRING_ARRAY, items)
            case ExtraForm.EPOCH_MILLIS:
                return IntentExtra(key, JavaType.LONG, self._epoch_millis(parameter, value))
            case ExtraForm.EPOCH_MILLIS_DEFAULT_END:
                if self._arguments.get(f"end_{parameter.name}") is not None:
                    return None
                return IntentExtra(key, JavaType.LONG, self._default_end(parameter, value))

    def _epoch_millis(self, parameter: Parameter, value: Value) -> int:
        moment = _moment(parameter.name, value)
        if self._all_day(parameter):
            # The end of an all-day event is the midnight after its last day (CalendarContract.Events.DTEND).
            last_day_ends = timedelta(days=1 if parameter.relative_to else 0)
            return _millis(datetime.combine(moment.date(), time(), UTC) + last_day_ends)
        return _millis(moment.replace(tzinfo=self._zone))

    def _default_end(self, parameter: Parameter, value: Value) -> int:
        length = timedelta(days=1) if self._all_day(parameter) else timedelta(hours=1)
        return self._epoch_millis(parameter, value) + length // timedelta(milliseconds=1)

    def _all_day(self, parameter: Parameter) -> bool:
        start = parameter.relative_to or parameter.name
        return any(
            p.all_day_of == start and self._arguments.get(p.name) is True for p in self._tool.parameters
        )


def _plain(parameter: Parameter, value: Value) -> tuple[JavaType, ExtraValue]:
    match parameter.type, value:
        case ValueType.STRING, str():
            return JavaType.STRING, value
        case ValueType.BOOLEAN, bool():
            return JavaType.BOOLEAN, value
        case ValueType.INTEGER, int() if not isinstance(value, bool):
            return JavaType.INT, value
        case ((ValueType.STRING | ValueType.BOOLEAN | ValueType.INTEGER), _):
            raise InvalidValueError(
                f"{parameter.name} is {value!r}, which is no {parameter.type}", field=parameter.name
            )
        case _:
            # `am` has no option for a double before Android 12, and none for an object at all.
            raise UnsupportedRuleError(
                f"{parameter.name} is a {parameter.type}, which a plain extra cannot carry: "
                "make it a string, an integer or a boolean",
                field=parameter.name,
            )


def _web_address(name: str, value: str) -> str:
    if not _WEB_ADDRESS.match(value):
        raise InvalidValueError(
            f"{value[:80]!r} is not opened: {name} has to begin with http:// or https://", field=name
        )
    scheme, _, rest = value.partition(":")
    # Android compares schemes to the letter, in lower case (android.content.IntentFilter).
    return f"{scheme.lower()}:{_NOT_IN_WEB_ADDRESS.sub(lambda match: quote(match[0]), rest)}"


def _scalar(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _string(name, value)


def _string(name: str, value: Value) -> str:
    if not isinstance(value, str):
        raise InvalidValueError(f"{name} is {value!r}, which is no text", field=name)
    return value


def _strings(name: str, value: Value) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise InvalidValueError(f"{name} is {value!r}, which is no list", field=name)
    return tuple(_string(name, item) for item in value)


def _calendar_days(name: str, value: Value) -> tuple[int, ...]:
    days = _strings(name, value)
    unknown = [day for day in days if day not in _CALENDAR_DAYS]
    if unknown:
        raise InvalidValueError(f"{unknown[0][:80]!r} is no weekday: write MONDAY … SUNDAY", field=name)
    return tuple(_CALENDAR_DAYS[day] for day in days)


def _time_of_day(name: str, value: Value) -> time:
    try:
        return datetime.strptime(_string(name, value), "%H:%M").time()
    except ValueError:
        raise InvalidValueError(f"{name} is {value!r}; write HH:MM, 00:00 to 23:59", field=name) from None


def _moment(name: str, value: Value) -> datetime:
    text = _string(name, value)
    try:
        moment = (
            datetime.fromisoformat(text)
            if "T" in text
            else datetime.combine(date.fromisoformat(text), time())
        )
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise InvalidValueError(f"{name} is {text[:80]!r}; write YYYY-MM-DDTHH:MM:SS, local time", field=name)
    return moment


def _millis(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
