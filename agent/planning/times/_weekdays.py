"""Sets of weekdays, for things that repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.errors import UnreadableTime
from agent.planning.times._expression import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

_GROUPS = {"weekdays": WEEKDAYS[:5], "weekends": WEEKDAYS[5:], "daily": WEEKDAYS}


def resolve_weekdays(items: Iterable[str]) -> tuple[str, ...]:
    """Return the days that the items name.

    An item is a day (``monday`` … ``sunday``), ``weekdays``, ``weekends``, ``daily``, days from one to
    another (``monday-thursday``, also past the end of a week: ``friday-monday``), or one of these that is
    left out (``-friday``), wherever it stands. The result is upper-case names in the order of the week, each
    once.

    Raises:
        UnreadableTime: an item is none of these, or no day is left.

    """
    said: set[str] = set()
    left_out: set[str] = set()
    for item in items:
        words = "".join(item.lower().split())
        (left_out if words.startswith("-") else said).update(_named(words.removeprefix("-"), item))
    if not said - left_out:
        raise UnreadableTime("no weekday is named; leave the list out or name at least one", value="")
    return tuple(day.upper() for day in WEEKDAYS if day in said - left_out)


def _named(words: str, item: str) -> tuple[str, ...]:
    if group := _GROUPS.get(words):
        return group
    first, to, last = words.partition("-")
    if first not in WEEKDAYS or (to and last not in WEEKDAYS):
        raise UnreadableTime(
            f"{item!r} is no weekday; write 'monday' … 'sunday', 'monday-friday', 'weekdays', 'weekends' "
            "or 'daily', and '-sunday' for a day that is left out",
            value=item,
        )
    if not to:
        return (first,)
    start = WEEKDAYS.index(first)
    return tuple(WEEKDAYS[(start + days) % 7] for days in range((WEEKDAYS.index(last) - start) % 7 + 1))
