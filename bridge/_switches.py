"""Turning things on and off: a command, and the setting that tells whether it took effect.

Sources, in AOSP: WifiShellCommand, BluetoothShellCommand, cmds/svc, ConnectivityService,
NotificationShellCmd, UiModeManagerService, PowerManagerShellCommand and the keys of ``Settings.Global`` and
``Settings.System``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge._classify import failure_status, problem
from bridge._devices import over_network
from bridge.errors import DeviceChoiceError, InvalidValueError, TransportError
from bridge.outcome import Outcome, OutcomeStatus
from tools_schema import Call, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge._phone import Phone

__all__ = ["SWITCHES", "Switch", "flip", "wanted_state"]

_ANDROID_11 = 30
_ANDROID_13 = 33

_PATIENCE_SECONDS = 3.0  # radios take their time


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that can be on or off.

    ``command`` gives the argument vector for an API level and the wanted state; ``read`` prints the state,
    which is in ``on`` or ``off``. ``since`` is the first API level that has the command. ``hint`` is added
    where the command has no effect. ``cuts_network`` is the state that ends the phone's network connection,
    and with it adb's where adb comes that way.
    """

    name: str
    command: Callable[[int, bool], tuple[str, ...]]
    read: tuple[str, ...]
    on: frozenset[str] = frozenset({"1"})
    off: frozenset[str] = frozenset({"0"})
    since: int = 0
    hint: str = ""
    cuts_network: bool | None = None


def _enable(on: bool) -> str:
    return "enable" if on else "disable"


def _wifi(api_level: int, on: bool) -> tuple[str, ...]:
    if api_level >= _ANDROID_11:
        return ("cmd", "wifi", "set-wifi-enabled", "enabled" if on else "disabled")
    return ("svc", "wifi", _enable(on))


def _bluetooth(api_level: int, on: bool) -> tuple[str, ...]:
    # On Android 11 `cmd bluetooth_manager` exits with 0 and does nothing.
    service = ("cmd", "bluetooth_manager") if api_level >= _ANDROID_13 else ("svc", "bluetooth")
    return (*service, _enable(on))


SWITCHES: dict[Operation, Switch] = {
    Operation.SET_WIFI: Switch(
        "Wi-Fi",
        _wifi,
        ("settings", "get", "global", "wifi_on"),
        on=frozenset({"1", "2"}),  # 2: turned on again under airplane mode
        off=frozenset({"0", "3"}),  # 3: turned off by airplane mode
        cuts_network=False,
    ),
    Operation.SET_BLUETOOTH: Switch("Bluetooth", _bluetooth, ("settings", "get", "global", "bluetooth_on")),
    Operation.SET_MOBILE_DATA: Switch(
        "Mobile data",
        lambda _, on: ("svc", "data", _enable(on)),
        ("settings", "get", "global", "mobile_data"),
    ),
    Operation.SET_AIRPLANE_MODE: Switch(
        "Airplane mode",
        lambda _, on: ("cmd", "connectivity", "airplane-mode", _enable(on)),
        ("settings", "get", "global", "airplane_mode_on"),
        since=_ANDROID_11,
        cuts_network=True,
    ),
    Operation.SET_DO_NOT_DISTURB: Switch(
        "Do Not Disturb",
        # `on` would mean total silence, alarms included; the phone's own switch means `priority`.
        lambda _, on: ("cmd", "notification", "set_dnd", "priority" if on else "off"),
        ("settings", "get", "global", "zen_mode"),
        on=frozenset({"1", "2", "3"}),
        since=_ANDROID_11,
    ),
    Operation.SET_DARK_MODE: Switch(
        "The dark theme",
        lambda _, on: ("cmd", "uimode", "night", "yes" if on else "no"),
        ("cmd", "uimode", "night"),
        on=frozenset({"Night mode: yes"}),
        off=frozenset({"Night mode: no"}),
        since=_ANDROID_11,
    ),
    Operation.SET_BATTERY_SAVER: Switch(
        "Battery saver",
        lambda _, on: ("cmd", "power", "set-mode", "1" if on else "0"),
        ("settings", "get", "global", "low_power"),
        since=_ANDROID_11,
        hint="Android does not turn it on while the phone charges",
    ),
    Operation.SET_AUTO_ROTATE: Switch(
        "Automatic rotation",
        lambda _, on: ("settings", "put", "system", "accelerometer_rotation", "1" if on else "0"),
        ("settings", "get", "system", "accelerometer_rotation"),
    ),
}


def wanted_state(call: Call) -> bool:
    """Return the argument ``on``.

    Raises:
        InvalidValueError: it is no boolean.

    """
    on = call.arguments.get("on")
    if not isinstance(on, bool):
        raise InvalidValueError(f"on is {on!r}; it has to be true or false", field="on")
    return on


def flip(phone: Phone, switch: Switch, on: bool) -> Outcome:
    """Turn the switch on or off, and read it back."""
    word = "on" if on else "off"
    if phone.api_level and phone.api_level < switch.since:
        return Outcome(
            OutcomeStatus.UNSUPPORTED,
            f"{switch.name} has no command before API level {switch.since}; "
            f"this phone has {phone.api_level}.",
        )
    wanted = switch.on if on else switch.off
    try:
        answer = phone.run(*switch.command(phone.api_level, on))
        found = problem(answer)
        state = phone.settle(
            lambda: phone.run(*switch.read).stdout.strip(),
            lambda state: state in wanted or state not in switch.on | switch.off,
            patience=0 if found else _PATIENCE_SECONDS,
        )
    except (TransportError, DeviceChoiceError) as error:
        if on is not switch.cuts_network or not over_network(phone.serial):
            raise
        return Outcome(
            OutcomeStatus.REQUESTED,
            f"{switch.name} was told to turn {word}, which ends the connection: {error.message}.",
        )
    read_back = {"state": state}
    if state in wanted:
        return Outcome(OutcomeStatus.VERIFIED, f"{switch.name} is {word}.", read_back=read_back)
    if found:
        return Outcome(
            failure_status(found), f"{switch.name} was not turned {word}: {found.text}.", read_back=read_back
        )
    if state not in switch.on | switch.off:
        return Outcome(
            OutcomeStatus.REQUESTED,
            f"The phone took the command to turn {word} {switch.name}; "
            f"its state cannot be read ({state[:80]!r}).",
            read_back=read_back,
        )
    hint = f": {switch.hint}" if switch.hint else ""
    return Outcome(
        OutcomeStatus.FAILED,
        f"{switch.name} did not turn {word}, though the phone took the command{hint}.",
        read_back=read_back,
    )
