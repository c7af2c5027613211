"""One device during one call: it runs commands, keeps the evidence and watches the deadline."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bridge._quoting import shell_command
from bridge.errors import BridgeError
from bridge.outcome import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge._deadline import Deadline
    from bridge._transport import AdbServer

__all__ = ["Answer", "Phone"]

_T = TypeVar("_T")

_FIRST_PAUSE = 0.05
_PAUSE_FACTOR = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A command's answer as text."""

    stdout: str
    stderr: str
    exit_code: int

    @property
    def text(self) -> str:
        """Both streams, line by line: some commands write their errors to the one, some to the other."""
        return f"{self.stdout}\n{self.stderr}"


class Phone:
    """A device under one call's deadline. ``evidence`` grows with every command."""

    def __init__(self, server: AdbServer, serial: str, api_level: int, deadline: Deadline) -> None:
        self.serial = serial
        self.api_level = api_level
        self.evidence: list[Evidence] = []
        self.deadline = deadline
        self._server = server

    def run(self, *argv: str, keep: str = "") -> Answer:
        """Run a command and keep it as evidence; with ``keep``, only the lines of stdout that match it.

        Raises:
            BridgeError: the argument vector cannot be carried, or the way to the device broke. In the
                latter case the evidence holds the command without an exit code.

        """
        command = shell_command(argv)
        start = time.monotonic()
        try:
            completed = self._server.shell(self.serial, command, self.deadline)
        except BridgeError:
            self.evidence.append(Evidence(argv, elapsed_ms=(time.monotonic() - start) * 1000))
            raise
        stdout, stderr = completed.stdout.decode(errors="replace"), completed.stderr.decode(errors="replace")
        kept = "\n".join(line for line in stdout.splitlines() if re.search(keep, line)) if keep else stdout
        self.evidence.append(
            Evidence(
                argv,
                kept[: Evidence.LIMIT],
                stderr[: Evidence.LIMIT],
                completed.exit_code,
                completed.elapsed_ms,
            )
        )
        return Answer(stdout, stderr, completed.exit_code)

    def settle(self, read: Callable[[], _T], done: Callable[[_T], bool], *, patience: float = 1.5) -> _T:
        """Read until it is as wanted, for about ``patience`` seconds, and return the last reading.

        Android answers commands before their effect is there: radios switch, apps write their alarms.
        """
        end = time.monotonic() + patience
        pause = _FIRST_PAUSE
        value = read()
        while not done(value) and time.monotonic() + pause < end:
            self.deadline.sleep(pause)
            pause *= _PAUSE_FACTOR
            value = read()
        return value
