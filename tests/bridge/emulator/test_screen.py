"""What is on the screen: the list of views, taps, and the picture."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, ImageChops

from bridge.emulator._picture import draw_screen

if TYPE_CHECKING:
    from tests.bridge.emulator.conftest import InProcessShell

CALENDAR = "am start -a android.intent.action.INSERT -d content://com.android.calendar/events --es title "


def nodes(shell: InProcessShell) -> list[ET.Element]:
    xml = shell("uiautomator dump /sdcard/w.xml > /dev/null; cat /sdcard/w.xml").stdout
    return list(ET.fromstring(xml).iter("node"))  # noqa: S314 - the emulator's own document


def tap(shell: InProcessShell, description: str) -> None:
    node = next(node for node in nodes(shell) if node.get("content-desc") == description)
    left, top, right, bottom = map(int, re.findall(r"\d+", node.get("bounds", "")))
    shell(f"input tap {(left + right) // 2} {(top + bottom) // 2}")


def test_the_flashlight_is_a_tile_that_a_tap_toggles(shell: InProcessShell) -> None:
    assert not [node for node in nodes(shell) if node.get("content-desc") == "Flashlight"]
    shell("cmd statusbar expand-settings")
    for torch in (True, False):
        tap(shell, "Flashlight")
        (tile,) = [node for node in nodes(shell) if node.get("content-desc") == "Flashlight"]
        assert shell.state.torch is torch
        assert (tile.get("checkable"), tile.get("checked")) == ("true", str(torch).lower())
        assert tile.get("package") == "com.android.systemui"
    shell("cmd statusbar collapse")
    assert not [node for node in nodes(shell) if node.get("content-desc") == "Flashlight"]


@pytest.mark.parametrize(
    ("tile", "attribute"),
    [
        ("Internet", "wifi"),
        ("Bluetooth", "bluetooth"),
        ("Do Not Disturb", "do_not_disturb"),
        ("Auto-rotate", "auto_rotate"),
        ("Airplane mode", "airplane_mode"),
        ("Battery Saver", "battery_saver"),
        ("Dark theme", "dark_mode"),
    ],
)
def test_the_other_tiles_switch_what_they_say(shell: InProcessShell, tile: str, attribute: str) -> None:
    before = bool(getattr(shell.state, attribute))
    shell("cmd statusbar expand-settings")
    tap(shell, tile)
    assert bool(getattr(shell.state, attribute)) is not before


def test_a_tap_on_an_icon_opens_the_app_and_back_leaves_it(shell: InProcessShell) -> None:
    tap(shell, "Spotify")
    assert shell.state.resumed == "com.spotify.music/.MainActivity"
    shell("input keyevent 4")
    assert shell.state.resumed.startswith("com.android.launcher3/")
    shell("input keyevent 4")
    assert shell.state.resumed.startswith("com.android.launcher3/")


def test_a_tap_beside_everything_and_an_unknown_key_do_nothing(shell: InProcessShell) -> None:
    before = shell.state.to_json()
    assert shell("input tap 1079 2399; input keyevent KEYCODE_NOTHING 999; input swipe 1 2 3 4").code == 0
    assert shell.state.to_json() == before


def test_volume_keys_and_a_wrong_input(shell: InProcessShell) -> None:
    shell("input keyevent VOLUME_UP")
    assert shell.state.volumes["music"] == 6
    shell("input keyevent KEYCODE_VOLUME_MUTE")
    assert shell.state.volumes["music"] == 0
    assert shell("input tap here there").code == 255
    assert shell("input jump").code == 255


def test_the_dump_names_its_file_and_holds_any_text(shell: InProcessShell) -> None:
    shell(CALENDAR + "$'<&\"quoted\"> \\a 日本'")
    result = shell("uiautomator dump")
    assert result.stdout == "UI hierchary dumped to: /sdcard/window_dump.xml\n"
    texts = [node.get("text") for node in nodes(shell)]
    assert '<&"quoted"> . 日本' in texts
    assert shell("uiautomator dump /system/x").code == 1
    assert shell("uiautomator dump /dev/tty").stdout.startswith("<?xml")


@pytest.mark.parametrize(
    "command",
    [
        CALENDAR + "Dinner --el beginTime 1768575600000 --el endTime 99999999999999999",
        CALENDAR + "'" + "long " * 400 + "'",
        "am start -a android.intent.action.INSERT -t vnd.android.cursor.dir/contact --es name Ada",
        "am start -a android.intent.action.SENDTO -d mailto:a@x.example?subject=Hi",
        "am start -a android.intent.action.SENDTO -d smsto:1 --es sms_body 日本",
        "am start -a android.intent.action.VIEW -d geo:0,0?q=Rome",
        "am start -a android.intent.action.VIEW -d https://a.example",
        "am start -a android.intent.action.DIAL -d tel:1",
        "am start -a android.intent.action.CALL -d tel:1",
        "am start -a android.settings.WIFI_SETTINGS",
        "am start -a android.intent.action.SHOW_ALARMS",
        "am start -a android.media.action.STILL_IMAGE_CAMERA",
        "am start -a android.intent.action.CREATE_NOTE",
        "am start -a android.intent.action.SEND -t text/plain --es android.intent.extra.TEXT hi",
        "am start -n com.whatsapp/.Main",
        "am start -a android.intent.action.VIEW -d content://com.android.calendar/time/253402210800000",
        "am start -a android.intent.action.SET_ALARM --ei android.intent.extra.alarm.HOUR 7",
        "am start -a android.intent.action.SET_TIMER --ei android.intent.extra.alarm.LENGTH 60",
        "am start -a android.intent.action.VIEW -d https://youtu.be/x",
        "cmd statusbar expand-settings",
        "cmd notification post -t Parcel tag 'It arrives today'; cmd statusbar expand-notifications",
        "input keyevent POWER POWER",
    ],
)
def test_every_screen_can_be_drawn_and_differs_from_home(shell: InProcessShell, command: str) -> None:
    home = Image.open(io.BytesIO(draw_screen(shell.device)))
    assert shell(command).code == 0
    assert nodes(shell)
    with Image.open(io.BytesIO(draw_screen(shell.device))) as picture, home:
        assert picture.size == (1080, 2400)
        assert ImageChops.difference(picture, home).getbbox() is not None


def test_the_picture_is_black_while_the_display_is_off(shell: InProcessShell) -> None:
    shell("input keyevent POWER")
    with Image.open(io.BytesIO(draw_screen(shell.device))) as picture:
        assert picture.getextrema() == ((0, 0), (0, 0), (0, 0))
    assert len(nodes(shell)) == 1  # the empty window


def test_the_month_around_a_day_is_shown(shell: InProcessShell) -> None:
    shell("am start -a android.intent.action.VIEW -d content://com.android.calendar/time/1772362800000")
    texts = [node.get("text", "") for node in nodes(shell)]
    assert "Sunday, 1 March 2026" in texts
    assert texts[-1] == "31"


def test_a_timer_counts_down_by_the_phones_clock(shell: InProcessShell) -> None:
    shell("am start -a android.intent.action.SET_TIMER --ei android.intent.extra.alarm.LENGTH 600")
    shell.device.set_time(shell.device.now() + timedelta(seconds=90))
    assert "0:08:30" in [node.get("text") for node in nodes(shell)]


def test_a_picture_is_written_to_a_file(shell: InProcessShell) -> None:
    assert shell("screencap -p /sdcard/s.png; ls /sdcard/s.png").stdout == "/sdcard/s.png\n"
    assert shell.state.files["/sdcard/s.png"].content.startswith(b"\x89PNG")
    assert shell("screencap -p /system/s.png").code == 1
    assert shell("screencap").code == 1
