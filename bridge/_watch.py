"""The devices of an adb server as they come, go and change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge._closing import ClosedAtTheEnd
from bridge._listings import Listings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from bridge._transport import AdbServer

__all__ = ["DeviceChange", "DeviceWatch"]


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """A device that has come, gone or changed.

    ``before`` and ``after`` are adb's words for its state (``device``, ``offline``, ``unauthorized`` …);
    ``before`` is empty where the device was not there, ``after`` where it is gone.
    """

    serial: str
    before: str
    after: str


class DeviceWatch(ClosedAtTheEnd):
    """An iterator over changes that blocks until the next one; a context manager.

    The devices that are there at the beginning come first. When the adb server goes away, all devices are
    gone, and the watch waits for its successor. ``close``, from any thread, ends the iteration.
    """

    def __init__(self, server: AdbServer) -> None:
        self._listings = Listings(server)
        self._changes = _changes(self._listings)

    def close(self) -> None:
        """End the iteration, and wait until its connection is closed. Closing twice does nothing."""
        self._listings.close()

    def __iter__(self) -> Iterator[DeviceChange]:
        return self

    def __next__(self) -> DeviceChange:
        return next(self._changes)


def _changes(listings: Listings) -> Generator[DeviceChange, None, None]:
    known: dict[str, str] = {}
    for listing in listings:
        now = {device.serial: device.state for device in listing or ()}
        yield from _differences(known, now)
        known = now


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[DeviceChange]:
    for serial in dict.fromkeys((*before, *after)):
        if before.get(serial) != after.get(serial):
            yield DeviceChange(serial, before.get(serial, ""), after.get(serial, ""))
