"""Emulated phones of any version behind the bridge, and a phone whose answers a test writes itself."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from bridge import Bridge
from bridge._deadline import Deadline
from bridge._phone import Phone
from bridge._transport import AdbServer, Completed
from bridge.emulator import EmulatedPhone
from tools_schema import Call, load_tool_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from bridge import Outcome
    from bridge.emulator import PrivateAdbServer
    from tools_schema import ToolSet, Value

Script = dict[str, object]
"""Answers by the beginning of a command: a text, (stdout, stderr, exit code), an error, or a list of such,
one for each time; the last one stays."""


class ScriptedServer(AdbServer):
    """An adb server that answers from a script and keeps the commands."""

    def __init__(self, script: Script) -> None:
        super().__init__("127.0.0.1", 1)
        self.commands: list[list[str]] = []
        self._script = script

    def shell(self, serial: str, command: str, deadline: Deadline) -> Completed:
        assert serial
        deadline.remaining()
        self.commands.append(shlex.split(command))
        key = max((key for key in self._script if command.startswith(key)), key=len, default=None)
        answer = self._script[key] if key is not None else ""
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        stdout, stderr, exit_code = answer if isinstance(answer, tuple) else (answer, "", 0)
        return Completed(str(stdout).encode(), str(stderr).encode(), int(exit_code), 1.0)


class InstantDeadline(Deadline):
    """A deadline that does not wait between two readings."""

    def sleep(self, seconds: float) -> None:
        assert seconds < self.remaining()


class ScriptedPhone(Phone):
    """A phone on such a server."""

    def __init__(self, script: Script, api_level: int, serial: str) -> None:
        self.server = ScriptedServer(script)
        super().__init__(self.server, serial, api_level, InstantDeadline(10))

    @property
    def commands(self) -> list[str]:
        """The commands that were run, their arguments joined by spaces."""
        return [" ".join(argv) for argv in self.server.commands]


@pytest.fixture
def scripted_phone() -> Callable[..., ScriptedPhone]:
    """Make a phone from a script: ``scripted_phone({"settings get": "1\\n"}, api_level=34)``."""

    def make(script: Script, api_level: int = 34, serial: str = "usb") -> ScriptedPhone:
        return ScriptedPhone(script, api_level, serial)

    return make


@pytest.fixture(scope="session")
def phone_tools() -> ToolSet:
    """The built-in tool set."""
    return load_tool_set("phone")


@pytest.fixture
def on_phone(adb_server: PrivateAdbServer) -> Iterator[Callable[..., EmulatedPhone]]:
    """Make further phones: ``on_phone(api=36)``. Their serial is their address."""
    phones: list[EmulatedPhone] = []

    def make(*, clock: Callable[[], datetime] | None = None, **options: bool | int) -> EmulatedPhone:
        phone = EmulatedPhone(**options, clock=clock)  # type: ignore[arg-type] # the options are its own
        phones.append(phone)
        adb_server.connect(phone.address)
        return phone

    yield make
    for phone in phones:
        adb_server.disconnect(phone.address)
        phone.close()


@pytest.fixture
def do(adb_port: int, phone_tools: ToolSet) -> Callable[..., Outcome]:
    """Execute a call on a phone: ``do(phone, "set_alarm", {"time": "07:15"})``."""
    bridge = Bridge(adb_port=adb_port)

    def execute(
        phone: EmulatedPhone,
        name: str,
        arguments: Mapping[str, Value] | None = None,
        *,
        confirmed: bool = False,
        timeout: float = 20.0,
    ) -> Outcome:
        tool = phone_tools.tool(name)
        assert tool is not None
        return bridge.execute(
            Call(name, arguments or {}),
            tool,
            serial=phone.address,
            time_zone="Europe/Berlin",
            confirmed=confirmed,
            timeout=timeout,
        )

    return execute
