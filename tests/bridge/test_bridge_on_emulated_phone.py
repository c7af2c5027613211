"""The whole chain: bridge, a real adb server, the emulated phone. What counts is the phone's state."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge import Bridge, Device, Outcome, OutcomeStatus
from bridge.emulator import EmulatedPhone, PrivateAdbServer
from bridge.errors import (
    AdbServerError,
    CallMismatchError,
    CommandTooLongError,
    DeviceChoiceError,
    DeviceUnauthorisedError,
    InvalidValueError,
    SeveralDevicesError,
    TransportError,
    UnknownSerialError,
    UnknownTimeZoneError,
)
from tools_schema import Call, IntentRule, ReadBack, Tool, ToolSet, Value

Do = Callable[..., Outcome]
OnPhone = Callable[..., EmulatedPhone]

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 1, 16, 6, tzinfo=BERLIN)


def millis(text: str, zone: ZoneInfo = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize("api", [30, 34, 36])
def test_an_alarm_is_set_and_verified(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "set_alarm", {"time": "07:15", "label": "tea & toast"})
    assert outcome.status is OutcomeStatus.VERIFIED
    (alarm,) = phone.state.alarms
    assert (alarm.hour, alarm.minute, alarm.label, alarm.days) == (7, 15, "tea & toast", ())
    assert outcome.device == phone.address
    assert outcome.evidence
    assert outcome.elapsed_ms > 0


def test_an_alarm_on_weekdays_rings_on_the_next_of_them(do: Do, on_phone: OnPhone) -> None:
    phone = on_phone(clock=lambda: FRIDAY.replace(hour=8))
    outcome = do(phone, "set_alarm", {"time": "06:30", "days": ["MONDAY", "WEDNESDAY"]})
    assert outcome.status is OutcomeStatus.VERIFIED
    assert outcome.read_back["next_alarm"] == "2026-01-19T06:30:00+01:00"
    assert phone.state.alarms[0].days == (2, 4)


def test_an_alarm_behind_an_earlier_one_is_only_requested(do: Do, on_phone: OnPhone) -> None:
    phone = on_phone(clock=lambda: FRIDAY)
    assert do(phone, "set_alarm", {"time": "06:10"}).status is OutcomeStatus.VERIFIED
    assert do(phone, "set_alarm", {"time": "07:15"}).status is OutcomeStatus.REQUESTED
    assert len(phone.state.alarms) == 2


def test_a_shell_that_may_not_set_alarms_fails_with_the_permission_s_name(do: Do, on_phone: OnPhone) -> None:
    phone = on_phone(api=30, shell_may_set_alarms=False)
    outcome = do(phone, "set_alarm", {"time": "07:15"})
    assert outcome.status is OutcomeStatus.FAILED
    assert "com.android.alarm.permission.SET_ALARM" in outcome.message
    assert phone.state.alarms == []


def test_a_timer_is_requested(do: Do, emulated_phone: EmulatedPhone) -> None:
    outcome = do(emulated_phone, "set_timer", {"duration": 600, "label": "eggs"})
    assert outcome.status is OutcomeStatus.REQUESTED
    (timer,) = emulated_phone.state.timers
    assert (timer.length, timer.label) == (600, "eggs")


def test_an_event_is_filled_in_and_opened(do: Do, emulated_phone: EmulatedPhone) -> None:
    event = {"title": "Déjà vu; 'x'", "datetime": "2026-03-29T15:00:00", "location": "Café #1"}
    assert do(emulated_phone, "create_calendar_event", event).status is OutcomeStatus.OPENED
    draft = emulated_phone.state.calendar_draft
    assert draft is not None
    assert (draft.title, draft.location, draft.all_day) == ("Déjà vu; 'x'", "Café #1", False)
    assert (draft.begin, draft.end) == (millis("2026-03-29T15:00:00"), millis("2026-03-29T16:00:00"))


def test_an_all_day_event_is_in_utc(do: Do, emulated_phone: EmulatedPhone) -> None:
    event: dict[str, Value] = {"title": "Holiday", "datetime": "2026-01-20T00:00:00", "all_day": True}
    assert do(emulated_phone, "create_calendar_event", event).status is OutcomeStatus.OPENED
    draft = emulated_phone.state.calendar_draft
    assert draft is not None
    utc = ZoneInfo("UTC")
    assert (draft.begin, draft.end) == (millis("2026-01-20T00:00", utc), millis("2026-01-21T00:00", utc))
    assert draft.all_day


def test_a_contact_is_filled_in(do: Do, emulated_phone: EmulatedPhone) -> None:
    contact = {
        "first_name": "Ada",
        "last_name": "O'Neill",
        "phone_number": "+49 30 1234",
        "email": "ada@x.example",
        "company": "A, B & C",
    }
    assert do(emulated_phone, "create_contact", contact).status is OutcomeStatus.OPENED
    draft = emulated_phone.state.contact_draft
    assert draft is not None
    assert (draft.name, draft.phone, draft.email, draft.company) == (
        "Ada O'Neill",
        "+49 30 1234",
        "ada@x.example",
        "A, B & C",
    )


def test_a_mail_is_filled_in(do: Do, emulated_phone: EmulatedPhone) -> None:
    mail = {
        "to": "jo+a@x.example",
        "cc": "b@y.example",
        "subject": "1 & 2 = 3?",
        "body": "Hi,\n$(reboot) `id`",
    }
    assert do(emulated_phone, "send_email", mail).status is OutcomeStatus.OPENED
    draft = emulated_phone.state.mail_draft
    assert draft is not None
    assert (draft.to, draft.cc) == (("jo+a@x.example",), ("b@y.example",))
    assert (draft.subject, draft.body) == ("1 & 2 = 3?", "Hi,\n$(reboot) `id`")


def test_a_name_where_only_a_number_will_do_asks_for_it(do: Do, emulated_phone: EmulatedPhone) -> None:
    outcome = do(emulated_phone, "dial", {"phone_number": "Mum"})
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert emulated_phone.state.dialer_number is None


@pytest.mark.parametrize("api", [30, 34, 36])
def test_what_opens_a_screen_is_opened_with_its_component(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "open_wifi_settings")
    assert outcome.status is OutcomeStatus.OPENED
    assert outcome.read_back["resumed_activity"] == phone.state.resumed != ""


@pytest.mark.parametrize(
    ("name", "arguments", "field", "value"),
    [
        ("show_map", {"query": "Straße 1, Berlin"}, "map_query", "Straße 1, Berlin"),
        ("web_search", {"query": "a && b; $HOME"}, "search_query", "a && b; $HOME"),
        (
            "open_url",
            {"url": "https://x.example/a?b=1&c=%20#d"},
            "browser_url",
            "https://x.example/a?b=1&c=%20#d",
        ),
        ("dial", {"phone_number": "+49 30#1"}, "dialer_number", "+49 30#1"),
        ("share_text", {"text": "one\ntwo"}, "shared_text", None),
    ],
)
def test_a_text_arrives_to_the_letter(
    do: Do,
    emulated_phone: EmulatedPhone,
    name: str,
    arguments: dict[str, Value],
    field: str,
    value: str | None,
) -> None:
    assert do(emulated_phone, name, arguments).status is OutcomeStatus.OPENED
    if value is not None:
        assert getattr(emulated_phone.state, field) == value


@pytest.mark.parametrize(
    "name", ["show_alarms", "show_calendar", "take_photo", "record_video", "open_settings"]
)
def test_a_tool_without_arguments_opens_its_screen(do: Do, emulated_phone: EmulatedPhone, name: str) -> None:
    assert do(emulated_phone, name).status is OutcomeStatus.OPENED


def test_a_message_to_a_number_is_filled_in(do: Do, emulated_phone: EmulatedPhone) -> None:
    message = {"to": "+49 30 1234", "body": "100 % sure? Yes & no"}
    assert do(emulated_phone, "send_sms", message).status is OutcomeStatus.OPENED
    draft = emulated_phone.state.sms_draft
    assert draft is not None
    assert (draft.to, draft.body) == (("+49 30 1234",), "100 % sure? Yes & no")


def test_a_call_waits_for_a_confirmation_and_is_verified_by_the_call_s_state(
    do: Do, emulated_phone: EmulatedPhone
) -> None:
    assert do(emulated_phone, "call", {"to": "+49301234"}).status is OutcomeStatus.NEEDS_CONFIRMATION
    assert emulated_phone.state.call_number is None
    assert do(emulated_phone, "call", {"to": "+49301234"}, confirmed=True).status is OutcomeStatus.VERIFIED
    assert emulated_phone.state.call_number == "+49301234"


@pytest.mark.parametrize("api", [30, 34, 36])
@pytest.mark.parametrize(
    ("arguments", "stream", "index"),
    [
        ({"level": 50}, "music", 8),
        ({"level": 0}, "music", 0),
        ({"change": "up"}, "music", 6),
        ({"change": "mute", "stream": "ring"}, "ring", 0),
        ({"level": 100, "stream": "alarm"}, "alarm", 7),
    ],
)
def test_a_volume_is_set_and_verified(
    do: Do, on_phone: OnPhone, api: int, arguments: dict[str, Value], stream: str, index: int
) -> None:
    phone = on_phone(api=api)
    assert do(phone, "set_volume", arguments).status is OutcomeStatus.VERIFIED
    assert phone.state.volumes[stream] == index


def test_brightness_is_set_and_verified(do: Do, emulated_phone: EmulatedPhone) -> None:
    assert do(emulated_phone, "set_brightness", {"level": 100}).status is OutcomeStatus.VERIFIED
    assert emulated_phone.state.brightness == 255


@pytest.mark.parametrize("api", [30, 34, 36])
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("set_wifi", "wifi"),
        ("set_bluetooth", "bluetooth"),
        ("set_mobile_data", "mobile_data"),
        ("set_airplane_mode", "airplane_mode"),
        ("set_do_not_disturb", "do_not_disturb"),
        ("set_dark_mode", "dark_mode"),
        ("set_battery_saver", "battery_saver"),
        ("set_auto_rotate", "auto_rotate"),
    ],
)
def test_a_switch_is_turned_off_and_on_and_verified(
    do: Do, on_phone: OnPhone, api: int, name: str, field: str
) -> None:
    phone = on_phone(api=api)
    for on in (False, True, False):
        assert do(phone, name, {"on": on}, confirmed=True).status is OutcomeStatus.VERIFIED
        assert bool(getattr(phone.state, field)) is on


def test_a_battery_saver_that_android_refuses_while_charging_is_a_failure(
    do: Do, emulated_phone: EmulatedPhone
) -> None:
    emulated_phone.state.charging = True
    outcome = do(emulated_phone, "set_battery_saver", {"on": True})
    assert outcome.status is OutcomeStatus.FAILED
    assert not emulated_phone.state.battery_saver


def test_what_cuts_connectivity_waits_for_a_confirmation(do: Do, emulated_phone: EmulatedPhone) -> None:
    outcome = do(emulated_phone, "set_airplane_mode", {"on": True})
    assert outcome.status is OutcomeStatus.NEEDS_CONFIRMATION
    assert not emulated_phone.state.airplane_mode


@pytest.mark.parametrize("api", [30, 34, 36])
def test_the_flashlight_is_turned_on_and_off_by_its_tile(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    for name, on in (
        ("turn_on_flashlight", True),
        ("turn_on_flashlight", True),
        ("turn_off_flashlight", False),
    ):
        assert do(phone, name).status is OutcomeStatus.VERIFIED
        assert phone.state.torch is on
        assert phone.state.panel is None


@pytest.mark.parametrize("api", [30, 34, 36])
@pytest.mark.parametrize("read_back", [ReadBack.NONE, ReadBack.RESUMED_ACTIVITY])
def test_an_action_that_no_app_takes_fails_whatever_the_exit_code(
    adb_port: int, on_phone: OnPhone, api: int, read_back: ReadBack
) -> None:
    phone = on_phone(api=api)
    tool = Tool("t", "", (), "m", read_back=read_back, target=IntentRule("com.example.NOBODY"))
    outcome = Bridge(adb_port=adb_port).execute(Call("t"), tool, serial=phone.address)
    assert outcome.status is OutcomeStatus.FAILED
    assert "no app" in outcome.message.lower()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    label=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60)
)
def test_any_text_arrives_as_it_was_said(do: Do, emulated_phone: EmulatedPhone, label: str) -> None:
    emulated_phone.state.timers.clear()
    do(emulated_phone, "set_timer", {"duration": 60, "label": label})
    assert [timer.label for timer in emulated_phone.state.timers] == [label]


def test_requests_to_one_phone_do_not_interleave(do: Do, emulated_phone: EmulatedPhone) -> None:
    levels = [0, 20, 40, 60, 80, 100]
    with ThreadPoolExecutor(len(levels)) as pool:
        outcomes = list(pool.map(lambda level: do(emulated_phone, "set_volume", {"level": level}), levels))
    assert {outcome.status for outcome in outcomes} == {OutcomeStatus.VERIFIED}


def test_devices_are_listed_with_their_properties(adb_port: int, emulated_phone: EmulatedPhone) -> None:
    devices = Bridge(adb_port=adb_port).devices()
    assert Device(emulated_phone.address, "device", "Emulated Phone", 34) in devices


def test_one_device_needs_no_name_and_two_do(
    adb_port: int, emulated_phone: EmulatedPhone, on_phone: OnPhone, phone_tools: ToolSet
) -> None:
    tool = phone_tools.tool("open_wifi_settings")
    assert tool is not None
    bridge, call = Bridge(adb_port=adb_port), Call("open_wifi_settings")
    assert bridge.execute(call, tool).device == emulated_phone.address
    on_phone()
    with pytest.raises(SeveralDevicesError):
        bridge.execute(call, tool)


def test_an_unknown_serial_is_an_error(adb_port: int, emulated_phone: EmulatedPhone) -> None:
    assert emulated_phone.address
    tool = Tool("t", "", (), "m", target=IntentRule("a"))
    with pytest.raises(UnknownSerialError):
        Bridge(adb_port=adb_port).execute(Call("t"), tool, serial="nobody")


def test_a_phone_that_has_not_allowed_this_computer_is_an_error(
    adb_server: PrivateAdbServer,
) -> None:
    tool = Tool("t", "", (), "m", target=IntentRule("a"))
    with EmulatedPhone(authorized=False) as phone:
        with suppress(AdbServerError):
            adb_server.connect(phone.address)
        with pytest.raises(DeviceUnauthorisedError):
            Bridge(adb_port=adb_server.port).execute(Call("t"), tool, serial=phone.address)
        adb_server.disconnect(phone.address)


def test_a_phone_that_is_gone_is_an_error_and_the_others_go_on(
    do: Do, emulated_phone: EmulatedPhone, on_phone: OnPhone
) -> None:
    gone = on_phone()
    gone.close()
    with pytest.raises((DeviceChoiceError, TransportError)):
        do(gone, "open_wifi_settings")
    assert do(emulated_phone, "open_wifi_settings").status is OutcomeStatus.OPENED


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"duration": 60, "label": "x" * 100_000}, CommandTooLongError),
        ({"duration": 60, "label": "a\0b"}, InvalidValueError),
        ({"duration": 60, "label": "\ud83d"}, InvalidValueError),
        ({"duration": 2**31}, InvalidValueError),
        ({"duration": "ten"}, InvalidValueError),
    ],
)
def test_bad_values_are_errors_and_nothing_is_done(
    do: Do, emulated_phone: EmulatedPhone, arguments: dict[str, Value], error: type[Exception]
) -> None:
    with pytest.raises(error):
        do(emulated_phone, "set_timer", arguments)
    assert emulated_phone.state.timers == []


def test_a_call_to_another_tool_or_version_is_refused(adb_port: int) -> None:
    bridge, tool = Bridge(adb_port=adb_port), Tool("t", "", (), "m", hash="new")
    with pytest.raises(CallMismatchError):
        bridge.execute(Call("u"), tool)
    with pytest.raises(CallMismatchError):
        bridge.execute(Call("t", tool_hash="old"), tool)


def test_a_time_zone_that_does_not_exist_is_refused(adb_port: int) -> None:
    with pytest.raises(UnknownTimeZoneError):
        Bridge(adb_port=adb_port).execute(Call("t"), Tool("t", "", (), "m"), time_zone="Mars/Olympus")


def test_a_tool_without_a_target_is_unsupported_without_any_device(adb_port: int) -> None:
    outcome = Bridge(adb_port=adb_port).execute(Call("t"), Tool("t", "", (), "m"))
    assert (outcome.status, outcome.device) == (OutcomeStatus.UNSUPPORTED, "")


def test_a_required_argument_that_is_missing_is_asked_for(do: Do, emulated_phone: EmulatedPhone) -> None:
    outcome = do(emulated_phone, "set_timer")
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert emulated_phone.state.timers == []


@pytest.mark.parametrize("api", [30, 34, 36])
def test_a_screenshot_is_the_picture_of_the_screen(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api, clock=lambda: FRIDAY)
    outcome = do(phone, "take_screenshot")
    assert outcome.status is OutcomeStatus.VERIFIED
    assert outcome.evidence[-1].data == phone.screenshot()
    assert (outcome.read_back["width"], outcome.read_back["height"]) == ("1080", "2400")
    assert outcome.evidence[-1].stdout == ""


@pytest.mark.parametrize("api", [30, 34, 36])
def test_a_note_is_filled_in(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "create_note", {"text": "milk,\n2 \\ eggs; $(id)", "title": "Shopping"})
    assert outcome.status is OutcomeStatus.OPENED
    draft = phone.state.note_draft
    assert draft is not None
    assert (draft.title, draft.text) == ("Shopping", "milk,\n2 \\ eggs; $(id)")
