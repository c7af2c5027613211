"""The closed time language as text: its strings to expressions.

``tools_schema`` holds the same language as a grammar for the model. The parser takes a little more: any case
and spacing, a zero before an hour, ISO times with a space and seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.errors import InvalidValue, UnreadableTime
from agent.planning.times._expression import (
    MONTHS,
    WEEKDAYS,
    CalendarDay,
    Clock,
    Day,
    DayOfMonth,
    Expression,
    Moment,
    MonthDay,
    Moved,
    NamedDay,
    Shift,
    Span,
    Unit,
    Weekday,
    WeeksLater,
    Which,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMED_DAYS = {"today": 0, "tomorrow": 1, "day after tomorrow": 2, "yesterday": -1}
_WHICH = {"this ": Which.THIS, "next ": Which.NEXT, None: Which.NEAREST}
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SHIFT = re.compile("([0-9]{1,4})(d|w|mo)")
_WEEKS_LATER = re.compile(r" \+([0-9]{1,4})w(?![a-z0-9])")
_MONTH_DAY = "([1-9]|[12][0-9]|3[01])"


def _weekday(match: re.Match[str]) -> Day:
    which = Which.NEXT_WEEK if match[3] else _WHICH[match[1]]
    return Weekday(WEEKDAYS.index(match[2]), which)


def _month_day(match: re.Match[str]) -> Day:
    month, day, year = MONTHS.index(match[1]) + 1, int(match[2]), match[3]
    if year is None or year == "next year":
        return MonthDay(month, day, next_year=year is not None)
    return CalendarDay(int(year), month, day)


_DAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Day]], ...] = (
    (re.compile("|".join(_NAMED_DAYS)), lambda match: NamedDay(_NAMED_DAYS[match[0]])),
    (
        re.compile(rf"\+{_SHIFT.pattern}(?![a-z0-9])"),
        lambda match: Shift(int(match[1]), Unit(match[2])),
    ),
    (re.compile(f"(this |next )?({'|'.join(WEEKDAYS)})( next week)?"), _weekday),
    (re.compile(f"({'|'.join(MONTHS)}) {_MONTH_DAY}(?![0-9:])(?: ([0-9]{{4}}|next year))?"), _month_day),
    (
        re.compile(f"day {_MONTH_DAY}(?![0-9:])( next month)?"),
        lambda match: DayOfMonth(int(match[1]), next_month=match[2] is not None),
    ),
    (
        re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})"),
        lambda match: CalendarDay(int(match[1]), int(match[2]), int(match[3])),
    ),
)
_ISO_SEPARATOR = re.compile("(?<=^[0-9]{4}-[0-9]{2}-[0-9]{2})t(?=[0-9])")
_CLOCK_12 = re.compile("(0?[1-9]|1[0-2])(?::([0-5][0-9]))? ?(am|pm)")
_CLOCK_24 = re.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_CLOCK_BESIDE = re.compile(
    "([1-5][0-9]|[1-9]) (to|past) (?:(1?[0-9]|2[0-3])|noon|midnight|(?:[1-9]|1[0-2]) ?[ap]m)"
)
_CHANGE = re.compile(r"([^+-]+)([+-])([^+-]+)")
_MOVED = re.compile(r"(.+) ([+-])([0-9][0-9a-z.]*)")
_SPAN = re.compile(
    r"(?:([0-9]{1,4})(d))?(?:([0-9]{1,4}(?:\.[0-9])?)(h))?"
    r"(?:([0-9]{1,4}(?:\.[0-9])?)(m))?(?:([0-9]{1,4}(?:\.[0-9])?)(s))?"
)


def parse_expression(text: str) -> Expression:
    """Read a date, a time, both, one that is moved by an amount, or a time from now.

    Raises:
        UnreadableTime: the text is not of the language; that a day does not exist is found on resolving.

    """
    words = _ISO_SEPARATOR.sub(" ", " ".join(text.lower().split()))
    if moment := _moment(words):
        return moment
    if words.startswith("+") and (seconds := _span(words[1:])) is not None:
        return Span(seconds)
    if (
        (match := _MOVED.fullmatch(words))
        and (moment := _moment(match[1]))
        and (by := _amount(match[3], -1 if match[2] == "-" else 1))
        # Hours are added to a time on the clock, days to a day.
        and (moment.clock if isinstance(by, Span) else moment.day)
    ):
        return Moved(moment, by)
    raise UnreadableTime(
        f"{text!r} is no date or time; write for example "
        "'next friday 3pm', 'january 20 15:00', '7:15' or '+20m'",
        value=text,
    )


def parse_duration(text: str) -> int:
    """Read a duration (``20m``, ``1h30m``, ``1.5h``, ``2d``, ``90``, ``20m +5m``): whole seconds, rounded up.

    Raises:
        UnreadableTime: the text is no duration.
        InvalidValue: it takes more away than there is.

    """
    words = "".join(text.lower().split()).removeprefix("+")
    if re.fullmatch("[0-9]{1,9}", words):
        return int(words)
    seconds = _span(words)
    if match := _CHANGE.fullmatch(words):
        whole, change = _span(match[1]), _span(match[3])
        if whole is not None and change is not None:
            seconds = whole - change if match[2] == "-" else whole + change
    if seconds is None:
        raise UnreadableTime(
            f"{text!r} is no duration; write for example '20m', '1h30m', '90s', '1.5h' or '2d'", value=text
        )
    if seconds < 0:
        raise InvalidValue(f"{text!r} takes more away than there is", value=text)
    return seconds


def _moment(words: str) -> Moment | None:
    """Return a day, a time on the clock or both, or None where the words are none."""
    for pattern, build in _DAYS:
        if match := pattern.match(words):
            day, rest = build(match), words[match.end() :]
            if isinstance(day, NamedDay | Weekday) and (weeks := _WEEKS_LATER.match(rest)):
                day, rest = WeeksLater(day, int(weeks[1])), rest[weeks.end() :]
            if not rest:
                return Moment(day, None)
            if rest.startswith(" ") and (clock := _clock(rest[1:])):
                return Moment(day, clock)
    clock = _clock(words)
    return Moment(None, clock) if clock else None


def _amount(words: str, sign: int) -> Shift | Span | None:
    """Return by how much something is moved, or None where the words are no amount."""
    if match := _SHIFT.fullmatch(words):
        return Shift(sign * int(match[1]), Unit(match[2]))
    seconds = _span(words)
    return None if seconds is None else Span(sign * seconds)


def _span(words: str) -> int | None:
    """Return the seconds of ``1h30m``, rounded up, or None where the words are no span."""
    match = _SPAN.fullmatch(words)
    if not words or match is None:
        return None
    groups = match.groups()
    tenths = sum(
        round(float(amount) * 10) * _SECONDS[unit]
        for amount, unit in zip(groups[::2], groups[1::2], strict=True)
        if amount is not None
    )
    return -(-tenths // 10)


def _clock(words: str) -> Clock | None:
    """Return the time on the clock, or None where the words are none."""
    if words in {"noon", "midnight"}:
        return Clock(43_200 if words == "noon" else 0)
    if words in {"24:00", "24:00:00"}:
        return Clock(86_400)
    if match := _CLOCK_12.fullmatch(words):
        return _at(int(match[1]) % 12 + (12 if match[3] == "pm" else 0), int(match[2] or 0))
    if match := _CLOCK_24.fullmatch(words):
        return _at(int(match[1]), int(match[2]), int(match[3] or 0), either_half=_names_no_half(match[1]))
    if match := _CLOCK_BESIDE.fullmatch(words):
        minutes = int(match[1]) * (1 if match[2] == "past" else -1)
        bare = match[3]
        hour = _at(int(bare), 0) if bare else _clock(words.partition(f" {match[2]} ")[2])
        # A quarter to midnight is the last quarter of the day that is spoken of.
        return hour and Clock(
            (hour.seconds + minutes * 60) % 86_400, either_half=bool(bare) and _names_no_half(bare)
        )
    return None


def _names_no_half(hour: str) -> bool:
    """Return whether an hour may be one before or after noon."""
    return not hour.startswith("0") and 1 <= int(hour) < 12


def _at(hour: int, minute: int, second: int = 0, *, either_half: bool = False) -> Clock:
    return Clock(hour * 3_600 + minute * 60 + second, either_half)
