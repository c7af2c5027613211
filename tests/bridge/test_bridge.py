"""What the bridge makes of a device that breaks off, on an adb server that answers from a script."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from bridge import Bridge, Outcome, OutcomeStatus
from bridge._transport import AdbServer, Attached, Completed
from bridge.errors import (
    DeviceBusyError,
    DeviceLostError,
    DeviceTimeoutError,
    InvalidValueError,
    UnknownSerialError,
)
from tools_schema import Call, IntentRule, Operation, OperationRule, Parameter, Tool, ValueType

if TYPE_CHECKING:
    from bridge._deadline import Deadline

TOOL = Tool("t", "", (), "m", target=IntentRule("a.ACTION"))
WIFI = Tool(
    "set_wifi",
    "",
    (Parameter("on", ValueType.BOOLEAN),),
    "m",
    target=OperationRule(Operation.SET_WIFI),
)

Answer = Callable[[str], str]


class OneDevice:
    """What a bridge asks an adb server for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, serial: str, answer: Answer) -> None:
        self.commands: list[str] = []

        def attached(_server: AdbServer, _deadline: Deadline) -> tuple[Attached, ...]:
            return (Attached(serial, "device", "", "1"),)

        def features(_server: AdbServer, _serial: str, _deadline: Deadline) -> frozenset[str]:
            return frozenset({"shell_v2"})

        def wait_for(_server: AdbServer, _serial: str, _deadline: Deadline) -> None:
            """The device is there at once."""

        def shell(_server: AdbServer, _serial: str, command: str, _deadline: Deadline) -> Completed:
            self.commands.append(command)
            text = "34\n" if command.startswith("getprop") else answer(command)
            return Completed(text.encode(), b"", 0, 0.1)

        monkeypatch.setattr(AdbServer, "attached", attached)
        monkeypatch.setattr(AdbServer, "features", features)
        monkeypatch.setattr(AdbServer, "wait_for", wait_for)
        monkeypatch.setattr(AdbServer, "shell", shell)


def raising(error: Exception) -> Answer:
    def answer(_command: str) -> str:
        raise error

    return answer


def execute(tool: Tool, *, confirmed: bool = False, timeout: float = 5.0, **arguments: bool) -> Outcome:
    return Bridge().execute(Call(tool.name, arguments), tool, confirmed=confirmed, timeout=timeout)


@pytest.mark.parametrize(
    ("error", "may_have_run"),
    [
        (DeviceLostError("it went away"), True),
        (DeviceTimeoutError("it timed out"), True),
        (UnknownSerialError("gone"), False),
    ],
)
def test_a_device_that_breaks_off_under_way_is_a_failure_with_evidence(
    monkeypatch: pytest.MonkeyPatch, error: Exception, may_have_run: bool
) -> None:
    OneDevice(monkeypatch, "usb", raising(error))
    outcome = execute(TOOL)
    assert outcome.status is OutcomeStatus.FAILED
    assert outcome.evidence[-1].argv[:2] == ("am", "start")
    assert outcome.evidence[-1].exit_code is None
    assert outcome.may_have_run is may_have_run
    assert ("may have been done" in outcome.message) is may_have_run
    assert outcome.intent is not None


def test_a_device_is_free_again_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    OneDevice(monkeypatch, "usb", raising(DeviceLostError("it went away")))
    bridge = Bridge()
    for _ in range(2):
        assert bridge.execute(Call("t"), TOOL).status is OutcomeStatus.FAILED


def test_the_properties_of_a_connection_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    device = OneDevice(monkeypatch, "usb", lambda _: "Starting: Intent { }\n")
    bridge = Bridge()
    for _ in range(3):
        bridge.execute(Call("t"), TOOL)
    assert sum(command.startswith("getprop") for command in device.commands) == 2


def test_turning_off_the_wifi_that_carries_adb_waits_for_a_confirmation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = OneDevice(monkeypatch, "192.168.1.5:5555", lambda _: "0\n")
    assert execute(WIFI, on=False).status is OutcomeStatus.NEEDS_CONFIRMATION
    assert device.commands == []
    assert execute(WIFI, on=False, confirmed=True).status is OutcomeStatus.VERIFIED


def test_turning_it_on_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    OneDevice(monkeypatch, "192.168.1.5:5555", lambda _: "1\n")
    assert execute(WIFI, on=True).status is OutcomeStatus.VERIFIED


def test_a_device_that_another_request_holds_is_busy_until_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(_command: str) -> str:
        entered.set()
        leave.wait()
        return "Starting: Intent { }\n"

    OneDevice(monkeypatch, "usb", slow)
    bridge = Bridge()
    first = threading.Thread(target=bridge.execute, args=(Call("t"), TOOL))
    first.start()
    entered.wait()
    with pytest.raises(DeviceBusyError):
        bridge.execute(Call("t"), TOOL, timeout=0.05)
    leave.set()
    first.join()


@pytest.mark.parametrize("timeout", [0, -1.0])
def test_a_timeout_that_is_none_is_refused(timeout: float) -> None:
    with pytest.raises(InvalidValueError):
        execute(TOOL, timeout=timeout)
