"""What is on the phone's screen: the views that ``uiautomator dump`` lists, a tap hits and a picture shows.

The screen is a function of the state. Positions are pixels of a 1080 × 2400 display.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.emulator._apps import APPS, RESOLVER
from bridge.emulator._device import HOME, SCREEN_SIZE
from bridge.emulator._intent import Component, Intent
from bridge.emulator._resolver import query_activities
from bridge.emulator._state import STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.emulator._device import Device

__all__ = ["STATUS_BAR", "TILES", "View", "current_package", "screen_title", "screen_views"]

STATUS_BAR = 84
_TITLE_BOTTOM = 260
_ROW = 170
_MARGIN = 48

Bounds = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class View:
    """A view on the screen. ``tap`` names what a tap on it does: "tile:KEY", "app:PACKAGE" or nothing."""

    bounds: Bounds
    text: str = ""
    description: str = ""
    cls: str = "android.widget.TextView"
    resource_id: str = ""
    checkable: bool = False
    checked: bool = False
    tap: str = ""
    caption: str = ""
    """The label drawn above the text of a field; in the dump it is the field's hint."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of the quick settings: its label, and how it reads its state."""

    label: str
    is_on: Callable[[Device], bool]


TILES: Mapping[str, Tile] = {
    "internet": Tile("Internet", lambda device: device.state.wifi),
    "bluetooth": Tile("Bluetooth", lambda device: device.state.bluetooth),
    "dnd": Tile("Do Not Disturb", lambda device: device.state.do_not_disturb != 0),
    "flashlight": Tile("Flashlight", lambda device: device.state.torch),
    "rotate": Tile("Auto-rotate", lambda device: device.state.auto_rotate),
    "airplane": Tile("Airplane mode", lambda device: device.state.airplane_mode),
    "saver": Tile("Battery Saver", lambda device: device.state.battery_saver),
    "dark": Tile("Dark theme", lambda device: device.state.dark_mode),
}
"""The tiles of the quick settings, in their order on the screen."""

