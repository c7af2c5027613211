"""What is to be carried out for a request, and the steps that its client is told of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bridge import OutcomeStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.service._confirmations import Question
    from bridge import Outcome
    from tools_schema import Call, Tool

__all__ = ["SUCCESS", "Dispatching", "Happened", "Step", "Waiting", "Work"]

SUCCESS = {OutcomeStatus.VERIFIED, OutcomeStatus.OPENED, OutcomeStatus.REQUESTED}
"""How a call ends after which the next one is made."""


@dataclass(frozen=True, slots=True)
class Work:
    """What to carry out: calls with their tools, whose risk is already what the policy says.

    ``wait`` are the seconds for which a call waits for a confirmation, 0 for not at all; ``remaining`` tells
    the seconds until the client's deadline, None without one.
    """

    calls: tuple[Call, ...]
    tools: tuple[Tool, ...]
    serial: str
    time_zone: str
    wait: float
    remaining: Callable[[], float | None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call waits for a yes; ``outcome`` is what the phone's side says to it."""

    index: int
    call: Call
    question: Question
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Dispatching:
    """A call is about to be sent."""

    index: int
    call: Call


@dataclass(frozen=True, slots=True)
class Happened:
    """What came of a call; ``question`` is open where it only lacks a yes."""

    index: int
    call: Call
    outcome: Outcome
    question: Question | None = None


Step: TypeAlias = Waiting | Dispatching | Happened
