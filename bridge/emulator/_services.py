"""The services that adbd offers on a stream: shells, ``exec``, binder commands and files.

Source: AOSP packages/modules/adb, SERVICES.TXT and daemon/abb.cpp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._shell import Invocation, Shell, Streams
from bridge.emulator._sync import serve_sync
from bridge.emulator._wire import ShellId, shell_packet, split_shell_packets
from bridge.emulator.commands import COMMANDS, run_service

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bridge.emulator._adbd import Stream
    from bridge.emulator._device import Device

__all__ = ["FEATURES", "SHELL_V2", "is_framed", "service_for"]

SHELL_V2 = "shell_v2"
FEATURES = (SHELL_V2, "cmd", "abb", "abb_exec")
"""What the device tells the host that it can do; nothing is claimed that is not served."""


def service_for(
    device: Device, service: str, features: tuple[str, ...] = FEATURES
) -> Callable[[Stream], Awaitable[None]] | None:
    """Return what serves a stream that asks for ``service``, None where the device has no such service."""
    name, colon, rest = service.partition(":")
    kind, *options = name.split(",")
    if service == "sync:":
        return lambda stream: serve_sync(device.storage, stream)
    if not colon or not rest:
        return None  # interactive shells are not modelled
    if kind == "shell" and options and SHELL_V2 not in features:
        return None  # an older adbd knows "shell:" only
    framed = is_framed(service)
    if kind in ("shell", "exec"):
        return lambda stream: _Process(device, stream, framed=framed).run(rest)
    if kind in ("abb", "abb_exec"):
        words = tuple(word for word in rest.split("\0") if word)  # cmd drops empty words here
        return lambda stream: _Process(device, stream, framed=framed).run_service(words)
    return None


def is_framed(service: str) -> bool:
    """Return whether a service's output, errors and exit code travel as packets of the shell protocol."""
    kind, *options = service.partition(":")[0].split(",")
    return kind == "abb" or (kind == "shell" and "v2" in options)


class _Process:
    """A process on the device whose standard streams are the adb stream.

    ``framed``: output, errors and the exit code travel as packets of the shell protocol; else both outputs
    are one stream of bytes and the exit code is lost.
    """

    def __init__(self, device: Device, stream: Stream, *, framed: bool) -> None:
        self._device = device
        self._stream = stream
        self._framed = framed
        self._pending = bytearray()

    async def run(self, command: str) -> None:
        shell = Shell(self._device, COMMANDS, self._flush)
        streams = Streams(self._read_stdin, self._writer(ShellId.STDOUT), self._writer(ShellId.STDERR))
        await self._finish(await shell.run(command, streams))

    async def run_service(self, words: tuple[str, ...]) -> None:
        shell = Shell(self._device, COMMANDS, self._flush)
        streams = Streams(self._read_stdin, self._writer(ShellId.STDOUT), self._writer(ShellId.STDERR))
        invocation = Invocation(words, streams, self._device, shell)
        code = run_service(invocation, words[0], words[1:]) if words else 20
        await self._finish((code if isinstance(code, int) else await code) & 0xFF)

    async def _finish(self, code: int) -> None:
        if self._framed:
            self._pending += shell_packet(ShellId.EXIT, bytes([code]))
        await self._flush()

    def _writer(self, kind: ShellId) -> Callable[[bytes], None]:
        def write(data: bytes) -> None:
            if data:
                self._pending.extend(shell_packet(kind, data) if self._framed else data)

        return write

    async def _flush(self) -> None:
        data, self._pending = bytes(self._pending), bytearray()
        await self._stream.write(data)

    async def _read_stdin(self) -> bytes:
        """Read standard input to its end, which only the shell protocol can announce."""
        content, rest = bytearray(), b""
        while True:
            data = await self._stream.read()
            if not self._framed:
                continue  # without framing the input never ends
            packets, rest = split_shell_packets(rest + data)
            for kind, payload in packets:
                if kind == ShellId.STDIN:
                    content += payload
                elif kind == ShellId.CLOSE_STDIN:
                    return bytes(content)
