"""Expressions of the closed time language to canonical times.

What is meant depends on when it was said: every function takes ``now``, the local time of the request
without a zone, and, where the clock's changes matter, the zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from agent.errors import InvalidValue, NoSuchDate, UnreadableTime
from agent.planning.times._days import at, every, find_day, first_coming, shift
from agent.planning.times._expression import (
    CalendarDay,
    Clock,
    Day,
    DayOfMonth,
    Expression,
    Moment,
    MonthDay,
    Moved,
    Shift,
    Span,
    Weekday,
    Which,
)
from agent.planning.times._parse import parse_expression
from agent.planning.times._zone import existing, later

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

_HALF_DAY = 12 * 3_600


@dataclass(frozen=True, slots=True)
class DateTime:
    """A local time without a zone; ``all_day`` where only a date was said, and then it is its midnight."""

    value: datetime
    all_day: bool = False

    def __str__(self) -> str:
        """Return the canonical form, ``YYYY-MM-DDTHH:MM:SS``."""
        return self.value.isoformat(timespec="seconds")


def resolve_date_time(
    text: str,
    now: datetime,
    zone: ZoneInfo,
    start: DateTime | None = None,
    earlier: Sequence[datetime] = (),
) -> DateTime:
    """Return the local time that ``text`` means.

    - A time alone is today where it is still to come (strictly later than ``now``), else tomorrow.
    - A time from now counts from ``now`` with the seconds cut to 00, in true seconds across a clock change.
    - A time that the zone's clock skips is as much later as the skip is long; one that comes twice is the
      first. All-day dates are dates and are not moved.
    - ``24:00`` is the midnight at the end of the day, ``midnight`` the one at its start; ``today midnight``
      is the coming one.
    - What is moved by days, weeks or months keeps its time; by hours or less, it moves in true seconds.

    With ``start``, the text says when something ends that starts then: ``+1h`` and ``+2d`` count from the
    start; a time alone is the first such time after it, and where it may be one in the afternoon of the same
    day (``6:00`` after 4 pm), that; weekdays and dates without a year are the first on
    or after its day.

    ``earlier`` are the times of earlier calls, local and without a zone. A time with the written date of one
    of them (``2026-01-20 4:00``), which may be one in either half of the day, is in the half that is nearer
    to it: "push it to four", of what was to begin at three in the afternoon.

    Raises:
        UnreadableTime: the text is not of the language.
        NoSuchDate: the day does not exist, or is not within the years 1 to 9999.
        InvalidValue: the end is before the start, or at the start with a time of day.

    """
    expression = parse_expression(text)
    try:
        if start is None:
            return _date_time(_nearer_half(expression, earlier), now, zone)
        end = _end(expression, now, zone, start)
    except OverflowError as error:
        raise _not_in_calendar(text) from error
    if end.value < start.value or (end.value == start.value and not end.all_day):
        raise InvalidValue(f"{text!r}: the end ({end}) is not after the start ({start})", value=text)
    return end


def as_long_after(start: DateTime, length: timedelta, zone: ZoneInfo) -> DateTime:
    """Return when what begins at ``start`` ends, if it is so long on the clock.

    Raises:
        NoSuchDate: the end is after the year 9999.

    """
    try:
        return _kept(start.value + length, zone, all_day=start.all_day)
    except OverflowError as error:
        raise _not_in_calendar(str(start)) from error


def resolve_date(text: str, now: datetime) -> date:
    """Return the date that ``text`` means; a time of day in it decides only whether today counts.

    Raises:
        UnreadableTime: the text is not of the language, or has no date.
        NoSuchDate: the day does not exist, or is not within the years 1 to 9999.

    """
    expression = parse_expression(text)
    moment = expression.moment if isinstance(expression, Moved) else expression
    if isinstance(moment, Span) or moment.day is None:
        raise UnreadableTime(
            f"{text!r} has no date; write for example 'tomorrow' or 'january 20'", value=text
        )
    try:
        day = find_day(moment.day, moment.clock, now)
        by = expression.by if isinstance(expression, Moved) else None
        return shift(day, by.count, by.unit) if isinstance(by, Shift) else day
    except OverflowError as error:
        raise _not_in_calendar(text) from error


def resolve_time_of_day(text: str, now: datetime, zone: ZoneInfo) -> time:
    """Return the time of day that ``text`` means, in whole minutes; a date in it is not looked at.

    A time from now is rounded up to a minute, since the minute that runs has begun already.

    Raises:
        UnreadableTime: the text is not of the language, or has no time of day.
        NoSuchDate: the time from now is after the year 9999.

    """
    expression = parse_expression(text)
    if isinstance(expression, Span):
        try:
            return later(_minute(now), -(-expression.seconds // 60) * 60, zone).time()
        except OverflowError as error:
            raise _not_in_calendar(text) from error
    moment = expression.moment if isinstance(expression, Moved) else expression
    if moment.clock is None:
        raise UnreadableTime(f"{text!r} has no time of day; write for example '7:15' or '3pm'", value=text)
    seconds = moment.clock.seconds
    if isinstance(expression, Moved) and isinstance(expression.by, Span):
        seconds += expression.by.seconds
    minutes = seconds // 60
    return time(minutes // 60 % 24, minutes % 60)


def _date_time(expression: Expression, now: datetime, zone: ZoneInfo) -> DateTime:
    if isinstance(expression, Moved):
        return _moved(_date_time(expression.moment, now, zone), expression, zone)
    if isinstance(expression, Span):
        return DateTime(later(_minute(now), expression.seconds, zone))
    return _on_day(_day(expression, now), expression.clock, zone)


def _nearer_half(expression: Expression, earlier: Sequence[datetime]) -> Expression:
    match expression:
        case Moment(CalendarDay(year, month, day), Clock(seconds, either_half=True)):
            written = (year, month, day)
            same = [each for each in earlier if (each.year, each.month, each.day) == written]
        case _:
            return expression
    if not same:
        return expression
    was = (same[0] - datetime.combine(same[0], time())).seconds
    nearer = min((seconds, seconds + _HALF_DAY), key=lambda clock: abs(clock - was))
    return Moment(expression.day, Clock(nearer))


def _moved(moment: DateTime, expression: Moved, zone: ZoneInfo) -> DateTime:
    by = expression.by
    if isinstance(by, Span):
        return DateTime(later(moment.value, by.seconds, zone))
    day = datetime.combine(shift(moment.value.date(), by.count, by.unit), moment.value.time())
    return _kept(day, zone, all_day=moment.all_day)


def _kept(value: datetime, zone: ZoneInfo, *, all_day: bool) -> DateTime:
    """Return a time that was moved on the clock; dates are not moved where the zone skips their midnight."""
    return DateTime(value if all_day else existing(value, zone), all_day)


def _end(expression: Expression, now: datetime, zone: ZoneInfo, start: DateTime) -> DateTime:
    if isinstance(expression, Moved):
        return _moved(_end(expression.moment, now, zone, start), expression, zone)
    if isinstance(expression, Span):
        return DateTime(later(start.value, expression.seconds, zone))
    day, clock = expression.day, expression.clock
    if isinstance(day, Shift):
        until = shift(start.value.date(), day.count, day.unit)
        if clock is None and not start.all_day:
            return DateTime(existing(datetime.combine(until, start.value.time()), zone))
        return _on_day(until, clock, zone)
    if day is None and clock is not None and clock.either_half:
        afternoon = _on_day(start.value.date(), Clock(clock.seconds + _HALF_DAY), zone)
        if at(start.value.date(), clock) <= start.value < afternoon.value:
            return afternoon
    if _counts_from_start(day):
        return _on_day(_day(expression, start.value), clock, zone)
    end = _on_day(_day(expression, now), clock, zone)
    if isinstance(day, Weekday) and end.value < start.value:
        # "from next Monday to next Friday", said on a Saturday: the two follow each other.
        end = _on_day(find_day(Weekday(day.index, Which.NEAREST), clock, start.value), clock, zone)
    return end


def _counts_from_start(day: Day | None) -> bool:
    """Whether the first such day after the start is meant, rather than a day seen from now."""
    match day:
        case None | MonthDay(next_year=False) | DayOfMonth(next_month=False) | Weekday(which=Which.NEAREST):
            return True
        case _:
            return False


def _day(moment: Moment, now: datetime) -> date:
    if moment.day is None:
        return first_coming(every(now.date(), 1), moment.clock, now)
    return find_day(moment.day, moment.clock, now)


def _on_day(day: date, clock: Clock | None, zone: ZoneInfo) -> DateTime:
    if clock is None:
        return DateTime(datetime.combine(day, time()), all_day=True)
    return DateTime(existing(at(day, clock), zone))


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _not_in_calendar(text: str) -> NoSuchDate:
    return NoSuchDate(f"{text!r} is not within the years 1 to 9999", value=text)
