"""The lock screen: what it covers, what locks the phone and what unlocks it.

A phone goes to sleep with the POWER key and is locked then. A swipe, the MENU key or ``wm dismiss-keyguard``
open a lock screen that asks for nothing; one with a PIN takes its digits and ENTER.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._intent import Component
from bridge.emulator.apps import find_activity

if TYPE_CHECKING:
    from bridge.emulator._device import Device

__all__ = ["dismiss", "enter_pin", "go_to_sleep", "is_covered", "is_occluded", "lock", "type_pin", "unlock"]


def lock(device: Device) -> None:
    """Show the lock screen, where the phone has one; the display stays as it is."""
    device.state.typed_pin = ""
    device.state.locked = device.state.lock != "none"


def unlock(device: Device) -> None:
    """Unlock the phone and turn its display on, as its owner does."""
    device.state.typed_pin = ""
    device.state.locked = False
    device.state.before_first_unlock = False
    device.state.awake = True


def go_to_sleep(device: Device) -> None:
    """Turn the display off, which locks the phone."""
    device.state.awake = False
    device.state.panel = None
    lock(device)


def dismiss(device: Device) -> None:
    """Do away with a lock screen that asks for nothing; one with a PIN stays."""
    if device.state.awake and device.state.lock != "pin":
        device.state.locked = False


def type_pin(device: Device, digits: str) -> None:
    """Give digits to the lock screen."""
    device.state.typed_pin += "".join(digit for digit in digits if digit in "0123456789")


def enter_pin(device: Device) -> None:
    """Let the lock screen check the digits: the right PIN unlocks the phone, a wrong one is forgotten."""
    if device.state.typed_pin == device.state.pin:
        unlock(device)
    device.state.typed_pin = ""


def is_occluded(device: Device) -> bool:
    """Return whether the activity in front may be seen although the phone is locked, as a call may."""
    if not (device.state.locked and device.state.awake):
        return False
    activity = find_activity(Component.unflatten(device.state.resumed))
    return activity is not None and activity.shows_when_locked


def is_covered(device: Device) -> bool:
    """Return whether nobody sees the activity in front: it is stopped, and none is resumed."""
    return not device.state.awake or (device.state.locked and not is_occluded(device))
