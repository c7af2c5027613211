"""The emulated phone through a real adb server and adbutils, as the bridge uses it."""

from __future__ import annotations

import io
import shlex
import socket
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import adbutils
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bridge.emulator import EmulatedPhone, Extra, PrivateAdbServer
from bridge.errors import AdbServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)


@pytest.fixture
def device(emulated_phone: EmulatedPhone, adb_port: int) -> adbutils.AdbDevice:
    return adbutils.AdbClient(host="127.0.0.1", port=adb_port).device(emulated_phone.address)


@pytest.fixture(scope="module")
def shared(adb_server: PrivateAdbServer) -> Iterator[tuple[EmulatedPhone, adbutils.AdbDevice]]:
    with EmulatedPhone() as phone:
        adb_server.connect(phone.address)
        client = adbutils.AdbClient(host="127.0.0.1", port=adb_server.port)
        yield phone, client.device(phone.address)
        adb_server.disconnect(phone.address)


@contextmanager
def service(device: adbutils.AdbDevice, name: str) -> Iterator[adbutils.AdbConnection]:
    """Open a stream to one of the device's services."""
    with device.open_transport() as connection:
        connection.send_command(name)
        connection.check_okay()
        yield connection


def test_adb_lists_the_phone_as_a_device_with_its_model(device: adbutils.AdbDevice, adb_port: int) -> None:
    with adbutils.AdbClient(host="127.0.0.1", port=adb_port).make_connection() as connection:
        connection.send_command("host:devices-l")
        connection.check_okay()
        listing = connection.read_string_block()
    line = next(line for line in listing.splitlines() if line.startswith(device.serial or "?"))
    assert line.split()[1] == "device"
    assert "model:Emulated_Phone" in line
    assert "shell_v2" in device.get_features()


def test_shell_v2_keeps_output_errors_and_the_exit_code_apart(device: adbutils.AdbDevice) -> None:
    result = device.shell2("echo out; echo err >&2; exit 7", v2=True)
    assert (result.stdout, result.stderr, result.returncode) == ("out\n", "err\n", 7)


def test_shell_v1_merges_output_and_errors_in_order(device: adbutils.AdbDevice) -> None:
    assert device.shell("echo one; echo two >&2; echo three") == "one\ntwo\nthree"


def test_shell2_of_adbutils_gets_the_exit_code_through_the_old_protocol_too(
    device: adbutils.AdbDevice,
) -> None:
    assert device.shell2("foo").returncode == 127


def test_a_request_to_the_clock_becomes_an_alarm(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice
) -> None:
    result = device.shell2(
        [
            *("am", "start", "-W", "-a", "android.intent.action.SET_ALARM"),
            *("--ei", "android.intent.extra.alarm.HOUR", "6"),
            *("--ei", "android.intent.extra.alarm.MINUTES", "30"),
            *("--eial", "android.intent.extra.alarm.DAYS", "2,3,4,5,6"),
            *("--es", "android.intent.extra.alarm.MESSAGE", "it's $HOME; 起きて 😀"),
            *("--ez", "android.intent.extra.alarm.SKIP_UI", "true"),
        ],
        v2=True,
    )
    assert result.returncode == 0
    assert "Status: ok" in result.stdout
    (alarm,) = emulated_phone.state.alarms
    assert (alarm.hour, alarm.minute, alarm.days) == (6, 30, (2, 3, 4, 5, 6))
    assert alarm.label == "it's $HOME; 起きて 😀"


@given(text=ANY_TEXT)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_quoted_text_reaches_an_activity_to_the_letter(
    shared: tuple[EmulatedPhone, adbutils.AdbDevice], text: str
) -> None:
    phone, device = shared
    device.shell2(f"am start -a android.intent.action.WEB_SEARCH --es query {shlex.quote(text)}", v2=True)
    assert phone.state.search_query == text
    assert phone.state.intents[-1].extras["query"] == Extra("String", text)


def test_a_screenshot_is_a_picture_of_the_display(device: adbutils.AdbDevice) -> None:
    data = device.shell("screencap -p", encoding=None)
    assert isinstance(data, bytes)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (1080, 2400))


def test_exec_hands_over_raw_bytes(device: adbutils.AdbDevice) -> None:
    with service(device, "exec:screencap -p") as connection:
        assert connection.read(8) == b"\x89PNG\r\n\x1a\n"


