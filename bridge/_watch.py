"""The devices of an adb server as they come, go and change.

Source: AOSP packages/modules/adb, ``SERVICES.TXT``, ``host:track-devices-l``: the server sends the whole list
again at every change.
"""

from __future__ import annotations

import socket
import threading
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from bridge.errors import AdbServerError, TransportError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from types import TracebackType

    from bridge._transport import AdbServer

__all__ = ["DeviceChange", "DeviceWatch"]

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """A device that has come, gone or changed.

    ``before`` and ``after`` are adb's words for its state (``device``, ``offline``, ``unauthorized`` …);
    ``before`` is empty where the device was not there, ``after`` where it is gone.
    """

    serial: str
    before: str
    after: str


class DeviceWatch:
    """An iterator over changes that blocks until the next one; a context manager.

    The devices that are there at the beginning come first. When the adb server goes away, all devices are
    gone; it is looked for again after a quarter of a second, then in longer and longer pauses. ``close``,
    from any thread, ends the iteration.
    """

    def __init__(self, server: AdbServer) -> None:
        self._server = server
        self._closed = threading.Event()
        self._connection: socket.socket | None = None
        self._guard = threading.Lock()
        self._iterating = threading.Lock()
        self._changes = self._watch()

    def close(self) -> None:
        """End the iteration, and wait until its connection is closed. Closing twice does nothing."""
        with self._guard:
            self._closed.set()
            if self._connection is not None:
                _wake(self._connection)
        with self._iterating:
            self._changes.close()

    def __iter__(self) -> Iterator[DeviceChange]:
        return self

    def __next__(self) -> DeviceChange:
        with self._iterating:
            return next(self._changes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _watch(self) -> Generator[DeviceChange, None, None]:
        known: dict[str, str] = {}
        pause = _FIRST_PAUSE
        while not self._closed.is_set():
            with (
                suppress(AdbServerError, TransportError),
                closing(self._server.track(self._opened)) as listings,
            ):
                for attached in listings:
                    now = {device.serial: device.state for device in attached}
                    yield from _changes(known, now)
                    known, pause = now, _FIRST_PAUSE
            if self._closed.is_set():
                return
            yield from _changes(known, {})
            known = {}
            self._closed.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _opened(self, connection: socket.socket) -> None:
        with self._guard:
            self._connection = connection
            if self._closed.is_set():
                _wake(connection)


def _wake(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[DeviceChange]:
    for serial in dict.fromkeys((*before, *after)):
        if before.get(serial) != after.get(serial):
            yield DeviceChange(serial, before.get(serial, ""), after.get(serial, ""))
