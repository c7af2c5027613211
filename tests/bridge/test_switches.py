from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge import OutcomeStatus
from bridge._phone import Phone
from bridge._switches import SWITCHES, flip, wanted_state
from bridge.errors import DeviceLostError, InvalidValueError
from tools_schema import Call, Operation

Make = Callable[..., Phone]

WIFI = SWITCHES[Operation.SET_WIFI]
BLUETOOTH = SWITCHES[Operation.SET_BLUETOOTH]
LOST = DeviceLostError("the device went away")


@pytest.mark.parametrize("operation", SWITCHES)
@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("api_level", [30, 34, 36])
def test_a_state_that_reads_back_as_wanted_is_verified(
    scripted_phone: Make, operation: Operation, on: bool, api_level: int
) -> None:
    switch = SWITCHES[operation]
    state = min(switch.on if on else switch.off)
    phone = scripted_phone({" ".join(switch.read): f"{state}\n"}, api_level=api_level)
    assert flip(phone, switch, on).status is OutcomeStatus.VERIFIED
    assert phone.evidence[0].argv == switch.command(api_level, on)


def test_a_state_that_comes_late_is_waited_for(scripted_phone: Make) -> None:
    phone = scripted_phone({"settings get": ["0\n", "0\n", "1\n"]})
    assert flip(phone, WIFI, on=True).status is OutcomeStatus.VERIFIED


def test_exit_code_0_without_an_effect_is_a_failure(scripted_phone: Make) -> None:
    assert flip(scripted_phone({"settings get": "0\n"}), WIFI, on=True).status is OutcomeStatus.FAILED


def test_a_command_that_android_lacks_is_unsupported(scripted_phone: Make) -> None:
    script = {"svc": ("", "No shell command implementation.", 0), "settings get": "0\n"}
    outcome = flip(scripted_phone(script, api_level=30), BLUETOOTH, on=True)
    assert outcome.status is OutcomeStatus.UNSUPPORTED


def test_a_state_that_cannot_be_read_leaves_it_at_requested(scripted_phone: Make) -> None:
    assert flip(scripted_phone({"settings get": "null\n"}), WIFI, on=True).status is OutcomeStatus.REQUESTED


def test_a_version_before_the_command_is_unsupported_and_left_alone(scripted_phone: Make) -> None:
    phone = scripted_phone({}, api_level=29)
    assert flip(phone, SWITCHES[Operation.SET_AIRPLANE_MODE], on=True).status is OutcomeStatus.UNSUPPORTED
    assert phone.evidence == []


def test_wifi_that_takes_adb_with_it_was_requested(scripted_phone: Make) -> None:
    phone = scripted_phone({"cmd wifi": "", "settings get": LOST}, serial="192.168.1.5:5555")
    assert flip(phone, WIFI, on=False).status is OutcomeStatus.REQUESTED


def test_a_loss_that_the_command_does_not_explain_stays_one(scripted_phone: Make) -> None:
    with pytest.raises(DeviceLostError):
        flip(scripted_phone({"settings get": LOST}, serial="R3CT10"), WIFI, on=False)
    with pytest.raises(DeviceLostError):
        flip(scripted_phone({"settings get": LOST}, serial="192.168.1.5:5555"), WIFI, on=True)


def test_a_state_that_is_no_boolean_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        wanted_state(Call("set_wifi", {"on": "yes"}))
