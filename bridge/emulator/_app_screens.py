"""What each app shows: the fields that are being filled, the lists that it keeps."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bridge.emulator._device import SCREEN_SIZE
from bridge.emulator._intent import Component
from bridge.emulator._streams import STREAMS
from bridge.emulator._tiles import TILES
from bridge.emulator._view import MARGIN, Column, View
from bridge.emulator.apps import RESOLVER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.emulator._device import Device

__all__ = ["app_views"]

_DAYS = ("", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_LONG_TEXT = 620
_DIALER_KEYS = "123456789*0#"


def app_views(device: Device) -> list[View]:
    """Return the views below the title of the app in front."""
    component = Component.unflatten(device.state.resumed)
    name = component.cls.rpartition(".")[2]
    if component == RESOLVER:
        return _chooser(device)
    show = _BY_CLASS.get(name) or _BY_PACKAGE.get(component.package)
    if show is not None:
        return show(device)
    column = Column()
    column.add("text", device.state.app_link or name.rpartition("$")[2])
    return column.views


def _fields(*fields: tuple[str, str]) -> list[View]:
    column = Column()
    for caption, text in fields:
        column.add("field", text, caption, height=170)
    return column.views


def _chooser(device: Device) -> list[View]:
    column = Column()
    column.add("field", device.state.shared_text or "", "Share", height=_LONG_TEXT)
    column.add("text", "Open with…")
    return column.views


def _clock(device: Device) -> list[View]:
    column = Column()
    for alarm in device.state.alarms:
        days = " ".join(_DAYS[day] for day in alarm.days) or "Once"
        caption = f"{days}  {alarm.label}".strip()
        column.add("card", f"{alarm.hour:02d}:{alarm.minute:02d}", caption, height=190, checked=alarm.enabled)
    for timer in device.state.timers:
        minutes, seconds = divmod(timer.remaining(device.now().timestamp()), 60)
        shown = f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
        column.add("card", shown, f"Timer  {timer.label}".strip(), height=190)
    if not column.views:
        column.add("text", "No alarms")
    return column.views


def _moment(device: Device, milliseconds: int | None, *, all_day: bool) -> str:
    if milliseconds is None:
        return "not given"
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return str(milliseconds)
    # All-day events are kept in UTC (CalendarContract.Events.ALL_DAY).
    return f"{moment:%a %d %b %Y}" if all_day else f"{moment.astimezone(device.time_zone):%a %d %b %Y, %H:%M}"


def _event(device: Device) -> list[View]:
    draft = device.state.calendar_draft
    if draft is None:
        return _fields(("Title", ""))
    fields = (
        ("Title", draft.title),
        ("From", _moment(device, draft.begin, all_day=draft.all_day)),
        ("To", _moment(device, draft.end, all_day=draft.all_day)),
        ("All day", "yes" if draft.all_day else "no"),
        ("Location", draft.location),
        ("Description", draft.description),
        ("Guests", ", ".join(draft.attendees)),
    )
    return _fields(*(field for field in fields if field[1]))


def _calendar(device: Device) -> list[View]:
    """Return the month around the day that is shown, with that day marked."""
    day, shown = device.state.calendar_day, device.now()
    if day is not None:
        try:
            shown = datetime.fromtimestamp(day / 1000, device.time_zone)
        except (OverflowError, ValueError, OSError):
            return _fields(("Day", str(day)))
    column = Column()
    column.add("text", f"{shown:%A, %-d %B %Y}", height=110)
    cell = (SCREEN_SIZE[0] - 2 * MARGIN) // 7
    for number, name in enumerate("MTWTFSS"):
        left = MARGIN + number * cell
        column.views.append(View((left, 430, left + cell, 530), name, "day"))
    offset, length = monthrange(shown.year, shown.month)
    for day_of_month in range(1, length + 1):
        week, weekday = divmod(day_of_month - 1 + offset, 7)
        left, top = MARGIN + weekday * cell, 540 + week * 150
        bounds = (left, top, left + cell, top + 140)
        column.views.append(View(bounds, str(day_of_month), "day", checked=day_of_month == shown.day))
    return column.views


def _contact(device: Device) -> list[View]:
    draft = device.state.contact_draft
    if draft is None:
        return _fields(("Name", ""))
    return _fields(
        ("Name", draft.name),
        ("Phone", draft.phone),
        ("Email", draft.email),
        ("Company", draft.company),
        ("Notes", draft.notes),
    )


def _contacts(device: Device) -> list[View]:
    column = Column()
    for contact in device.state.contacts:
        column.add("row", contact.name, ", ".join(contact.phones + contact.emails))
    return column.views


def _mail(device: Device) -> list[View]:
    draft = device.state.mail_draft
    column = Column()
    if draft is None:
        column.add("text", "Nothing in the inbox")
        return column.views
    column.add("field", ", ".join(draft.to), "To", height=170)
    for caption, people in (("Cc", draft.cc), ("Bcc", draft.bcc)):
        if people:
            column.add("field", ", ".join(people), caption, height=170)
    column.add("field", draft.subject, "Subject", height=170)
    column.add("field", draft.body, "Message", height=_LONG_TEXT)
    return column.views


def _messages(device: Device) -> list[View]:
    draft = device.state.sms_draft
    column = Column()
    if draft is None:
        column.add("text", "No conversations")
        return column.views
    column.add("field", ", ".join(draft.to), "To", height=170)
    column.add("bubble", draft.body, "Not sent yet", height=_LONG_TEXT)
    return column.views


def _map(device: Device) -> list[View]:
    column = Column()
    state = device.state
    if state.navigation is not None:
        column.add("field", state.navigation, "Navigate to", height=170)
    if state.map_query is not None or state.navigation is None:
        column.add("field", state.map_query or "", "Search here", height=170)
    column.add("map", state.navigation or state.map_query or "", height=1500)
    return column.views


def _browser(device: Device) -> list[View]:
    state, column = device.state, Column()
    if state.browser_url is not None:
        column.add("field", state.browser_url, "Address", height=170)
        column.add("text", _host(state.browser_url))
    if state.search_query is not None:
        column.add("field", state.search_query, "Search", height=170)
        column.add("text", f"Results for “{state.search_query}”")
    if not column.views:
        column.add("field", "", "Address", height=170)
    return column.views


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _dialer(device: Device) -> list[View]:
    state, column = device.state, Column()
    if state.call_number is not None:
        column.add("huge", state.call_number, "Calling…", height=330)
        return column.views
    column.add("huge", state.dialer_number or "", "Number", height=330)
    views = column.views
    for number, key in enumerate(_DIALER_KEYS):
        left, top = 180 + (number % 3) * 250, 800 + (number // 3) * 250
        views.append(View((left, top, left + 220, top + 220), key, "key"))
    return views


def _settings(device: Device) -> list[View]:
    state, column = device.state, Column()
    page = state.resumed.rpartition("$")[2].rpartition(".")[2].removesuffix("Activity")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", page)
    column.add("text", words[:1] + words[1:].lower(), height=110)
    for tile in TILES.values():
        column.add("row", tile.label, height=110, checked=tile.is_on(state))
    column.add("row", "Brightness", f"{state.brightness} of 255")
    for name, stream in STREAMS.items():
        column.add("row", f"{name.capitalize()} volume", f"{state.volumes[name]} of {stream.maximum}")
    return column.views


def _note(device: Device) -> list[View]:
    draft, column = device.state.note_draft, Column()
    if draft is None:
        column.add("text", "No notes")
        return column.views
    column.add("field", draft.title, "Title", height=170)
    column.add("field", draft.text, "Text", height=_LONG_TEXT)
    return column.views


def _music(device: Device) -> list[View]:
    media, column = device.state.media, Column()
    column.add(
        "huge", media.query or f"Track {media.track}", "Playing" if media.playing else "Paused", height=330
    )
    return column.views


def _camera(device: Device) -> list[View]:
    column = Column()
    column.add("huge", (device.state.camera_mode or "photo").capitalize(), "Ready", height=330)
    return column.views


_BY_CLASS: Mapping[str, Callable[[Device], list[View]]] = {
    "ContactEditorActivity": _contact,
    "EditEventActivity": _event,
}
_BY_PACKAGE: Mapping[str, Callable[[Device], list[View]]] = {
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
