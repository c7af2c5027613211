"""The state as JSON: everything is kept, and what is no state is refused with the place."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bridge.emulator import EmulatedPhone, PhoneState

if TYPE_CHECKING:
    from tests.bridge.emulator.conftest import InProcessShell

EVERYTHING = (
    "am start -a android.intent.action.INSERT -d content://com.android.calendar/events --es title Dinner "
    "--el beginTime 1768575600000 --esa android.intent.extra.EMAIL a@b.example,c@d.example; "
    "am start -a android.intent.action.SENDTO -d mailto:a@b.example --es note '日本 \\ \"x\"'; "
    "am start -a android.intent.action.VIEW -d https://example.org --ez yes true --ei n 1 --esn no "
    "--ef f 1.5 --eial list 1,2 --efa floats 1.5,2; "
    "am start -a android.intent.action.SET_TIMER --ei android.intent.extra.alarm.LENGTH 60; "
    "screencap -p /sdcard/s.png; mkdir /sdcard/empty; cmd wifi set-wifi-enabled disabled; "
    "cmd statusbar expand-settings; printf '\\377' > /sdcard/bytes; input keyevent POWER"
)


def test_everything_that_a_phone_knows_survives_as_json(shell: InProcessShell) -> None:
    shell(EVERYTHING)
    shell.device.set_time(datetime(2027, 3, 1, 12, tzinfo=UTC))
    text = json.dumps(shell.state.to_json())
    assert PhoneState.from_json(text) == shell.state
    assert json.loads(text)["calendar_draft"]["title"] == "Dinner"


def test_what_is_left_out_is_as_on_a_new_phone() -> None:
    state = PhoneState.from_json('{"charging": true, "contacts": [{"name": "Bo", "phones": ["1"]}]}')
    assert (state.charging, [person.name for person in state.contacts]) == (True, ["Bo"])
    assert state.settings == PhoneState().settings
    state = PhoneState.from_json('{"settings": {"global": {"wifi_on": "0"}}, "volumes": {"music": 9}}')
    assert (state.wifi, state.dark_mode, state.volumes["music"], state.volumes["ring"]) == (
        False,
        False,
        9,
        5,
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("nonsense", "the document"),
        ("[]", "the document"),
        ('{"volumes": {"music": "loud"}}', "volumes.music"),
        ('{"torhc": true}', "torhc"),
        ('{"lock": "pattern"}', "lock"),
        ('{"panel": "side"}', "panel"),
    ],
)
def test_what_is_no_state_is_refused_with_the_place(text: str, place: str) -> None:
    with pytest.raises(ValueError, match=f"no state of an emulated phone: {place}: "):
        PhoneState.from_json(text)


def test_a_phone_goes_on_from_a_state_and_writes_into_it() -> None:
    state = PhoneState(charging=True, time_zone="Asia/Tokyo")
    with EmulatedPhone(state=state, now=datetime(2026, 1, 16, 22, 10)) as phone:
        assert phone.state is state
        assert phone.now.utcoffset() == timedelta(hours=9)
        assert phone.now.strftime("%Y-%m-%d %H:%M") == "2026-01-16 22:10"
        phone.lock()
    assert state.locked


def test_the_clock_can_be_set_and_everything_goes_by_it(shell: InProcessShell) -> None:
    shell.device.set_time(datetime(2027, 3, 1, 6, 0, tzinfo=UTC))
    alarm = "android.intent.extra.alarm."
    shell(f"am start -a android.intent.action.SET_ALARM --ei {alarm}HOUR 7 --ei {alarm}MINUTES 30")
    assert shell("date '+%Y-%m-%d %H:%M'").stdout == "2027-03-01 07:00\n"
    assert "= 2027-03-01 07:30:00" in shell("dumpsys alarm").stdout
    shell("touch /sdcard/now")
    assert "2027-03-01 07:00 /sdcard/now" in shell("ls -l /sdcard/now").stdout
    assert 'text="07:00"' in shell("uiautomator dump /dev/tty").stdout
