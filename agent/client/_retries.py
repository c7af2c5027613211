"""When a client asks again, and after how long."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.client._errors import ServiceError

if TYPE_CHECKING:
    import grpc

    from agent.error_details import ErrorDetails

__all__ = ["Attempts", "Retries"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
_AGAIN = {"RESOURCE_EXHAUSTED", "UNAVAILABLE"}


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a call is made at most; 1 is never again.

    A call is made again where the service is overloaded or cannot be reached, and where a request of the same
    idempotency key still runs; after as long as the service says, else after longer and longer pauses. The
    client's timeout covers all attempts.
    """

    attempts: int = 5


class Attempts:
    """The attempts at one call, which has ``timeout`` seconds."""

    def __init__(self, retries: Retries, timeout: float) -> None:
        self._left = retries.attempts
        self._pause = _FIRST_PAUSE
        self._deadline = time.monotonic() + timeout

    @property
    def remaining(self) -> float:
        """The seconds that the next attempt has."""
        return max(self._deadline - time.monotonic(), 0.001)

    def pause_after(self, error: grpc.RpcError, details: ErrorDetails) -> float:
        """Return the seconds to wait before the next attempt. Raises ServiceError where there is none."""
        self._left -= 1
        # Spread, so that clients that were refused together do not come back together.
        pause = self._pause * random.uniform(0.5, 1.5)  # noqa: S311 - nothing secret
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        if details.retry_after is not None:
            pause = details.retry_after * random.uniform(1.0, 1.25)  # noqa: S311 - as above
        helps = details.code in _AGAIN or details.reason == "REQUEST_RUNNING"
        if not helps or self._left <= 0 or pause >= self._deadline - time.monotonic():
            raise ServiceError(details) from error
        return pause
