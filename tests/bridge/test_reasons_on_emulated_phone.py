"""Why something did not work, in plain words, on each Android version."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge import Bridge, Outcome, OutcomeStatus
from bridge._deadline import Deadline
from bridge._phone import Phone
from bridge._start import start_component
from bridge._transport import AdbServer
from bridge.emulator import EmulatedPhone, Fault
from tools_schema import Call, IntentRule, ReadBack, Tool, Value

Do = Callable[..., Outcome]
OnPhone = Callable[..., EmulatedPhone]

FAILED = OutcomeStatus.FAILED
every_api = pytest.mark.parametrize("api", [30, 34, 36])


@every_api
@pytest.mark.parametrize("read_back", [ReadBack.NONE, ReadBack.RESUMED_ACTIVITY, ReadBack.NEXT_ALARM])
def test_no_app_can_do_it(adb_port: int, on_phone: OnPhone, api: int, read_back: ReadBack) -> None:
    phone = on_phone(api=api)
    tool = Tool("t", "", (), "m", read_back=read_back, target=IntentRule("com.example.NOBODY"))
    outcome = Bridge(adb_port=adb_port).execute(Call("t"), tool, serial=phone.address)
    assert (outcome.status, outcome.message) == (FAILED, "No app on the phone can do this.")


@every_api
@pytest.mark.parametrize(
    ("name", "arguments", "command"),
    [
        ("set_alarm", {"time": "07:15"}, "am start"),
        ("send_sms", {"to": "+49301234", "body": "Hi"}, "am start"),
        ("open_app", {"app": "Clock"}, "query-activities"),
        ("find_contact", {"name": "Mum"}, "content query"),
        ("set_volume", {"level": 40}, "set"),
        ("set_dark_mode", {"on": True}, "uimode night yes"),
        ("set_brightness", {"level": 10}, "screen_brightness "),
        ("media_control", {"action": "pause"}, "dispatch"),
        ("take_screenshot", {}, "screencap"),
        ("turn_on_flashlight", {}, "expand-settings"),
        ("turn_on_flashlight", {}, "input tap"),
    ],
)
def test_a_permission_is_missing(
    do: Do, on_phone: OnPhone, api: int, name: str, arguments: dict[str, Value], command: str
) -> None:
    phone = on_phone(api=api)
    phone.fail_next(Fault.SECURITY_EXCEPTION, command, times=3)
    outcome = do(phone, name, arguments)
    assert (outcome.status, outcome.may_have_run) == (FAILED, False)
    assert "this phone does not let adb do it" in outcome.message.lower()
    phone.heal()
    assert do(phone, name, arguments).status is not FAILED


@every_api
def test_the_screen_is_not_for_other_programs(adb_port: int, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    there = Phone(AdbServer("127.0.0.1", adb_port), phone.address, api, Deadline(20))
    outcome = start_component(there, "com.android.settings/.SubSettings")
    assert outcome.status is FAILED
    assert outcome.message == "The app does not let other programs open this screen."
    outcome = start_component(there, "com.android.settings/.Nowhere")
    assert outcome.status is FAILED
    assert "does not exist" in outcome.message


@every_api
@pytest.mark.parametrize("lock", ["swipe", "pin"])
def test_the_phone_is_locked(do: Do, on_phone: OnPhone, api: int, lock: str) -> None:
    phone = on_phone(api=api)
    phone.state.lock = lock  # type: ignore[assignment] # one of its words
    phone.lock()
    for name, arguments in (("open_wifi_settings", {}), ("open_app", {"app": "Clock"})):
        outcome = do(phone, name, arguments)
        assert (outcome.status, outcome.message) == (FAILED, "The phone is locked: unlock it and ask again.")
    phone.unlock()
    assert do(phone, "open_wifi_settings").status is OutcomeStatus.OPENED


@every_api
def test_what_needs_no_screen_is_done_on_a_locked_phone(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    phone.lock()
    for name, arguments in (
        ("set_alarm", {"time": "07:15"}),
        ("set_volume", {"level": 40}),
        ("call", {"to": "+49301234"}),
        ("turn_on_flashlight", {}),
    ):
        assert do(phone, name, arguments, confirmed=True).status is OutcomeStatus.VERIFIED, name


@every_api
def test_the_phone_does_not_answer_in_time(do: Do, on_phone: OnPhone, api: int) -> None:
    phone = on_phone(api=api)
    assert do(phone, "open_wifi_settings").status is OutcomeStatus.OPENED
    phone.fail_next(Fault.SILENT, "am start")
    outcome = do(phone, "open_wifi_settings", timeout=1.5)
    assert (outcome.status, outcome.may_have_run) == (FAILED, True)
    assert "did not answer within 1.5 s" in outcome.message
    assert phone.wait_until_idle(20)  # the command has been ended on the phone
    assert do(phone, "open_wifi_settings").status is OutcomeStatus.OPENED


@every_api
def test_a_screen_that_cannot_be_read_is_not_taken_for_one_without_the_tile(
    do: Do, on_phone: OnPhone, api: int
) -> None:
    phone = on_phone(api=api)
    phone.fail_next(Fault.SECURITY_EXCEPTION, "uiautomator", times=100)
    outcome = do(phone, "turn_on_flashlight")
    assert (outcome.status, outcome.may_have_run) == (FAILED, False)
    assert "cannot be read" in outcome.message
    phone.heal()
    assert do(phone, "turn_on_flashlight").status is OutcomeStatus.VERIFIED
