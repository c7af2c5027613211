"""Making a check on a phone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge._devices import Device, over_network
from bridge._switches import SWITCHES
from bridge.conformance._checks import Check, Probe
from bridge.errors import BridgeError
from tools_schema import Call, OperationRule, ToolSet, load_tool_set

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge._bridge import Bridge
    from bridge._phone import Phone
    from bridge.outcome import Evidence, Outcome
    from tools_schema import Value

__all__ = ["Result", "Target", "make_check"]

_TIMEOUT = 30.0
_HANG_UP = ("input", "keyevent", "KEYCODE_ENDCALL")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a check. ``as_expected`` is None where it was skipped; ``message`` then says why."""

    name: str
    outcome: str
    as_expected: bool | None
    message: str
    evidence: tuple[Evidence, ...] = ()
    elapsed_ms: float = 0.0
    private: bool = False


class Target:
    """The phone of that serial, or the only one, behind a bridge.

    Raises:
        AdbServerError, DeviceChoiceError, TransportError: no phone can be used.

    """

    def __init__(self, bridge: Bridge, serial: str | None = None) -> None:
        self.bridge = bridge
        self.serial = bridge.phone(serial, timeout=_TIMEOUT).serial
        self.tools: ToolSet = load_tool_set("phone")
        devices = {device.serial: device for device in bridge.devices(timeout=_TIMEOUT)}
        self.device = devices.get(self.serial, Device(self.serial, "device"))

    def phone(self) -> Phone:
        """Return the phone for commands of one's own, under a new deadline."""
        return self.bridge.phone(self.serial, timeout=_TIMEOUT)


def make_check(
    check: Check | Probe, target: Target, *, destructive: bool = False, call_number: str = ""
) -> Result:
    """Make a check; one that changes something only where ``destructive`` is said.

    ``call_number`` is the number of the check that makes a real call. An error of the bridge is a result.
    """
    if why := _skipped(check, target, destructive=destructive, call_number=call_number):
        return Result(check.name, "skipped", None, why)
    start = time.monotonic()
    try:
        if isinstance(check, Probe):
            return _probe(check, target, start)
        return _call(check, target, call_number)
    except BridgeError as error:
        elapsed_ms = (time.monotonic() - start) * 1000
        return Result(check.name, type(error).__name__, False, error.message, (), elapsed_ms)


def _skipped(check: Check | Probe, target: Target, *, destructive: bool, call_number: str) -> str:
    if check.changes and not destructive:
        return f"changes the phone: {check.changes}"
    if isinstance(check, Check):
        if check.calls and not call_number:
            return "needs a number to call"
        if check.cuts_network and over_network(target.serial):
            return "would cut the connection, which goes by network"
    return ""


def _probe(probe: Probe, target: Target, start: float) -> Result:
    phone = target.phone()
    wrong = probe.run(phone)
    elapsed_ms = (time.monotonic() - start) * 1000
    return Result(
        probe.name, "wrong" if wrong else "right", not wrong, wrong, tuple(phone.evidence), elapsed_ms
    )


def _call(check: Check, target: Target, call_number: str) -> Result:
    if check.flips:
        return _flip(check, target)
    kept = {place: target.phone().run("settings", "get", *place).stdout.strip() for place in check.keeps}
    arguments = {"to": call_number} if check.calls else check.arguments
    try:
        outcome = _execute(check, target, arguments)
    finally:
        for place, value in kept.items():
            target.phone().run("settings", "put", *place, value)
        if check.calls:
            target.phone().run(*_HANG_UP)
    return _result(check, outcome)


def _flip(check: Check, target: Target) -> Result:
    tool = target.tools.tool(check.tool)
    if tool is None or not isinstance(tool.target, OperationRule):
        raise LookupError(f"{check.tool} is no switch")
    switch = SWITCHES[tool.target.operation]
    state = target.phone().run(*switch.read).stdout.strip()
    if state not in switch.on | switch.off:
        return Result(check.name, "skipped", None, f"its state cannot be read: {state[:80]!r}")
    was_on = state in switch.on
    there = _result(check, _execute(check, target, {"on": not was_on}))
    back = _result(check, _execute(check, target, {"on": was_on}))
    return there if there.as_expected is False else back


def _execute(check: Check, target: Target, arguments: Mapping[str, Value]) -> Outcome:
    tool = target.tools.tool(check.tool)
    if tool is None:
        raise LookupError(f"the tool set has no {check.tool}")
    return target.bridge.execute(
        Call(check.tool, arguments),
        tool,
        serial=target.serial,
        timeout=_TIMEOUT,
        confirmed=bool(check.changes),
    )


def _result(check: Check, outcome: Outcome) -> Result:
    return Result(
        check.name,
        outcome.status,
        outcome.status in check.expected,
        outcome.message,
        outcome.evidence,
        outcome.elapsed_ms,
        check.private,
    )
