"""What the journal knows: requests, their commands, and how far each of them is known to have gone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bridge import Intent, Outcome
    from tools_schema import Call

__all__ = ["Answer", "Begun", "CommandRecord", "CommandState", "Confirmation", "Recovery", "RequestRecord"]


class CommandState(StrEnum):
    """What is known of a command's way to the phone."""

    NOT_SENT = "NOT_SENT"
    """Nothing has reached a phone."""
    MAYBE_SENT = "MAYBE_SENT"
    """It was about to be sent, and nobody knows what came of it: sent again, it could be done twice."""
    DONE = "DONE"
    """It was tried, and its outcome is known (which may be FAILED)."""


class Answer(StrEnum):
    """What became of a question whether a command may be sent."""

    PENDING = "PENDING"
    """Nobody has answered yet."""
    CONFIRMED = "CONFIRMED"
    """Yes."""
    REJECTED = "REJECTED"
    """No."""
    EXPIRED = "EXPIRED"
    """The time limit passed, or the service stopped."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A question whether a command may be sent to a device, and the answer.

    ``answered_by`` is the client that answered. All moments are in UTC.
    """

    serial: str
    asked_at: datetime
    expires_at: datetime
    answer: Answer = Answer.PENDING
    answered_at: datetime | None = None
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """A call of a request, at a position of its plan.

    ``private`` names the arguments whose values are not kept: in ``call`` each is the text "[private]".
    ``call_hash`` is that of the call as it was. ``serial`` is the device that it was sent to, or is asked to
    be sent to. ``dispatched_at`` is the moment right before it was sent, and ``intent`` what was about to be
    sent then; None where that was no intent, or it did not come so far. ``outcome`` is None until one is
    known; pictures are not kept. ``finished_at`` is None while something may still happen.
    Moments are in UTC.
    """

    request_id: str
    index: int
    call: Call
    call_hash: str
    state: CommandState
    private: tuple[str, ...] = ()
    serial: str = ""
    confirmation: Confirmation | None = None
    dispatched_at: datetime | None = None
    intent: Intent | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A request, its plan and its commands in the plan's order.

    ``method`` is the RPC. ``text`` is empty where there are no words, or where ``text_private`` says that
    they are not kept. ``missing`` holds "tool.parameter". ``error`` is the ``ErrorInfo`` reason with which
    the request ended, "INTERRUPTED" where the service stopped in the middle, and empty otherwise.
    ``finished_at`` is None while the request runs. Moments are in UTC.
    """

    id: str
    client: str
    method: str
    received_at: datetime
    conversation_id: str = ""
    idempotency_key: str = ""
    text: str = ""
    text_private: bool = False
    tool_sets: tuple[str, ...] = ()
    planned_at: datetime | None = None
    tool_set_hash: str = ""
    model_sha256: str = ""
    model_text: str = ""
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    reason: str = ""
    commands: tuple[CommandRecord, ...] = ()
    finished_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The answer to a request that begins: its record, or the earlier one of the same idempotency key.

    Where ``repeated`` is true nothing may be planned or sent: ``record`` tells what came of it, or is coming
    (``finished_at`` None).
    """

    record: RequestRecord
    repeated: bool


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a stopped service left behind, now closed: how many requests, and their commands."""

    requests: int
    not_sent: tuple[CommandRecord, ...]
    maybe_sent: tuple[CommandRecord, ...]
