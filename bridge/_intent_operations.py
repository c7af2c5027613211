"""Operations that are an intent or a media key, chosen by the call's arguments.

Sources, in AOSP: ``Settings``, ``AlarmClock``, ``MediaShellCommand`` and ``TelephonyManager``; the directions
URL is Google's documented Maps URL, which any browser opens. A note's action and extras are those of Google's
NoteIntents, which notes apps take.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from bridge._classify import failure_status, problem
from bridge._intent import Intent, IntentExtra, JavaType
from bridge._start import start_intent
from bridge.errors import InvalidValueError
from bridge.outcome import Outcome, OutcomeStatus
from tools_schema import Call, ReadBack

if TYPE_CHECKING:
    from bridge._phone import Phone

__all__ = [
    "call_number",
    "create_note",
    "dismiss_alarm",
    "media_control",
    "navigate",
    "open_settings",
    "send_sms",
]

_PAGES = {
    "wifi": "WIFI_SETTINGS",
    "bluetooth": "BLUETOOTH_SETTINGS",
    "display": "DISPLAY_SETTINGS",
    "sound": "SOUND_SETTINGS",
    "battery": "BATTERY_SAVER_SETTINGS",
    "apps": "APPLICATION_SETTINGS",
    "storage": "INTERNAL_STORAGE_SETTINGS",
    "security": "SECURITY_SETTINGS",
    "location": "LOCATION_SOURCE_SETTINGS",
    "date": "DATE_SETTINGS",
    "language": "LOCALE_SETTINGS",
    "accessibility": "ACCESSIBILITY_SETTINGS",
    "keyboard": "INPUT_METHOD_SETTINGS",
    "vpn": "VPN_SETTINGS",
    "data_usage": "DATA_USAGE_SETTINGS",
    "airplane_mode": "AIRPLANE_MODE_SETTINGS",
    "nfc": "NFC_SETTINGS",
    "notifications": "ALL_APPS_NOTIFICATION_SETTINGS",
    "privacy": "PRIVACY_SETTINGS",
    "developer": "APPLICATION_DEVELOPMENT_SETTINGS",
    "about": "DEVICE_INFO_SETTINGS",
}

_ANDROID_13 = 33

_ALARM = "android.intent.extra.alarm."

_CREATE_NOTE = "com.google.android.gms.actions.CREATE_NOTE"
_NOTE = "com.google.android.gms.actions.extra."
_PLAIN_TEXT = "text/plain"

# android.media.session.PlaybackState and android.telephony.TelephonyManager
_STOPPED, _PAUSED, _PLAYING = "1", "2", "3"
_PLAYBACK = {"play": {_PLAYING}, "pause": {_PAUSED}, "stop": {_STOPPED, _PAUSED, "0"}}
_IN_CALL = "2"


def open_settings(phone: Phone, call: Call) -> Outcome:
    """Open a page of the settings, or their main page."""
    page = call.arguments.get("page")
    if page is None:
        action = "SETTINGS"
    elif isinstance(page, str) and page in _PAGES:
        action = _PAGES[page]
        if page == "notifications" and phone.api_level < _ANDROID_13:
            action = "NOTIFICATION_SETTINGS"
    else:
        raise InvalidValueError(f"page is {page!r}; it is one of {', '.join(_PAGES)}", field="page")
    return start_intent(phone, Intent(f"android.settings.{action}"), ReadBack.RESUMED_ACTIVITY)


def navigate(phone: Phone, call: Call) -> Outcome:
    """Open directions to a destination in the app that the phone uses for Maps URLs."""
    mode = call.arguments.get("mode")
    url = f"https://www.google.com/maps/dir/?api=1&destination={quote(_text(call, 'destination'), safe='')}"
    if mode is not None:
        url += f"&travelmode={quote(_text(call, 'mode'), safe='')}"
    return start_intent(phone, Intent("android.intent.action.VIEW", url), ReadBack.RESUMED_ACTIVITY)


def send_sms(phone: Phone, call: Call) -> Outcome:
    """Open a text message to a number; the user sends it."""
    intent = Intent(
        "android.intent.action.SENDTO",
        f"smsto:{quote(_text(call, 'to'), safe='+*')}",
        extras=(IntentExtra("sms_body", JavaType.STRING, _text(call, "body")),),
    )
    return start_intent(phone, intent, ReadBack.RESUMED_ACTIVITY)


def create_note(phone: Phone, call: Call) -> Outcome:
    """Open a note with a text in the notes app; where none takes notes, share the text with an app of choice.

    Android 14 has an action of its own, ``android.intent.action.CREATE_NOTE``, but it carries no text.
    """
    texts = {"TEXT": _text(call, "text")}
    if call.arguments.get("title") is not None:
        texts["NAME"] = _text(call, "title")
    takers = phone.run("cmd", "package", "resolve-activity", "--brief", "-a", _CREATE_NOTE, "-t", _PLAIN_TEXT)
    if re.search(r"^[\w.]+/[\w.$]+$", takers.stdout, re.MULTILINE):
        return start_intent(phone, _with_texts(_CREATE_NOTE, _NOTE, texts), ReadBack.RESUMED_ACTIVITY)
    shared = {"SUBJECT" if name == "NAME" else name: text for name, text in texts.items()}
    intent = _with_texts("android.intent.action.SEND", "android.intent.extra.", shared)
    outcome = start_intent(phone, intent, ReadBack.RESUMED_ACTIVITY)
    return replace(outcome, message=f"{outcome.message} (No app takes notes, so that the text is shared.)")


def _with_texts(action: str, prefix: str, texts: dict[str, str]) -> Intent:
    extras = tuple(IntentExtra(prefix + name, JavaType.STRING, text) for name, text in texts.items())
    return Intent(action, mime_type=_PLAIN_TEXT, extras=extras)


def call_number(phone: Phone, call: Call) -> Outcome:
    """Call a number at once, and read the state of the phone's calls."""
    busy = _IN_CALL in _call_states(phone)
    intent = Intent("android.intent.action.CALL", f"tel:{quote(_text(call, 'to'), safe='+*')}")
    outcome = start_intent(phone, intent, ReadBack.NONE)
    if busy or not (outcome.status is OutcomeStatus.REQUESTED or outcome.may_have_run):
        return outcome
    states = phone.settle(lambda: _call_states(phone), lambda states: _IN_CALL in states, patience=3.0)
    read_back = {"call_state": ", ".join(states)}
    if _IN_CALL in states:
        return Outcome(OutcomeStatus.VERIFIED, "The phone is calling.", intent=intent, read_back=read_back)
    if not states:
        return outcome
    message = "The phone took the request, but no call is going on."
    return Outcome(OutcomeStatus.FAILED, message, intent=intent, read_back=read_back)


