"""The time limit of a whole call, shared by every step of it."""

from __future__ import annotations

import time

from bridge.errors import DeviceTimeoutError

__all__ = ["Deadline"]


class Deadline:
    """A point in time that no step may pass."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left, more than 0.

        Raises:
            DeviceTimeoutError: none are left.

        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeviceTimeoutError(
                f"the device did not answer within {self.seconds:g} s", timeout=f"{self.seconds:g}"
            )
        return left

    def sleep(self, seconds: float) -> None:
        """Wait, but not past the deadline.

        Raises:
            DeviceTimeoutError: the deadline has passed.

        """
        time.sleep(min(seconds, self.remaining()))
