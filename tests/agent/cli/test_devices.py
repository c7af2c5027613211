from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from agent.cli.app import app
from bridge.emulator import EmulatedPhone, PrivateAdbServer
from bridge.errors import AdbServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENT = 60.0


def test_every_device_is_one_line_of_json(adb_port: int, emulated_phone: EmulatedPhone) -> None:
    result = CliRunner().invoke(app, ["devices", "--adb", f"127.0.0.1:{adb_port}", "--json"])
    assert result.exit_code == 0
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"serial": emulated_phone.address, "state": "device", "model": "Emulated Phone", "api_level": 34}
    ]


def test_the_table_names_the_serial(adb_port: int, emulated_phone: EmulatedPhone) -> None:
    result = CliRunner().invoke(app, ["devices", "--adb", f"127.0.0.1:{adb_port}"])
    assert result.exit_code == 0
    assert emulated_phone.address in result.stdout


def test_no_device_is_told_apart_by_the_exit_code(adb_server: PrivateAdbServer) -> None:
    result = CliRunner().invoke(app, ["devices", "--adb", f"127.0.0.1:{adb_server.port}"])
    assert result.exit_code == 4
    assert result.stdout == ""


def test_a_server_that_is_not_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = CliRunner().invoke(app, ["devices", "--adb", f"127.0.0.1:{port}"])
    assert isinstance(result.exception, AdbServerError)


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1", ":5037", "host:port"])
def test_an_address_that_is_none_is_bad_usage(address: str) -> None:
    assert CliRunner().invoke(app, ["devices", "--adb", address]).exit_code == 2


def test_a_watch_without_an_adb_server_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = CliRunner().invoke(app, ["devices", "--watch", "--adb", f"127.0.0.1:{port}"])
    assert isinstance(result.exception, AdbServerError)


@pytest.fixture
def watch() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start ``devices --watch`` as a user does, in a program of its own."""
    started: list[tuple[subprocess.Popen[str], threading.Timer]] = []

    def start(server: PrivateAdbServer, *options: str) -> subprocess.Popen[str]:
        program = "from agent.cli.app import main; main()"
        words = [sys.executable, "-c", program, "devices", "--watch", "--adb", f"127.0.0.1:{server.port}"]
        process = subprocess.Popen([*words, *options], stdout=subprocess.PIPE, text=True)
        end = threading.Timer(PATIENT, process.kill)  # a line that never comes ends the test
        end.start()
        started.append((process, end))
        return process

    yield start
    for process, end in started:
        end.cancel()
        process.kill()
        process.communicate()


def test_a_watch_shows_devices_that_come_break_off_and_go_until_it_is_interrupted(
    watch: Callable[..., subprocess.Popen[str]],
) -> None:
    with PrivateAdbServer() as server, ExitStack() as stack:
        phone = stack.enter_context(EmulatedPhone(api=36))
        process = watch(server, "--json")
        assert process.stdout is not None
        server.connect(phone.address)
        seen: list[dict[str, str | int]] = []
        for line in process.stdout:
            seen.append(json.loads(line))
            if seen[-1]["state"] == "device":
                stack.close()  # for good: a phone that comes back at once may never be seen offline
            elif seen[-1]["before"] == "device":
                server.disconnect(phone.address)
            elif not seen[-1]["state"]:
                break
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENT) == 0
    assert {change["serial"] for change in seen} == {phone.address}
    assert seen[0]["before"] == ""
    arrived = next(change for change in seen if change["state"] == "device")
    assert (arrived["model"], arrived["api_level"]) == ("Emulated Phone", 36)
    assert "offline" in [change["state"] for change in seen]


def test_a_watch_says_what_to_do_with_a_phone_that_has_not_allowed_this_computer(
    watch: Callable[..., subprocess.Popen[str]],
) -> None:
    with PrivateAdbServer() as server, EmulatedPhone(authorized=False) as phone:
        process = watch(server)
        assert process.stdout is not None
        with pytest.raises(AdbServerError):
            server.connect(phone.address)
        line = next(line for line in process.stdout if "unauthorized" in line)
        assert phone.address in line
        assert "accept the debugging question" in line
        phone.authorize()
        assert "ready" in next(line for line in process.stdout if "→ device" in line)
