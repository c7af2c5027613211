"""Whoever asks for a call is told what is sent right before it is, and can still prevent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge import Bridge
from tools_schema import Call

if TYPE_CHECKING:
    from bridge import Intent
    from bridge.emulator import EmulatedPhone
    from tools_schema import ToolSet, Value


def test_an_intent_is_told_before_it_is_sent_and_what_only_reads_is_not_told(
    emulated_phone: EmulatedPhone, adb_port: int, phone_tools: ToolSet
) -> None:
    told: list[tuple[str, str, int]] = []

    def note(serial: str, intent: Intent | None) -> None:
        told.append((serial, intent.action if intent else "", len(emulated_phone.state.alarms)))

    bridge = Bridge(adb_port=adb_port)

    def do(name: str, arguments: dict[str, Value] | None = None) -> None:
        tool = phone_tools.tool(name)
        assert tool is not None
        bridge.execute(Call(name, arguments or {}), tool, before_sending=note)

    do("set_alarm", {"time": "06:30"})
    do("set_volume", {"level": 40})
    do("take_screenshot")
    serial = emulated_phone.address
    assert told == [(serial, "android.intent.action.SET_ALARM", 0), (serial, "", 1)]


def test_who_raises_then_keeps_the_phone_as_it_is(
    emulated_phone: EmulatedPhone, adb_port: int, phone_tools: ToolSet
) -> None:
    tool = phone_tools.tool("set_alarm")
    assert tool is not None

    def refuse(_serial: str, _intent: Intent | None) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        Bridge(adb_port=adb_port).execute(Call("set_alarm", {"time": "06:30"}), tool, before_sending=refuse)
    assert emulated_phone.state.alarms == []
