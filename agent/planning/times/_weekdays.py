"""Sets of weekdays, for things that repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.errors import UnreadableTime
from agent.planning.times._expression import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

_GROUPS = {"weekdays": WEEKDAYS[:5], "weekends": WEEKDAYS[5:], "daily": WEEKDAYS}


def resolve_weekdays(items: Iterable[str]) -> tuple[str, ...]:
    """Return the days that the items name (``monday`` … ``sunday``, ``weekdays``, ``weekends``, ``daily``).

    The result is upper-case names in the order of the week, each once.

    Raises:
        UnreadableTime: an item is none of these, or there is no item.

    """
    said: set[str] = set()
    for item in items:
        word = item.strip().lower()
        if word not in _GROUPS and word not in WEEKDAYS:
            raise UnreadableTime(
                f"{item!r} is no weekday; write 'monday' … 'sunday', 'weekdays', 'weekends' or 'daily'",
                value=item,
            )
        said.update(_GROUPS.get(word, (word,)))
    if not said:
        raise UnreadableTime("no weekday is named; leave the list out or name at least one", value="")
    return tuple(day.upper() for day in WEEKDAYS if day in said)
