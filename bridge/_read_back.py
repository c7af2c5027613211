"""Reading the phone's state, to say what an action really did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from bridge._phone import Phone

__all__ = [
    "NextAlarm",
    "Screen",
    "next_alarm",
    "next_occurrence",
    "now_on_phone",
    "same_app",
    "screen",
]

_RESUMED = re.compile(
    r"(?:topResumedActivity|mResumedActivity|ResumedActivity)\s*[=:]\s*"
    r"ActivityRecord\{\S+ u\d+ (?P<component>[\w.$]+/[\w.$]+)"
)
_KEYGUARD = re.compile(r"\bm?KeyguardShowing=true\b")
_OCCLUDED = re.compile(r"\bm?(?:Keyguard)?Occluded=true\b")
_ALARM = re.compile(r"^\s*user:(?P<user>\d+)\s+pendingSend:\w+\s+time:(?P<time>\d+)", re.MULTILINE)
_ALARM_SECTION = re.compile(r"^\s*Next alarm clock information:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Screen:
    """What is in front of the user: ``component`` is the resumed activity, empty where there is none.

    ``locked``: the lock screen covers it. Activities that may be seen on a locked phone, such as a call's,
    cover the lock screen instead.
    """

    component: str
    locked: bool

    @property
    def asks_which_app(self) -> bool:
        """Whether Android asks the user which app to use."""
        package, _, name = self.component.partition("/")
        return package in ("android", "com.android.intentresolver") and name.endswith(
            ("ResolverActivity", "ChooserActivity")
        )


@dataclass(frozen=True, slots=True)
class NextAlarm:
    """The next alarm, None where none is set. ``readable`` is false where the phone does not tell it."""

    readable: bool
    time: datetime | None = None


def screen(phone: Phone) -> Screen:
    """Return what is in front, from ``dumpsys activity activities``."""
    answer = phone.run("dumpsys", "activity", "activities", keep=r"ResumedActivity|KeyguardShowing|Occluded=")
    # The first match is the focused display's; older Androids print the name with an m and a colon.
    match = _RESUMED.search(answer.stdout)
    locked = bool(_KEYGUARD.search(answer.stdout)) and not _OCCLUDED.search(answer.stdout)
    return Screen(match["component"] if match else "", locked=locked)


def same_app(one: str, other: str) -> bool:
    """Whether two components are of the same package."""
    return one.partition("/")[0] == other.partition("/")[0] != ""


def next_alarm(phone: Phone) -> NextAlarm:
    """Return the next alarm, from ``dumpsys alarm``.

    Only the next one can be read, and only alarms set through ``AlarmManager.setAlarmClock``, as by clocks.
    """
    answer = phone.run("dumpsys", "alarm", keep=r"Next alarm clock information|^\s*user:\d+\s+pendingSend:")
    section = _ALARM_SECTION.search(answer.stdout)
    if section is None:
        return NextAlarm(readable=False)
    times = [
        int(match["time"])
        for match in _ALARM.finditer(answer.stdout, section.end())
        if match["user"] == "0" and int(match["time"]) > 0
    ]
    return NextAlarm(readable=True, time=datetime.fromtimestamp(min(times) / 1000, UTC) if times else None)


def now_on_phone(phone: Phone) -> datetime | None:
    """Return the phone's own time in its own zone, or None where it does not tell them."""
    seconds = phone.run("date", "+%s").stdout.strip()
    zone = phone.run("getprop", "persist.sys.timezone").stdout.strip()
    try:
        # Android's clock is UTC until a zone has been set.
        return datetime.fromtimestamp(int(seconds), ZoneInfo(zone or "UTC"))
    except (ValueError, OverflowError, OSError, ZoneInfoNotFoundError):
        return None


def next_occurrence(now: datetime, hour: int, minute: int, weekdays: frozenset[int]) -> datetime:
    """Return when an alarm at ``hour:minute`` rings next after ``now``, in the time zone of ``now``.

    ``weekdays`` are numbers of java.util.Calendar (Sunday = 1); empty means any day. A time that the clock
    skips on that day rings later by the gap, as java.util.Calendar counts.
    """
    zone = now.tzinfo
    for days in range(9):
        day = now.date() + timedelta(days=days)
        if weekdays and day.isoweekday() % 7 + 1 not in weekdays:
            continue
        occurrence = _existing(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone), zone)
        if occurrence.timestamp() > now.timestamp():
            return occurrence
    raise ValueError(f"no weekday is among {sorted(weekdays)}")


def _existing(moment: datetime, zone: tzinfo | None) -> datetime:
    return moment.astimezone(UTC).astimezone(zone)
