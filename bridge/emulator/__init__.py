"""An emulated Android phone that a real adb server connects to.

``EmulatedPhone`` speaks the device's side of the adb protocol on a port of this machine; behind it is a
model of Android with state. ``PrivateAdbServer`` is an adb server of one's own to connect it to.
"""

from bridge.emulator._adb_server import PrivateAdbServer
from bridge.emulator._faults import Fault
from bridge.emulator._phone import EmulatedPhone
from bridge.emulator._profile import API_LEVELS
from bridge.emulator._state import (
    Alarm,
    CalendarDraft,
    Contact,
    ContactDraft,
    Extra,
    LoggedIntent,
    MailDraft,
    NoteDraft,
    PhoneState,
    SmsDraft,
    Timer,
)

__all__ = [
    "API_LEVELS",
    "Alarm",
    "CalendarDraft",
    "Contact",
    "ContactDraft",
    "EmulatedPhone",
    "Extra",
    "Fault",
    "LoggedIntent",
    "MailDraft",
    "NoteDraft",
    "PhoneState",
    "PrivateAdbServer",
    "SmsDraft",
    "Timer",
]