def dismiss_alarm(phone: Phone, call: Call) -> Outcome:
    """Dismiss the alarm at a time, with a label, or else the next one. What the clock does cannot be read."""
    time, label = call.arguments.get("time"), call.arguments.get("label")
    extras: tuple[IntentExtra, ...]
    if time is not None:
        match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", _text(call, "time"))
        if match is None:
            raise InvalidValueError(f"time is {time!r}; write HH:MM, 00:00 to 23:59", field="time")
        extras = (
            IntentExtra(f"{_ALARM}SEARCH_MODE", JavaType.STRING, "android.time"),
            IntentExtra(f"{_ALARM}HOUR", JavaType.INT, int(match[1])),
            IntentExtra(f"{_ALARM}MINUTES", JavaType.INT, int(match[2])),
        )
    elif label is not None:
        extras = (
            IntentExtra(f"{_ALARM}SEARCH_MODE", JavaType.STRING, "android.label"),
            IntentExtra(f"{_ALARM}MESSAGE", JavaType.STRING, _text(call, "label")),
        )
    else:
        extras = (IntentExtra(f"{_ALARM}SEARCH_MODE", JavaType.STRING, "android.next"),)
    return start_intent(phone, Intent("android.intent.action.DISMISS_ALARM", extras=extras), ReadBack.NONE)


def media_control(phone: Phone, call: Call) -> Outcome:
    """Send a media key, and read the playback state where the key has one."""
    action = _text(call, "action")
    if action not in {*_PLAYBACK, "next", "previous"}:
        raise InvalidValueError(
            f"action is {action!r}; it is play, pause, next, previous or stop", field="action"
        )
    found = problem(phone.run("cmd", "media_session", "dispatch", action))
    if found and not found.unclear:
        return Outcome(failure_status(found), f"The media key was not sent: {found.text}.")
    wanted = _PLAYBACK.get(action, set())
    state = phone.settle(
        lambda: _playback_state(phone), lambda state: not (state and wanted) or state in wanted
    )
    read_back = {"playback_state": state}
    if state in wanted:
        message = f"The player took {action}."
        return Outcome(OutcomeStatus.VERIFIED, message, read_back=read_back)
    if found:
        unknown = not (state and wanted)
        effect = "nothing tells the effect" if unknown else "the player's state did not follow"
        message = f"The key {action} was not taken as it should be: {found.text}, and {effect}."
        return Outcome(OutcomeStatus.FAILED, message, read_back=read_back, may_have_run=unknown)
    if state and wanted:
        message = f"The key {action} was sent, but the player's state did not follow."
        return Outcome(OutcomeStatus.FAILED, message, read_back=read_back)
    return Outcome(
        OutcomeStatus.REQUESTED, f"The key {action} was sent; nothing tells the effect.", read_back=read_back
    )


def _text(call: Call, name: str) -> str:
    value = call.arguments.get(name)
    if not isinstance(value, str):
        raise InvalidValueError(f"{name} is {value!r}, which is no text", field=name)
    return value


def _call_states(phone: Phone) -> list[str]:
    """Return the state of each SIM: 0 idle, 1 ringing, 2 in a call."""
    dump = phone.run("dumpsys", "telephony.registry", keep=r"mCallState=").stdout
    return re.findall(r"^\s*mCallState=(\d)", dump, re.MULTILINE)


def _playback_state(phone: Phone) -> str:
    """Return the state's number of the session that media keys go to, the first one; empty without any."""
    dump = phone.run("dumpsys", "media_session", keep=r"PlaybackState").stdout
    # Android 14 and later write the name as well: state=PLAYING(3).
    match = re.search(r"state=PlaybackState ?\{state=(?:[A-Z_]+\()?(\d+)", dump)
    return match[1] if match else ""
