"""Wi-Fi, mobile data, Bluetooth and airplane mode: ``cmd`` services and the ``svc`` script.

Sources: AOSP WifiShellCommand, ConnectivityService, TelephonyShellCommand, BluetoothShellCommand, cmds/svc.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator.commands._service import FAILED, no_shell_command, read_choice, run_subcommand

if TYPE_CHECKING:
    from bridge.emulator._arguments import Arguments
    from bridge.emulator._shell import Invocation
    from bridge.emulator._state import PhoneState

__all__ = [
    "bluetooth_service",
    "connectivity_service",
    "phone_service",
    "set_airplane_mode",
    "set_wifi",
    "svc",
    "wifi_service",
]

_ON_IN_AIRPLANE_MODE = "2"
_OFF_BY_AIRPLANE_MODE = "3"


def set_wifi(state: PhoneState, *, on: bool) -> None:
    """Turn Wi-Fi on or off; in airplane mode the setting says so with another value."""
    value = _ON_IN_AIRPLANE_MODE if state.airplane_mode else "1"
    state.settings["global"]["wifi_on"] = value if on else "0"


def set_airplane_mode(state: PhoneState, *, on: bool) -> None:
    """Turn airplane mode on or off; Wi-Fi goes off with it and comes back after it."""
    if on and state.settings["global"]["wifi_on"] == "1":
        state.settings["global"]["wifi_on"] = _OFF_BY_AIRPLANE_MODE
    if not on and state.settings["global"]["wifi_on"] in (_ON_IN_AIRPLANE_MODE, _OFF_BY_AIRPLANE_MODE):
        state.settings["global"]["wifi_on"] = "1"
    state.switch("global", "airplane_mode_on", on)


def wifi_service(invocation: Invocation) -> int:
    """Run ``cmd wifi …``."""
    return run_subcommand(invocation, {"set-wifi-enabled": _set_wifi_enabled, "status": _wifi_status})


def _set_wifi_enabled(invocation: Invocation, arguments: Arguments) -> int:
    set_wifi(invocation.device.state, on=read_choice(arguments, "enabled", "disabled"))
    return 0


def _wifi_status(invocation: Invocation, _arguments: Arguments) -> int:
    if not invocation.device.state.wifi:
        invocation.say("Wifi is disabled")
        invocation.say("Wifi scanning is only available when wifi is enabled")
        return 0
    invocation.say("Wifi is enabled")
    invocation.say("Wifi scanning is always available")
    if invocation.device.profile.api > 30:
        invocation.say("==== Primary ClientModeManager instance ====")
    invocation.say('Wifi is connected to "AndroidWifi"')
    invocation.say(
        'WifiInfo: SSID: "AndroidWifi", BSSID: 00:13:10:85:fe:01, Supplicant state: COMPLETED, RSSI: -50'
    )
    return 0


def connectivity_service(invocation: Invocation) -> int:
    """Run ``cmd connectivity …``; ``airplane-mode`` without a word only reads the setting."""
    return run_subcommand(invocation, {"airplane-mode": _airplane_mode})


def _airplane_mode(invocation: Invocation, arguments: Arguments) -> int:
    word = arguments.value()
    if word is None:
        invocation.say("enabled" if invocation.device.state.airplane_mode else "disabled")
        return 0
    if word not in ("enable", "disable"):
        return FAILED
    set_airplane_mode(invocation.device.state, on=word == "enable")
    return 0


def phone_service(invocation: Invocation) -> int:
    """Run ``cmd phone …``."""
    return run_subcommand(invocation, {"data": _phone_data})


def _phone_data(invocation: Invocation, arguments: Arguments) -> int:
    word = arguments.value()
    if word not in ("enable", "disable"):
        invocation.say("Mobile Data Test Mode Commands:")  # its help, and exit code 0
        return 0
    invocation.device.state.switch("global", "mobile_data", word == "enable")
    return 0


def bluetooth_service(invocation: Invocation) -> int:
    """Run ``cmd bluetooth_manager …``; on API 30 it says that it has no shell command and exits 0."""
    if not invocation.device.profile.has_bluetooth_shell:
        return no_shell_command(invocation)
    state = invocation.device.state
    word = invocation.arguments[0] if invocation.arguments else ""
    if word in ("enable", "disable"):
        invocation.say(f"BluetoothShellCommand: Exec {word}")
        state.switch("global", "bluetooth_on", word == "enable")
        invocation.say(f"{word}: Success")
        return 0
    if word.startswith("wait-for-state:"):
        wanted = word.partition(":")[2]
        invocation.say(f"BluetoothShellCommand: Exec {word}")
        reached = wanted == ("STATE_ON" if state.bluetooth else "STATE_OFF")
        (invocation.say if reached else invocation.complain)(f"{word}: {'Success' if reached else 'Failed'}")
        return 0 if reached else FAILED
    invocation.say(f"Unknown command: {word}")
    return FAILED


def svc(invocation: Invocation) -> int:
    """Run ``svc SERVICE enable|disable``."""
    state = invocation.device.state
    match invocation.arguments:
        case ("wifi", "enable" | "disable" as word):
            set_wifi(state, on=word == "enable")
        case ("data", "enable" | "disable" as word):
            state.switch("global", "mobile_data", word == "enable")
        case ("bluetooth", "enable" | "disable" as word):
            state.switch("global", "bluetooth_on", word == "enable")
        case ("power", "stayon", _) | ("nfc", "enable" | "disable"):
            pass  # nothing that the model of the phone shows
        case (("wifi" | "data" | "bluetooth" | "power" | "nfc") as service, *_):
            invocation.complain(f"Control the {service} manager\n\nusage: svc {service} [enable|disable]")
            return 1
        case _:
            invocation.complain(
                "Available commands:\n    help\n    power\n    data\n    wifi\n    nfc\n    bluetooth"
            )
            return 1
    return 0
