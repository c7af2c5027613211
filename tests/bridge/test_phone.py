"""One device during a call: what is run again after a loss, and what never is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bridge._transport import AdbServer
from bridge.errors import (
    AdbProtocolError,
    DeviceLostError,
    DeviceOfflineError,
    DeviceTimeoutError,
    TransportError,
)

MakePhone = Callable[..., Any]


@pytest.fixture
def back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that is lost is there again at once."""
    monkeypatch.setattr(AdbServer, "wait_for", lambda *_: None)


def lost(*, may_have_run: bool = True) -> TransportError:
    error = DeviceLostError("gone")
    error.may_have_run = may_have_run
    return error


@pytest.mark.usefixtures("back_at_once")
def test_a_command_that_reads_runs_again_when_the_device_is_back(scripted_phone: MakePhone) -> None:
    phone = scripted_phone({"getprop": [lost(), "34\n"]})
    assert phone.run("getprop", "x").stdout == "34\n"
    assert phone.commands == ["getprop x", "getprop x"]
    assert not phone.may_have_changed
    assert [evidence.exit_code for evidence in phone.evidence] == [0]


@pytest.mark.usefixtures("back_at_once")
def test_a_command_that_changes_something_is_never_repeated(scripted_phone: MakePhone) -> None:
    phone = scripted_phone({"am start": [lost(), "Starting"]})
    with pytest.raises(DeviceLostError):
        phone.run("am", "start")
    assert phone.commands == ["am start"]
    assert phone.may_have_changed


@pytest.mark.usefixtures("back_at_once")
@pytest.mark.parametrize("error", [lost(may_have_run=False), DeviceOfflineError("offline")])
def test_a_command_that_never_reached_the_device_runs_once_it_is_back(
    scripted_phone: MakePhone, error: Exception
) -> None:
    phone = scripted_phone({"am start": [error, "Starting"]})
    assert phone.run("am", "start").stdout == "Starting"
    assert phone.may_have_changed


@pytest.mark.usefixtures("back_at_once")
def test_it_is_tried_twice_and_not_more(scripted_phone: MakePhone) -> None:
    phone = scripted_phone({"getprop": lost()})
    with pytest.raises(DeviceLostError):
        phone.run("getprop", "x")
    assert len(phone.commands) == 2


@pytest.mark.usefixtures("back_at_once")
@pytest.mark.parametrize("error", [DeviceTimeoutError("late"), AdbProtocolError("garbled")])
def test_time_that_has_passed_and_nonsense_are_not_tried_again(
    scripted_phone: MakePhone, error: Exception
) -> None:
    phone = scripted_phone({"getprop": [error, "34\n"]})
    with pytest.raises(type(error)):
        phone.run("getprop", "x")


def test_a_device_that_does_not_come_back_leaves_the_first_error(scripted_phone: MakePhone) -> None:
    phone = scripted_phone({"getprop": [lost(), "34\n"]})
    with pytest.raises(DeviceLostError, match="gone"):
        phone.run("getprop", "x")
