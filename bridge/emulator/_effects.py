"""What the apps do with an intent that reaches them.

Each effect returns the flattened component that is in front then; "" means the activity itself, None means
that it ended without showing anything. Extras of another type than the app reads count as absent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

from bridge.emulator._app_data import (
    CalendarDraft,
    ContactDraft,
    MailDraft,
    Media,
    NoteDraft,
    PlacedCall,
    SmsDraft,
)
from bridge.emulator._clock_app import handle_clock_intent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.emulator._device import Device
    from bridge.emulator._intent import Intent

__all__ = ["EFFECTS", "ITSELF"]

ITSELF = ""
_EXTRA = "android.intent.extra."
_IN_CALL = "com.android.dialer/com.android.incallui.InCallActivity"


def _calendar_insert(device: Device, intent: Intent) -> str | None:
    attendees = intent.strings(_EXTRA + "EMAIL") or _comma_separated(intent.string(_EXTRA + "EMAIL") or "")
    device.state.calendar_draft = CalendarDraft(
        title=intent.string("title") or "",
        begin=intent.long("beginTime"),
        end=intent.long("endTime"),
        all_day=intent.boolean("allDay"),
        location=intent.string("eventLocation") or "",
        description=intent.string("description") or "",
        attendees=attendees,
    )
    return ITSELF


def _calendar_view(device: Device, intent: Intent) -> str | None:
    day = (intent.data.path or "").rpartition("/")[2] if intent.data is not None else ""
    device.state.calendar_day = int(day) if re.fullmatch(r"-?[0-9]+", day) else None
    return ITSELF


def _contact_insert(device: Device, intent: Intent) -> str | None:
    device.state.contact_draft = ContactDraft(
        **{key: intent.string(key) or "" for key in ("name", "phone", "email", "company", "notes")}
    )
    return ITSELF


def _mail(device: Device, intent: Intent) -> str | None:
    fields: dict[str, str] = {}
    to: tuple[str, ...] = ()
    if intent.data is not None and intent.data.scheme == "mailto":
        # In mailto "+" is a plus (RFC 6068), so the query is not read as a web form's.
        address, _, query = intent.data.text.partition(":")[2].partition("?")
        to = tuple(unquote(part).strip() for part in address.split(",") if part)
        for pair in filter(None, query.split("&")):
            name, _, value = pair.partition("=")
            fields.setdefault(name.lower(), unquote(value))
        to += _comma_separated(fields.get("to", ""))

    def merged(own: tuple[str, ...], key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*own, *intent.strings(_EXTRA + key))))

    subject, body = intent.string(_EXTRA + "SUBJECT"), intent.string(_EXTRA + "TEXT")
    device.state.mail_draft = MailDraft(
        to=merged(to, "EMAIL"),
        cc=merged(_comma_separated(fields.get("cc", "")), "CC"),
        bcc=merged(_comma_separated(fields.get("bcc", "")), "BCC"),
        subject=fields.get("subject", "") if subject is None else subject,
        body=fields.get("body", "") if body is None else body,
    )
    return ITSELF


def _sms(device: Device, intent: Intent) -> str | None:
    recipients, body = "", intent.string("sms_body")
    if intent.data is not None:
        recipients, _, query = intent.data.text.partition(":")[2].partition("?")
        in_uri = re.search(r"(?:^|&)body=([^&]*)", query)
        if body is None and in_uri:
            body = unquote(in_uri[1])
    if body is None:
        body = intent.string(_EXTRA + "TEXT")
    to = tuple(number.strip() for number in re.split(r"[,;]", unquote(recipients)) if number.strip())
    device.state.sms_draft = SmsDraft(to, body or "")
    return ITSELF


def _share(device: Device, intent: Intent) -> str | None:
    device.state.sms_draft = SmsDraft((), intent.string(_EXTRA + "TEXT") or "")
    return ITSELF


def _choose(device: Device, intent: Intent) -> str | None:
    device.state.shared_text = intent.string(_EXTRA + "TEXT")
    return ITSELF


def _map(device: Device, intent: Intent) -> str | None:
    if intent.data is None:
        return ITSELF
    state, uri = device.state, intent.data
    rest = uri.text.partition(":")[2]
    if uri.scheme == "geo":
        match = re.search(r"[?&]q=([^&]*)", rest)
        state.map_query = unquote_plus(match[1]) if match else unquote(rest.partition("?")[0])
    elif uri.scheme == "google.navigation":
        match = re.search(r"(?:^|&)q=([^&]*)", rest)
        state.navigation = unquote_plus(match[1]) if match else None
    elif "/dir" in (uri.path or ""):
        state.navigation = uri.query().get("destination")
    else:
        query = uri.query()
        state.map_query = query.get("query", query.get("q"))
    return ITSELF


def _browse(device: Device, intent: Intent) -> str | None:
    if intent.data is not None:
        device.state.browser_url = intent.data.text
    elif intent.action == "android.intent.action.WEB_SEARCH":
        device.state.search_query = intent.string("query") or ""
    return ITSELF


def _link(device: Device, intent: Intent) -> str | None:
    device.state.app_link = intent.data.text if intent.data is not None else None
    return ITSELF


def _dial(device: Device, intent: Intent) -> str | None:
    device.state.dialer_number = intent.data.scheme_specific_part if intent.data is not None else ""
    return ITSELF


def _call(device: Device, intent: Intent) -> str | None:
    number = intent.data.scheme_specific_part if intent.data is not None else ""
    device.state.call_number = number
    device.state.calls.append(PlacedCall(number, int(device.now().timestamp() * 1000)))
    return _IN_CALL


def _camera(device: Device, intent: Intent) -> str | None:
    device.state.camera_mode = "video" if "VIDEO" in (intent.action or "") else "photo"
    return ITSELF


def _play(device: Device, intent: Intent) -> str | None:
    if not intent.is_launch():
        device.state.media = Media(session=True, playing=True, query=intent.string("query") or "")
    return ITSELF


def _note(device: Device, intent: Intent) -> str | None:
    prefix = _EXTRA if (intent.action or "").endswith(".SEND") else "com.google.android.gms.actions.extra."
    title = intent.string(prefix + ("SUBJECT" if prefix == _EXTRA else "NAME"))
    device.state.note_draft = NoteDraft(title or "", intent.string(prefix + "TEXT") or "")
    return ITSELF


def _comma_separated(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


EFFECTS: Mapping[str, Callable[[Device, Intent], str | None]] = {
    "browse": _browse,
    "calendar_insert": _calendar_insert,
    "calendar_view": _calendar_view,
    "call": _call,
    "camera": _camera,
    "choose": _choose,
    "clock": handle_clock_intent,
    "contact_insert": _contact_insert,
    "dial": _dial,
    "link": _link,
    "mail": _mail,
    "map": _map,
    "note": _note,
    "play": _play,
    "share": _share,
    "sms": _sms,
}
"""The effects by the names that the apps use."""
