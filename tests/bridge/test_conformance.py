"""The checks for real phones, made on emulated ones: all are as expected, and what lies is found out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge import Bridge
from bridge.conformance import CHECKS, Check, Probe, Result, Target, header, make_check, row, summary
from bridge.emulator import EmulatedPhone, Fault
from bridge.errors import UnknownSerialError
from tools_schema import load_tool_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.emulator import PrivateAdbServer

NUMBER = "+15550199"


def check_named(name: str) -> Check | Probe:
    return next(check for check in CHECKS if check.name == name)


@pytest.fixture
def target(adb_port: int, emulated_phone: EmulatedPhone) -> Target:
    return Target(Bridge(adb_port=adb_port), emulated_phone.address)


def test_every_tool_has_a_check() -> None:
    names = {tool.name for tool in load_tool_set("phone").tools}
    assert {check.tool for check in CHECKS if isinstance(check, Check)} == names


@pytest.mark.parametrize("api", [30, 34, 36])
def test_an_emulated_phone_passes_every_check_and_is_left_as_it_was(
    adb_port: int, on_phone: Callable[..., EmulatedPhone], api: int
) -> None:
    phone = on_phone(api=api)
    target = Target(Bridge(adb_port=adb_port), phone.address)
    before = {name: dict(values) for name, values in phone.state.settings.items()}
    volumes = dict(phone.state.volumes)
    results = [make_check(check, target, destructive=True, call_number=NUMBER) for check in CHECKS]
    assert [(r.name, r.outcome, r.message) for r in results if r.as_expected is not True] == []
    after = phone.state.settings
    changed = {key for name in before for key in before[name] if after[name].get(key) != before[name][key]}
    assert changed == set()
    assert phone.state.volumes == volumes
    assert phone.state.call_number is None
    assert not phone.state.torch
    assert not any(alarm.enabled for alarm in phone.state.alarms)


def test_what_changes_the_phone_is_only_done_on_request(
    target: Target, emulated_phone: EmulatedPhone
) -> None:
    state = emulated_phone.state
    results = [make_check(check, target) for check in CHECKS if check.changes]
    assert {result.as_expected for result in results} == {None}
    assert (state.alarms, state.timers, state.intents, state.torch) == ([], [], [], False)


def test_a_real_call_needs_a_number(target: Target, emulated_phone: EmulatedPhone) -> None:
    assert make_check(check_named("call"), target, destructive=True).as_expected is None
    assert emulated_phone.state.call_number is None


@pytest.mark.parametrize(
    ("name", "fault", "command"),
    [
        ("open_settings", Fault.GARBLED_SHELL, "am start"),
        ("text over adb", Fault.GARBLED_SHELL, "printf"),
        ("errors and exit codes", Fault.WRONG_EXIT_CODE, "cat"),
    ],
)
def test_what_is_not_as_expected_is_told_with_its_commands(
    target: Target, emulated_phone: EmulatedPhone, name: str, fault: Fault, command: str
) -> None:
    emulated_phone.fail_next(fault, command)
    result = make_check(check_named(name), target)
    assert result.as_expected is False
    line = row(result, target)
    assert line.startswith(f"| {name} | ")
    assert "**NO**" in line
    assert emulated_phone.address not in line


def test_the_table_names_the_model_and_the_api_level_and_not_the_phone_s_owner(
    target: Target, emulated_phone: EmulatedPhone
) -> None:
    results = [make_check(check, target) for check in CHECKS]
    table = "\n".join((header(target), *(row(result, target) for result in results), summary(results)))
    assert "model Emulated Phone, API level 34" in table
    assert re.search(r"\d+ as expected, 0 not, \d+ skipped$", table)
    assert emulated_phone.address not in table
    for contact in emulated_phone.state.contacts:
        assert contact.name not in table
    assert all(line.count(" | ") == 4 for line in table.splitlines() if line.startswith("| "))


def test_a_phone_that_is_not_there_is_an_error(adb_port: int, emulated_phone: EmulatedPhone) -> None:
    assert emulated_phone.address
    with pytest.raises(UnknownSerialError):
        Target(Bridge(adb_port=adb_port), "nobody")


def test_the_tests_for_phones_run_against_a_serial_and_print_the_table(
    adb_server: PrivateAdbServer, emulated_phone: EmulatedPhone
) -> None:
    root = Path(__file__).parents[2]
    options = [
        "--serial",
        emulated_phone.address,
        "--adb",
        f"127.0.0.1:{adb_server.port}",
        "-p",
        "no:cacheprovider",
    ]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(root / "tests/device"), *options],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "| open_settings | OPENED | yes |" in run.stdout
    assert re.search(r"^\d+ as expected, 0 not, \d+ skipped$", run.stdout, re.MULTILINE)


def test_a_result_that_was_skipped_says_why(target: Target) -> None:
    result = Result("x", "skipped", None, "changes the phone: a | b")
    assert row(result, target) == "| x | skipped | – |  | changes the phone: a \\| b |"
