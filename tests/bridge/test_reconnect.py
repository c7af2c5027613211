"""Devices at an address are connected again after a loss, with a real adb server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from bridge import Bridge, OutcomeStatus
from bridge._deadline import Deadline
from bridge._reconnect import Reconnector
from bridge._transport import AdbServer
from bridge.emulator import EmulatedPhone, PrivateAdbServer
from tools_schema import Call, ToolSet

PATIENT = 30.0
SOON = 0.05
Until = Callable[[str, str], None]


@pytest.fixture
def own_server() -> Iterator[PrivateAdbServer]:
    """An adb server that no other test uses."""
    with PrivateAdbServer() as server:
        yield server


@pytest.fixture
def reconnector(own_server: PrivateAdbServer) -> Iterator[Reconnector]:
    reconnector = Reconnector(AdbServer("127.0.0.1", own_server.port), first_pause=SOON)
    yield reconnector
    reconnector.close()


@pytest.fixture
def suspicious(own_server: PrivateAdbServer) -> Iterator[Reconnector]:
    """One that takes any device that broke off and left for lost."""
    server = AdbServer("127.0.0.1", own_server.port)
    reconnector = Reconnector(server, first_pause=SOON, given_up_after=0.0)
    yield reconnector
    reconnector.close()


@pytest.fixture
def until(own_server: PrivateAdbServer) -> Until:
    """Wait until the adb server lists a device in a state; "" is not at all."""

    def wait(address: str, state: str) -> None:
        with Bridge(adb_port=own_server.port).watch() as changes:
            end = threading.Timer(PATIENT, changes.close)
            end.start()
            if state or AdbServer("127.0.0.1", own_server.port).attached(Deadline(PATIENT)):
                next(change for change in changes if (change.serial, change.after) == (address, state))
            end.cancel()

    return wait


def port_of(phone: EmulatedPhone) -> int:
    return int(phone.address.rpartition(":")[2])


def test_a_lost_device_that_the_server_has_forgotten_is_connected_when_it_is_back(
    suspicious: Reconnector, own_server: PrivateAdbServer, until: Until
) -> None:
    with EmulatedPhone() as phone:
        own_server.connect(phone.address)
        suspicious.keep(phone.address)
    until(phone.address, "offline")
    own_server.disconnect(phone.address)  # what the server itself does after a minute
    until(phone.address, "")
    with EmulatedPhone(port=port_of(phone)):
        until(phone.address, "device")


def test_a_device_is_connected_to_the_successor_of_a_killed_server(
    reconnector: Reconnector, own_server: PrivateAdbServer, until: Until
) -> None:
    with EmulatedPhone() as phone:
        own_server.connect(phone.address)
        reconnector.keep(phone.address)
        own_server.kill()
        with PrivateAdbServer(own_server.port):
            until(phone.address, "device")


def test_a_device_that_somebody_disconnects_stays_so(
    reconnector: Reconnector, own_server: PrivateAdbServer, until: Until
) -> None:
    with EmulatedPhone() as phone, EmulatedPhone() as another:
        own_server.connect(phone.address)
        own_server.connect(another.address)
        reconnector.keep(phone.address)
        own_server.disconnect(phone.address)
        another.drop()
        until(another.address, "device")
        listed = AdbServer("127.0.0.1", own_server.port).attached(Deadline(PATIENT))
        assert [device.serial for device in listed] == [another.address]


def test_a_bridge_that_reconnects_ends_its_thread(own_server: PrivateAdbServer, phone_tools: ToolSet) -> None:
    tool = phone_tools.tool("open_wifi_settings")
    assert tool is not None
    threads = threading.active_count()
    with EmulatedPhone() as phone:
        bridge = Bridge(adb_port=own_server.port, reconnect=True)
        bridge.execute(Call(tool.name), tool, serial=phone.address)
        bridge.execute(Call(tool.name), tool, serial=phone.address)
        own_server.kill()
        with PrivateAdbServer(own_server.port) as successor:
            outcome = bridge.execute(Call(tool.name), tool, serial=phone.address)
            assert outcome.status is OutcomeStatus.OPENED
            bridge.close()
            bridge.close()
            successor.disconnect(phone.address)
    assert threading.active_count() == threads


def test_what_is_closed_before_it_keeps_anything_has_no_thread(own_server: PrivateAdbServer) -> None:
    threads = threading.active_count()
    Reconnector(AdbServer("127.0.0.1", own_server.port)).close()
    assert threading.active_count() == threads
