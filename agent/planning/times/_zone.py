"""Local time in a zone whose clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.errors import UnknownTimeZone


def time_zone(name: str) -> ZoneInfo:
    """Return the zone of a name in the time zone database, such as ``Europe/Berlin``.

    Raises:
        UnknownTimeZone: there is none.

    """
    try:
        return ZoneInfo(name)
    # KeyError: no such zone. ValueError: no relative path. OSError: a folder of zones, such as "Europe".
    except (KeyError, ValueError, OSError) as error:
        raise UnknownTimeZone(
            f"there is no time zone {name!r}; write a name such as 'Europe/Berlin' or 'UTC'", time_zone=name
        ) from error


def existing(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the local time itself, or, where the clock skips it, the time as much later as the skip is long.

    A time that comes twice is the first of the two.
    """
    return later(local, 0, zone)


def later(local: datetime, seconds: int, zone: ZoneInfo) -> datetime:
    """Return the local time that a clock shows so many true seconds later, whatever the clock does between.

    A time that comes twice is the first of the two, unless its ``fold`` is 1.
    """
    then = local.replace(tzinfo=zone).astimezone(UTC) + timedelta(seconds=seconds)
    return then.astimezone(zone).replace(tzinfo=None, fold=0)
