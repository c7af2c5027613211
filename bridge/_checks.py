"""What is checked of a call before it is sent: that it fits its tool, can be carried, and is agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bridge._devices import over_network
from bridge._switches import SWITCHES
from bridge.errors import CallMismatchError, InvalidValueError
from tools_schema import OperationRule, Risk

if TYPE_CHECKING:
    from tools_schema import Call, Tool, Value

__all__ = ["check_match", "check_text", "confirmation", "missing_arguments"]


def check_match(call: Call, tool: Tool) -> None:
    """Raise CallMismatchError where the call is not one to this tool, or to another version of it."""
    if call.name != tool.name:
        raise CallMismatchError(f"the call is to {call.name!r}, the tool is {tool.name!r}")
    if call.tool_hash and tool.hash and call.tool_hash != tool.hash:
        raise CallMismatchError(
            f"{tool.name} has changed since the call was planned: plan it again", tool=tool.name
        )


def check_text(name: str, value: Value) -> None:
    """Refuse what no URI and no command line can carry, before anything is made of it."""
    if isinstance(value, str):
        if "\0" in value:
            raise InvalidValueError(f"{name} holds a NUL character; leave it out", field=name)
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise InvalidValueError(
                f"{name} holds half of a surrogate pair; send whole characters", field=name
            )
    elif isinstance(value, Mapping):
        for item in value.values():
            check_text(name, item)
    elif isinstance(value, Sequence):
        for item in value:
            check_text(name, item)


def missing_arguments(call: Call, tool: Tool) -> str:
    """Return what the tool needs and the call lacks, empty where it lacks nothing."""
    names = [p.name for p in tool.parameters if p.required and call.arguments.get(p.name) is None]
    return f"{tool.name} needs {', '.join(names)}." if names else ""


def confirmation(call: Call, tool: Tool, serial: str) -> str:
    """Return why the call waits for a confirmation, empty where it need not."""
    if isinstance(tool.target, OperationRule):
        switch = SWITCHES.get(tool.target.operation)
        ends_network = switch is not None and call.arguments.get("on") is switch.cuts_network
        if ends_network and over_network(serial):
            return f"This ends the connection to {serial}, which goes by network. Confirm to go on."
    if tool.risk is Risk.CONFIRM:
        return f"{tool.name} acts at once and cannot be taken back. Confirm to go on."
    return ""
