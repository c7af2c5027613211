"""From a call to an effect on an Android phone over adb, and the truth about what happened."""

from bridge._bridge import Bridge
from bridge._devices import Device
from bridge._intent import Intent, IntentExtra, JavaType
from bridge._open import open_bridge
from bridge._phone import AfterSending, BeforeSending
from bridge._watch import DeviceChange, DeviceWatch
from bridge.errors import BridgeError
from bridge.outcome import Evidence, Outcome, OutcomeStatus

__all__ = [
    "AfterSending",
    "BeforeSending",
    "Bridge",
    "BridgeError",
    "Device",
    "DeviceChange",
    "DeviceWatch",
    "Evidence",
    "Intent",
    "IntentExtra",
    "JavaType",
    "Outcome",
    "OutcomeStatus",
    "open_bridge",
]
