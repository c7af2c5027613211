"""Smaller services: night mode, battery saver, notifications, the status bar, properties.

Sources: AOSP UiModeManagerService, PowerManagerShellCommand, NotificationShellCmd, StatusBarShellCommand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._app_data import Notification
from bridge.emulator._device import SCREEN_SIZE
from bridge.emulator._lock_screen import dismiss
from bridge.emulator.commands._service import FAILED, run_subcommand

if TYPE_CHECKING:
    from bridge.emulator._arguments import Arguments
    from bridge.emulator._device import Device
    from bridge.emulator._shell import Invocation

__all__ = ["getprop", "notification_service", "power_service", "statusbar_service", "uimode_service", "wm"]

_NIGHT_MODES = {"auto": "0", "no": "1", "yes": "2"}
_ZEN_MODES = {"none": "2", "on": "2", "priority": "1", "alarms": "3", "all": "0", "off": "0"}


def uimode_service(invocation: Invocation) -> int:
    """Run ``cmd uimode …``."""
    return run_subcommand(invocation, {"night": _night})


def _night(invocation: Invocation, arguments: Arguments) -> int:
    secure = invocation.device.state.settings["secure"]
    word = arguments.value()
    custom = ("custom",) if invocation.device.profile.api == 30 else ("custom_schedule", "custom_bedtime")
    names = {value: name for name, value in _NIGHT_MODES.items()} | {"3": custom[0]}
    if word in _NIGHT_MODES:
        secure["ui_night_mode"] = _NIGHT_MODES[word]
    elif word in custom:
        secure["ui_night_mode"] = "3"
    elif word is not None:
        quoted = ", or ".join(f"'{name}'" for name in ("auto", *custom))
        invocation.complain(f"Error: mode must be 'yes', 'no', or {quoted}")
        return FAILED
    invocation.say(f"Night mode: {names.get(secure['ui_night_mode'], 'unknown')}")
    return 0


def power_service(invocation: Invocation) -> int:
    """Run ``cmd power …``."""
    return run_subcommand(invocation, {"set-mode": _set_mode})


def _set_mode(invocation: Invocation, arguments: Arguments) -> int:
    word = arguments.required()
    if word not in ("0", "1"):
        invocation.say("Error: mode must be 0 or 1")
        return FAILED
    # A phone that is being charged refuses the battery saver, and its shell command says nothing of it.
    if word == "0" or not invocation.device.state.charging:
        invocation.device.state.settings["global"]["low_power"] = word
    return 0


def notification_service(invocation: Invocation) -> int:
    """Run ``cmd notification …``; "-" and "_" are the same in its sub-commands."""
    return run_subcommand(
        invocation,
        {"set_dnd": _set_dnd, "set-dnd": _set_dnd, "post": _post, "list": _list},
    )


def _set_dnd(invocation: Invocation, arguments: Arguments) -> int:
    word = arguments.required()
    if word not in _ZEN_MODES:
        invocation.say("Error occurred. Check logcat for details. Invalid filter: 0")
        return 0
    invocation.device.state.settings["global"]["zen_mode"] = _ZEN_MODES[word]
    return 0


def _post(invocation: Invocation, arguments: Arguments) -> int:
    title = ""
    while (option := arguments.option()) is not None:
        value = arguments.required()
        if option in ("-t", "--title"):
            title = value
    tag, text = arguments.required(), " ".join(arguments.rest())
    invocation.say(f"posting:\n  Notification(tag={tag})")
    invocation.device.state.notifications.append(Notification(tag, title, text))
    return 0


def _list(invocation: Invocation, _arguments: Arguments) -> int:
    for notification in invocation.device.state.notifications:
        invocation.say(f"0|com.android.shell|2020|{notification.tag}|2000")
    return 0


def statusbar_service(invocation: Invocation) -> int:
    """Run ``cmd statusbar …``."""
    return run_subcommand(
        invocation,
        {
            "expand-settings": _expand_settings,
            "expand-notifications": _expand_notifications,
            "collapse": _collapse,
            "click-tile": _click_tile,
        },
    )


def _expand_settings(invocation: Invocation, _arguments: Arguments) -> int:
    invocation.device.state.panel = "quick_settings"
    return 0


def _expand_notifications(invocation: Invocation, _arguments: Arguments) -> int:
    invocation.device.state.panel = "notifications"
    return 0


def _collapse(invocation: Invocation, _arguments: Arguments) -> int:
    invocation.device.state.panel = None
    return 0


def _click_tile(_invocation: Invocation, arguments: Arguments) -> int:
    arguments.required()
    return 0  # acts on an app's TileService alone; the built-in tiles are none, and nothing is said of it


def wm(invocation: Invocation) -> int:
    """Run ``wm dismiss-keyguard|size|density``."""
    match invocation.arguments:
        case ("dismiss-keyguard",):
            dismiss(invocation.device)
        case ("size",):
            invocation.say("Physical size: {}x{}".format(*SCREEN_SIZE))
        case ("density",):
            invocation.say("Physical density: 420")
        case _:
            invocation.say("Window manager (window) commands:")
            return FAILED
    return 0


def getprop(invocation: Invocation) -> int:
    """Run ``getprop [NAME [DEFAULT]]``."""
    properties = _properties(invocation.device)
    if not invocation.arguments:
        for name in sorted(properties):
            invocation.say(f"[{name}]: [{properties[name]}]")
        return 0
    default = invocation.arguments[1] if len(invocation.arguments) > 1 else ""
    invocation.say(properties.get(invocation.arguments[0], default))
    return 0


def _properties(device: Device) -> dict[str, str]:
    profile = device.profile
    return {
        "persist.sys.locale": "en-GB",
        "persist.sys.timezone": device.time_zone.key,
        "ro.build.characteristics": "emulator",
        "ro.build.type": "user",
        "ro.build.version.release": profile.release,
        "ro.build.version.sdk": str(profile.api),
        "ro.product.cpu.abi": "x86_64",
        "ro.product.device": profile.device,
        "ro.product.manufacturer": profile.manufacturer,
        "ro.product.model": profile.model,
        "ro.product.name": profile.product,
        "ro.serialno": "INTENTAGENT1",
        "sys.boot_completed": "1",
    }
