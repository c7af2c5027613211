"""The private adb server: on its own port, with its own key, and gone afterwards."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from bridge import Bridge, OutcomeStatus, open_bridge
from bridge._open import OWN_SERVER
from bridge.emulator import EmulatedPhone, PrivateAdbServer
from bridge.errors import AdbServerError
from tools_schema import Call, ToolSet


def test_it_takes_a_port_of_its_own_and_leaves_the_usual_one(adb_server: PrivateAdbServer) -> None:
    assert adb_server.port != 5037
    with PrivateAdbServer() as another:
        assert another.port not in (5037, adb_server.port)


def test_it_is_gone_after_close() -> None:
    with PrivateAdbServer() as server:
        process = server._process
        home = Path(server._home.name)
        assert home.is_dir()
    assert process.returncode is not None
    assert not home.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_an_emulator_of_the_users_is_left_alone(emulated_phone: EmulatedPhone) -> None:
    with ExitStack() as stack:
        with suppress(OSError):  # what listens there already does as well
            stack.enter_context(socket.create_server(("127.0.0.1", 5555)))
        server = stack.enter_context(PrivateAdbServer())
        server.connect(emulated_phone.address)
        devices = Bridge(adb_port=server.port).devices()
    assert [device.serial for device in devices] == [emulated_phone.address]


def test_a_phone_that_is_not_there_is_an_error_with_its_address(adb_server: PrivateAdbServer) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(AdbServerError) as caught:
            adb_server.connect(address)
    assert address in caught.value.message


def test_forgetting_a_phone_that_it_does_not_know_is_an_error(adb_server: PrivateAdbServer) -> None:
    with pytest.raises(AdbServerError):
        adb_server.disconnect("127.0.0.1:1")


def test_without_an_adb_binary_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = tmp_path / "adb"
    monkeypatch.setattr("adbutils.adb_path", lambda: str(missing))
    with pytest.raises(AdbServerError) as caught:
        PrivateAdbServer()
    assert "platform-tools" in caught.value.message


def test_a_port_on_which_another_server_listens_is_refused_and_that_server_goes_on(
    adb_server: PrivateAdbServer, emulated_phone: EmulatedPhone
) -> None:
    for start in (PrivateAdbServer, lambda port: open_bridge(OWN_SERVER, port)):
        with pytest.raises(AdbServerError, match=str(adb_server.port)):
            start(adb_server.port)
    serials = [device.serial for device in Bridge(adb_port=adb_server.port).devices()]
    assert emulated_phone.address in serials


def test_a_bridge_with_a_server_of_its_own_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, phone_tools: ToolSet
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # where the user's key is kept
    tool = phone_tools.tool("open_wifi_settings")
    assert tool is not None
    with EmulatedPhone() as phone, closing(open_bridge(OWN_SERVER, 0, reconnect=True)) as bridge:
        port = bridge._server.address.rpartition(":")[2]
        outcome = bridge.execute(Call(tool.name), tool, serial=phone.address)
        assert outcome.status is OutcomeStatus.OPENED
        socket.create_connection(("127.0.0.1", int(port))).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)))
