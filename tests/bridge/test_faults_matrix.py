"""Every fault at every stage of a request: a true outcome, a next request that works, and nothing left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from bridge import Bridge, Outcome, OutcomeStatus
from bridge._deadline import Deadline
from bridge._transport import AdbServer
from bridge.bench import Resources
from bridge.emulator import EmulatedPhone, Fault, PrivateAdbServer
from bridge.errors import AdbServerError, DeviceUnauthorisedError
from tools_schema import Call, ToolSet, Value

FAILED, VERIFIED = OutcomeStatus.FAILED, OutcomeStatus.VERIFIED
LONG, SHORT = 60.0, 2.0
"""Seconds: enough for everything on a busy computer, and enough for silence to be noticed soon."""

BEFORE, ACTION, AFTER = "date +%s", "am start", "dumpsys alarm"
"""The commands of one request: what is read first, what sets the alarm, what reads it back."""


@dataclass(frozen=True)
class End:
    """How a request ends: the outcome, what it says of repeating it, and whether the alarm is set."""

    status: OutcomeStatus
    may_have_run: bool
    alarms: int


DONE = End(VERIFIED, may_have_run=False, alarms=1)
UNPROVED = End(OutcomeStatus.REQUESTED, may_have_run=False, alarms=1)
NOTHING_DONE = End(FAILED, may_have_run=False, alarms=0)
UNKNOWN_NOT_DONE = End(FAILED, may_have_run=True, alarms=0)
UNKNOWN_DONE = End(FAILED, may_have_run=True, alarms=1)

MATRIX: dict[Fault, tuple[End, End, End]] = {
    Fault.REFUSED: (DONE, UNKNOWN_NOT_DONE, DONE),
    Fault.DROPPED_BEFORE: (DONE, UNKNOWN_NOT_DONE, DONE),
    Fault.DROPPED_DURING: (DONE, UNKNOWN_NOT_DONE, DONE),
    Fault.DROPPED_AFTER: (DONE, UNKNOWN_DONE, DONE),
    Fault.SILENT: (NOTHING_DONE, UNKNOWN_NOT_DONE, UNKNOWN_DONE),
    Fault.SLOW: (DONE, DONE, DONE),
    Fault.GARBLED_SHELL: (NOTHING_DONE, UNKNOWN_DONE, UNKNOWN_DONE),
    Fault.GARBLED_TRANSPORT: (DONE, UNKNOWN_DONE, DONE),
    Fault.NO_EXIT_CODE: (DONE, UNKNOWN_DONE, DONE),
    Fault.WRONG_EXIT_CODE: (DONE, DONE, DONE),
    Fault.SECURITY_EXCEPTION: (UNPROVED, NOTHING_DONE, UNPROVED),
}
"""The end of a request whose first, second or third stage the fault hits."""

Do = Callable[..., Outcome]


@pytest.fixture
def do(adb_port: int, phone_tools: ToolSet) -> Do:
    bridge = Bridge(adb_port=adb_port)

    def execute(phone: EmulatedPhone, name: str, timeout: float = LONG, **arguments: Value) -> Outcome:
        tool = phone_tools.tool(name)
        assert tool is not None
        return bridge.execute(Call(name, arguments), tool, serial=phone.address, timeout=timeout)

    return execute


@pytest.fixture
def nothing_is_left(adb_server: PrivateAdbServer) -> Iterator[None]:
    """See that threads, sockets and processes are as many after the test as before it."""
    assert adb_server.port
    before = Resources.now()
    yield
    assert Resources.now() == before


def test_the_matrix_has_every_fault() -> None:
    assert set(MATRIX) == set(Fault)


@pytest.mark.parametrize("fault", MATRIX)
@pytest.mark.usefixtures("nothing_is_left")
def test_a_fault_ends_in_a_true_outcome_and_the_next_request_works(
    do: Do, adb_server: PrivateAdbServer, fault: Fault
) -> None:
    with EmulatedPhone() as phone:
        adb_server.connect(phone.address)
        assert do(phone, "set_volume", level=60).status is VERIFIED
        for command, end in zip((BEFORE, ACTION, AFTER), MATRIX[fault], strict=True):
            phone.state.alarms.clear()
            phone.fail_next(fault, command)
            outcome = do(phone, "set_alarm", SHORT if fault is Fault.SILENT else LONG, time="07:15")
            assert phone.wait_until_idle(LONG), command
            assert End(outcome.status, outcome.may_have_run, len(phone.state.alarms)) == end, command
            assert outcome.message.endswith("."), command
            assert outcome.evidence, command
            assert do(phone, "set_volume", level=60).status is VERIFIED, command
        adb_server.disconnect(phone.address)


@pytest.mark.usefixtures("nothing_is_left")
def test_a_locked_phone_opens_nothing_and_says_so_and_the_rest_works(
    do: Do, adb_server: PrivateAdbServer
) -> None:
    with EmulatedPhone() as phone:
        adb_server.connect(phone.address)
        phone.lock()
        outcome = do(phone, "open_settings")
        assert (outcome.status, outcome.may_have_run) == (FAILED, False)
        assert "locked" in outcome.message
        assert do(phone, "set_volume", level=60).status is VERIFIED
        phone.unlock()
        assert do(phone, "open_settings").status is OutcomeStatus.OPENED
        adb_server.disconnect(phone.address)


@pytest.mark.usefixtures("nothing_is_left")
def test_a_phone_that_hangs_is_given_up_at_the_deadline_and_used_once_it_is_back(
    do: Do, adb_server: PrivateAdbServer
) -> None:
    with EmulatedPhone() as phone:
        adb_server.connect(phone.address)
        assert do(phone, "set_volume", level=60).status is VERIFIED
        phone.freeze()
        outcome = do(phone, "set_alarm", SHORT, time="07:15")
        assert (outcome.status, outcome.may_have_run) == (FAILED, False)
        assert phone.state.alarms == []
        phone.thaw()
        assert do(phone, "set_alarm", time="07:15").status is VERIFIED
        adb_server.disconnect(phone.address)


@pytest.mark.usefixtures("nothing_is_left")
def test_a_full_storage_fails_what_needs_a_file_and_nothing_else(
    do: Do, adb_server: PrivateAdbServer
) -> None:
    with EmulatedPhone() as phone:
        adb_server.connect(phone.address)
        phone.state.free_bytes = 0
        assert do(phone, "turn_on_flashlight").status in (FAILED, OutcomeStatus.UNSUPPORTED)
        assert not phone.state.torch
        assert do(phone, "take_screenshot").status is VERIFIED
        phone.state.free_bytes = None
        assert do(phone, "turn_on_flashlight").status is VERIFIED
        adb_server.disconnect(phone.address)


@pytest.mark.usefixtures("nothing_is_left")
def test_a_dying_adb_server_and_an_unanswered_question_leave_nothing_either(
    phone_tools: ToolSet,
) -> None:
    tool = phone_tools.tool("open_settings")
    assert tool is not None
    call = Call(tool.name)
    with EmulatedPhone(authorized=False) as phone, PrivateAdbServer() as server:
        bridge = Bridge(adb_port=server.port)
        with pytest.raises(DeviceUnauthorisedError):
            bridge.execute(call, tool, serial=phone.address, timeout=LONG)
        phone.authorize()
        AdbServer("127.0.0.1", server.port).wait_for(phone.address, Deadline(LONG))
        assert bridge.execute(call, tool, serial=phone.address, timeout=LONG).status is OutcomeStatus.OPENED
        server.kill()
        with pytest.raises(AdbServerError):
            bridge.execute(call, tool, serial=phone.address, timeout=LONG)
        with PrivateAdbServer(server.port):
            assert bridge.execute(call, tool, serial=phone.address).status is OutcomeStatus.OPENED
