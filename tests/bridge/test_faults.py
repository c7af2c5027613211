"""Faults between the bridge and a phone, on command: the outcome is true, and the next request works."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from bridge import Bridge, Outcome, OutcomeStatus
from bridge._deadline import Deadline
from bridge._transport import AdbServer
from bridge.emulator import EmulatedPhone, Fault, PrivateAdbServer
from bridge.errors import (
    AdbServerError,
    DeviceChoiceError,
    DeviceTimeoutError,
    DeviceUnauthorisedError,
    TransportError,
    UnknownSerialError,
)
from tools_schema import Call, ToolSet, Value, load_tool_set

Do = Callable[..., Outcome]

FAILED, OPENED, VERIFIED = OutcomeStatus.FAILED, OutcomeStatus.OPENED, OutcomeStatus.VERIFIED
PATIENT, IMPATIENT = 30.0, 1.5
"""Seconds: enough for everything, and enough for silence to be noticed soon."""
OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture(scope="module")
def phone_tools() -> ToolSet:
    return load_tool_set("phone")


@pytest.fixture
def bridge(adb_port: int) -> Iterator[Bridge]:
    bridge = Bridge(adb_port=adb_port)
    yield bridge
    bridge.close()


@pytest.fixture
def do(bridge: Bridge, phone_tools: ToolSet) -> Do:
    """Execute a call on a phone: ``do(phone, "set_volume", level=40)``."""

    def execute(
        phone: EmulatedPhone,
        name: str,
        *,
        timeout: float = PATIENT,
        through: Bridge = bridge,
        confirmed: bool = False,
        **arguments: Value,
    ) -> Outcome:
        tool = phone_tools.tool(name)
        assert tool is not None
        return through.execute(
            Call(name, arguments),
            tool,
            serial=phone.address,
            time_zone="Europe/Berlin",
            timeout=timeout,
            confirmed=confirmed,
        )

    return execute


def is_well(do: Do, phone: EmulatedPhone) -> bool:
    """Whether nothing is left of a fault: no command runs, and the next request is done."""
    return phone.wait_until_idle(PATIENT) and do(phone, "set_volume", level=60).status is VERIFIED


@pytest.mark.parametrize(
    "fault",
    [
        Fault.REFUSED,
        Fault.DROPPED_BEFORE,
        Fault.DROPPED_DURING,
        Fault.DROPPED_AFTER,
        Fault.GARBLED_TRANSPORT,
        Fault.NO_EXIT_CODE,
        Fault.SLOW,
        Fault.WRONG_EXIT_CODE,
    ],
)
def test_the_properties_are_read_again_where_they_were_lost(
    do: Do, emulated_phone: EmulatedPhone, fault: Fault
) -> None:
    emulated_phone.fail_next(fault, "ro.build.version.sdk")
    outcome = do(emulated_phone, "set_alarm", time="07:15")
    assert outcome.status is VERIFIED
    assert len(emulated_phone.state.alarms) == 1
    assert is_well(do, emulated_phone)


def test_silence_before_anything_is_done_is_an_error(do: Do, emulated_phone: EmulatedPhone) -> None:
    emulated_phone.fail_next(Fault.SILENT, "getprop")
    with pytest.raises(DeviceTimeoutError):
        do(emulated_phone, "set_alarm", time="07:15", timeout=IMPATIENT)
    assert emulated_phone.state.alarms == []
    assert is_well(do, emulated_phone)


def test_a_slow_answer_is_waited_for(do: Do, emulated_phone: EmulatedPhone) -> None:
    emulated_phone.fail_next(Fault.SLOW, "am start")
    assert do(emulated_phone, "set_alarm", time="07:15").status is VERIFIED


def test_an_error_that_ends_with_code_0_is_a_failure(do: Do, adb_server: PrivateAdbServer) -> None:
    with EmulatedPhone(api=36, shell_may_set_alarms=False) as phone:
        adb_server.connect(phone.address)
        phone.fail_next(Fault.WRONG_EXIT_CODE, "am start")
        outcome = do(phone, "set_alarm", time="07:15")
        adb_server.disconnect(phone.address)
    assert (outcome.status, outcome.may_have_run) == (FAILED, False)
    assert "SET_ALARM" in outcome.message


@pytest.mark.parametrize(
    ("command", "name", "arguments", "status"),
    [
        ("cmd media_session volume --stream 3 --set", "set_volume", {"level": 40}, VERIFIED),
        ("am start", "set_alarm", {"time": "07:15"}, VERIFIED),
        ("am start", "open_wifi_settings", {}, OPENED),
        ("am start", "open_app", {"app": "Spotify"}, VERIFIED),
        ("am start", "call", {"to": "+49301234"}, VERIFIED),
        ("query-activities", "open_app", {"app": "Spotify"}, VERIFIED),
        ("content query", "send_sms", {"to": "Mum", "body": "Hi"}, OPENED),
        ("dispatch", "media_control", {"action": "pause"}, VERIFIED),
        ("svc data", "set_mobile_data", {"on": False}, VERIFIED),
        ("input tap", "turn_on_flashlight", {}, VERIFIED),
    ],
)
def test_the_state_decides_where_a_right_answer_ends_with_another_code(
    do: Do,
    emulated_phone: EmulatedPhone,
    command: str,
    name: str,
    arguments: dict[str, Value],
    status: OutcomeStatus,
) -> None:
    emulated_phone.state.media.session = emulated_phone.state.media.playing = True
    emulated_phone.fail_next(Fault.WRONG_EXIT_CODE, command)
    outcome = do(emulated_phone, name, confirmed=True, **arguments)
    assert (outcome.status, outcome.may_have_run) == (status, False)
    assert any(evidence.exit_code == 255 for evidence in outcome.evidence)


def test_what_ends_with_another_code_and_cannot_be_read_back_may_have_run(
    do: Do, emulated_phone: EmulatedPhone
) -> None:
    emulated_phone.fail_next(Fault.WRONG_EXIT_CODE, "am start")
    outcome = do(emulated_phone, "set_timer", duration=60)
    assert (outcome.status, outcome.may_have_run) == (FAILED, True)
    assert "exit code 255" in outcome.message
    assert len(emulated_phone.state.timers) == 1


@pytest.mark.parametrize(
    ("command", "status", "may_have_run"),
    [
        ("expand-settings", FAILED, False),
        ("uiautomator", FAILED, False),
        ("rm -f", FAILED, False),
        ("input tap", FAILED, True),
        ("collapse", VERIFIED, False),
    ],
)
def test_a_tile_may_have_been_tapped_only_where_the_tap_was_sent(
    do: Do, emulated_phone: EmulatedPhone, command: str, status: OutcomeStatus, may_have_run: bool
) -> None:
    assert is_well(do, emulated_phone)
    emulated_phone.fail_next(Fault.SILENT, command)
    outcome = do(emulated_phone, "turn_on_flashlight", timeout=IMPATIENT)
    assert (outcome.status, outcome.may_have_run) == (status, may_have_run)
    assert emulated_phone.state.torch is (status is VERIFIED)
    assert is_well(do, emulated_phone)


def test_a_phone_that_went_away_is_waited_for(do: Do, emulated_phone: EmulatedPhone) -> None:
    assert is_well(do, emulated_phone)
    emulated_phone.drop()
    assert do(emulated_phone, "set_alarm", time="07:15").status is VERIFIED


def test_a_phone_that_is_gone_for_good_is_an_error(do: Do, adb_server: PrivateAdbServer) -> None:
    with EmulatedPhone() as phone:
        adb_server.connect(phone.address)
        assert is_well(do, phone)
    with pytest.raises((DeviceChoiceError, TransportError)):
        do(phone, "set_alarm", time="07:15", timeout=IMPATIENT)
    adb_server.disconnect(phone.address)
    with pytest.raises(UnknownSerialError, match=phone.address):
        do(phone, "set_alarm", time="07:15")


def test_another_phone_at_the_same_address_is_not_taken_for_the_first(
    bridge: Bridge, do: Do, adb_server: PrivateAdbServer
) -> None:
    with EmulatedPhone(api=34) as phone:
        adb_server.connect(phone.address)
        assert is_well(do, phone)
    with EmulatedPhone(api=30, port=int(phone.address.rpartition(":")[2])) as another:
        assert is_well(do, another)
        levels = {device.serial: device.api_level for device in bridge.devices(timeout=PATIENT)}
        assert levels[another.address] == 30
        adb_server.disconnect(another.address)


def test_a_phone_without_shell_protocol_v2_does_the_same(do: Do, adb_server: PrivateAdbServer) -> None:
    with EmulatedPhone(api=30, shell_v2=False) as phone:
        adb_server.connect(phone.address)
        assert do(phone, "set_alarm", time="07:15", label="tea & 'toast'").status is VERIFIED
        phone.fail_next(Fault.DROPPED_AFTER, "am start")
        outcome = do(phone, "set_alarm", time="06:15")
        assert (outcome.status, outcome.may_have_run) == (FAILED, True)
        assert is_well(do, phone)
        adb_server.disconnect(phone.address)


def test_a_phone_whose_user_agrees_later_is_used_from_then_on(
    do: Do, adb_server: PrivateAdbServer, adb_port: int
) -> None:
    with EmulatedPhone(authorized=False) as phone:
        with suppress(AdbServerError):
            adb_server.connect(phone.address)
        with pytest.raises(DeviceUnauthorisedError):
            do(phone, "set_alarm", time="07:15")
        phone.authorize()
        AdbServer("127.0.0.1", adb_port).wait_for(phone.address, Deadline(PATIENT))
        assert do(phone, "set_alarm", time="07:15").status is VERIFIED
        adb_server.disconnect(phone.address)


def test_an_address_that_the_adb_server_does_not_know_is_connected(
    do: Do, adb_server: PrivateAdbServer
) -> None:
    with EmulatedPhone() as phone:
        assert do(phone, "set_alarm", time="07:15").status is VERIFIED
        adb_server.disconnect(phone.address)


def test_an_adb_server_that_is_killed_under_way_is_a_failure_and_its_successor_is_used(do: Do) -> None:
    with EmulatedPhone() as phone, PrivateAdbServer() as server, ThreadPoolExecutor(1) as pool:
        bridge = Bridge(adb_port=server.port)
        assert do(phone, "set_volume", level=20, through=bridge).status is VERIFIED
        phone.fail_next(Fault.SILENT, "am start")
        request = pool.submit(do, phone, "set_alarm", time="07:15", through=bridge)
        assert phone.wait_until_silent(PATIENT)
        server.kill()
        outcome = request.result(PATIENT)
        assert (outcome.status, outcome.may_have_run) == (FAILED, True)
        with pytest.raises(AdbServerError):
            do(phone, "set_alarm", time="07:15", through=bridge)
        with PrivateAdbServer(server.port):
            assert do(phone, "set_alarm", time="07:15", through=bridge).status is VERIFIED


def test_an_adb_server_that_says_nothing_is_given_up_at_the_deadline(
    do: Do, emulated_phone: EmulatedPhone
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        bridge = Bridge(adb_port=listener.getsockname()[1])
        with pytest.raises(DeviceTimeoutError):
            do(emulated_phone, "set_alarm", time="07:15", through=bridge, timeout=0.2)


def test_a_silent_phone_holds_up_no_other(
    do: Do, emulated_phone: EmulatedPhone, adb_server: PrivateAdbServer
) -> None:
    with EmulatedPhone() as silent, ThreadPoolExecutor(1) as pool:
        adb_server.connect(silent.address)
        silent.fail_next(Fault.SILENT, "am start")
        request = pool.submit(do, silent, "set_alarm", time="07:15", timeout=600.0)
        assert silent.wait_until_silent(PATIENT)
        assert is_well(do, emulated_phone)
        assert not request.done()
        silent.drop()
        assert request.result(PATIENT).status is FAILED
        adb_server.disconnect(silent.address)


def test_a_silent_phone_is_listed_without_its_properties_and_others_with_them(
    bridge: Bridge, emulated_phone: EmulatedPhone, adb_server: PrivateAdbServer
) -> None:
    with EmulatedPhone() as silent:
        adb_server.connect(silent.address)
        silent.fail_next(Fault.SILENT, "getprop")
        levels = {device.serial: device.api_level for device in bridge.devices(timeout=IMPATIENT)}
        assert levels == {emulated_phone.address: 34, silent.address: 0}
        adb_server.disconnect(silent.address)
