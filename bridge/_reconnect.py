"""Devices at an address that are lost are connected again, in longer and longer pauses.

The adb server itself tries for about a minute and then forgets the device (AOSP packages/modules/adb,
``transport.cpp``, ReconnectHandler: 20 attempts, 3 seconds apart), and a new adb server knows none.
"""

from __future__ import annotations

import math
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge._deadline import Deadline
from bridge._listings import Listings
from bridge.errors import AdbServerError, TransportError, UnknownSerialError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge._transport import AdbServer, Attached

__all__ = ["Reconnector"]

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_GIVEN_UP_SECONDS = 30.0
"""A device that is forgotten sooner has been disconnected: the adb server itself takes twice as long."""
_CONNECT_SECONDS = 12.0
"""adb gives up on an address that says nothing after 10 seconds."""
_AN_HOUR = 3600.0


@dataclass(slots=True)
class _Kept:
    """An address; ``broke_off`` is when, None where it is usable; ``due`` is when it is tried next.

    As long as it is ``listed``, the adb server tries by itself.
    """

    pause: float
    listed: bool = True
    broke_off: float | None = None
    due: float = 0.0


class Reconnector:
    """Keeps addresses connected, in a thread of its own from the first one on to ``close``.

    A device that the server forgets sooner than ``given_up_after`` seconds after it broke off has been
    disconnected by somebody (``adb disconnect``), who is obeyed: the address is kept no longer. Attempts are
    ``first_pause`` seconds apart, then twice as long each time, up to a minute.
    """

    def __init__(
        self,
        server: AdbServer,
        *,
        first_pause: float = _FIRST_PAUSE,
        given_up_after: float = _GIVEN_UP_SECONDS,
    ) -> None:
        self._server = server
        self._first_pause = first_pause
        self._given_up_after = given_up_after
        self._kept: dict[str, _Kept] = {}
        self._guard = threading.Lock()
        self._listings = Listings(server, self._until_due)
        self._thread: threading.Thread | None = None

    def keep(self, address: str) -> None:
        """Keep a device that is connected now."""
        with self._guard:
            self._kept.setdefault(address, _Kept(self._first_pause))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="reconnect", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Keep nothing any more, and end the thread. Closing twice does nothing."""
        self._listings.close()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        for listing in self._listings:
            if listing is None:
                self._all_lost()
                continue
            self._compare(listing)
            for address in self._due():
                self._connect(address)

    def _until_due(self) -> float:
        with self._guard:
            times = [kept.due for kept in self._kept.values() if not kept.listed]
        return max(min(times, default=_AN_HOUR + time.monotonic()) - time.monotonic(), 0.01)

    def _all_lost(self) -> None:
        with self._guard:
            for kept in self._kept.values():
                kept.listed, kept.broke_off = False, -math.inf  # nobody has disconnected it

    def _compare(self, listing: Sequence[Attached]) -> None:
        states = {device.serial: device.state for device in listing}
        now = time.monotonic()
        with self._guard:
            for address, kept in list(self._kept.items()):
                state = states.get(address)
                if state == "device":
                    self._kept[address] = _Kept(self._first_pause)
                elif state is not None:
                    kept.listed = True
                    kept.broke_off = now if kept.broke_off is None else kept.broke_off
                elif kept.listed and (kept.broke_off is None or now - kept.broke_off < self._given_up_after):
                    del self._kept[address]
                else:
                    kept.listed = False

    def _due(self) -> list[str]:
        now = time.monotonic()
        with self._guard:
            return [address for address, kept in self._kept.items() if not kept.listed and kept.due <= now]

    def _connect(self, address: str) -> None:
        with suppress(AdbServerError, TransportError, UnknownSerialError):
            self._server.connect(address, Deadline(_CONNECT_SECONDS))
        with self._guard:
            if kept := self._kept.get(address):
                kept.due = time.monotonic() + kept.pause
                kept.pause = min(2 * kept.pause, _LONGEST_PAUSE)
