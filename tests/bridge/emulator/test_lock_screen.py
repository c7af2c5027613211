"""The lock screen: what locks and unlocks the phone, and what Android tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bridge.emulator.conftest import InProcessShell

BROWSE = "am start -W -a android.intent.action.VIEW -d https://example.org"


def is_locked(shell: InProcessShell) -> bool:
    """Return what the three reports say, which must agree."""
    activities = "mKeyguardShowing=true" in shell("dumpsys activity activities").stdout
    window = "mDreamingLockscreen=true" in shell("dumpsys window").stdout
    policy = "showing=true" in shell("dumpsys window policy").stdout
    assert activities == window == policy
    return activities


def test_the_power_key_turns_the_display_off_and_locks(shell: InProcessShell) -> None:
    assert not is_locked(shell)
    shell("input keyevent 26")
    assert is_locked(shell)
    assert "mWakefulness=Asleep" in shell("dumpsys power").stdout
    shell("input keyevent WAKEUP")
    assert is_locked(shell)
    assert "mWakefulness=Awake" in shell("dumpsys power").stdout
    assert "Display Power: state=ON" in shell("dumpsys power").stdout


@pytest.mark.parametrize(
    "command", ["input swipe 500 2000 500 400", "input keyevent 82", "wm dismiss-keyguard"]
)
def test_a_lock_screen_that_asks_for_nothing_is_opened_by_a_command(
    shell: InProcessShell, command: str
) -> None:
    shell("input keyevent SLEEP")
    shell(command)
    assert is_locked(shell), "nothing opens a lock screen while the display is off"
    shell(f"input keyevent WAKEUP; {command}")
    assert not is_locked(shell)


def test_a_pin_opens_what_a_swipe_does_not(shell: InProcessShell) -> None:
    shell.state.lock = "pin"
    shell("input keyevent POWER; input keyevent POWER; input swipe 500 2000 500 400; wm dismiss-keyguard")
    assert is_locked(shell)
    assert "deviceLocked=1" in shell("dumpsys trust").stdout
    assert "secure=true" in shell("dumpsys window policy").stdout
    shell("input text 9999; input keyevent ENTER")
    assert is_locked(shell)
    shell("input text 123; input keyevent BACK; input text 4; input keyevent ENTER HOME")
    assert is_locked(shell)
    shell("input text 1234; input keyevent ENTER")
    assert not is_locked(shell)


def test_the_digits_of_a_pin_are_keys_too(shell: InProcessShell) -> None:
    shell.state.lock = "pin"
    shell("input keyevent POWER POWER")
    shell("input keyevent KEYCODE_1 KEYCODE_2 KEYCODE_3 KEYCODE_4 KEYCODE_ENTER")
    assert not is_locked(shell)
    assert "deviceLocked=0" in shell("dumpsys trust").stdout


def test_a_phone_without_a_lock_screen_only_sleeps(shell: InProcessShell) -> None:
    shell.state.lock = "none"
    shell("input keyevent POWER")
    assert not is_locked(shell)
    assert "ResumedActivity" not in shell("dumpsys activity activities").stdout


def test_an_activity_that_is_started_behind_the_lock_screen_is_not_resumed(shell: InProcessShell) -> None:
    shell("input keyevent POWER POWER")
    result = shell(BROWSE)
    assert result.code == 0
    assert "Status: ok" in result.stdout
    assert "LaunchState: UNKNOWN (0)" in result.stdout
    report = shell("dumpsys activity activities").stdout
    assert "ResumedActivity" not in report
    assert "NotificationShade" in shell("dumpsys window").stdout
    shell("wm dismiss-keyguard")
    assert "ResumedActivity: ActivityRecord{5f3c1a2 u0 com.android.browser/.BrowserActivity" in (
        shell("dumpsys activity activities").stdout
    )


def test_an_alarm_is_set_behind_the_lock_screen(shell: InProcessShell) -> None:
    shell("input keyevent POWER")
    shell("am start -a android.intent.action.SET_ALARM --ei android.intent.extra.alarm.HOUR 7")
    assert [alarm.hour for alarm in shell.state.alarms] == [7]


def test_a_call_is_seen_over_the_lock_screen(shell: InProcessShell) -> None:
    shell("input keyevent POWER POWER")
    shell("am start -a android.intent.action.CALL -d tel:123")
    report = shell("dumpsys activity activities").stdout
    assert "mKeyguardShowing=true" in report
    assert "mOccluded=true" in report
    assert "topResumedActivity=ActivityRecord{5f3c1a2 u0 com.android.dialer/com.android.incallui" in report


def test_the_screen_shows_the_lock_and_nothing_behind_it(shell: InProcessShell) -> None:
    shell(f"{BROWSE}; input keyevent POWER POWER")
    dump = shell("uiautomator dump /dev/tty").stdout
    assert "example.org" not in dump
    assert 'package="com.android.systemui"' in dump
    assert "Swipe up to open" in dump


def test_am_start_dismisses_a_lock_screen_that_asks_for_nothing_on_api_36(
    make_shell: Callable[..., InProcessShell],
) -> None:
    new, old = make_shell(api=36), make_shell(api=34)
    for shell in (new, old):
        shell("input keyevent POWER POWER")
    assert new(BROWSE.replace("-W", "-W --dismiss-keyguard-if-insecure")).code == 0
    assert not is_locked(new)
    result = old(BROWSE.replace("-W", "-W --dismiss-keyguard-if-insecure"))
    assert (result.code, is_locked(old)) == (255, True)


def test_before_the_first_unlock_most_apps_are_not_found(shell: InProcessShell) -> None:
    shell.state.lock = "pin"
    shell(BROWSE)
    shell.device.restart()
    assert is_locked(shell)
    assert "unable to resolve Intent" in shell(BROWSE).stdout
    by_name = shell("am start -n com.android.browser/.BrowserActivity")
    assert by_name.stderr.startswith("Error type 3\nError: Activity class {com.android.browser/")
    assert shell("am start -W -a android.intent.action.DIAL -d tel:110").stdout.count("Status: ok") == 1
    shell("input text 1234; input keyevent ENTER")
    assert "Status: ok" in shell(BROWSE).stdout


def test_the_keys_of_sounds_work_on_a_phone_that_sleeps(shell: InProcessShell) -> None:
    shell("input keyevent POWER VOLUME_UP HOME")
    assert shell.state.volumes["music"] == 6
    shell("input keyevent POWER KEYCODE_VOLUME_MUTE")
    assert shell.state.volumes["music"] == 0
    assert is_locked(shell)


def test_a_locked_phone_takes_its_pin_by_taps(shell: InProcessShell) -> None:
    shell.state.lock = "pin"
    shell("input keyevent POWER POWER")
    for x, y in ((290, 1210), (540, 1210), (790, 1210), (290, 1460), (790, 1960)):  # 1 2 3 4 OK
        shell(f"input tap {x} {y}")
    assert not is_locked(shell)
