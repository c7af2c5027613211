"""What the closed time language can say, before it is known when it was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

WEEKDAYS: tuple[str, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The days of a week, Monday first; the index is that of :meth:`datetime.date.weekday`."""

MONTHS: tuple[str, ...] = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
"""The months; January has the index 0."""


class Which(Enum):
    """Which of the coming weekdays of a name is meant."""

    NEAREST = auto()  # friday
    THIS = auto()  # this friday
    NEXT = auto()  # next friday
    NEXT_WEEK = auto()  # friday next week


class Unit(Enum):
    """A unit of the calendar, as the language writes it."""

    DAY = "d"
    WEEK = "w"
    MONTH = "mo"


@dataclass(frozen=True, slots=True)
class NamedDay:
    """``today``, ``tomorrow``, ``day after tomorrow``, ``yesterday``: days from today, -1 to 2."""

    days: int


@dataclass(frozen=True, slots=True)
class Shift:
    """``+3d``, ``+2w``, ``+1mo``: so many units from today; ``count`` is 0–9999."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Weekday:
    """``friday``, ``this friday``, ``next friday``, ``friday next week``; ``index`` is 0–6, Monday 0."""

    index: int
    which: Which


@dataclass(frozen=True, slots=True)
class WeeksLater:
    """``friday +1w``, ``tomorrow +2w``: so many weeks after a day; ``weeks`` is 0–9999."""

    day: NamedDay | Weekday
    weeks: int


@dataclass(frozen=True, slots=True)
class MonthDay:
    """``january 20``, ``january 20 next year``; ``month`` is 1–12, ``day`` 1–31 in any month."""

    month: int
    day: int
    next_year: bool


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """``day 20``, ``day 20 next month``; ``day`` is 1–31."""

    day: int
    next_month: bool


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """``january 20 2026``, ``2026-01-20``; the day need not exist."""

    year: int
    month: int
    day: int


Day: TypeAlias = NamedDay | Shift | Weekday | WeeksLater | MonthDay | DayOfMonth | CalendarDay
"""A day as it was said."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time on the clock: seconds from the day's midnight, 0–86400 (``24:00`` is the end of the day).

    ``either_half`` of the day may be meant where an hour before noon was written with one digit or is 10 or
    11, and neither am nor pm: ``6:00``, ``10 past 6``.
    """

    seconds: int
    either_half: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a time on the clock, or both; at least one is there."""

    day: Day | None
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class Span:
    """``+20m``: a time from now, in whole seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Moved:
    """``2026-01-20 7:15 -30m``, ``2026-01-20 +1d``: a moment, and by how much it is moved (below 0: back)."""

    moment: Moment
    by: Shift | Span


Expression: TypeAlias = Moment | Span | Moved
"""A parsed string of the language."""
