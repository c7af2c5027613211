"""The adb server's protocol on a socket: requests, statuses, blocks and packets, under a deadline.

Source: AOSP packages/modules/adb, ``protocol.txt`` and ``shell_protocol.h``.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from bridge.errors import (
    AdbProtocolError,
    DeviceLostError,
    DeviceOfflineError,
    DeviceTimeoutError,
    DeviceUnauthorisedError,
    UnknownSerialError,
)

if TYPE_CHECKING:
    from bridge._deadline import Deadline

__all__ = [
    "ask",
    "check_length",
    "read_block",
    "read_packet",
    "read_status",
    "read_to_end",
    "send",
    "stays_silent",
]

_PACKET_LIMIT = 1 << 20  # adb's own maximum payload
_OUTPUT_LIMIT = 32 << 20
_CHUNK = 1 << 16


def ask(sock: socket.socket, service: str, deadline: Deadline, *, serial: str) -> None:
    """Send a request and read the server's status.

    Raises:
        DeviceChoiceError: the server refuses; ``serial`` is named in the text.
        TransportError: the server stops, does not answer in time, or is none.

    """
    request = service.encode()
    send(sock, b"%04x" % len(request) + request, deadline)
    read_status(sock, deadline, serial=serial)


def read_status(sock: socket.socket, deadline: Deadline, *, serial: str) -> None:
    """Read OKAY, or raise what the server's FAIL says, as ``ask`` does."""
    status = _read_exact(sock, 4, deadline)
    if status == b"OKAY":
        return
    if status != b"FAIL":
        raise AdbProtocolError(f"the answer {status!r} is not adb's: is there an adb server at this address?")
    _refuse(read_block(sock, deadline), serial)


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
        raise DeviceLostError(f"{serial} closed the connection", serial=serial)
    raise AdbProtocolError(f"the adb server refused: {text[:200]}", serial=serial)


def read_block(sock: socket.socket, deadline: Deadline) -> str:
    """Read a text with its length in front."""
    digits = _read_exact(sock, 4, deadline)
    try:
        length = int(digits, 16)
    except ValueError:
        raise AdbProtocolError(f"{digits!r} is no length of adb's protocol") from None
    return _read_exact(sock, length, deadline).decode(errors="replace")


def stays_silent(sock: socket.socket, seconds: float) -> bool:
    """Wait for the peer to send something, and return whether it has sent nothing; reads nothing."""
    sock.settimeout(seconds)
    try:
        sock.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        return True
    except OSError as error:
        raise DeviceLostError(f"the connection to the adb server broke: {error}") from error
    return False


def read_packet(sock: socket.socket, deadline: Deadline) -> tuple[int, bytes]:
    """Read one packet of shell protocol v2: its kind and its content."""
    header = _read_exact(sock, 5, deadline)
    length = int.from_bytes(header[1:], "little")
    if length > _PACKET_LIMIT:
        raise AdbProtocolError(f"a packet of {length} bytes is not of shell protocol v2")
    return header[0], _read_exact(sock, length, deadline)


def read_to_end(sock: socket.socket, deadline: Deadline) -> bytes:
    """Read until the peer closes."""
    data = bytearray()
    while chunk := _receive(sock, _CHUNK, deadline):
        data += chunk
        check_length(data)
    return bytes(data)


def check_length(output: bytearray) -> None:
    """Refuse an output that would fill this computer's memory."""
    if len(output) > _OUTPUT_LIMIT:
        raise AdbProtocolError(f"the device's answer is longer than {_OUTPUT_LIMIT} bytes")


def send(sock: socket.socket, data: bytes, deadline: Deadline) -> None:
    """Send all of the bytes."""
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
        chunk = _receive(sock, count - len(data), deadline)
        if not chunk:
            raise DeviceLostError("the device or the adb server went away before the command ended")
        data += chunk
    return bytes(data)


def _receive(sock: socket.socket, count: int, deadline: Deadline) -> bytes:
    sock.settimeout(deadline.remaining())
    try:
        return sock.recv(count)
    except TimeoutError:
        raise _timeout(deadline) from None
    except OSError as error:
        raise DeviceLostError(f"the connection to the adb server broke: {error}") from error


def _timeout(deadline: Deadline) -> DeviceTimeoutError:
    return DeviceTimeoutError(
        f"the device did not answer within {deadline.seconds:g} s", timeout=f"{deadline.seconds:g}"
    )
