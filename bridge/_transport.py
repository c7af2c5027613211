"""Talking to an adb server: the devices that it knows, and commands in a device's shell.

Sources: AOSP packages/modules/adb, ``SERVICES.TXT``, ``protocol.txt``, ``shell_protocol.h``, and
``daemon/shell_service.cpp``: a command whose stream is closed gets SIGHUP, so that closing the connection
when the deadline passes ends it on the device as well.

Connections are adbutils' ones without four of its habits: it starts a server on the default port when any
port refuses, leaks the socket that was refused, counts its timeouts per ``recv``, and asks for the server's
version before each command.
"""

from __future__ import annotations

import re
import secrets
import socket
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adbutils import AdbConnection

from bridge._deadline import Deadline
from bridge._devices import is_address
from bridge._host_protocol import (
    ask,
    check_length,
    read_block,
    read_packet,
    read_status,
    read_to_end,
    send,
    stays_silent,
)
from bridge.errors import (
    AdbServerError,
    DeviceLostError,
    InvalidValueError,
    TransportError,
    UnknownSerialError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

__all__ = ["AdbServer", "Attached", "Completed"]

_STDOUT, _STDERR, _EXIT, _CLOSE_STDIN = 1, 2, 3, 4
_CONNECT_SECONDS = 3.0
_A_WEEK = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Attached:
    """A device as the adb server lists it.

    ``connection`` is all that the server tells of it. It changes with the server's number of the connection,
    and with the product and the model, as the number stays when another device answers at an address.
    """

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
    """An adb server at an address, on this computer or another. It is never started and never stopped."""

    def __init__(self, host: str, port: int) -> None:
        if not 0 < port < 65536:
            raise InvalidValueError(f"{port} is no TCP port: give one from 1 to 65535", port=str(port))
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._host = host
        self._port = port

    def attached(self, deadline: Deadline) -> tuple[Attached, ...]:
        """Return every device that the server knows, in its order and in any state.

        Raises:
            AdbServerError: no server answers there.
            TransportError: it stops in the middle, does not answer in time, or is no adb server.

        """
        with self._connect(deadline) as sock:
            ask(sock, "host:devices-l", deadline, serial="")
            listing = read_block(sock, deadline)
        return _attached(listing)

    def track(
        self, opened: Callable[[socket.socket], None], idle: Callable[[], float] | None = None
    ) -> Generator[tuple[Attached, ...], None, None]:
        """Yield all devices, at once and at every change, until the server or the socket stops.

        ``opened`` gets the socket; another thread may shut it down. With ``idle``, they are yielded again
        when nothing has come for as many seconds as it returns.

        Raises:
            AdbServerError: no server answers there.
            TransportError: the server or the socket has stopped, or there is no adb server.

        """
        soon, never = Deadline(_CONNECT_SECONDS), Deadline(_A_WEEK)
        with self._connect(soon) as sock:
            ask(sock, "host:track-devices-l", soon, serial="")
            opened(sock)
            while True:
                listing = _attached(read_block(sock, never))
                yield listing
                while idle is not None and stays_silent(sock, idle()):
                    yield listing

    def features(self, serial: str, deadline: Deadline) -> frozenset[str]:
        """Return what both the server and the device can do, such as ``shell_v2``.

        Raises:
            AdbServerError: no server answers there.
            DeviceChoiceError: the server no longer has the device, or it is offline or unauthorised.
            TransportError: the server stops in the middle, does not answer in time, or is no adb server.

        """
        with self._connect(deadline) as sock:
            ask(sock, f"host-serial:{serial}:features", deadline, serial=serial)
            return frozenset(read_block(sock, deadline).split(","))

    def connect(self, address: str, deadline: Deadline) -> None:
        """Have the server connect to a device at ``host:port``; it stays connected.

        Raises:
            AdbServerError: no server answers there.
            UnknownSerialError: no device answers at the address.
            TransportError: the server stops in the middle, does not answer in time, or is no adb server.

        """
        with self._connect(deadline) as sock:
            ask(sock, f"host:connect:{address}", deadline, serial=address)
            answer = read_block(sock, deadline)
        # A device that still asks its user is "failed to authenticate", and listed as unauthorised.
        if not answer.startswith(("connected to", "already connected to", "failed to authenticate")):
            raise UnknownSerialError(f"adb cannot connect to {address}: {answer[:200]}", serial=address)

    def wait_for(self, serial: str, deadline: Deadline) -> None:
        """Wait until the device can be used; one at an address that the server has forgotten is connected.

        Raises:
            AdbServerError: no server answers there.
            UnknownSerialError: no device answers at the address.
            TransportError: the deadline passed first, the server stopped, or is no adb server.

        """
        if is_address(serial) and all(serial != device.serial for device in self.attached(deadline)):
            self.connect(serial, deadline)
        with self._connect(deadline) as sock:
            # The server says OKAY twice: when it has understood, and when the device is there.
            ask(sock, f"host-serial:{serial}:wait-for-any-device", deadline, serial=serial)
            read_status(sock, deadline, serial=serial)

    def shell(self, serial: str, command: str, deadline: Deadline) -> Completed:
        """Run a command line in the device's shell, with shell protocol v2 (Android 7 and later).

        When the deadline passes, the command is ended on the device.

        Raises:
            AdbServerError: no server answers there.
            DeviceChoiceError: the server no longer has the device, or it is offline or unauthorised.
            DeviceLostError: the device went away before the command ended.
            DeviceTimeoutError: the deadline passed before the command ended.
            AdbProtocolError: the answer is not adb's.

        """
        start = time.monotonic()
        output = {_STDOUT: bytearray(), _STDERR: bytearray()}
        with self._service(serial, f"shell,v2,raw:{command}", deadline) as sock:
            # As adb itself does: a command that reads its input then ends instead of waiting.
            send(sock, bytes((_CLOSE_STDIN, 0, 0, 0, 0)), deadline)
            while True:
                kind, data = read_packet(sock, deadline)
                if kind == _EXIT and data:
                    return Completed(
                        bytes(output[_STDOUT]), bytes(output[_STDERR]), data[0], _ms_since(start)
                    )
                if kind in output:
                    output[kind] += data
                    check_length(output[kind])

    def shell_v1(self, serial: str, command: str, deadline: Deadline) -> Completed:
        """Run a command line in the shell of a device without shell protocol v2.

        Both outputs come as ``stdout``, and the exit code by a last line that the command cannot know.
        Raises what ``shell`` raises.
        """
        start = time.monotonic()
        marker = f"exit-{secrets.token_hex(8)}-"
        # Nobody can close the input of such a command, so that it gets an empty one.
        line = f"({command}) </dev/null; echo {marker}$?"
        with self._service(serial, f"shell:{line}", deadline) as sock:
            output = read_to_end(sock, deadline)
        end = re.search(rb"%b(\d{1,3})(\r?)\n\Z" % marker.encode(), output)
        if end is None:
            raise DeviceLostError(f"{serial} went away before the command ended", serial=serial)
        stdout = output[: end.start()]
        if end[2]:  # the shell ran on a terminal, which makes \r\n of every \n
            stdout = stdout.replace(b"\r\n", b"\n")
        return Completed(stdout, b"", int(end[1]) & 0xFF, _ms_since(start))

    @contextmanager
    def _service(self, serial: str, service: str, deadline: Deadline) -> Iterator[socket.socket]:
        """Open a service of the device. Errors tell whether the device may have seen the request."""
        sent = False
        try:
            with self._connect(deadline) as sock:
                ask(sock, f"host:transport:{serial}", deadline, serial=serial)
                sent = True
                ask(sock, service, deadline, serial=serial)
                yield sock
        except TransportError as error:
            error.may_have_run = sent
            raise

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


def _attached(listing: str) -> tuple[Attached, ...]:
    return tuple(_attached_device(line) for line in listing.splitlines() if line.strip())


def _attached_device(line: str) -> Attached:
    serial, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    state = "no permissions" if rest.startswith("no permissions") else rest.partition(" ")[0]
    model = re.search(r"\bmodel:(\S+)", rest)
    return Attached(
        serial=serial,
        state=state,
        model=model[1].replace("_", " ") if model else "",
        connection=rest,
    )


def _ms_since(start: float) -> float:
    return (time.monotonic() - start) * 1000
