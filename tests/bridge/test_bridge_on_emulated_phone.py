"""The whole chain of bridge, adb server and emulated phone: which phone it is, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge import Bridge, Device, Outcome, OutcomeStatus
from bridge.emulator import EmulatedPhone, PrivateAdbServer
from bridge.errors import (
    AdbServerError,
    CallMismatchError,
    CommandTooLongError,
    DeviceChoiceError,
    DeviceUnauthorisedError,
    InvalidValueError,
    SeveralDevicesError,
    TransportError,
    UnknownSerialError,
    UnknownTimeZoneError,
)
from tools_schema import Call, IntentRule, ReadBack, Tool, ToolSet, Value

Do = Callable[..., Outcome]
OnPhone = Callable[..., EmulatedPhone]


def test_a_name_where_only_a_number_will_do_asks_for_it(do: Do, emulated_phone: EmulatedPhone) -> None:
    outcome = do(emulated_phone, "dial", {"phone_number": "Mum"})
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert emulated_phone.state.dialer_number is None


@pytest.mark.parametrize(
    ("name", "arguments", "field", "value"),
    [
        ("show_map", {"query": "Straße 1, Berlin"}, "map_query", "Straße 1, Berlin"),
        ("web_search", {"query": "a && b; $HOME"}, "search_query", "a && b; $HOME"),
        (
            "open_url",
            {"url": "https://x.example/a?b=1&c=%20#d"},
            "browser_url",
            "https://x.example/a?b=1&c=%20#d",
        ),
        ("dial", {"phone_number": "+49 30#1"}, "dialer_number", "+49 30#1"),
        ("share_text", {"text": "one\ntwo"}, "shared_text", None),
    ],
)
def test_a_text_arrives_to_the_letter(
    do: Do,
    emulated_phone: EmulatedPhone,
    name: str,
    arguments: dict[str, Value],
    field: str,
    value: str | None,
) -> None:
    assert do(emulated_phone, name, arguments).status is OutcomeStatus.OPENED
    if value is not None:
        assert getattr(emulated_phone.state, field) == value


@pytest.mark.parametrize("api", [30, 34, 36])
@pytest.mark.parametrize("read_back", [ReadBack.NONE, ReadBack.RESUMED_ACTIVITY])
def test_an_action_that_no_app_takes_fails_whatever_the_exit_code(
    adb_port: int, on_phone: OnPhone, api: int, read_back: ReadBack
) -> None:
    phone = on_phone(api=api)
    tool = Tool("t", "", (), "m", read_back=read_back, target=IntentRule("com.example.NOBODY"))
    outcome = Bridge(adb_port=adb_port).execute(Call("t"), tool, serial=phone.address)
    assert outcome.status is OutcomeStatus.FAILED
    assert "no app" in outcome.message.lower()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    label=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60)
)
def test_any_text_arrives_as_it_was_said(do: Do, emulated_phone: EmulatedPhone, label: str) -> None:
    emulated_phone.state.timers.clear()
    do(emulated_phone, "set_timer", {"duration": 60, "label": label})
    assert [timer.label for timer in emulated_phone.state.timers] == [label]


def test_requests_to_one_phone_do_not_interleave(do: Do, emulated_phone: EmulatedPhone) -> None:
    levels = [0, 20, 40, 60, 80, 100]
    with ThreadPoolExecutor(len(levels)) as pool:
        outcomes = list(pool.map(lambda level: do(emulated_phone, "set_volume", {"level": level}), levels))
    assert {outcome.status for outcome in outcomes} == {OutcomeStatus.VERIFIED}


def test_devices_are_listed_with_their_properties(adb_port: int, emulated_phone: EmulatedPhone) -> None:
    devices = Bridge(adb_port=adb_port).devices()
    assert Device(emulated_phone.address, "device", "Emulated Phone", 34) in devices


def test_one_device_needs_no_name_and_two_do(
    adb_port: int, emulated_phone: EmulatedPhone, on_phone: OnPhone, phone_tools: ToolSet
) -> None:
    tool = phone_tools.tool("open_wifi_settings")
    assert tool is not None
    bridge, call = Bridge(adb_port=adb_port), Call("open_wifi_settings")
    assert bridge.execute(call, tool).device == emulated_phone.address
    on_phone()
    with pytest.raises(SeveralDevicesError):
        bridge.execute(call, tool)


def test_an_unknown_serial_is_an_error(adb_port: int, emulated_phone: EmulatedPhone) -> None:
    assert emulated_phone.address
    tool = Tool("t", "", (), "m", target=IntentRule("a"))
    with pytest.raises(UnknownSerialError):
        Bridge(adb_port=adb_port).execute(Call("t"), tool, serial="nobody")


def test_a_phone_that_has_not_allowed_this_computer_is_an_error(
    adb_server: PrivateAdbServer,
) -> None:
    tool = Tool("t", "", (), "m", target=IntentRule("a"))
    with EmulatedPhone(authorized=False) as phone:
        with suppress(AdbServerError):
            adb_server.connect(phone.address)
        with pytest.raises(DeviceUnauthorisedError):
            Bridge(adb_port=adb_server.port).execute(Call("t"), tool, serial=phone.address)
        adb_server.disconnect(phone.address)


def test_a_phone_that_is_gone_is_an_error_and_the_others_go_on(
    do: Do, emulated_phone: EmulatedPhone, on_phone: OnPhone
) -> None:
    gone = on_phone()
    gone.close()
    with pytest.raises((DeviceChoiceError, TransportError)):
        do(gone, "open_wifi_settings")
    assert do(emulated_phone, "open_wifi_settings").status is OutcomeStatus.OPENED


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"duration": 60, "label": "x" * 100_000}, CommandTooLongError),
        ({"duration": 60, "label": "a\0b"}, InvalidValueError),
        ({"duration": 60, "label": "\ud83d"}, InvalidValueError),
        ({"duration": 2**31}, InvalidValueError),
        ({"duration": "ten"}, InvalidValueError),
    ],
)
def test_bad_values_are_errors_and_nothing_is_done(
    do: Do, emulated_phone: EmulatedPhone, arguments: dict[str, Value], error: type[Exception]
) -> None:
    with pytest.raises(error):
        do(emulated_phone, "set_timer", arguments)
    assert emulated_phone.state.timers == []


def test_a_call_to_another_tool_or_version_is_refused(adb_port: int) -> None:
    bridge, tool = Bridge(adb_port=adb_port), Tool("t", "", (), "m", hash="new")
    with pytest.raises(CallMismatchError):
        bridge.execute(Call("u"), tool)
    with pytest.raises(CallMismatchError):
        bridge.execute(Call("t", tool_hash="old"), tool)


def test_a_time_zone_that_does_not_exist_is_refused(adb_port: int) -> None:
    with pytest.raises(UnknownTimeZoneError):
        Bridge(adb_port=adb_port).execute(Call("t"), Tool("t", "", (), "m"), time_zone="Mars/Olympus")


def test_a_tool_without_a_target_is_unsupported_without_any_device(adb_port: int) -> None:
    outcome = Bridge(adb_port=adb_port).execute(Call("t"), Tool("t", "", (), "m"))
    assert (outcome.status, outcome.device) == (OutcomeStatus.UNSUPPORTED, "")


def test_a_required_argument_that_is_missing_is_asked_for(do: Do, emulated_phone: EmulatedPhone) -> None:
    outcome = do(emulated_phone, "set_timer")
    assert outcome.status is OutcomeStatus.NEEDS_CLARIFICATION
    assert emulated_phone.state.timers == []
