"""adb servers that misbehave. What a real one does is tested with the emulated phone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from bridge._deadline import Deadline
from bridge._transport import AdbServer, Attached
from bridge.errors import (
    AdbProtocolError,
    AdbServerError,
    BridgeError,
    DeviceLostError,
    DeviceOfflineError,
    DeviceTimeoutError,
    DeviceUnauthorisedError,
    InvalidValueError,
    UnknownSerialError,
)

DETAILS = "device usb:1-1 product:x model:Pixel_6 device:oriole transport_id:7"
PERMISSIONS = "no permissions (user in plugdev group?); see [http://a.b] transport_id:3"

Serve = Callable[..., AdbServer]


def block(text: str) -> bytes:
    return b"%04x" % len(text.encode()) + text.encode()


def packet(kind: int, data: bytes) -> bytes:
    return bytes([kind]) + len(data).to_bytes(4, "little") + data


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve one connection: answer each request with the next bytes, then close or, if told, stay silent."""
    done = threading.Event()
    threads: list[threading.Thread] = []

    def start(*answers: bytes, stay: bool = False) -> AdbServer:
        listener = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            # A client that has heard enough closes in the middle.
            with suppress(OSError), listener, listener.accept()[0] as client:
                for answer in answers:
                    length = int(client.recv(4), 16)
                    client.recv(length)
                    client.sendall(answer)
                if stay:
                    done.wait()
                else:
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(4096):
                        pass

        thread = threading.Thread(target=run)
        thread.start()
        threads.append(thread)
        return AdbServer("127.0.0.1", listener.getsockname()[1])

    yield start
    done.set()
    for thread in threads:
        thread.join()


def test_devices_are_listed_in_every_state(serve: Serve) -> None:
    listing = (
        f"R3CT10ABCDE            {DETAILS}\n"
        "192.168.1.5:5555       offline transport_id:2\n"
        f"0123456789             {PERMISSIONS}\n"
    )
    assert serve(b"OKAY" + block(listing)).attached(Deadline(5)) == (
        Attached("R3CT10ABCDE", "device", "Pixel 6", DETAILS),
        Attached("192.168.1.5:5555", "offline", "", "offline transport_id:2"),
        Attached("0123456789", "no permissions", "", PERMISSIONS),
    )


def test_streams_and_exit_code_are_kept_apart(serve: Serve) -> None:
    answer = packet(1, b"o") + packet(2, b"e") + packet(1, b"ut") + packet(9, b"?") + packet(3, b"\x07")
    completed = serve(b"OKAY", b"OKAY" + answer).shell("s", "x", Deadline(5))
    assert (completed.stdout, completed.stderr, completed.exit_code) == (b"out", b"e", 7)


def test_a_server_that_is_not_there_is_an_error_and_none_is_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(AdbServerError):
        AdbServer("127.0.0.1", port).attached(Deadline(5))


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(InvalidValueError):
        AdbServer("127.0.0.1", port)


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        ("device 's' not found", UnknownSerialError),
        ("device offline", DeviceOfflineError),
        ("device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set", DeviceUnauthorisedError),
        ("device still authorizing", DeviceUnauthorisedError),
        ("closed", DeviceLostError),
        ("something else", AdbProtocolError),
    ],
)
def test_the_server_s_refusal_says_why(serve: Serve, reason: str, error: type[BridgeError]) -> None:
    with pytest.raises(error):
        serve(b"FAIL" + block(reason)).shell("s", "x", Deadline(5))


@pytest.mark.parametrize(
    "answers",
    [
        (b"",),
        (b"OK",),
        (b"OKAY", b"OKAY"),
        (b"OKAY", b"OKAY" + packet(1, b"half")[:-2]),
        (b"OKAY", b"OKAY" + packet(1, b"no exit code")),
    ],
)
def test_a_device_that_goes_away_is_lost_wherever_it_stops(serve: Serve, answers: tuple[bytes, ...]) -> None:
    with pytest.raises(DeviceLostError):
        serve(*answers).shell("s", "x", Deadline(5))


@pytest.mark.parametrize(
    "answers", [(b"",), (b"OKAY", b""), (b"OKAY", b"OKAY"), (b"OKAY", b"OKAY" + packet(1, b"begun"))]
)
def test_silence_ends_with_the_deadline(serve: Serve, answers: tuple[bytes, ...]) -> None:
    with pytest.raises(DeviceTimeoutError):
        serve(*answers, stay=True).shell("s", "x", Deadline(0.1))


@pytest.mark.parametrize(
    "answers",
    [
        (b"HTTP/1.1 400 Bad Request\r\n",),
        (b"FAILzzzz",),
        (b"OKAY", b"OKAY" + b"\x01\xff\xff\xff\xff"),
    ],
)
def test_what_is_not_adb_s_protocol_is_an_error(serve: Serve, answers: tuple[bytes, ...]) -> None:
    with pytest.raises(AdbProtocolError):
        serve(*answers).shell("s", "x", Deadline(5))
