"""The daemon's side of the adb transport: connections, and the streams that run over them.

It knows packets and streams; what a service such as ``shell:`` does is in ``_services``.
Source of the flow: AOSP packages/modules/adb, protocol.txt ("One WRTE in flight per stream until OKAY").
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from typing import TYPE_CHECKING

from bridge.emulator._wire import (
    AUTH_TOKEN,
    MAX_PAYLOAD,
    VERSION,
    Command,
    MalformedPacketError,
    Packet,
    read_packet,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Adbd", "Stream"]


class Stream:
    """One stream of a connection: what the host sends can be read, and what is written reaches the host."""

    def __init__(self, connection: _Connection, local_id: int, remote_id: int, service: str) -> None:
        self.service = service
        self.local_id = local_id
        self.change: Callable[[bytes], Awaitable[bytes]] | None = None
        """What is made of the bytes before they are sent; for faults."""
        self._connection = connection
        self._remote_id = remote_id
        self._writable = asyncio.Event()
        self._writable.set()
        self._received: asyncio.Queue[bytes] = asyncio.Queue()

    async def read(self) -> bytes:
        """Wait for the next bytes from the host."""
        return await self._received.get()

    async def write(self, data: bytes) -> None:
        """Send bytes, in as many packets as the agreed payload needs; each waits for the one before."""
        if self.change is not None:
            data = await self.change(data)
        for start in range(0, len(data), self._connection.max_payload):
            await self._writable.wait()
            self._writable.clear()
            chunk = data[start : start + self._connection.max_payload]
            await self._connection.send(Command.WRTE, self.local_id, self._remote_id, chunk)

    def acknowledged(self) -> None:
        """Note the host's OKAY: the next packet may go."""
        self._writable.set()

    async def deliver(self, data: bytes) -> None:
        """Take bytes from the host and acknowledge them."""
        self._received.put_nowait(data)
        await self._connection.send(Command.OKAY, self.local_id, self._remote_id)

    async def close(self) -> None:
        """Tell the host that the service has ended."""
        await self._connection.send(Command.CLSE, self.local_id, self._remote_id)

    def cut(self) -> None:
        """Cut the connection with all its streams, as a pulled cable does."""
        self._connection.abort()

    async def garble(self) -> None:
        """Send what is no packet."""
        await self._connection.send_raw(b"\xa5" * 64)


