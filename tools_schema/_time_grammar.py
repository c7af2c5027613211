"""The grammar of the closed time language that the model writes instead of dates and clock arithmetic.

``agent.planning.times`` parses and resolves every string of this language. The language stays close to what
people say, so that the model copies words and never calculates: no added twelve, no month numbers; what
is moved by some amount is written as what it was and that amount (`2026-01-20 7:15 -30m`), days from one to
another by these two (`monday-friday`).
It has no recursion, so it is regular; where alternatives begin alike they are factored, which keeps the
number of parse states low while llama.cpp checks tokens against it.
"""

from collections.abc import Collection, Iterable

from tools_schema._validate import WEEKDAYS

__all__ = ["TIME_RULES", "time_rules"]


def _any_of(weekdays: Iterable[str]) -> str:
    return " | ".join(f'"{day.lower()}"' for day in weekdays)


# A backslash joins lines, so that every rule is one line for llama.cpp.
TIME_RULES: str = f"""
date-time ::= time-iso (("T" time-iso-clock | " " time-of-clock) time-change? | time-day-change)? | \
  time-named-day (" " time-of-clock)? | \
  time-of-clock | "+" (time-integer time-date-unit (" " time-of-clock)? | time-number time-span)
date ::= time-iso time-day-change? | time-named-day | "+" time-integer time-date-unit
time-of-day ::= time-of-clock time-span-change? | "+" time-number time-span
duration ::= (time-number time-span | time-integer "d" (time-integer time-span)?) time-span-change?
weekday-item ::= time-weekday ("-" time-weekday)? | "weekdays" | "weekends" | "daily"
weekday-or-not ::= "-"? weekday-item

time-iso ::= time-year "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])
time-iso-clock ::= ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] (":" [0-5] [0-9])?

time-named-day ::= ("today" | "tomorrow" | "day after tomorrow") time-weeks? | "yesterday" | \
  ("this " | "next ") time-weekday time-weeks? | time-weekday " next week"? time-weeks? | \
  time-month " " time-month-day (" " (time-year | "next year"))? | "day " time-month-day " next month"?
time-weeks ::= " +" time-integer "w"
time-weekday ::= {_any_of(WEEKDAYS)}
time-month ::= "january" | "february" | "march" | "april" | "may" | "june" | \
  "july" | "august" | "september" | "october" | "november" | "december"
time-month-day ::= [12] [0-9]? | "3" [01]? | [4-9]
time-year ::= [12] [0-9] [0-9] [0-9]
time-date-unit ::= "d" | "w" | "mo"

time-of-clock ::= time-hour12 (":" [0-5] [0-9] time-half? | time-half) | time-hour24 ":" [0-5] [0-9] | \
  "24:00" | "noon" | "midnight" | time-minutes (" to " | " past ") time-hour
time-hour12 ::= "1" [0-2]? | [2-9]
time-hour24 ::= "0" [0-9]? | "1" [3-9] | "2" [0-3]
time-half ::= "am" | "pm"
time-minutes ::= [1-5] [0-9]? | [6-9]
time-hour ::= time-hour12 time-half? | "0" | "1" [3-9] | "2" [0-3] | "noon" | "midnight"

time-change ::= " " [+-] (time-integer time-date-unit | time-number time-span)
time-day-change ::= " " [+-] time-integer time-date-unit
time-span-change ::= " " [+-] time-number time-span
time-span ::= "h" (time-integer ("m" (time-integer "s")? | "s"))? | "m" (time-integer "s")? | "s"
time-number ::= time-integer ("." [0-9])?
time-integer ::= "0" | [1-9] [0-9]? [0-9]? [0-9]?
"""
"""GBNF rules ``date-time``, ``date``, ``time-of-day``, ``duration``, ``weekday-item`` and
``weekday-or-not``, an item after the first, which may say what is left out (`daily,-sunday`).

They match what stands between two ``<escape>`` tokens; every helper rule is named ``time-…``. A duration of
bare digits (whole seconds) is written without ``<escape>`` and is not part of these rules.
"""


def time_rules(weekdays: Collection[str] = ()) -> str:
    """Return the rules; where ``weekdays`` are given (``monday`` …), no other day can be written by name."""
    if not weekdays:
        return TIME_RULES
    return TIME_RULES.replace(_any_of(WEEKDAYS), _any_of(sorted(weekdays)))
