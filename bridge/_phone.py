"""One device during one call: it runs commands, keeps the evidence and watches the deadline.

A device that is lost comes back by itself in most cases: the adb server tries again after 250 ms and then
every 3 seconds (AOSP packages/modules/adb, ``transport.cpp``, ReconnectHandler). Commands that only read, and
those that never reached the device, then run again; all others are never repeated.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from bridge._deadline import Deadline
from bridge._quoting import shell_command
from bridge._read_only import only_reads
from bridge.errors import (
    AdbServerError,
    BridgeError,
    DeviceChoiceError,
    DeviceLostError,
    DeviceOfflineError,
    TransportError,
)
from bridge.outcome import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge._intent import Intent
    from bridge._transport import AdbServer, Completed

__all__ = ["COMES_BACK_SECONDS", "AfterSending", "Answer", "BeforeSending", "Phone"]

_T = TypeVar("_T")

BeforeSending: TypeAlias = "Callable[[str, Intent | None], None]"
"""Is told the serial, and the intent where it is one, right before what may change the phone is sent.

That is before the first such command of a call, and before each intent. What it raises ends the call there.
"""

AfterSending: TypeAlias = "Callable[[], None]"
"""Is told when the phone has answered a command that may have changed it."""

COMES_BACK_SECONDS = 4.0
"""How long a lost device is waited for: a little longer than the adb server's second attempt takes."""

_FIRST_PAUSE = 0.05
_PAUSE_FACTOR = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A command's answer as text."""

    stdout: str
    stderr: str
    exit_code: int
    data: bytes = b""
    """What the command wrote to its standard output, byte by byte."""

    @property
    def text(self) -> str:
        """Both streams, line by line: some commands write their errors to the one, some to the other."""
        return f"{self.stdout}\n{self.stderr}"


class Phone:
    """A device under one call's deadline.

    ``evidence`` grows with every command. ``may_have_changed`` is false as long as nothing but reading
    commands can have run. ``shell_v2`` is whether the device has shell protocol v2.
    """

    def __init__(
        self,
        server: AdbServer,
        serial: str,
        api_level: int,
        deadline: Deadline,
        *,
        shell_v2: bool = True,
        before_sending: BeforeSending | None = None,
        after_sending: AfterSending | None = None,
    ) -> None:
        self.serial = serial
        self.api_level = api_level
        self.evidence: list[Evidence] = []
        self.may_have_changed = False
        self.deadline = deadline
        self._server = server
        self._before_sending = before_sending
        self._after_sending = after_sending
        self._told = False
        self._shell = server.shell if shell_v2 else server.shell_v1

    def run(self, *argv: str, keep: str = "", intent: Intent | None = None) -> Answer:
        """Run a command and keep it as evidence; with ``keep``, only the lines of stdout that match it.

        ``intent`` is what the command sends, where it sends one.

        Raises:
            BridgeError: the argument vector cannot be carried, or the way to the device broke. In the
                latter case the evidence holds the command without an exit code.

        """
        command, reads = shell_command(argv), only_reads(argv)
        if self._before_sending and not reads and (intent or not self._told):
            self._before_sending(self.serial, intent)
            self._told = True
        start = time.monotonic()
        try:
            completed = self._complete(command, reads=reads)
        except BridgeError:
            self.evidence.append(Evidence(argv, elapsed_ms=(time.monotonic() - start) * 1000))
            raise
        if self._after_sending and not reads:
            self._after_sending()
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
        return Answer(stdout, stderr, completed.exit_code, completed.stdout)

    def _complete(self, command: str, *, reads: bool) -> Completed:
        try:
            return self._attempt(command, reads=reads)
        except (DeviceLostError, DeviceOfflineError) as error:
            if _may_have_run(error) and not reads:
                raise
            self._await_return(error)
        return self._attempt(command, reads=reads)

    def _attempt(self, command: str, *, reads: bool) -> Completed:
        try:
            completed = self._shell(self.serial, command, self.deadline)
        except BridgeError as error:
            self.may_have_changed |= not reads and _may_have_run(error)
            raise
        self.may_have_changed |= not reads
        return completed

    def _await_return(self, lost: BridgeError) -> None:
        try:
            self._server.wait_for(self.serial, Deadline(min(COMES_BACK_SECONDS, self.deadline.remaining())))
        except (AdbServerError, DeviceChoiceError, TransportError):
            raise lost from None

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


def _may_have_run(error: BridgeError) -> bool:
    return isinstance(error, TransportError) and error.may_have_run
