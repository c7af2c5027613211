"""Each tool of the phone on each Android version: what the outcome says is what happened on the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from bridge import Outcome, OutcomeStatus
from bridge.emulator import EmulatedPhone
from tools_schema import ToolSet, Value, load_tool_set

Do = Callable[..., Outcome]
OnPhone = Callable[..., EmulatedPhone]
Look = Callable[[EmulatedPhone], object]

VERIFIED, OPENED, REQUESTED = OutcomeStatus.VERIFIED, OutcomeStatus.OPENED, OutcomeStatus.REQUESTED
FRIDAY = datetime(2026, 1, 16, 6, tzinfo=ZoneInfo("Europe/Berlin"))


class Case(NamedTuple):
    """A call, how far its effect can be proved, and what the phone itself says of it."""

    tool: str
    arguments: dict[str, Value]
    status: OutcomeStatus
    look: Look
    after: object


def resumed(phone: EmulatedPhone) -> str:
    return phone.state.resumed.partition("/")[0]


def switched(tool: str, look: Look) -> list[Case]:
    return [Case(tool, {"on": on}, VERIFIED, look, on) for on in (True, False)]


def fields(name: str, *names: str) -> Look:
    """Look at fields of a draft: ``fields("mail_draft", "to", "subject")``."""
    return lambda phone: tuple(getattr(getattr(phone.state, name), field) for field in names)


CASES = [
    Case("call", {"to": "Mum"}, VERIFIED, lambda phone: phone.state.call_number, "+49 30 5550101"),
    Case(
        "create_calendar_event",
        {"title": "Dentist", "datetime": "2026-01-20T15:00:00", "location": "Berlin"},
        OPENED,
        fields("calendar_draft", "title", "location"),
        ("Dentist", "Berlin"),
    ),
    Case(
        "create_contact",
        {"first_name": "Ada", "last_name": "King", "phone_number": "+44 20 1"},
        OPENED,
        fields("contact_draft", "name", "phone"),
        ("Ada King", "+44 20 1"),
    ),
    Case(
        "create_note",
        {"text": "milk", "title": "Shopping"},
        OPENED,
        fields("note_draft", "title", "text"),
        ("Shopping", "milk"),
    ),
    Case("dial", {"phone_number": "+49 30 1"}, OPENED, lambda phone: phone.state.dialer_number, "+49 30 1"),
    Case(
        "dismiss_alarm",
        {},
        REQUESTED,
        lambda phone: phone.state.intents[-1].action,
        "android.intent.action.DISMISS_ALARM",
    ),
    Case("find_contact", {"name": "Weber"}, VERIFIED, lambda phone: phone.state.intents, []),
    *(
        Case("media_control", {"action": action}, VERIFIED, lambda phone: phone.state.media.playing, playing)
        for action, playing in (("play", True), ("pause", False), ("stop", False))
    ),
    *(
        Case("media_control", {"action": action}, REQUESTED, lambda phone: phone.state.media.track, track)
        for action, track in (("next", 6), ("previous", 4))
    ),
    Case("navigate_to", {"destination": "Zoo", "mode": "walking"}, OPENED, lambda phone: phone.state.intents[
        -1].data, "https://www.google.com/maps/dir/?api=1&destination=Zoo&travelmode=walking"),
    Case("open_app", {"app": "Clock"}, VERIFIED, resumed, "com.android.deskclock"),
    Case("open_settings", {}, OPENED, resumed, "com.android.settings"),
    *(
        Case("open_settings", {"page": page}, OPENED, resumed, "com.android.settings")
        for page in ("wifi", "notifications", "battery", "about")
    ),
    Case("open_url", {"url": "https://x.example/a?b=1&c"}, OPENED, lambda phone: phone.state.browser_url,
         "https://x.example/a?b=1&c"),
    Case("open_wifi_settings", {}, OPENED, resumed, "com.android.settings"),
    Case("play_music", {"query": "Nina Simone"}, REQUESTED, lambda phone: phone.state.media.query,
         "Nina Simone"),
    Case("record_video", {}, OPENED, resumed, "com.android.camera2"),
    Case("send_email", {"to": "a@x.example", "subject": "Hi", "body": "1 & 2"}, OPENED,
         fields("mail_draft", "to", "subject", "body"), (("a@x.example",), "Hi", "1 & 2")),
    Case("send_sms", {"to": "Mum", "body": "Hi"}, OPENED, fields("sms_draft", "to", "body"),
         (("+49 30 5550101",), "Hi")),
    *switched("set_airplane_mode", lambda phone: phone.state.airplane_mode),
    Case("set_alarm", {"time": "07:15", "label": "tea"}, VERIFIED,
         lambda phone: [(alarm.hour, alarm.minute, alarm.label) for alarm in phone.state.alarms],
         [(7, 15, "tea")]),
    *switched("set_auto_rotate", lambda phone: phone.state.auto_rotate),
    *switched("set_battery_saver", lambda phone: phone.state.battery_saver),
    *switched("set_bluetooth", lambda phone: phone.state.bluetooth),
    Case("set_brightness", {"level": 40}, VERIFIED, lambda phone: phone.state.brightness, 102),
    *switched("set_dark_mode", lambda phone: phone.state.dark_mode),
    *switched("set_do_not_disturb", lambda phone: phone.state.do_not_disturb),
    *switched("set_mobile_data", lambda phone: phone.state.mobile_data),
    Case("set_timer", {"duration": 600, "label": "eggs"}, REQUESTED,
         lambda phone: [(timer.length, timer.label) for timer in phone.state.timers], [(600, "eggs")]),
    Case("set_volume", {"level": 40}, VERIFIED, lambda phone: phone.state.volumes["music"], 6),
    Case("set_volume", {"change": "mute", "stream": "ring"}, VERIFIED,
         lambda phone: phone.state.volumes["ring"], 0),
    *switched("set_wifi", lambda phone: phone.state.wifi),
    Case("share_text", {"text": "one\ntwo"}, OPENED, lambda phone: phone.state.shared_text, "one\ntwo"),
    Case("show_alarms", {}, OPENED, resumed, "com.android.deskclock"),
    Case("show_calendar", {"date": "2026-01-20"}, OPENED, resumed, "com.android.calendar"),
    Case("show_map", {"query": "Straße 1"}, OPENED, lambda phone: phone.state.map_query, "Straße 1"),
    Case("take_photo", {}, OPENED, resumed, "com.android.camera2"),
    Case("take_screenshot", {}, VERIFIED, lambda phone: phone.state.intents, []),
    Case("turn_off_flashlight", {}, VERIFIED, lambda phone: (phone.state.torch, phone.state.panel),
         (False, None)),
    Case("turn_on_flashlight", {}, VERIFIED, lambda phone: (phone.state.torch, phone.state.panel),
         (True, None)),
    Case("web_search", {"query": "a && b; $HOME"}, OPENED, lambda phone: phone.state.search_query,
         "a && b; $HOME"),
]  # fmt: skip


def test_every_tool_is_here() -> None:
    assert {case.tool for case in CASES} == {tool.name for tool in load_tool_set("phone").tools}


@pytest.mark.parametrize("api", [30, 34, 36])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.tool}-{case.arguments}"[:60])
def test_the_outcome_is_what_happened(
    do: Do, on_phone: OnPhone, phone_tools: ToolSet, case: Case, api: int
) -> None:
    phone = on_phone(api=api, clock=lambda: FRIDAY)
    phone.state.media.session, phone.state.media.track = True, 5
    outcome = do(phone, case.tool, case.arguments, confirmed=True)
    assert outcome.status is case.status, outcome.message
    assert case.look(phone) == case.after
    assert not outcome.may_have_run
    assert outcome.evidence
    if outcome.status is VERIFIED:
        assert outcome.read_back
    if outcome.status is OPENED:
        assert outcome.read_back["resumed_activity"] == phone.state.resumed != ""
    tool = phone_tools.tool(case.tool)
    assert tool is not None
    if tool.target is not None and outcome.intent is not None:
        assert phone.state.intents[-1].action == outcome.intent.action
