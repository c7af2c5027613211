"""The transport through a real adb server to the emulated phone: both shell protocols, and deadlines."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from bridge._deadline import Deadline
from bridge._transport import AdbServer, Completed
from bridge.emulator import EmulatedPhone, PrivateAdbServer
from bridge.errors import DeviceTimeoutError, UnknownSerialError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def server(adb_port: int) -> AdbServer:
    return AdbServer("127.0.0.1", adb_port)


@pytest.fixture(params=["shell", "shell_v1"])
def shell(request: pytest.FixtureRequest, server: AdbServer) -> Callable[[str, str, Deadline], Completed]:
    way: Callable[[str, str, Deadline], Completed] = getattr(server, request.param)
    return way


@pytest.mark.parametrize(
    ("command", "stdout", "code"),
    [
        ("echo hello", b"hello\n", 0),
        ("printf half", b"half", 0),
        ("true", b"", 0),
        ("false", b"", 1),
        ("nobody-knows-me", None, 127),
        ("echo 'a\nb; exit 3 #'", b"a\nb; exit 3 #\n", 0),
        ("cat", b"", 0),
    ],
)
def test_output_and_exit_code_come_over_both_shell_protocols(
    shell: Callable[[str, str, Deadline], Completed],
    emulated_phone: EmulatedPhone,
    command: str,
    stdout: bytes | None,
    code: int,
) -> None:
    completed = shell(emulated_phone.address, command, Deadline(20))
    assert completed.exit_code == code
    assert stdout is None or completed.stdout == stdout


def test_a_device_tells_whether_it_has_shell_protocol_v2(
    server: AdbServer, adb_server: PrivateAdbServer, emulated_phone: EmulatedPhone
) -> None:
    assert "shell_v2" in server.features(emulated_phone.address, Deadline(20))
    with EmulatedPhone(shell_v2=False) as old:
        adb_server.connect(old.address)
        assert "shell_v2" not in server.features(old.address, Deadline(20))
        assert server.shell_v1(old.address, "echo hello", Deadline(20)).stdout == b"hello\n"
        adb_server.disconnect(old.address)


def test_a_deadline_that_passes_ends_the_command_on_the_device(
    shell: Callable[[str, str, Deadline], Completed], emulated_phone: EmulatedPhone
) -> None:
    with pytest.raises(DeviceTimeoutError) as raised:
        shell(emulated_phone.address, "sleep 600; echo late > /sdcard/late", Deadline(0.3))
    assert raised.value.may_have_run
    assert emulated_phone.wait_until_idle(20)
    assert "/sdcard/late" not in emulated_phone.state.files


def test_a_device_is_connected_by_its_address(server: AdbServer, adb_server: PrivateAdbServer) -> None:
    with EmulatedPhone() as phone:
        server.connect(phone.address, Deadline(20))
        server.wait_for(phone.address, Deadline(20))
        states = {attached.serial: attached.state for attached in server.attached(Deadline(20))}
        assert states[phone.address] == "device"
        adb_server.disconnect(phone.address)


def test_an_address_where_no_device_listens_is_unknown(server: AdbServer) -> None:
    with EmulatedPhone() as phone:
        address = phone.address
    with pytest.raises(UnknownSerialError, match=address):
        server.connect(address, Deadline(20))


def test_a_device_that_stays_away_is_waited_for_until_the_deadline(server: AdbServer) -> None:
    with pytest.raises(DeviceTimeoutError):
        server.wait_for("nobody", Deadline(0.2))


def test_a_device_that_comes_back_ends_the_wait(server: AdbServer, emulated_phone: EmulatedPhone) -> None:
    emulated_phone.drop()
    done = threading.Event()

    def wait() -> None:
        server.wait_for(emulated_phone.address, Deadline(20))
        done.set()

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    assert done.is_set()
