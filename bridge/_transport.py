"""Talking to an adb server: the devices that it knows, and commands in a device's shell.

Sources: AOSP packages/modules/adb, ``SERVICES.TXT``, ``protocol.txt`` and ``shell_protocol.h``.

Connections are adbutils' ones without four of its habits: it starts a server on the default port when any
port refuses, leaks the socket that was refused, counts its timeouts per ``recv``, and asks for the server's
version before each command.
"""

from __future__ import annotations

import re
import socket
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adbutils import AdbConnection

from bridge.errors import (
    AdbProtocolError,
    AdbServerError,
    DeviceLostError,
    DeviceOfflineError,
    DeviceTimeoutError,
    DeviceUnauthorisedError,
    InvalidValueError,
    UnknownSerialError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge._deadline import Deadline

__all__ = ["AdbServer", "Attached", "Completed"]

_STDOUT, _STDERR, _EXIT, _CLOSE_STDIN = 1, 2, 3, 4
_PACKET_LIMIT = 1 << 20  # adb's own maximum payload
_OUTPUT_LIMIT = 32 << 20
_CONNECT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Attached:
    """A device as the adb server lists it. ``connection`` changes when the device comes back."""

    serial: str
    state: str
    model: str
    connection: str


@dataclass(frozen=True, slots=True)
class Completed:
    """What a command on the device gave back."""

    stdout: bytes
    stderr: bytes
    exit_code: int
    elapsed_ms: float


class _Connection(AdbConnection):  # type: ignore[misc] # adbutils ships no types
    """An adbutils connection that never starts an adb server."""

    def __init__(self, host: str, port: int, deadline: Deadline) -> None:
        self._address = (host, port)
        self._timeout = min(_CONNECT_SECONDS, deadline.remaining())
        super().__init__(host, port)

    def _safe_connect(self) -> socket.socket:
        connected = socket.create_connection(self._address, timeout=self._timeout)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected


class AdbServer:
    """An adb server at an address. It is only spoken to: never started, never stopped."""

    def __init__(self, host: str, port: int) -> None:
        if not 0 < port < 65536:
            raise InvalidValueError(f"{port} is no TCP port: give one from 1 to 65535", port=str(port))
        self.address = f"{host}:{port}"
        self._host = host
        self._port = port

    def attached(self, deadline: Deadline) -> tuple[Attached, ...]:
        """Return every device that the server knows, in its order and in any state.

        Raises:
            AdbServerError: no server answers there.
            TransportError: it stops in the middle, does not answer in time, or is no adb server.

        """
        with self._connect(deadline) as sock:
            _ask(sock, "host:devices-l", deadline, serial="")
            listing = _read_block(sock, deadline)
        return tuple(_attached(line) for line in listing.splitlines() if line.strip())

    def shell(self, serial: str, command: str, deadline: Deadline) -> Completed:
        """Run a command line in the device's shell, with shell protocol v2.

        Raises:
            AdbServerError: no server answers there.
            DeviceChoiceError: the server no longer has the device, or it is offline or unauthorised.
            DeviceLostError: the device went away before the command ended. It may have run.
            DeviceTimeoutError: the deadline passed before the command ended. It may have run.
            AdbProtocolError: the answer is not adb's, or the device has no shell protocol v2.

        """
        start = time.monotonic()
        output = {_STDOUT: bytearray(), _STDERR: bytearray()}
        with self._connect(deadline) as sock:
            _ask(sock, f"host:transport:{serial}", deadline, serial=serial)
            _ask(sock, f"shell,v2,raw:{command}", deadline, serial=serial)
            # As adb itself does: a command that reads its input then ends instead of waiting.
            _send(sock, bytes((_CLOSE_STDIN, 0, 0, 0, 0)), deadline)
            while True:
                kind, data = _read_packet(sock, deadline)
                if kind == _EXIT and data:
                    elapsed_ms = (time.monotonic() - start) * 1000
                    return Completed(bytes(output[_STDOUT]), bytes(output[_STDERR]), data[0], elapsed_ms)
                if kind in output:
                    output[kind] += data
                    if len(output[kind]) > _OUTPUT_LIMIT:
                        raise AdbProtocolError(f"the device's answer is longer than {_OUTPUT_LIMIT} bytes")

    @contextmanager
    def _connect(self, deadline: Deadline) -> Iterator[socket.socket]:
        try:
            sock: socket.socket = _Connection(self._host, self._port, deadline).conn
        except OSError:
            raise AdbServerError(
                f"no adb server answers at {self.address}: start one with `adb start-server`, "
                "or give the address of one that runs",
                address=self.address,
            ) from None
        with closing(sock):
            yield sock


def _attached(line: str) -> Attached:
    serial, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    state = "no permissions" if rest.startswith("no permissions") else rest.partition(" ")[0]
    model = re.search(r"\bmodel:(\S+)", rest)
    connection = re.search(r"\btransport_id:(\d+)", rest)
    return Attached(
        serial=serial,
        state=state,
        model=model[1].replace("_", " ") if model else "",
        connection=connection[1] if connection else "",
    )


def _ask(sock: socket.socket, service: str, deadline: Deadline, *, serial: str) -> None:
    request = service.encode()
    _send(sock, b"%04x" % len(request) + request, deadline)
    status = _read_exact(sock, 4, deadline)
    if status == b"OKAY":
        return
    if status != b"FAIL":
        raise AdbProtocolError(f"the answer {status!r} is not adb's: is there an adb server at this address?")
    _refuse(_read_block(sock, deadline), serial)


def _refuse(text: str, serial: str) -> None:
    if "unauthorized" in text or "authorizing" in text:
        raise DeviceUnauthorisedError(
            f"{serial} has not allowed this computer: unlock it and accept the debugging question",
            serial=serial,
        )
    if "offline" in text:
        raise DeviceOfflineError(f"{serial} is offline: reconnect it, then try again", serial=serial)
    if "not found" in text:
        raise UnknownSerialError(f"there is no device {serial} any more: reconnect it", serial=serial)
    if text == "closed":
        # adbd refuses the service, or drops at this moment; both look the same from here.
        raise DeviceLostError(
            f"{serial} closed the connection (a phone before Android 7 has no shell protocol v2)",
            serial=serial,
        )
    raise AdbProtocolError(f"the adb server refused: {text[:200]}", serial=serial)


def _read_block(sock: socket.socket, deadline: Deadline) -> str:
    digits = _read_exact(sock, 4, deadline)
    try:
        length = int(digits, 16)
    except ValueError:
        raise AdbProtocolError(f"{digits!r} is no length of adb's protocol") from None
    return _read_exact(sock, length, deadline).decode(errors="replace")


def _read_packet(sock: socket.socket, deadline: Deadline) -> tuple[int, bytes]:
    header = _read_exact(sock, 5, deadline)
    length = int.from_bytes(header[1:], "little")
    if length > _PACKET_LIMIT:
        raise AdbProtocolError(f"a packet of {length} bytes is not of shell protocol v2")
    return header[0], _read_exact(sock, length, deadline)


def _send(sock: socket.socket, data: bytes, deadline: Deadline) -> None:
    sock.settimeout(deadline.remaining())
    try:
        sock.sendall(data)
    except TimeoutError:
        raise _timeout(deadline) from None
    except OSError as error:
        raise DeviceLostError(f"the connection to the adb server broke: {error}") from error


def _read_exact(sock: socket.socket, count: int, deadline: Deadline) -> bytes:
    data = bytearray()
    while len(data) < count:
        sock.settimeout(deadline.remaining())
        try:
            chunk = sock.recv(count - len(data))
        except TimeoutError:
            raise _timeout(deadline) from None
        except OSError as error:
            raise DeviceLostError(f"the connection to the adb server broke: {error}") from error
        if not chunk:
            raise DeviceLostError("the device or the adb server went away before the command ended")
        data += chunk
    return bytes(data)


def _timeout(deadline: Deadline) -> DeviceTimeoutError:
    return DeviceTimeoutError(
        f"the device did not answer within {deadline.seconds:g} s", timeout=f"{deadline.seconds:g}"
    )
