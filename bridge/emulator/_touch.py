"""What a finger or a key does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._activity_manager import start_activity
from bridge.emulator._device import HOME
from bridge.emulator._intent import CATEGORY_LAUNCHER, MAIN, Intent
from bridge.emulator._lock_screen import dismiss, enter_pin, go_to_sleep, is_covered, type_pin
from bridge.emulator._resolver import query_activities
from bridge.emulator._screen import screen_views
from bridge.emulator._tiles import TILES
from bridge.emulator.commands._audio import adjust_volume, dispatch_media_key
from bridge.emulator.commands._radios import set_airplane_mode, set_wifi

if TYPE_CHECKING:
    from bridge.emulator._device import Device

__all__ = ["KEY_CODES", "press", "swipe", "tap", "type_text"]

KEY_CODES = {
    "HOME": 3,
    "BACK": 4,
    "ENDCALL": 6,
    "VOLUME_UP": 24,
    "VOLUME_DOWN": 25,
    "POWER": 26,
    **{str(digit): 7 + digit for digit in range(10)},
    "ENTER": 66,
    "MENU": 82,
    "MEDIA_PLAY_PAUSE": 85,
    "MEDIA_STOP": 86,
    "MEDIA_NEXT": 87,
    "MEDIA_PREVIOUS": 88,
    "MEDIA_PLAY": 126,
    "MEDIA_PAUSE": 127,
    "VOLUME_MUTE": 164,
    "SLEEP": 223,
    "WAKEUP": 224,
}
"""The keys that act, by KeyEvent's names without ``KEYCODE_``."""


def tap(device: Device, x: int, y: int) -> None:
    """Tap the topmost view at a point; nothing happens where none can be tapped."""
    for view in reversed(screen_views(device)):
        left, top, right, bottom = view.bounds
        if view.tap and left <= x < right and top <= y < bottom:
            kind, _, key = view.tap.partition(":")
            match kind:
                case "tile":
                    _tap_tile(device, key)
                case "key":
                    press(device, KEY_CODES[key])
                case _:
                    _open_app(device, key)
            return


def press(device: Device, code: int) -> None:
    """Press a key; one that does nothing here is ignored."""
    name = next((name for name, value in KEY_CODES.items() if value == code), "")
    if _press_display_key(device, name) or _press_sound_key(device, name) or not device.state.awake:
        return
    if is_covered(device):
        _press_on_lock_screen(device, name)
    elif name == "HOME":
        device.show(HOME)
    elif name == "BACK":
        device.back()


def swipe(device: Device, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw a finger over the screen: upwards it opens a lock screen, and nothing else moves."""
    if is_covered(device) and end[1] < start[1]:
        dismiss(device)


def type_text(device: Device, text: str) -> None:
    """Type a text; only the lock screen takes one."""
    if device.state.awake and is_covered(device):
        type_pin(device, text)


def _press_display_key(device: Device, name: str) -> bool:
    """Press a key that acts on the display whatever it shows, and return whether it is one."""
    if name == "SLEEP" or (name == "POWER" and device.state.awake):
        go_to_sleep(device)
    elif name in ("WAKEUP", "POWER"):
        device.state.awake = True
    else:
        return False
    return True


def _press_sound_key(device: Device, name: str) -> bool:
    """Press a key of sounds and calls, which a locked phone takes too, and return whether it is one."""
    if name == "ENDCALL":
        device.state.call_number = None
    elif name in ("VOLUME_UP", "VOLUME_DOWN"):
        adjust_volume(device, "music", "raise" if name == "VOLUME_UP" else "lower")
    elif name == "VOLUME_MUTE":
        adjust_volume(device, "music", "unmute" if "music" in device.state.muted else "mute")
    elif name.startswith("MEDIA_"):
        dispatch_media_key(device, name.removeprefix("MEDIA_").lower().replace("_", "-"))
    else:
        return False
    return True


def _press_on_lock_screen(device: Device, name: str) -> None:
    if name == "MENU":
        dismiss(device)
    elif name == "ENTER":
        enter_pin(device)
    elif name.isdecimal():
        type_pin(device, name)
    elif name == "BACK":
        device.state.typed_pin = ""
        device.state.panel = None


def _tap_tile(device: Device, key: str) -> None:
    state, on = device.state, not TILES[key].is_on(device.state)
    match key:
        case "flashlight":
            state.torch = on
        case "internet":
            set_wifi(state, on=on)
        case "airplane":
            set_airplane_mode(state, on=on)
        case "dnd":
            state.settings["global"]["zen_mode"] = "1" if on else "0"
        case "dark":
            state.settings["secure"]["ui_night_mode"] = "2" if on else "1"
        case "bluetooth":
            state.switch("global", "bluetooth_on", on)
        case "rotate":
            state.switch("system", "accelerometer_rotation", on)
        case "saver":
            state.switch("global", "low_power", on)


def _open_app(device: Device, package: str) -> None:
    intent = Intent(action=MAIN, categories=[CATEGORY_LAUNCHER], package=package)
    intent.component = query_activities(intent)[0].component
    start_activity(device, intent)
