"""What goes wrong on command, each as adb sees it; the next command works."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import adbutils
import pytest

from bridge.emulator import EmulatedPhone, Fault, PhoneLoop

if TYPE_CHECKING:
    from bridge.emulator import PrivateAdbServer

OPEN_FILES = Path("/proc/self/fd")
ECHO = "echo said; echo > /sdcard/ran"


@pytest.fixture
def device(emulated_phone: EmulatedPhone, adb_port: int) -> adbutils.AdbDevice:
    return adbutils.AdbClient(host="127.0.0.1", port=adb_port).device(emulated_phone.address)


def works(phone: EmulatedPhone, device: adbutils.AdbDevice, server: PrivateAdbServer) -> bool:
    """Whether the next command does what it should."""
    client = adbutils.AdbClient(host="127.0.0.1", port=server.port)
    for _ in range(20):
        # Where the adb server has lost the phone, it need not wait for its turn.
        server.connect(phone.address)
        client.wait_for(phone.address, timeout=20)
        try:
            return str(device.shell2("echo well", v2=True).stdout) == "well\n"
        except adbutils.AdbError as error:
            # A connection that was cut a moment ago counts as one until the adb server has seen that.
            if "offline" not in str(error):
                raise
    return False


def is_cut_off(phone: EmulatedPhone, server: PrivateAdbServer) -> bool:
    """Whether no command reaches the phone."""
    with adbutils.AdbClient(host="127.0.0.1", port=server.port).make_connection() as connection:
        try:
            for request in (f"host:transport:{phone.address}", "shell:true"):
                connection.send_command(request)
                connection.check_okay()
        except adbutils.AdbError:
            return True
        return False


@pytest.mark.parametrize(
    ("fault", "ran"),
    [
        (Fault.REFUSED, False),
        (Fault.DROPPED_BEFORE, False),
        (Fault.DROPPED_DURING, False),
        (Fault.DROPPED_AFTER, True),
        (Fault.GARBLED_TRANSPORT, True),
        (Fault.NO_EXIT_CODE, True),
    ],
)
def test_an_answer_that_does_not_come_is_an_error_and_the_next_one_comes(
    emulated_phone: EmulatedPhone,
    device: adbutils.AdbDevice,
    adb_server: PrivateAdbServer,
    fault: Fault,
    ran: bool,
) -> None:
    emulated_phone.fail_next(fault, "said")
    with pytest.raises((adbutils.AdbError, EOFError, ConnectionError)):
        device.shell2(ECHO, v2=True)
    assert ("/sdcard/ran" in emulated_phone.state.files) is ran
    assert works(emulated_phone, device, adb_server)


def test_a_slow_answer_comes(emulated_phone: EmulatedPhone, device: adbutils.AdbDevice) -> None:
    emulated_phone.fail_next(Fault.SLOW, "said")
    assert device.shell2(ECHO, v2=True).stdout == "said\n"


def test_silence_ends_with_the_hosts_patience(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice, adb_server: PrivateAdbServer
) -> None:
    emulated_phone.fail_next(Fault.SILENT, "said")
    with pytest.raises(adbutils.AdbTimeout):
        device.shell2(ECHO, v2=True, timeout=0.2)
    assert emulated_phone.wait_until_silent(20)
    assert "/sdcard/ran" not in emulated_phone.state.files
    assert works(emulated_phone, device, adb_server)


def test_a_garbled_answer_is_not_taken_for_output(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice, adb_server: PrivateAdbServer
) -> None:
    emulated_phone.fail_next(Fault.GARBLED_SHELL, "said")
    with device.open_transport() as connection:
        connection.send_command(f"shell,v2,raw:{ECHO}")
        connection.check_okay()
        assert b"said" not in connection.read(5)
    assert works(emulated_phone, device, adb_server)


@pytest.mark.parametrize(("command", "code"), [("true", 255), ("exit 3", 0)])
def test_an_exit_code_can_be_wrong(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice, command: str, code: int
) -> None:
    emulated_phone.fail_next(Fault.WRONG_EXIT_CODE, command)
    assert device.shell2(command, v2=True).returncode == code


def test_a_security_exception_keeps_the_command_from_running(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice, adb_server: PrivateAdbServer
) -> None:
    emulated_phone.fail_next(Fault.SECURITY_EXCEPTION, "said", times=2)
    result = device.shell2(ECHO, v2=True)
    assert (result.returncode, result.stdout) == (255, "")
    assert "java.lang.SecurityException: Permission Denial" in result.stderr
    assert "java.lang.SecurityException: Permission Denial" in str(device.shell(ECHO))
    assert emulated_phone.state.files == {}
    assert works(emulated_phone, device, adb_server)


def test_a_phone_without_shell_v2_does_not_claim_it(adb_server: PrivateAdbServer) -> None:
    with EmulatedPhone(shell_v2=False) as phone:
        adb_server.connect(phone.address)
        device = adbutils.AdbClient(host="127.0.0.1", port=adb_server.port).device(phone.address)
        assert "shell_v2" not in device.get_features()
        assert device.shell("echo old; exit 3") == "old"
        with device.open_transport() as connection:
            connection.send_command("shell,v2,raw:true")
            with pytest.raises(adbutils.AdbError):
                connection.check_okay()
        adb_server.disconnect(phone.address)


def test_a_frozen_phone_answers_nothing_until_it_thaws(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice, adb_server: PrivateAdbServer
) -> None:
    emulated_phone.freeze()
    with pytest.raises(adbutils.AdbTimeout):
        device.shell2(ECHO, v2=True, timeout=0.2)
    assert emulated_phone.state.files == {}
    emulated_phone.thaw()
    assert works(emulated_phone, device, adb_server)


def test_wifi_that_carries_adb_takes_it_along_when_it_goes_off(adb_server: PrivateAdbServer) -> None:
    with EmulatedPhone(over_wifi=True) as phone:
        adb_server.connect(phone.address)
        device = adbutils.AdbClient(host="127.0.0.1", port=adb_server.port).device(phone.address)
        with pytest.raises((adbutils.AdbError, EOFError, ConnectionError)):
            device.shell2("svc wifi disable && echo done > /sdcard/ran", v2=True)
        assert not phone.state.wifi
        assert "/sdcard/ran" in phone.state.files
        assert is_cut_off(phone, adb_server)
        phone.set_wifi(on=True)
        assert works(phone, device, adb_server)
        phone.set_wifi(on=False)
        assert is_cut_off(phone, adb_server)
        adb_server.disconnect(phone.address)


def test_wifi_that_does_not_carry_adb_is_only_a_radio(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice
) -> None:
    assert device.shell2("svc wifi disable; cmd connectivity airplane-mode enable", v2=True).returncode == 0
    assert not emulated_phone.state.wifi
    assert device.shell2("echo here", v2=True).stdout == "here\n"


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="counts open files as Linux shows them")
def test_phones_in_one_loop_share_a_thread_and_leave_nothing_behind() -> None:
    threads, files = threading.active_count(), len(list(OPEN_FILES.iterdir()))
    with PhoneLoop() as loop:
        of_loop = len(list(OPEN_FILES.iterdir())) - files
        phones = [EmulatedPhone(loop=loop) for _ in range(50)]
        assert threading.active_count() == threads + 1
        assert len(list(OPEN_FILES.iterdir())) == files + of_loop + 50  # a listener each
        for phone in phones:
            phone.close()
        assert len(list(OPEN_FILES.iterdir())) == files + of_loop
    assert threading.active_count() == threads
    assert len(list(OPEN_FILES.iterdir())) == files