_DAYS = ("", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


def current_package(device: Device) -> str:
    """Return the package that the screen belongs to."""
    return "com.android.systemui" if device.state.panel else device.state.resumed.partition("/")[0]


def screen_title(device: Device) -> str:
    """Return the heading of the screen: the app's name, or the panel's."""
    if device.state.panel:
        return {"quick_settings": "Quick settings", "notifications": "Notifications"}[device.state.panel]
    package = current_package(device)
    return next((app.label for app in APPS if app.package == package), package)


def screen_views(device: Device) -> tuple[View, ...]:
    """Return the views from top to bottom, the status bar's clock first."""
    clock = View((_MARGIN, 20, 220, 70), f"{device.now():%H:%M}", resource_id="com.android.systemui:id/clock")
    if device.state.panel == "quick_settings":
        return (clock, *_quick_settings(device))
    if device.state.panel == "notifications":
        rows = [("Timer", f"{timer.length} s {timer.label}") for timer in device.state.timers]
        rows += [(posted.title, posted.text) for posted in device.state.notifications]
        return (clock, _title("Notifications"), *_rows(rows or [("", "No notifications")]))
    if device.state.resumed == HOME:
        return (clock, *_home())
    return (clock, _title(screen_title(device)), *_rows(_fields(device)))


def _title(text: str) -> View:
    return View((_MARGIN, STATUS_BAR + 40, SCREEN_SIZE[0] - _MARGIN, _TITLE_BOTTOM), text)


def _quick_settings(device: Device) -> list[View]:
    views = []
    width, height, gap = 480, 200, 24
    for number, (key, tile) in enumerate(TILES.items()):
        left = _MARGIN + (number % 2) * (width + gap)
        top = 300 + (number // 2) * (height + gap)
        on = tile.is_on(device)
        views.append(
            View(
                (left, top, left + width, top + height),
                text="",
                description=tile.label,
                cls="android.widget.Switch",
                resource_id="",
                checkable=True,
                checked=on,
                tap=f"tile:{key}",
                caption="On" if on else "Off",
            )
        )
    return views


def _home() -> list[View]:
    launch = Intent(action="android.intent.action.MAIN", categories=["android.intent.category.LAUNCHER"])
    views = []
    labels = {app.package: app.label for app in APPS}
    for number, match in enumerate(query_activities(launch)):
        left, top = 30 + (number % 4) * 255, 400 + (number // 4) * 300
        label = labels[match.component.package]
        views.append(
            View(
                (left, top, left + 255, top + 280),
                text=label,
                description=label,
                tap=f"app:{match.component.package}",
            )
        )
    return views


def _rows(fields: list[tuple[str, str]]) -> list[View]:
    views = []
    for number, (caption, text) in enumerate(fields):
        top = _TITLE_BOTTOM + 30 + number * _ROW
        if top + _ROW > SCREEN_SIZE[1]:
            break
        views.append(
            View(
                (_MARGIN, top, SCREEN_SIZE[0] - _MARGIN, top + _ROW - 20),
                text=text,
                cls="android.widget.EditText" if caption else "android.widget.TextView",
                caption=caption,
            )
        )
    return views


def _fields(device: Device) -> list[tuple[str, str]]:
    component = Component.unflatten(device.state.resumed)
    if component == RESOLVER:
        return [("Share", device.state.shared_text or ""), ("", "Open with…")]
    reader = _BY_CLASS.get(component.cls.rpartition(".")[2]) or _BY_PACKAGE.get(component.package)
    if reader is not None:
        return reader(device)
    return [("", component.cls.rpartition(".")[2].rpartition("$")[2])]


def _clock(device: Device) -> list[tuple[str, str]]:
    fields = []
    for alarm in device.state.alarms:
        days = " ".join(_DAYS[day] for day in alarm.days) or "once"
        state = "on" if alarm.enabled else "off"
        fields.append((f"Alarm, {days}, {state}", f"{alarm.hour:02d}:{alarm.minute:02d}  {alarm.label}"))
    for timer in device.state.timers:
        minutes, seconds = divmod(timer.length, 60)
        fields.append(("Timer", f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}  {timer.label}"))
    return fields or [("", "No alarms")]


def _moment(device: Device, milliseconds: int | None, *, all_day: bool) -> str:
    if milliseconds is None:
        return "not given"
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return str(milliseconds)
    # All-day events are kept in UTC (CalendarContract.Events.ALL_DAY).
    return f"{moment:%a %d %b %Y}" if all_day else f"{moment.astimezone(device.time_zone):%a %d %b %Y, %H:%M}"


def _event(device: Device) -> list[tuple[str, str]]:
    draft = device.state.calendar_draft
    if draft is None:
        return [("Title", "")]
    fields = [
        ("Title", draft.title),
        ("From", _moment(device, draft.begin, all_day=draft.all_day)),
        ("To", _moment(device, draft.end, all_day=draft.all_day)),
        ("All day", "yes" if draft.all_day else "no"),
        ("Location", draft.location),
        ("Description", draft.description),
        ("Guests", ", ".join(draft.attendees)),
    ]
    return [field for field in fields if field[1]]


def _calendar(device: Device) -> list[tuple[str, str]]:
    day = device.state.calendar_day
    shown = int(device.now().timestamp() * 1000) if day is None else day
    return [("Day", _moment(device, shown, all_day=False).partition(",")[0])]


def _contact(device: Device) -> list[tuple[str, str]]:
    draft = device.state.contact_draft
    if draft is None:
        return [("Name", "")]
    return [
        ("Name", draft.name),
        ("Phone", draft.phone),
        ("Email", draft.email),
        ("Company", draft.company),
        ("Notes", draft.notes),
    ]


def _contacts(device: Device) -> list[tuple[str, str]]:
    return [(contact.name, ", ".join(contact.phones + contact.emails)) for contact in device.state.contacts]


def _mail(device: Device) -> list[tuple[str, str]]:
    draft = device.state.mail_draft
    if draft is None:
        return [("", "Inbox")]
    copies = [("Cc", ", ".join(draft.cc)), ("Bcc", ", ".join(draft.bcc))]
    return [
        ("To", ", ".join(draft.to)),
        *(copy for copy in copies if copy[1]),
        ("Subject", draft.subject),
        ("Message", draft.body),
    ]


def _messages(device: Device) -> list[tuple[str, str]]:
    draft = device.state.sms_draft
    if draft is None:
        return [("", "No conversations")]
    return [("To", ", ".join(draft.to)), ("Message", draft.body)]


def _map(device: Device) -> list[tuple[str, str]]:
    fields = [("Search", device.state.map_query), ("Navigate to", device.state.navigation)]
    return [(caption, text) for caption, text in fields if text is not None] or [("Search", "")]


def _browser(device: Device) -> list[tuple[str, str]]:
    fields = [("Address", device.state.browser_url), ("Search", device.state.search_query)]
    return [(caption, text) for caption, text in fields if text is not None] or [("Address", "")]


def _dialer(device: Device) -> list[tuple[str, str]]:
    if device.state.call_number is not None:
        return [("Calling", device.state.call_number)]
    return [("Number", device.state.dialer_number or "")]


def _settings(device: Device) -> list[tuple[str, str]]:
    page = device.state.resumed.rpartition("$")[2].rpartition(".")[2]
    volumes = ", ".join(f"{name} {device.state.volumes[name]}/{STREAMS[name].maximum}" for name in STREAMS)
    return [
        ("Page", page),
        *((tile.label, "on" if tile.is_on(device) else "off") for tile in TILES.values()),
        ("Volumes", volumes),
        ("Brightness", f"{device.state.brightness}/255"),
    ]


def _note(device: Device) -> list[tuple[str, str]]:
    draft = device.state.note_draft
    return [("Title", draft.title), ("Text", draft.text)] if draft is not None else [("", "No notes")]


def _music(device: Device) -> list[tuple[str, str]]:
    media = device.state.media
    return [("Playing" if media.playing else "Paused", media.query or f"Track {media.track}")]


def _camera(device: Device) -> list[tuple[str, str]]:
    return [("Mode", device.state.camera_mode or "photo")]


_BY_CLASS: Mapping[str, Callable[[Device], list[tuple[str, str]]]] = {
    "EditEventActivity": _event,
    "ContactEditorActivity": _contact,
}
_BY_PACKAGE: Mapping[str, Callable[[Device], list[tuple[str, str]]]] = {
    "com.android.browser": _browser,
    "com.android.calendar": _calendar,
    "com.android.camera2": _camera,
    "com.android.contacts": _contacts,
    "com.android.deskclock": _clock,
    "com.android.dialer": _dialer,
    "com.android.email": _mail,
    "com.android.messaging": _messages,
    "com.android.music": _music,
    "com.android.settings": _settings,
    "com.example.notes": _note,
    "com.google.android.apps.maps": _map,
}
