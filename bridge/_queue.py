"""One request at a time on each device, in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bridge.errors import DeviceBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge._deadline import Deadline

__all__ = ["DeviceQueues"]


class DeviceQueues:
    """The queue of every device that is in use: an event for each request, the first one's turn is now."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[threading.Event]] = {}
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, serial: str, deadline: Deadline) -> Iterator[None]:
        """Wait for all requests that came before, and hold the device until the block is left.

        Raises:
            DeviceBusyError: the deadline passed first.
            DeviceTimeoutError: it had passed already.

        """
        left = deadline.remaining()
        mine = threading.Event()
        with self._guard:
            queue = self._queues.setdefault(serial, deque())
            queue.append(mine)
            if queue[0] is mine:
                mine.set()
        try:
            if not mine.wait(left):
                raise DeviceBusyError(
                    f"{serial} is busy with another request: try again later", serial=serial
                )
            yield
        finally:
            self._leave(serial, mine)

    def waiting(self, serial: str) -> int:
        """Return how many requests wait for the device, the one whose turn it is not counted."""
        with self._guard:
            return max(len(self._queues.get(serial, ())) - 1, 0)

    def _leave(self, serial: str, mine: threading.Event) -> None:
        with self._guard:
            queue = self._queues[serial]
            queue.remove(mine)
            if queue:
                queue[0].set()
            else:
                del self._queues[serial]
