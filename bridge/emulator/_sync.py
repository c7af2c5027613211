"""The ``sync:`` service: push, pull, stat and list.

Source: AOSP packages/modules/adb, SYNC.TXT and daemon/file_sync_service.cpp, version 1 of the protocol. Every
message is four letters and a little-endian number, which for requests is the length of a path.
"""

from __future__ import annotations

import errno
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.emulator._adbd import Stream
    from bridge.emulator._storage import Storage

__all__ = ["serve_sync"]

_HEADER = struct.Struct("<4sI")
_STAT = struct.Struct("<4sIII")
_ENTRY = struct.Struct("<4sIIII")
_MAX_DATA = 64 * 1024
_MAX_PATH = 1024


class _ProtocolError(Exception):
    """The host does not keep to the protocol: adbd says why and closes the stream."""


async def serve_sync(storage: Storage, stream: Stream) -> None:
    """Serve requests until the host says QUIT or asks for something that there is not."""
    session = _Session(storage, stream)
    try:
        while await session.serve_one():
            pass
    except _ProtocolError as error:
        await session.fail(str(error))


class _Session:
    def __init__(self, storage: Storage, stream: Stream) -> None:
        self._storage = storage
        self._stream = stream
        self._buffer = bytearray()

    async def serve_one(self) -> bool:
        """Serve one request, and return whether there may be another."""
        kind, length = await self._header()
        if kind == b"QUIT":
            return False
        handler = {
            b"LIST": self._list,
            b"RECV": self._receive,
            b"SEND": self._send,
            b"STAT": self._stat,
        }.get(kind)
        if handler is None:
            raise _ProtocolError(f"unknown command {kind.hex()}")
        if length > _MAX_PATH:
            raise _ProtocolError("path too long")
        await handler((await self._read(length)).decode("utf-8", "replace"))
        return True

    async def fail(self, reason: str) -> None:
        """Tell the host what went wrong."""
        text = reason.encode()
        await self._stream.write(_HEADER.pack(b"FAIL", len(text)) + text)

    async def _stat(self, path: str) -> None:
        mode, size, modified = self._facts(path)
        await self._stream.write(_STAT.pack(b"STAT", mode, size, modified))

    async def _list(self, path: str) -> None:
        try:
            names = [".", "..", *self._storage.names(path)]
        except OSError:
            names = []  # an unreadable folder looks empty
        answer = b""
        for name in names:
            encoded = name.encode()
            answer += _ENTRY.pack(b"DENT", *self._facts(f"{path}/{name}"), len(encoded)) + encoded
        await self._stream.write(answer + _ENTRY.pack(b"DONE", 0, 0, 0, 0))

    async def _receive(self, path: str) -> None:
        try:
            content = self._storage.read(path)
        except OSError as error:
            await self.fail(f"open failed: {error.strerror}")
            return
        answer = b""
        for start in range(0, len(content), _MAX_DATA):
            chunk = content[start : start + _MAX_DATA]
            answer += _HEADER.pack(b"DATA", len(chunk)) + chunk
        await self._stream.write(answer + _HEADER.pack(b"DONE", 0))

    async def _send(self, path_and_mode: str) -> None:
        path, comma, mode = path_and_mode.rpartition(",")
        if not comma or not mode.isdecimal():
            raise _ProtocolError("missing , in ID_SEND_V1")
        content = bytearray()
        while True:
            kind, number = await self._header()
            if kind == b"DONE":
                break
            if kind != b"DATA" or number > _MAX_DATA:
                raise _ProtocolError("invalid data message")
            content += await self._read(number)
        try:
            self._storage.write(path, bytes(content), modified=number, mode=int(mode) & 0o777)
        except OSError as error:
            full = error.errno == errno.ENOSPC
            if full:
                self._storage.remove(path)  # adbd leaves no half file behind
            step = "write failed" if full else "couldn't create file"
            await self.fail(f"{step}: {error.strerror}")
        else:
            await self._stream.write(_HEADER.pack(b"OKAY", 0))

    def _facts(self, path: str) -> tuple[int, int, int]:
        """Return mode, size and time, or three zeros where there is nothing."""
        try:
            entry = self._storage.stat(path)
        except OSError:
            return 0, 0, 0
        return entry.mode, entry.size, entry.modified

    async def _header(self) -> tuple[bytes, int]:
        kind, number = _HEADER.unpack(await self._read(_HEADER.size))
        return kind, number

    async def _read(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._buffer += await self._stream.read()
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data
