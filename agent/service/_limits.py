"""How much a service takes on, and how long things may take."""

from __future__ import annotations

from dataclasses import dataclass

from agent._agent import DISPATCH_SECONDS

__all__ = ["ServiceLimits"]


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """How much a service takes on.

    ``waiting_per_client`` and ``waiting`` are the requests that wait for the model,
    ``device_waiting_per_client`` and ``device_waiting`` those that wait for one device. ``dispatches`` are
    the calls under way on all devices together. ``questions_per_client`` wait for a confirmation;
    ``conversations_per_client`` are remembered for ``conversation_seconds``. ``watchers`` are the streams of
    WatchDevices. The model has ``plan_seconds`` for an answer and a phone ``dispatch_seconds``
    for a call, also where the client's deadline is later or there is none. A question stays open for
    ``question_seconds`` where its request does not wait for the answer.
    """

    waiting_per_client: int = 32
    waiting: int = 256
    device_waiting_per_client: int = 16
    device_waiting: int = 64
    dispatches: int = 16
    questions_per_client: int = 64
    conversations_per_client: int = 64
    conversation_seconds: float = 1_800.0
    watchers: int = 64
    plan_seconds: float = 60.0
    dispatch_seconds: float = DISPATCH_SECONDS
    question_seconds: float = 60.0