def test_abb_calls_a_service_without_a_shell_and_drops_empty_words(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice
) -> None:
    words = ["activity", "start", "-a", "android.intent.action.WEB_SEARCH", "", "--es", "query", "$(id); 'x"]
    with service(device, "abb_exec:" + "\0".join(words)) as connection:
        connection.read_until_close()
    assert emulated_phone.state.search_query == "$(id); 'x"


def test_a_command_reads_its_input_until_the_host_closes_it(device: adbutils.AdbDevice) -> None:
    with service(device, "shell,v2,raw:cat | wc -c") as connection:
        connection.conn.sendall(struct.pack("<BI", 0, 5) + b"hello" + struct.pack("<BI", 4, 0))
        assert connection.read(6) == struct.pack("<BI", 1, 2) + b"5"


def test_a_service_that_does_not_exist_is_refused(device: adbutils.AdbDevice) -> None:
    with pytest.raises(adbutils.AdbError), service(device, "jdwp:1"):
        pass


def test_many_streams_run_side_by_side(emulated_phone: EmulatedPhone, device: adbutils.AdbDevice) -> None:
    # The sleeping command must not hold up the others.
    with service(device, "shell,v2,raw:sleep 600"):
        outputs: list[str] = []

        def run(number: int) -> None:
            outputs.append(device.shell2(f"echo {number}", v2=True).stdout.strip())

        threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outputs) == [str(number) for number in range(8)]
    assert emulated_phone.state.resumed.startswith("com.android.launcher3/")


def test_a_long_command_and_a_long_answer_come_through_whole(device: adbutils.AdbDevice) -> None:
    text = "0123456789" * 6000
    assert device.shell2(f"echo {text}", v2=True).stdout == text + "\n"


def test_a_dropped_phone_comes_back_under_its_serial(
    emulated_phone: EmulatedPhone, device: adbutils.AdbDevice, adb_server: PrivateAdbServer
) -> None:
    emulated_phone.drop()
    # The server may not have noticed yet, and would take the old connection for a new one.
    adb_server.disconnect(emulated_phone.address)
    adb_server.connect(emulated_phone.address)
    client = adbutils.AdbClient(host="127.0.0.1", port=adb_server.port)
    client.wait_for(emulated_phone.address, timeout=20)
    assert device.shell2("echo back", v2=True).stdout == "back\n"


def test_an_unauthorised_phone_serves_only_after_its_user_agrees(adb_server: PrivateAdbServer) -> None:
    client = adbutils.AdbClient(host="127.0.0.1", port=adb_server.port)
    with EmulatedPhone(authorized=False) as phone:
        with pytest.raises(AdbServerError):
            adb_server.connect(phone.address)
        states = {item.serial: item.state for item in client.list()}
        assert states[phone.address] == "unauthorized"
        phone.authorize()
        client.wait_for(phone.address, timeout=20)
        assert client.device(phone.address).shell2("echo hello", v2=True).stdout == "hello\n"
        adb_server.disconnect(phone.address)


def test_closing_leaves_no_thread_and_no_listener(adb_server: PrivateAdbServer) -> None:
    before = set(threading.enumerate())
    phone = EmulatedPhone()
    adb_server.connect(phone.address)
    phone.close()
    phone.close()
    adb_server.disconnect(phone.address)
    assert set(threading.enumerate()) <= before
    host, _, port = phone.address.partition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))


def test_a_peer_that_speaks_no_adb_is_dropped(emulated_phone: EmulatedPhone) -> None:
    host, _, port = emulated_phone.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: phone\r\n\r\n")
        assert connection.recv(100) == b""


@pytest.mark.parametrize("api", [30, 34, 36])
def test_every_api_level_says_which_it_is(adb_server: PrivateAdbServer, api: int) -> None:
    with EmulatedPhone(api=api) as phone:
        adb_server.connect(phone.address)
        device = adbutils.AdbClient(host="127.0.0.1", port=adb_server.port).device(phone.address)
        assert device.shell2("getprop ro.build.version.sdk", v2=True).stdout == f"{api}\n"
        adb_server.disconnect(phone.address)


def test_an_api_level_without_a_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="30, 34, 36"):
        EmulatedPhone(api=29)
