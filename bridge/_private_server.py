"""An adb server of one's own, on a private port, that never touches the user's.

It is the adb binary that adbutils finds (the one in its wheel where no other is on the path), run as a child
process in the foreground. Its log lives in a temporary folder.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
import weakref
from pathlib import Path

import adbutils

from bridge._closing import ClosedAtTheEnd
from bridge.errors import AdbServerError

__all__ = ["PrivateAdbServer"]

_NOT_INHERITED = {"ADB_SERVER_SOCKET", "ANDROID_SERIAL"}
_ALONE = {
    "ADB_EMU": "0",  # looks for no emulators
    "ADB_LOCAL_TRANSPORT_MAX_PORT": "0",  # for a release without ADB_EMU; may be read after a first look
    "ADB_MDNS": "0",
    "ADB_USB": "0",  # looks for no phones on USB, which would also take up to 3 s at the start
    "ADB_VENDOR_KEYS": "",
}
_START_TIMEOUT = 20.0
_END_TIMEOUT = 5.0
_POLL_INTERVAL = 0.02
_REPLY_TIMEOUT = 20.0
"""``host:connect`` itself gives up after 10 seconds on a listener that says nothing."""


class PrivateAdbServer(ClosedAtTheEnd):
    """An adb server on a port of this machine, a free one unless it is given; a context manager.

    It runs from construction to ``close``, and ends with this program at the latest. It is alone: it looks
    for no phones and has a key of its own. With ``phones`` it looks for phones on USB and in the network and
    for emulators, with the key that the user's phones have allowed; a phone on USB belongs to one adb server
    at a time.

    Raises:
        AdbServerError: the port is taken, there is no adb binary, or the server does not answer in time.

    """

    def __init__(self, port: int = 0, *, phones: bool = False) -> None:
        self.port = port or _free_port()
        _check_free(self.port)
        self._phones = phones
        self._home = tempfile.TemporaryDirectory(prefix="intent-agent-adb-")
        self._process = self._start()
        # Runs at close, at garbage collection or at the interpreter's exit, whichever comes first.
        self._end = weakref.finalize(self, _end_process, self._process, self._home)
        try:
            self._wait_until_ready()
        except AdbServerError:
            self.close()
            raise

    def connect(self, address: str) -> str:
        """Connect a device that listens at ``host:port``, wait until it is usable, and return its serial.

        Raises:
            AdbServerError: the device cannot be reached, or has not authorised this server.

        """
        answer = self._request(f"host:connect:{address}")
        if not answer.startswith(("connected to", "already connected to")):
            raise AdbServerError(f"adb cannot connect to {address}: {answer}", address=address)
        return address

    def disconnect(self, address: str) -> None:
        """Forget a device.

        Raises:
            AdbServerError: the server does not know it.

        """
        self._request(f"host:disconnect:{address}")

    def kill(self) -> None:
        """End the server at once, as a crash does; its connections break off."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the server. Closing twice does nothing."""
        self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        environment = inherited | {"ANDROID_ADB_SERVER_PORT": str(self.port)}
        if not self._phones:
            environment |= _ALONE | {"ANDROID_USER_HOME": self._home.name, "HOME": self._home.name}
        with (Path(self._home.name) / "adb.log").open("wb") as log:
            try:
                return subprocess.Popen(
                    [adbutils.adb_path(), "-P", str(self.port), "server", "nodaemon"],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self._home.name,
                )
            except (OSError, adbutils.AdbError) as error:
                self._home.cleanup()
                raise AdbServerError(
                    f"no adb server can be started ({error}); install Android's platform-tools, or set "
                    "ADBUTILS_ADB_PATH to an adb binary"
                ) from error

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        while True:
            if self._process.poll() is not None:
                raise self._failure(f"ended with code {self._process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1.0).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise self._failure(f"does not answer after {_START_TIMEOUT:g} s") from None
                time.sleep(_POLL_INTERVAL)
            else:
                self._request("host:version")
                return

    def _failure(self, what: str) -> AdbServerError:
        log = (Path(self._home.name) / "adb.log").read_text("utf-8", "replace").strip()
        return AdbServerError(f"the private adb server {what}: {log[-400:] or 'it has logged nothing'}")

    def _request(self, service: str) -> str:
        """Ask the server, and return its answer; source of the form: AOSP adb SERVICES.TXT."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=_REPLY_TIMEOUT) as connection:
                encoded = service.encode()
                connection.sendall(b"%04x%b" % (len(encoded), encoded))
                with connection.makefile("rb") as stream:
                    status = stream.read(4)
                    length = stream.read(4)
                    text = stream.read(int(length, 16)).decode("utf-8", "replace") if length else ""
        except (OSError, ValueError) as error:
            raise AdbServerError(f"the private adb server does not answer {service}: {error}") from error
        if status != b"OKAY":
            raise AdbServerError(f"the private adb server refuses {service}: {text or 'no reason given'}")
        return text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _check_free(port: int) -> None:
    """Refuse a port on which somebody listens: the user's adb server could be taken for this one."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError) as error:
        raise AdbServerError(
            f"no adb server can be started on port {port} ({error}); give another one, or 0 for a free one"
        ) from error


def _end_process(process: subprocess.Popen[bytes], home: tempfile.TemporaryDirectory[str]) -> None:
    process.terminate()
    try:
        process.wait(_END_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    home.cleanup()
