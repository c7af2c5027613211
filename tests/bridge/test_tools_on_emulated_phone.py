"""What each tool does to the phone, through bridge and adb. What counts is the phone's state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bridge import Outcome, OutcomeStatus
from bridge.emulator import EmulatedPhone

if TYPE_CHECKING:
    from tools_schema import Value

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


@pytest.mark.parametrize("api", [30, 34, 36])
def test_what_opens_a_screen_is_opened_with_its_component(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    outcome = do(phone, "open_wifi_settings")
    assert outcome.status is OutcomeStatus.OPENED
    assert outcome.read_back["resumed_activity"] == phone.state.resumed != ""


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
