"""The points of a request at which its service is killed."""

from __future__ import annotations

import threading
import time
from enum import Enum
from typing import TYPE_CHECKING

from bridge.emulator import Fault

if TYPE_CHECKING:
    from agent.soak._services import Service
    from bridge.emulator import EmulatedPhone
    from intentagent.v1 import intent_agent_service_pb2 as api

__all__ = ["KillPoint", "Killer"]

_SECONDS = 60.0
_LOOK_EVERY = 0.001
_COMMAND = "am start"
"""What a timer is set with, and nothing else that the soak asks for."""


class KillPoint(Enum):
    """How far a request with a timer is when its service is killed."""

    BEFORE_PLANNING = "before it is planned"
    PLANNED = "when it is planned"
    BETWEEN_CALLS = "after the first of two calls"
    WAITING = "while it waits for a yes"
    BEFORE_SENDING = "right before it is sent"
    SENDING = "when the phone has taken the command and done nothing"
    SENT = "when the phone has set the timer and not answered"
    OUTCOME = "when its outcome is there"


class Killer:
    """Kills a service at one point of one request, and once at the latest when that has ended.

    ``seconds`` is the instant for BEFORE_PLANNING. Watch with it as a context manager while the request runs,
    and show it every step.
    """

    def __init__(
        self, service: Service, phone: EmulatedPhone, point: KillPoint, length: int, seconds: float
    ) -> None:
        self._kill = service.process.kill
        self._phone = phone
        self._point = point
        self._length = length
        self._seconds = seconds
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._wait_and_kill, daemon=True)

    def see(self, step: api.ExecuteResponse) -> None:
        """Kill the service where the step is the point."""
        kind = step.WhichOneof("step")
        timer = kind != "planned" and getattr(step, kind or "").call.tool == "set_timer"
        if (kind, timer) == _STEPS.get(self._point):
            self._kill()

    def __enter__(self) -> Killer:
        if self._point in _FAULTS:
            self._phone.fail_next(_FAULTS[self._point], _COMMAND)
        self._watch.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._watch.join()
        self._kill()
        self._phone.heal()

    def _wait_and_kill(self) -> None:
        match self._point:
            case KillPoint.BEFORE_PLANNING:
                self._ended.wait(self._seconds)
            case KillPoint.SENDING:
                self._phone.wait_until_silent(_SECONDS)
            case KillPoint.SENT:
                until = time.monotonic() + _SECONDS
                while not self._is_set() and time.monotonic() < until and not self._ended.is_set():
                    time.sleep(_LOOK_EVERY)
            case _:
                return
        self._kill()

    def _is_set(self) -> bool:
        return any(timer.length == self._length for timer in self._phone.state.timers)


_STEPS = {
    KillPoint.PLANNED: ("planned", False),
    KillPoint.BETWEEN_CALLS: ("outcome", False),
    KillPoint.WAITING: ("waiting_for_confirmation", True),
    KillPoint.BEFORE_SENDING: ("dispatching", True),
    KillPoint.OUTCOME: ("outcome", True),
}
_FAULTS = {KillPoint.SENDING: Fault.SILENT, KillPoint.SENT: Fault.SLOW}
