"""What can go wrong between a command and its answer, on command.

A fault is armed once, hits the commands that it is meant for, and is then used up.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from bridge.emulator._java import security_error
from bridge.emulator._services import is_framed
from bridge.emulator._wire import ShellId, shell_packet, split_shell_packets

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bridge.emulator._adbd import Stream

    Handler = Callable[[Stream], Awaitable[None]]

__all__ = ["Fault", "Faults", "faulty"]

_SLOW_SECONDS = 0.3
_NO_SHELL_PACKET = b"\x01\xff\xff\xff\xff\x00garbage"


class Fault(Enum):
    """What happens to a command."""

    REFUSED = auto()
    """The daemon refuses the service; nothing runs."""
    DROPPED_BEFORE = auto()
    """The connection is cut instead of an answer to the request; nothing runs."""
    DROPPED_DURING = auto()
    """The connection is cut after the request was taken and before the command has done anything."""
    DROPPED_AFTER = auto()
    """The command runs, and the connection is cut before its answer is sent."""
    SILENT = auto()
    """The request is taken, and nothing comes of it."""
    SLOW = auto()
    """The command runs, and its answer comes a third of a second late."""
    GARBLED_SHELL = auto()
    """The command runs, and its answer is not of the shell protocol."""
    GARBLED_TRANSPORT = auto()
    """The command runs, and its answer is not of the adb protocol: an adb server drops the device."""
    NO_EXIT_CODE = auto()
    """The command runs and writes, and its stream is closed without an exit code."""
    WRONG_EXIT_CODE = auto()
    """The command runs, and its exit code is 255 in place of 0, and 0 in place of all others."""
    SECURITY_EXCEPTION = auto()
    """The command does not run: Android throws a SecurityException at it, and it ends with 255."""


@dataclass
class _Armed:
    fault: Fault
    command: str
    times: int


class Faults:
    """The faults that wait for their commands. It is armed by one thread and asked by another.

    ``silent`` is set once a command has met ``Fault.SILENT``.
    """

    def __init__(self) -> None:
        self.silent = threading.Event()
        self._armed: list[_Armed] = []
        self._guard = threading.Lock()

    def arm(self, fault: Fault, command: str, times: int) -> None:
        """Let the next ``times`` services whose text contains ``command`` suffer the fault."""
        with self._guard:
            self._armed.append(_Armed(fault, command, times))
            if fault is Fault.SILENT:
                self.silent.clear()

    def disarm(self) -> None:
        """Forget every fault that has not hit."""
        with self._guard:
            self._armed.clear()

    def take(self, service: str) -> Fault | None:
        """Return the fault that hits this service, and count it as used."""
        with self._guard:
            hit = next((armed for armed in self._armed if armed.command in service), None)
            if hit is None:
                return None
            hit.times -= 1
            if hit.times == 0:
                self._armed.remove(hit)
            if hit.fault is Fault.SILENT:
                self.silent.set()
            return hit.fault


def faulty(handler: Handler, fault: Fault) -> Handler:
    """Return what serves a stream as ``handler`` does, with the fault; not for those that refuse."""
    match fault:
        case Fault.DROPPED_DURING:
            return _cut
        case Fault.SILENT:
            return _silence
        case Fault.SECURITY_EXCEPTION:
            return _deny
        case Fault.DROPPED_AFTER:
            return _then(_writing(handler, _nothing), _cut)
        case Fault.GARBLED_TRANSPORT:
            return _then(_writing(handler, _nothing), _garble_transport)
        case Fault.SLOW:
            return _writing(handler, _later)
        case Fault.GARBLED_SHELL:
            return _writing(handler, _garbage)
        case Fault.NO_EXIT_CODE:
            return _writing(handler, _without_exit)
        case Fault.WRONG_EXIT_CODE:
            return _writing(handler, _wrong_exit)
        case _:
            raise ValueError(f"{fault} happens before there is a stream")


def _writing(handler: Handler, change: Callable[[bytes], Awaitable[bytes]]) -> Handler:
    async def serve(stream: Stream) -> None:
        stream.change = change
        await handler(stream)

    return serve


def _then(first: Handler, second: Handler) -> Handler:
    async def serve(stream: Stream) -> None:
        await first(stream)
        await second(stream)

    return serve


async def _cut(stream: Stream) -> None:
    stream.cut()


async def _silence(_stream: Stream) -> None:
    await asyncio.Event().wait()  # until the host closes the stream


async def _deny(stream: Stream) -> None:
    error = security_error("Permission Denial: the shell (pid=4321, uid=2000) may not do this")
    text = error.stack_trace("command").encode()
    if is_framed(stream.service):
        text = shell_packet(ShellId.STDERR, text) + shell_packet(ShellId.EXIT, b"\xff")
    await stream.write(text)


async def _garble_transport(stream: Stream) -> None:
    await stream.garble()


async def _nothing(_data: bytes) -> bytes:
    return b""


async def _later(data: bytes) -> bytes:
    await asyncio.sleep(_SLOW_SECONDS)
    return data


async def _garbage(_data: bytes) -> bytes:
    return _NO_SHELL_PACKET


async def _without_exit(data: bytes) -> bytes:
    packets, rest = split_shell_packets(data)
    kept = (shell_packet(ShellId(kind), payload) for kind, payload in packets if kind != ShellId.EXIT)
    return b"".join(kept) + rest


async def _wrong_exit(data: bytes) -> bytes:
    packets, rest = split_shell_packets(data)
    changed = (
        shell_packet(ShellId(kind), _other_code(payload) if kind == ShellId.EXIT else payload)
        for kind, payload in packets
    )
    return b"".join(changed) + rest


def _other_code(code: bytes) -> bytes:
    return b"\xff" if code == b"\0" else b"\0"