class _Connection:
    """One adb server's connection: the handshake, then any number of streams."""

    def __init__(self, daemon: Adbd, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.max_payload = MAX_PAYLOAD
        self._peer_version = 0
        self._with_checksum = True
        self.online = False
        self._daemon = daemon
        self._reader = reader
        self._writer = writer
        self._streams: dict[int, tuple[Stream, asyncio.Task[None]]] = {}
        self._next_id = 1

    async def run(self) -> None:
        """Serve until the host closes the connection or speaks nonsense, then end every stream."""
        try:
            while self._daemon.is_reachable():
                packet = await read_packet(self._reader)
                if not self._daemon.frozen:
                    await self._handle(packet)
        except (asyncio.IncompleteReadError, ConnectionError, MalformedPacketError):
            pass  # the host is gone, or is no adb: adbd drops the connection either way
        finally:
            await self._end_streams()
            self._writer.close()
            with contextlib.suppress(ConnectionError):
                await self._writer.wait_closed()

    async def send(self, command: Command, arg0: int, arg1: int, data: bytes = b"") -> None:
        await self.send_raw(Packet(command, arg0, arg1, data).encode(with_checksum=self._with_checksum))

    async def send_raw(self, data: bytes) -> None:
        if not self._daemon.is_reachable():
            self.abort()
            raise ConnectionAbortedError
        if self._daemon.frozen:
            return
        self._writer.write(data)
        await self._writer.drain()

    async def greet(self) -> None:
        """Answer the host's CNXN: the device is online from here."""
        self.online = True
        await self.send(Command.CNXN, VERSION, MAX_PAYLOAD, self._daemon.banner.encode())
        self._with_checksum = self._peer_version < VERSION

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """The services that run."""
        return [task for _, task in self._streams.values()]

    def abort(self) -> None:
        """Cut the connection, as a pulled cable does."""
        self._writer.transport.abort()

    async def _handle(self, packet: Packet) -> None:
        match packet.command:
            case Command.CNXN:
                self.max_payload = min(MAX_PAYLOAD, packet.arg1)
                self._peer_version = packet.arg0
                if self._daemon.authorized:
                    await self.greet()
                else:
                    await self.send(Command.AUTH, AUTH_TOKEN, 0, os.urandom(20))
            case Command.AUTH:
                # A signature or a public key. The user has not agreed: ask again, as adbd does for a
                # signature it does not know; for a public key it keeps silent until the dialog is answered.
                if packet.arg0 == 2:
                    await self.send(Command.AUTH, AUTH_TOKEN, 0, os.urandom(20))
            case Command.OPEN if self.online:
                await self._open(packet)
            case Command.OKAY | Command.WRTE | Command.CLSE:
                await self._to_stream(packet)
            case _:
                pass  # adbd ignores what it does not know (STLS is never offered)

    async def _open(self, packet: Packet) -> None:
        service = packet.data.rstrip(b"\0").decode("utf-8", "surrogateescape")
        try:
            handler = self._daemon.service_for(service)
        except ConnectionAbortedError:
            self.abort()
            return
        if handler is None:
            await self.send(Command.CLSE, 0, packet.arg0)
            return
        stream = Stream(self, self._next_id, packet.arg0, service)
        self._next_id += 1
        await self.send(Command.OKAY, stream.local_id, packet.arg0)
        task = asyncio.create_task(self._serve(stream, handler), name=f"adbd {service[:40]}")
        self._streams[stream.local_id] = (stream, task)

    async def _serve(self, stream: Stream, handler: Callable[[Stream], Awaitable[None]]) -> None:
        try:
            with contextlib.suppress(ConnectionError):  # the host may go while the service answers
                await handler(stream)
        finally:
            self._streams.pop(stream.local_id, None)
            with contextlib.suppress(ConnectionError):
                await stream.close()

    async def _to_stream(self, packet: Packet) -> None:
        entry = self._streams.get(packet.arg1)
        if entry is None:
            return  # closed by us a moment ago
        stream, task = entry
        if packet.command == Command.OKAY:
            stream.acknowledged()
        elif packet.command == Command.WRTE:
            await stream.deliver(packet.data)
        else:
            task.cancel()

    async def _end_streams(self) -> None:
        tasks = self.tasks
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Adbd:
    """The adb daemon of one device: accepts adb servers on a listening socket.

    ``service_for`` returns the coroutine function that serves a stream, or None, which refuses it; it raises
    ConnectionAbortedError to have the connection cut instead. While ``is_reachable`` says no, every
    connection breaks; while ``frozen``, every one stays and nothing is answered.
    """

    def __init__(
        self,
        banner: str,
        service_for: Callable[[str], Callable[[Stream], Awaitable[None]] | None],
        *,
        authorized: bool = True,
        is_reachable: Callable[[], bool] = lambda: True,
    ) -> None:
        self.banner = banner
        self.is_reachable = is_reachable
        self.frozen = False
        self.service_for = service_for
        self.authorized = authorized
        self._connections: dict[_Connection, asyncio.Task[None]] = {}

    async def serve(self, listener: socket.socket, stop: asyncio.Event) -> None:
        """Accept connections until ``stop`` is set, then close all of them and the listener."""
        server = await asyncio.start_server(self._accept, sock=listener)
        try:
            await stop.wait()
        finally:
            server.close()
            tasks = list(self._connections.values())
            self.drop()
            await asyncio.gather(*tasks)
            await server.wait_closed()

    async def wait_until_idle(self) -> None:
        """Wait until no service runs."""
        while tasks := [task for connection in self._connections for task in connection.tasks]:
            await asyncio.wait(tasks)

    async def authorize(self) -> None:
        """Let the user accept the host's key: waiting connections come online."""
        self.authorized = True
        for connection in self._connections:
            if not connection.online:
                await connection.greet()

    def drop(self) -> None:
        """Cut every connection without a word. An adb server comes back by itself within a second."""
        for connection in self._connections:
            connection.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Without TCP_NODELAY every command costs some 40 ms: small packets would wait for delayed ACKs.
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(self, reader, writer)
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is always accepted inside a task")
        self._connections[connection] = task
        try:
            await connection.run()
        finally:
            self._connections.pop(connection, None)
