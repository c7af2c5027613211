"""A device and its shell in this process, for what needs no adb."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bridge.emulator import PhoneState
from bridge.emulator._device import Device
from bridge.emulator._profile import Profile
from bridge.emulator._shell import Shell, Streams
from bridge.emulator.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable


FRIDAY_NIGHT = datetime(2026, 1, 16, 21, 10, tzinfo=UTC)
"""22:10 in Berlin, a Friday."""


@dataclass(frozen=True)
class Result:
    """What a command line has printed and returned."""

    stdout: str
    stderr: str
    code: int


class InProcessShell:
    """The device's shell without adb around it."""

    def __init__(self, device: Device) -> None:
        self.device = device

    @property
    def state(self) -> PhoneState:
        return self.device.state

    def __call__(self, command: str, stdin: bytes = b"") -> Result:
        out, err = bytearray(), bytearray()

        async def read() -> bytes:
            return stdin

        async def flush() -> None:
            """Nothing waits for the output here."""

        shell = Shell(self.device, COMMANDS, flush)
        code = asyncio.run(shell.run(command, Streams(read, out.extend, err.extend)))
        return Result(bytes(out).decode("utf-8", "surrogateescape"), bytes(err).decode(), code)


@pytest.fixture
def make_shell() -> Callable[..., InProcessShell]:
    """Make a shell on a fresh device whose clock stands still: ``make_shell(api=30)``."""

    def make(
        api: int = 34,
        now: datetime = FRIDAY_NIGHT,
        time_zone: str = "Europe/Berlin",
        shell_may_set_alarms: bool = True,
        shell_may_read_contacts: bool = True,
    ) -> InProcessShell:
        profile = Profile(
            api=api,
            shell_may_set_alarms=shell_may_set_alarms,
            shell_may_read_contacts=shell_may_read_contacts,
        )
        return InProcessShell(Device(profile, PhoneState(time_zone=time_zone), lambda: now))

    return make


@pytest.fixture
def shell(make_shell: Callable[..., InProcessShell]) -> InProcessShell:
    """The shell of an API 34 phone."""
    return make_shell()
