from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from agent.cli.app import app
from bridge.errors import AdbServerError

if TYPE_CHECKING:
    from bridge.emulator import EmulatedPhone, PrivateAdbServer


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
