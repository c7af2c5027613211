"""The devices that an adb server knows, and the choice of one."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.errors import (
    DeviceNotReadyError,
    DeviceOfflineError,
    DeviceUnauthorisedError,
    NoDeviceError,
    SeveralDevicesError,
    UnknownSerialError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge._transport import Attached

__all__ = ["Device", "is_address", "over_network", "select"]


@dataclass(frozen=True, slots=True)
class Device:
    """A device.

    ``state`` is adb's word; only a device in the state ``device`` can be used (others are ``offline``,
    ``unauthorized``, ``no permissions``, ``bootloader``, ``recovery`` …). ``model`` is as the phone's maker
    names it, and empty where unknown; ``api_level`` is Android's API level, 0 where unknown.
    """

    serial: str
    state: str
    model: str = ""
    api_level: int = 0


def select(attached: Sequence[Attached], serial: str | None) -> Attached:
    """Return the device of that serial, or the only one that there is.

    Where no serial is given, devices that cannot be used do not count as long as one can.

    Raises:
        DeviceChoiceError: one of its subclasses, with a text that says what to do.

    """
    if serial is not None:
        chosen = next((device for device in attached if device.serial == serial), None)
        if chosen is None:
            raise UnknownSerialError(
                f"there is no device {serial!r}: {_names(attached)}", serial=serial, known=_serials(attached)
            )
        return _usable(chosen)
    if not attached:
        raise NoDeviceError(
            "no device is connected: plug a phone in with USB debugging turned on, "
            "run `adb connect HOST:PORT`, or start an emulated one with `intent-agent emulator`"
        )
    ready = [device for device in attached if device.state == "device"]
    if len(ready) > 1:
        raise SeveralDevicesError(
            f"several devices are connected, name one by its serial: {_serials(ready)}", known=_serials(ready)
        )
    return ready[0] if ready else _usable(attached[0])


def is_address(serial: str) -> bool:
    """Whether a serial is a ``host:port``, to which an adb server can connect."""
    host, colon, port = serial.rpartition(":")
    return bool(host and colon and port.isdecimal())


def over_network(serial: str) -> bool:
    """Whether adb reaches the device over a network that the device itself can turn off.

    True for ``host:port`` and for names found by mDNS; false for USB serials, for ``emulator-5554`` and for
    addresses of this computer, where an emulated phone listens.
    """
    if "._adb" in serial:
        return True
    if not is_address(serial):
        return False
    host = serial.rpartition(":")[0].strip("[]")
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _usable(device: Attached) -> Attached:
    serial = device.serial
    match device.state:
        case "device":
            return device
        case "unauthorized" | "authorizing":
            raise DeviceUnauthorisedError(
                f"{serial} has not allowed this computer: unlock it and accept the debugging question",
                serial=serial,
            )
        case "offline" | "connecting":
            raise DeviceOfflineError(
                f"{serial} is offline: reconnect its cable or run `adb reconnect offline`", serial=serial
            )
        case "no permissions":
            raise DeviceNotReadyError(
                f"this computer's user may not use {serial}: install Android's udev rules, then reconnect it",
                serial=serial,
                state=device.state,
            )
        case state:
            raise DeviceNotReadyError(
                f"{serial} is in the state {state!r}: start Android on it", serial=serial, state=state
            )


def _serials(devices: Sequence[Attached]) -> str:
    return ", ".join(device.serial for device in devices)


def _names(devices: Sequence[Attached]) -> str:
    return f"the adb server knows {_serials(devices)}" if devices else "the adb server knows none"
