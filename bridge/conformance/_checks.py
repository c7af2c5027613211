"""The checks, in the order in which they are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.conformance._probes import (
    a_long_command_arrives,
    errors_and_exit_codes_come_back,
    texts_arrive_to_the_letter,
)
from bridge.outcome import OutcomeStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge._phone import Phone
    from tools_schema import Value

__all__ = ["CHECKS", "Check", "Probe"]

_VERIFIED = frozenset({OutcomeStatus.VERIFIED})
_OPENED = frozenset({OutcomeStatus.OPENED})
_REQUESTED = frozenset({OutcomeStatus.REQUESTED})
_ASKS = frozenset({OutcomeStatus.NEEDS_CLARIFICATION})

_WAITS = frozenset({OutcomeStatus.NEEDS_CONFIRMATION})

_TITLE = 'Intent Agent\'s check: 100 % & "more" $(id) 検査 🙂'
_NOBODY = "Intent Agent Conformance Check"
_NUMBER = "+15550100"  # nobody's: 555-0100 to 555-0199 are kept for examples


@dataclass(frozen=True, slots=True)
class Probe:
    """A check of the way to the phone; ``run`` returns what is wrong, nothing where all is well."""

    name: str
    run: Callable[[Phone], str]
    changes: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A call to a tool of the set ``phone`` and the outcomes that are right.

    ``changes`` says what the check changes on the phone; one that changes something is only made when asked
    for. ``flips`` is for switches: they are turned over and back, whatever they are. ``keeps`` are settings
    (namespace, key) that are put back. ``private``: the evidence may tell of the phone's owner, and stays out
    of the table. ``cuts_network``: adb would lose a phone that it reaches by network. ``calls``: it is a real
    call, to a number that the user has given.
    """

    name: str
    tool: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    expected: frozenset[OutcomeStatus] = _OPENED
    changes: str = ""
    flips: bool = False
    keeps: tuple[tuple[str, str], ...] = ()
    private: bool = False
    cuts_network: bool = False
    calls: bool = False


_PAGES = ("wifi", "bluetooth", "display", "sound", "notifications", "about")

CHECKS: tuple[Probe | Check, ...] = (
    Probe("text over adb", texts_arrive_to_the_letter),
    Probe("long command", a_long_command_arrives),
    Probe("errors and exit codes", errors_and_exit_codes_come_back),
    Check("open_settings", "open_settings"),
    *(Check(f"open_settings {page}", "open_settings", {"page": page}) for page in _PAGES),
    Check("open_wifi_settings", "open_wifi_settings"),
    Check("open_app", "open_app", {"app": "Settings"}, _VERIFIED),
    Check("open_app, no such app", "open_app", {"app": _NOBODY}, _ASKS, private=True),
    Check("take_screenshot", "take_screenshot", {}, _VERIFIED, private=True),
    Check("show_alarms", "show_alarms"),
    Check("show_calendar", "show_calendar"),
    Check("show_calendar, a day", "show_calendar", {"date": "2030-01-15"}),
    Check(
        *("create_calendar_event", "create_calendar_event"),
        {"title": _TITLE, "datetime": "2030-01-15T15:00:00", "location": "1, \\ 'Main' St; #2"},
    ),
    Check(
        *("create_contact", "create_contact"),
        {"first_name": "Check", "last_name": "O'Neill", "phone_number": _NUMBER, "email": "c@example.com"},
    ),
    Check("find_contact, nobody", "find_contact", {"name": _NOBODY}, _ASKS, private=True),
    Check("send_email", "send_email", {"to": "check@example.com", "subject": _TITLE, "body": "1\n2 & 3"}),
    Check("send_sms", "send_sms", {"to": _NUMBER, "body": _TITLE}),
    Check("share_text", "share_text", {"text": _TITLE}),
    Check("dial", "dial", {"phone_number": _NUMBER}),
    Check("call, not confirmed", "call", {"to": _NUMBER}, _WAITS),
    Check("show_map", "show_map", {"query": "Café, 1 & 2 Straße"}),
    Check("navigate_to", "navigate_to", {"destination": "Alexanderplatz, Berlin", "mode": "walking"}),
    Check("web_search", "web_search", {"query": "a && b; $HOME"}),
    Check("open_url", "open_url", {"url": "https://example.com/?a=1&b=%20#c"}),
    Check("take_photo", "take_photo"),
    Check("record_video", "record_video"),
    Check("set_volume up", "set_volume", {"change": "up"}, _VERIFIED, "the music volume, by a step"),
    Check("set_volume down", "set_volume", {"change": "down"}, _VERIFIED, "the music volume, by a step back"),
    Check(
        *("set_brightness", "set_brightness"),
        {"level": 50},
        _VERIFIED,
        "the brightness, put back",
        keeps=(("system", "screen_brightness"), ("system", "screen_brightness_mode")),
    ),
    *(
        Check(name, name, {}, _VERIFIED, "the switch, put back", flips=True, cuts_network=cuts)
        for name, cuts in (
            ("set_auto_rotate", False),
            ("set_dark_mode", False),
            ("set_do_not_disturb", False),
            ("set_bluetooth", False),
            ("set_mobile_data", True),
            ("set_wifi", True),
            ("set_airplane_mode", True),
        )
    ),
    Check(
        *("set_battery_saver", "set_battery_saver"),
        # Android keeps it off while the phone charges, as it does on most USB cables.
        expected=_VERIFIED | {OutcomeStatus.FAILED},
        changes="the switch, put back",
        flips=True,
    ),
    Check("turn_on_flashlight", "turn_on_flashlight", {}, _VERIFIED, "the flashlight, for a moment"),
    Check("turn_off_flashlight", "turn_off_flashlight", {}, _VERIFIED, "the flashlight"),
    Check(
        *("set_alarm", "set_alarm"),
        {"time": "03:33", "label": _NOBODY},
        _VERIFIED | _REQUESTED,  # only the next alarm can be read
        "an alarm at 03:33, dismissed by the next check",
    ),
    Check("dismiss_alarm", "dismiss_alarm", {"label": _NOBODY}, _REQUESTED, "the alarm at 03:33"),
    Check(
        *("set_timer", "set_timer"),
        {"duration": 7200, "label": _NOBODY},
        _REQUESTED,
        "a timer of two hours, to be deleted by hand",
    ),
    Check("create_note", "create_note", {"text": _TITLE}, changes="a note, to be deleted by hand"),
    Check("play_music", "play_music", {"query": "music"}, _REQUESTED, "music plays"),
    Check("media_control pause", "media_control", {"action": "pause"}, _VERIFIED | _REQUESTED, "music stops"),
    Check("call", "call", {}, _VERIFIED, "a real call, ended at once", calls=True),
)
"""First what only reads and opens screens, then what changes something."""
