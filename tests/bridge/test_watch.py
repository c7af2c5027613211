"""Devices as they come, go and change, with a real adb server."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from bridge import Bridge, DeviceChange, DeviceWatch
from bridge.emulator import EmulatedPhone, PrivateAdbServer
from bridge.errors import AdbServerError

NextChange = Callable[[], DeviceChange]

PATIENT = 30.0


@pytest.fixture
def own_server() -> Iterator[PrivateAdbServer]:
    """An adb server that no other test uses."""
    with PrivateAdbServer() as server:
        yield server


@pytest.fixture
def next_change(own_server: PrivateAdbServer) -> Iterator[NextChange]:
    """Wait for the next change that the bridge sees."""
    changes: queue.Queue[DeviceChange] = queue.Queue()

    def watch(watching: DeviceWatch) -> None:
        for change in watching:
            changes.put(change)

    with Bridge(adb_port=own_server.port).watch() as watching:
        thread = threading.Thread(target=watch, args=(watching,))
        thread.start()
        yield lambda: changes.get(timeout=PATIENT)
    thread.join()


def until(next_change: NextChange, after: str) -> list[str]:
    """Return the states that a device goes through up to ``after``; "" is gone."""
    states: list[str] = []
    while after not in states:
        states.append(next_change().after)
    return states


def test_a_phone_arrives_breaks_off_comes_back_and_leaves(
    next_change: NextChange, own_server: PrivateAdbServer
) -> None:
    with EmulatedPhone() as phone:
        own_server.connect(phone.address)
        assert until(next_change, "device")[-1] == "device"
        phone.drop()
        assert "offline" in until(next_change, "device")
        own_server.disconnect(phone.address)
        assert until(next_change, "")[-1] == ""


def test_a_phone_waits_for_its_user_and_is_then_usable(
    next_change: NextChange, own_server: PrivateAdbServer
) -> None:
    with EmulatedPhone(authorized=False) as phone:
        with suppress(AdbServerError):
            own_server.connect(phone.address)
        assert "device" not in until(next_change, "unauthorized")
        phone.authorize()
        assert until(next_change, "device")[-1] == "device"


def test_an_adb_server_that_dies_takes_its_devices_and_the_next_one_is_found(
    next_change: NextChange, own_server: PrivateAdbServer
) -> None:
    with EmulatedPhone() as phone:
        own_server.connect(phone.address)
        until(next_change, "device")
        own_server.kill()
        until(next_change, "")
        with PrivateAdbServer(own_server.port) as successor:
            successor.connect(phone.address)
            assert until(next_change, "device")[-1] == "device"


def test_what_is_there_comes_first(adb_port: int, emulated_phone: EmulatedPhone) -> None:
    with Bridge(adb_port=adb_port).watch() as watching:
        assert DeviceChange(emulated_phone.address, "", "device") == next(watching)
    connection = watching._listings._connection
    assert connection is not None
    assert connection.fileno() == -1, "leaving in the middle leaves the connection open"


@pytest.mark.timeout(60)
def test_closing_ends_it_whether_or_not_there_is_a_server(adb_port: int) -> None:
    for port in (adb_port, 1):
        watching = Bridge(adb_port=port).watch()
        thread = threading.Thread(target=lambda watching=watching: list(watching))
        thread.start()
        watching.close()
        watching.close()
        thread.join()
