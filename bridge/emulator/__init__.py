"""An emulated Android phone that a real adb server connects to.

``EmulatedPhone`` speaks the device's side of the adb protocol on a port of this machine; behind it is a
model of Android with state. ``PrivateAdbServer`` is an adb server of one's own to connect it to.
"""

from bridge._private_server import PrivateAdbServer
from bridge.emulator._app_data import (
    Alarm,
    CalendarDraft,
    Contact,
    ContactDraft,
    File,
    MailDraft,
    NoteDraft,
    SmsDraft,
    Timer,
)
from bridge.emulator._faults import Fault
from bridge.emulator._intent import Extra, LoggedIntent
from bridge.emulator._loop import PhoneLoop
from bridge.emulator._phone import EmulatedPhone
from bridge.emulator._profile import API_LEVELS
from bridge.emulator._state import PhoneState

__all__ = [
    "API_LEVELS",
    "Alarm",
    "CalendarDraft",
    "Contact",
    "ContactDraft",
    "EmulatedPhone",
    "Extra",
    "Fault",
    "File",
    "LoggedIntent",
    "MailDraft",
    "NoteDraft",
    "PhoneLoop",
    "PhoneState",
    "PrivateAdbServer",
    "SmsDraft",
    "Timer",
]
