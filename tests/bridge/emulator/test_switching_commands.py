"""Android's commands that switch and set; what differs by version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bridge.emulator.conftest import InProcessShell


def test_wifi_is_switched_and_read_in_three_ways(shell: InProcessShell) -> None:
    assert shell("cmd wifi set-wifi-enabled disabled").code == 0
    assert not shell.state.wifi
    assert shell("cmd wifi status").stdout.startswith("Wifi is disabled\n")
    assert shell("settings get global wifi_on").stdout == "0\n"
    shell("svc wifi enable")
    assert shell("cmd wifi status").stdout.startswith("Wifi is enabled\n")


def test_a_wrong_word_for_wifi_is_an_exception_and_for_svc_a_usage(shell: InProcessShell) -> None:
    result = shell("cmd wifi set-wifi-enabled maybe")
    assert result.code == 255
    assert "Expected 'enabled' or 'disabled' as next arg but got 'maybe'" in result.stderr
    assert shell("svc wifi maybe").code == 1
    assert shell("svc").code == 1


def test_airplane_mode_takes_wifi_along_and_gives_it_back(shell: InProcessShell) -> None:
    shell("cmd connectivity airplane-mode enable")
    assert shell("cmd connectivity airplane-mode").stdout == "enabled\n"
    assert (shell.state.wifi, shell("settings get global wifi_on").stdout) == (False, "3\n")
    shell("svc wifi enable")
    assert (shell.state.wifi, shell("settings get global wifi_on").stdout) == (True, "2\n")
    shell("cmd connectivity airplane-mode disable")
    assert (shell.state.wifi, shell.state.airplane_mode) == (True, False)


def test_mobile_data_is_switched_by_svc_and_phone(shell: InProcessShell) -> None:
    shell("svc data disable")
    assert not shell.state.mobile_data
    shell("cmd phone data enable")
    assert shell.state.mobile_data
    assert shell("cmd phone data maybe").code == 0


def test_bluetooth_reports_success_and_does_nothing_on_api_30(
    make_shell: Callable[..., InProcessShell],
) -> None:
    new, old = make_shell(api=34), make_shell(api=30)
    assert new("cmd bluetooth_manager disable").stdout.endswith("disable: Success\n")
    assert not new.state.bluetooth
    assert new("cmd bluetooth_manager wait-for-state:STATE_ON").code == 255
    result = old("cmd bluetooth_manager disable")
    assert (result.code, result.stderr) == (0, "No shell command implementation.\n")
    assert old.state.bluetooth
    old("svc bluetooth disable")
    assert not old.state.bluetooth


def test_media_session_sets_and_tells_the_volume(shell: InProcessShell) -> None:
    result = shell("cmd media_session volume --stream 3 --set 7 --get")
    assert "[V] volume is 7 in range [0..15]" in result.stdout
    assert shell.state.volumes["music"] == 7
    assert shell("settings get system volume_music_speaker").stdout == "7\n"
    shell("cmd media_session volume --stream 4 --adj raise")
    assert shell.state.volumes["alarm"] == 7
    shell("cmd media_session volume --stream 4 --adj raise")
    assert shell.state.volumes["alarm"] == 7


def test_a_volume_out_of_range_is_an_error_with_exit_code_0(shell: InProcessShell) -> None:
    result = shell("cmd media_session volume --stream 3 --set 99")
    assert result.code == 0
    assert result.stderr == "Error: invalid volume index 99 for stream 3 (should be in [0..15])\n"
    assert shell.state.volumes["music"] == 5


def test_on_api_30_the_volume_is_set_in_silence(make_shell: Callable[..., InProcessShell]) -> None:
    shell = make_shell(api=30)
    assert shell("cmd media_session volume --stream 3 --set 7 --get").stdout == ""
    assert shell.state.volumes["music"] == 7
    music = shell("dumpsys audio").stdout.partition("- STREAM_MUSIC:")[2].partition("- STREAM")[0]
    assert [line.strip() for line in music.splitlines()[1:5]] == [
        "Muted: false",
        "Min: 0",
        "Max: 15",
        "streamVolume:7",
    ]


def test_cmd_audio_acts_on_api_36_alone(make_shell: Callable[..., InProcessShell]) -> None:
    for api, stderr in ((30, "No shell command implementation.\n"), (34, "")):
        shell = make_shell(api=api)
        result = shell("cmd audio set-volume 3 9")
        assert (result.code, result.stdout, result.stderr) == (0, "", stderr)
        assert shell.state.volumes["music"] == 5
    shell = make_shell(api=36)
    assert shell("cmd audio set-volume 3 9").stdout == "calling AudioManager.setStreamVolume(3, 9, 0)\n"
    assert shell("cmd audio get-stream-volume 3").stdout == "AudioManager.getStreamVolume(3) -> 9\n"
    assert shell("cmd audio get-max-volume 3").stdout == "AudioManager.getStreamMaxVolume(3) -> 15\n"
    assert shell("cmd audio set-volume x 9").code == 255


def test_muting_keeps_the_volume_for_later(make_shell: Callable[..., InProcessShell]) -> None:
    shell = make_shell(api=36)
    shell("cmd audio adj-mute 2")
    assert shell.state.volumes["ring"] == 0
    shell("cmd audio adj-volume 2 UNMUTE")
    assert shell.state.volumes["ring"] == 5


def test_media_keys_reach_a_session_and_no_one_else(shell: InProcessShell) -> None:
    shell("cmd media_session dispatch play")
    assert not shell.state.media.playing
    shell("am start -a android.media.action.MEDIA_PLAY_FROM_SEARCH --es query jazz")
    shell("cmd media_session dispatch pause")
    assert "state=PAUSED(2)" in shell("dumpsys media_session").stdout
    shell("cmd media_session dispatch play-pause; cmd media_session dispatch next")
    assert (shell.state.media.playing, shell.state.media.track) == (True, 2)
    assert shell("cmd media_session dispatch explode").code == 255


@pytest.mark.parametrize(
    ("word", "mode"), [("on", 2), ("none", 2), ("priority", 1), ("alarms", 3), ("off", 0)]
)
def test_do_not_disturb_has_modes(shell: InProcessShell, word: str, mode: int) -> None:
    assert shell(f"cmd notification set_dnd {word}").code == 0
    assert shell("settings get global zen_mode").stdout == f"{mode}\n"
    assert shell.state.do_not_disturb == mode


def test_an_unknown_mode_of_do_not_disturb_fails_with_exit_code_0(shell: InProcessShell) -> None:
    result = shell("cmd notification set_dnd maybe")
    assert (result.code, "Invalid filter: 0" in result.stdout) == (0, True)


def test_night_mode_is_answered_with_the_new_mode(shell: InProcessShell) -> None:
    assert shell("cmd uimode night").stdout == "Night mode: no\n"
    assert shell("cmd uimode night yes").stdout == "Night mode: yes\n"
    assert shell.state.dark_mode
    assert shell("cmd uimode night maybe").code == 255


def test_the_battery_saver_does_not_start_while_charging(shell: InProcessShell) -> None:
    shell.state.charging = True
    assert shell("cmd power set-mode 1").code == 0
    assert not shell.state.battery_saver
    shell("dumpsys battery unplug; cmd power set-mode 1")
    assert shell.state.battery_saver


def test_settings_are_read_written_deleted_and_listed(shell: InProcessShell) -> None:
    assert shell("settings get system no_such_key").stdout == "null\n"
    shell("settings put system screen_brightness 200")
    assert shell.state.brightness == 200
    shell("settings --user 0 put system x y; settings put --user 0 system accelerometer_rotation 0")
    assert not shell.state.auto_rotate
    assert "screen_brightness=200\n" in shell("settings list system").stdout
    assert shell("settings delete system screen_brightness").stdout == "Deleted 1 rows\n"
    assert (shell("settings get attic x").code, shell("settings get attic x").stderr) == (
        255,
        "Invalid namespace 'attic'\n",
    )
    assert shell("settings get system").stderr == "Bad arguments\n"
