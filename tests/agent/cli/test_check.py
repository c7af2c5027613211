"""``intent-agent check`` on an emulated phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from agent.cli.app import app
from bridge.emulator import Fault

if TYPE_CHECKING:
    from bridge.emulator import EmulatedPhone


def test_everything_is_checked_and_told_in_a_table(emulated_phone: EmulatedPhone, adb_port: int) -> None:
    phone = ["--serial", emulated_phone.address, "--adb", f"127.0.0.1:{adb_port}"]
    result = CliRunner().invoke(app, ["check", *phone, "--destructive"])
    assert result.exit_code == 0, result.output
    assert "| set_volume up | VERIFIED | yes |" in result.output
    assert "| call | skipped | – |" in result.output
    assert " 0 not, 1 skipped" in result.output


def test_what_is_not_as_expected_is_exit_code_3(emulated_phone: EmulatedPhone, adb_port: int) -> None:
    emulated_phone.fail_next(Fault.GARBLED_SHELL, "am start")
    phone = ["--serial", emulated_phone.address, "--adb", f"127.0.0.1:{adb_port}"]
    result = CliRunner().invoke(app, ["check", *phone])
    assert result.exit_code == 3
    assert "**NO**" in result.output
    assert " 1 not, " in result.output
