"""The packets of the adb transport, as the device and the adb server exchange them.

Source: AOSP packages/modules/adb, protocol.txt and adb.h. A packet is a 24-byte little-endian header
(command, two arguments, length, checksum, magic) and a payload. The checksum is the sum of the payload's
bytes, and is not looked at when both sides speak version 0x01000001 or newer.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

__all__ = [
    "AUTH_TOKEN",
    "MAX_PAYLOAD",
    "VERSION",
    "Command",
    "MalformedPacketError",
    "Packet",
    "ShellId",
    "read_packet",
    "shell_packet",
    "split_shell_packets",
]

VERSION = 0x01000001
"""The version that is spoken here; with an older peer the checksum has to be true."""
MAX_PAYLOAD = 1024 * 1024
AUTH_TOKEN = 1

_HEADER = struct.Struct("<6I")
_SHELL_HEADER = struct.Struct("<BI")


class Command(IntEnum):
    """What a packet asks for: four ASCII letters read as a little-endian number."""

    CNXN = 0x4E584E43
    AUTH = 0x48545541
    OPEN = 0x4E45504F
    OKAY = 0x59414B4F
    WRTE = 0x45545257
    CLSE = 0x45534C43
    STLS = 0x534C5453


class ShellId(IntEnum):
    """The kinds of a packet of the shell protocol, version 2."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    EXIT = 3
    CLOSE_STDIN = 4
    WINDOW_SIZE = 5


class MalformedPacketError(Exception):
    """The peer does not speak the adb protocol; the connection can only be dropped."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: a command, its two arguments (unsigned 32-bit) and a payload."""

    command: int
    arg0: int
    arg1: int
    data: bytes = b""

    def encode(self, *, with_checksum: bool = False) -> bytes:
        """Return the header and the payload."""
        checksum = sum(self.data) & 0xFFFFFFFF if with_checksum else 0
        magic = self.command ^ 0xFFFFFFFF
        return _HEADER.pack(self.command, self.arg0, self.arg1, len(self.data), checksum, magic) + self.data


async def read_packet(reader: asyncio.StreamReader, max_payload: int = MAX_PAYLOAD) -> Packet:
    """Read one packet.

    Raises:
        MalformedPacketError: the magic is wrong or the payload is longer than agreed.
        asyncio.IncompleteReadError: the peer has closed the connection.

    """
    command, arg0, arg1, length, _checksum, magic = _HEADER.unpack(await reader.readexactly(_HEADER.size))
    if magic != command ^ 0xFFFFFFFF:
        raise MalformedPacketError(f"magic {magic:#x} does not belong to command {command:#x}")
    if length > max_payload:
        raise MalformedPacketError(f"a payload of {length} bytes is longer than {max_payload}")
    return Packet(command, arg0, arg1, await reader.readexactly(length))


def shell_packet(kind: ShellId, data: bytes) -> bytes:
    """Return one packet of the shell protocol, version 2."""
    return _SHELL_HEADER.pack(kind, len(data)) + data


def split_shell_packets(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Return the whole shell-protocol packets in ``data`` as (id, payload), and the bytes left over."""
    packets: list[tuple[int, bytes]] = []
    position = 0
    while len(data) - position >= _SHELL_HEADER.size:
        kind, length = _SHELL_HEADER.unpack_from(data, position)
        end = position + _SHELL_HEADER.size + length
        if end > len(data):
            break
        packets.append((kind, data[position + _SHELL_HEADER.size : end]))
        position = end
    return packets, data[position:]
