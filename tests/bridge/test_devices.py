from __future__ import annotations

import pytest

from bridge._devices import is_address, over_network, select
from bridge._transport import Attached
from bridge.errors import (
    DeviceNotReadyError,
    DeviceOfflineError,
    DeviceUnauthorisedError,
    NoDeviceError,
    SeveralDevicesError,
    UnknownSerialError,
)


def attached(serial: str, state: str = "device") -> Attached:
    return Attached(serial, state, "", "1")


def test_the_only_device_is_chosen_where_none_is_named() -> None:
    assert select([attached("a")], None).serial == "a"


def test_the_only_device_that_can_be_used_is_chosen() -> None:
    assert (
        select([attached("a", "offline"), attached("b"), attached("c", "unauthorized")], None).serial == "b"
    )


def test_the_named_device_is_chosen() -> None:
    assert select([attached("a"), attached("b")], "b").serial == "b"


def test_no_device_is_an_error() -> None:
    with pytest.raises(NoDeviceError):
        select([], None)


def test_several_devices_without_a_name_are_an_error_that_lists_them() -> None:
    with pytest.raises(SeveralDevicesError) as raised:
        select([attached("a"), attached("b")], None)
    assert raised.value.metadata == {"known": "a, b"}


def test_an_unknown_serial_is_an_error() -> None:
    with pytest.raises(UnknownSerialError):
        select([attached("a")], "b")


@pytest.mark.parametrize("serial", ["a", None])
@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("unauthorized", DeviceUnauthorisedError),
        ("authorizing", DeviceUnauthorisedError),
        ("offline", DeviceOfflineError),
        ("connecting", DeviceOfflineError),
        ("no permissions", DeviceNotReadyError),
        ("recovery", DeviceNotReadyError),
        ("bootloader", DeviceNotReadyError),
    ],
)
def test_a_device_in_another_state_is_an_error(
    state: str, error: type[Exception], serial: str | None
) -> None:
    with pytest.raises(error):
        select([attached("a", state)], serial)


@pytest.mark.parametrize(
    ("serial", "network"),
    [
        ("192.168.1.5:5555", True),
        ("[fe80::1]:5555", True),
        ("phone.local:5555", True),
        ("adb-R3CT10-abc._adb-tls-connect._tcp", True),
        ("127.0.0.1:40123", False),
        ("localhost:5555", False),
        ("[::1]:5555", False),
        ("emulator-5554", False),
        ("R3CT10ABCDE", False),
    ],
)
def test_a_device_is_over_a_network_where_it_could_cut_itself_off(serial: str, network: bool) -> None:
    assert over_network(serial) is network


@pytest.mark.parametrize(
    ("serial", "address"),
    [
        ("127.0.0.1:40123", True),
        ("[::1]:5555", True),
        ("phone.local:5555", True),
        ("emulator-5554", False),
        ("R3CT10ABCDE", False),
        (":5555", False),
        ("host:", False),
        ("adb-R3CT10-abc._adb-tls-connect._tcp", False),
    ],
)
def test_an_adb_server_can_connect_to_an_address_only(serial: str, address: bool) -> None:
    assert is_address(serial) is address
