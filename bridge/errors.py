"""The bridge's errors: what keeps a call from being tried, or a device from being used.

What goes wrong on the phone once a call is under way is no error but an ``Outcome`` with the status FAILED.

    BridgeError
    ├── CallMismatchError, InvalidValueError, UnknownTimeZoneError, CommandTooLongError, UnsupportedRuleError
    ├── AdbServerError
    ├── DeviceChoiceError: NoDeviceError, SeveralDevicesError, UnknownSerialError,
    │                      DeviceUnauthorisedError, DeviceOfflineError, DeviceNotReadyError
    ├── DeviceBusyError
    └── TransportError: DeviceLostError, DeviceTimeoutError, AdbProtocolError
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AdbProtocolError",
    "AdbServerError",
    "BridgeError",
    "CallMismatchError",
    "CommandTooLongError",
    "DeviceBusyError",
    "DeviceChoiceError",
    "DeviceLostError",
    "DeviceNotReadyError",
    "DeviceOfflineError",
    "DeviceTimeoutError",
    "DeviceUnauthorisedError",
    "InvalidValueError",
    "NoDeviceError",
    "SeveralDevicesError",
    "TransportError",
    "UnknownSerialError",
    "UnknownTimeZoneError",
    "UnsupportedRuleError",
]


class BridgeError(Exception):
    """Any error of the bridge. gRPC INTERNAL, reason BRIDGE_ERROR; each subclass has its own.

    ``message`` is one line that says what to do; ``metadata`` is for ``google.rpc.ErrorInfo``.
    """

    code: ClassVar[str] = "INTERNAL"
    reason: ClassVar[str] = "BRIDGE_ERROR"

    def __init__(self, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = metadata


class CallMismatchError(BridgeError):
    """The call is not one to the given tool, or to another version of it. INVALID_ARGUMENT, CALL_MISMATCH."""

    code = "INVALID_ARGUMENT"
    reason = "CALL_MISMATCH"


class InvalidValueError(BridgeError):
    """An argument cannot be carried to the phone as it is. INVALID_ARGUMENT, INVALID_VALUE."""

    code = "INVALID_ARGUMENT"
    reason = "INVALID_VALUE"


class UnknownTimeZoneError(BridgeError):
    """The time zone is not one of the IANA names. INVALID_ARGUMENT, UNKNOWN_TIME_ZONE."""

    code = "INVALID_ARGUMENT"
    reason = "UNKNOWN_TIME_ZONE"


class CommandTooLongError(BridgeError):
    """The call's texts make a command that adb cannot carry. INVALID_ARGUMENT, COMMAND_TOO_LONG."""

    code = "INVALID_ARGUMENT"
    reason = "COMMAND_TOO_LONG"


class UnsupportedRuleError(BridgeError):
    """The schema asks for what an intent over adb cannot do. UNIMPLEMENTED, UNSUPPORTED_RULE."""

    code = "UNIMPLEMENTED"
    reason = "UNSUPPORTED_RULE"


class AdbServerError(BridgeError):
    """No adb server answers at the address. UNAVAILABLE, ADB_SERVER_UNREACHABLE."""

    code = "UNAVAILABLE"
    reason = "ADB_SERVER_UNREACHABLE"


class DeviceChoiceError(BridgeError):
    """No device can be used. FAILED_PRECONDITION, DEVICE_CHOICE; each subclass has its own reason."""

    code = "FAILED_PRECONDITION"
    reason = "DEVICE_CHOICE"


class NoDeviceError(DeviceChoiceError):
    """The adb server knows no device. FAILED_PRECONDITION, NO_DEVICE."""

    reason = "NO_DEVICE"


class SeveralDevicesError(DeviceChoiceError):
    """Several devices are there and none was named. FAILED_PRECONDITION, SEVERAL_DEVICES."""

    reason = "SEVERAL_DEVICES"


class UnknownSerialError(DeviceChoiceError):
    """The adb server knows no device of that serial. FAILED_PRECONDITION, UNKNOWN_SERIAL."""

    reason = "UNKNOWN_SERIAL"


class DeviceUnauthorisedError(DeviceChoiceError):
    """The phone's user has not allowed this computer. FAILED_PRECONDITION, DEVICE_UNAUTHORISED."""

    reason = "DEVICE_UNAUTHORISED"


class DeviceOfflineError(DeviceChoiceError):
    """The device is known but does not answer the adb server. FAILED_PRECONDITION, DEVICE_OFFLINE."""

    reason = "DEVICE_OFFLINE"


class DeviceNotReadyError(DeviceChoiceError):
    """The device is in a state such as bootloader or recovery. FAILED_PRECONDITION, DEVICE_NOT_READY."""

    reason = "DEVICE_NOT_READY"


class DeviceBusyError(BridgeError):
    """Another request held the device until the deadline. RESOURCE_EXHAUSTED, DEVICE_BUSY."""

    code = "RESOURCE_EXHAUSTED"
    reason = "DEVICE_BUSY"


class TransportError(BridgeError):
    """The way to the device broke. UNAVAILABLE, TRANSPORT; each subclass has its own reason.

    ``may_have_run`` is false where the command is known not to have reached the device.
    """

    code = "UNAVAILABLE"
    reason = "TRANSPORT"

    def __init__(self, message: str, **metadata: str) -> None:
        super().__init__(message, **metadata)
        self.may_have_run = True


class DeviceLostError(TransportError):
    """The device went away while a command was under way. UNAVAILABLE, DEVICE_LOST."""

    reason = "DEVICE_LOST"


class DeviceTimeoutError(TransportError):
    """The deadline of the whole call passed. DEADLINE_EXCEEDED, DEVICE_TIMEOUT."""

    code = "DEADLINE_EXCEEDED"
    reason = "DEVICE_TIMEOUT"


class AdbProtocolError(TransportError):
    """The answer is not adb's protocol, or refuses shell protocol v2. UNAVAILABLE, ADB_PROTOCOL."""

    reason = "ADB_PROTOCOL"
