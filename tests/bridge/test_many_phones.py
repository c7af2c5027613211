"""Fifty emulated phones on one computer, behind one adb server and one bridge."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

from bridge import Bridge, Outcome, OutcomeStatus
from bridge.bench import Resources
from bridge.emulator import EmulatedPhone
from tools_schema import Call

if TYPE_CHECKING:
    from bridge.emulator import PrivateAdbServer
    from tools_schema import ToolSet

PHONES, AT_ONCE = 50, 16
TIMEOUT = 120.0  # seconds; generous, as fifty phones share what the computer has


def test_fifty_phones_at_once_each_get_their_own_request_and_leave_nothing(
    adb_server: PrivateAdbServer, phone_tools: ToolSet
) -> None:
    before = Resources.now()
    bridge = Bridge(adb_port=adb_server.port)
    tool = phone_tools.tool("set_alarm")
    assert tool is not None
    with ExitStack() as stack:
        phones = [stack.enter_context(EmulatedPhone(api=(30, 34, 36)[n % 3])) for n in range(PHONES)]

        def set_alarm(number: int) -> Outcome:
            call = Call(tool.name, {"time": f"{number % 24:02}:{number:02}"})
            return bridge.execute(call, tool, serial=phones[number].address, timeout=TIMEOUT)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(adb_server.connect, [phone.address for phone in phones]))
            outcomes = list(pool.map(set_alarm, range(PHONES)))
        listed = {device.serial: device.api_level for device in bridge.devices(timeout=TIMEOUT)}
        for phone in phones:
            adb_server.disconnect(phone.address)
    assert {outcome.status for outcome in outcomes} == {OutcomeStatus.VERIFIED}
    assert listed == {phone.address: phone.api for phone in phones}
    for number, phone in enumerate(phones):
        assert [(alarm.hour, alarm.minute) for alarm in phone.state.alarms] == [(number % 24, number)]
    assert Resources.now() == before
