"""The clock app: what its handler does with alarm and timer intents, and when an alarm rings next.

Behaviour as in AOSP DeskClock's HandleApiCalls: values out of range end it without a word, an alarm that
exists already is switched on again rather than doubled, and only alarms of the next 24 hours are dismissed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bridge.emulator._app_data import Alarm, Timer

if TYPE_CHECKING:
    from bridge.emulator._device import Device
    from bridge.emulator._intent import Intent

__all__ = ["DESK_CLOCK", "handle_clock_intent", "next_alarm", "next_ring"]

DESK_CLOCK = "com.android.deskclock/.DeskClock"

_ALARM = "android.intent.extra.alarm."
_MAX_TIMER = 24 * 60 * 60
_ONE_DAY = timedelta(days=1)


def handle_clock_intent(device: Device, intent: Intent) -> str | None:
    """Do what the intent says; return the activity that is shown then, None where nothing is."""
    action = (intent.action or "").rpartition(".")[2]
    match action:
        case "SET_ALARM":
            done = _set_alarm(device, intent)
        case "SET_TIMER":
            done = _set_timer(device, intent)
        case "DISMISS_ALARM":
            return None if _dismiss_alarm(device, intent) else DESK_CLOCK
        case _:
            return DESK_CLOCK
    if done is None:
        return None
    return None if done and intent.boolean(_ALARM + "SKIP_UI") else DESK_CLOCK


def next_ring(alarm: Alarm, now: datetime) -> datetime:
    """Return when an enabled alarm rings next, as an aware datetime in ``now``'s zone."""
    for days in range(9):
        day = (now + timedelta(days=days)).date()
        wall = datetime(day.year, day.month, day.day, alarm.hour, alarm.minute, tzinfo=now.tzinfo)
        # Through UTC, so that a time which summer time skips becomes the one that clocks show then.
        ring = wall.astimezone(UTC).astimezone(now.tzinfo)
        if ring <= now or (alarm.days and day.isoweekday() % 7 + 1 not in alarm.days):
            continue
        if alarm.skipped is not None and int(ring.timestamp() * 1000) <= alarm.skipped:
            continue
        return ring
    raise ValueError(f"no day of {alarm.days} is a weekday of java.util.Calendar (1 to 7)")


def next_alarm(device: Device) -> tuple[Alarm, datetime] | None:
    """Return the enabled alarm that rings first, and when."""
    now = device.now()
    rings = [(alarm, next_ring(alarm, now)) for alarm in device.state.alarms if alarm.enabled]
    return min(rings, key=lambda ring: ring[1], default=None)


def _set_alarm(device: Device, intent: Intent) -> bool | None:
    """Return True where an alarm is set, False where the user must choose a time, None for nothing."""
    hour = intent.integer(_ALARM + "HOUR", -1)
    minute = intent.integer(_ALARM + "MINUTES", 0)
    if _ALARM + "HOUR" not in intent.extras:
        return False
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        return None
    extra = intent.extras.get(_ALARM + "DAYS")
    chosen = extra.value if extra is not None and extra.type in ("ArrayList<Integer>", "int[]") else ()
    wanted = Alarm(
        hour,
        minute,
        intent.string(_ALARM + "MESSAGE") or "",
        tuple(sorted({day for day in chosen if 1 <= day <= 7})),
        vibrate=intent.boolean(_ALARM + "VIBRATE", default=True),
    )
    for alarm in device.state.alarms:
        if (alarm.hour, alarm.minute, alarm.label, alarm.days) == (hour, minute, wanted.label, wanted.days):
            alarm.enabled, alarm.skipped = True, None
            return True
    device.state.alarms.append(wanted)
    return True


def _set_timer(device: Device, intent: Intent) -> bool | None:
    length = intent.integer(_ALARM + "LENGTH", 0)
    if _ALARM + "LENGTH" not in intent.extras:
        return False
    if not 1 <= length <= _MAX_TIMER:
        return None
    started = int(device.now().timestamp())
    device.state.timers.append(Timer(length, intent.string(_ALARM + "MESSAGE") or "", started))
    return True


def _dismiss_alarm(device: Device, intent: Intent) -> bool:
    """Return False where the user has to choose."""
    enabled = [alarm for alarm in device.state.alarms if alarm.enabled]
    mode = intent.string(_ALARM + "SEARCH_MODE")
    match mode:
        case "android.time":
            hour, minute = intent.integer(_ALARM + "HOUR", -1), intent.integer(_ALARM + "MINUTES", 0)
            if intent.boolean(_ALARM + "IS_PM") and hour < 12:
                hour += 12
            found = [alarm for alarm in enabled if (alarm.hour, alarm.minute) == (hour, minute)]
        case "android.label":
            label = (intent.string(_ALARM + "MESSAGE") or "").lower()
            found = [alarm for alarm in enabled if label and label in alarm.label.lower()]
        case "android.next":
            upcoming = next_alarm(device)
            found = [upcoming[0]] if upcoming else []
        case "android.all":
            found = enabled
        case _:
            if len(enabled) > 1:
                return False
            found = enabled
    if mode == "android.label" and len(found) > 1:
        return False
    for alarm in found:
        _dismiss(alarm, device.now())
    return True


def _dismiss(alarm: Alarm, now: datetime) -> None:
    ring = next_ring(alarm, now)
    if ring - now > _ONE_DAY:
        return  # the clock only tells the user that it is too early
    if alarm.days:
        alarm.skipped = int(ring.timestamp() * 1000)
    else:
        alarm.enabled = False
