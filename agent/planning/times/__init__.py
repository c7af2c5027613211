"""The closed time language: what the model writes for dates, times and durations, and what it means.

The model does the language, this package the calendar: ``resolve_…`` take a string of the language and the
time of the request and return the canonical value. ``tools_schema`` has the same language as a grammar.
"""

from agent.planning.times._parse import parse_duration, parse_expression
from agent.planning.times._resolve import (
    DateTime,
    as_long_after,
    resolve_date,
    resolve_date_time,
    resolve_time_of_day,
)
from agent.planning.times._weekdays import resolve_weekdays
from agent.planning.times._zone import time_zone

__all__ = [
    "DateTime",
    "as_long_after",
    "parse_duration",
    "parse_expression",
    "resolve_date",
    "resolve_date_time",
    "resolve_time_of_day",
    "resolve_weekdays",
    "time_zone",
]
