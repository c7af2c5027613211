"""The adb server's listings of its devices, one after the other, for as long as somebody wants them.

Source: AOSP packages/modules/adb, ``SERVICES.TXT``, ``host:track-devices-l``: the server sends the whole list
again at every change.
"""

from __future__ import annotations

import socket
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from bridge.errors import AdbServerError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from bridge._transport import AdbServer, Attached

__all__ = ["Listings"]

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0


class Listings:
    """An iterator over all devices at each change; it blocks until the next one.

    None says that the adb server has gone; it is looked for again after a quarter of a second, then in longer
    and longer pauses. With ``idle``, the last listing is repeated when nothing has come for as many seconds
    as it returns. ``close``, from any thread, ends the iteration.
    """

    def __init__(self, server: AdbServer, idle: Callable[[], float] | None = None) -> None:
        self._server = server
        self._idle = idle
        self._closed = threading.Event()
        self._connection: socket.socket | None = None
        self._guard = threading.Lock()
        self._iterating = threading.Lock()
        self._following = self._follow()

    def close(self) -> None:
        """End the iteration, and wait until its connection is closed. Closing twice does nothing."""
        with self._guard:
            self._closed.set()
            if self._connection is not None:
                _wake(self._connection)
        with self._iterating:
            self._following.close()

    def __iter__(self) -> Iterator[tuple[Attached, ...] | None]:
        return self

    def __next__(self) -> tuple[Attached, ...] | None:
        with self._iterating:
            return next(self._following)

    def _follow(self) -> Generator[tuple[Attached, ...] | None, None, None]:
        pause = _FIRST_PAUSE
        while not self._closed.is_set():
            with (
                suppress(AdbServerError, TransportError),
                closing(self._server.track(self._opened, self._idle)) as listings,
            ):
                for listing in listings:
                    pause = _FIRST_PAUSE
                    yield listing
            if self._closed.is_set():
                return
            yield None
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
