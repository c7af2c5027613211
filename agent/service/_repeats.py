"""What a request with an idempotency key that was used before is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.journal import INTERRUPTED, CommandState
from agent.service._errors import RequestFailedBefore, RequestRunning
from agent.service._steps import SUCCESS
from bridge import Outcome, OutcomeStatus

if TYPE_CHECKING:
    from agent.journal import CommandRecord, RequestRecord

__all__ = ["outcomes_before"]


def outcomes_before(record: RequestRecord) -> list[tuple[CommandRecord, Outcome]]:
    """Return what came of the commands of an earlier request, up to the first that did not succeed.

    Where the request ended in the middle, that is one that may have been sent or was not, and says so. Raises
    RequestRunning where nobody knows yet, and RequestFailedBefore where it ended without any outcome.
    """
    if record.finished_at is None:
        raise RequestRunning(
            "the request of this idempotency key still runs: ask again later", request_id=record.id
        )
    if record.error and all(_unsent(command) for command in record.commands):
        raise RequestFailedBefore(
            f"the request of this idempotency key ended with {record.error}",
            request_id=record.id,
            error=record.error,
        )
    told = []
    for command in record.commands:
        outcome = command.outcome or _unrecorded(command, record.error)
        told.append((command, outcome))
        if outcome.status not in SUCCESS:
            break
    return told


def _unsent(command: CommandRecord) -> bool:
    return command.outcome is None and command.state is CommandState.NOT_SENT


def _unrecorded(command: CommandRecord, error: str) -> Outcome:
    ended = "The service stopped" if error == INTERRUPTED else "The request ended"
    if command.state is CommandState.MAYBE_SENT:
        return Outcome(
            OutcomeStatus.FAILED,
            f"{ended} while this was on its way to the phone; what was asked may have been done. No call "
            "after it was sent.",
            intent=command.intent,
            device=command.serial,
            may_have_run=True,
        )
    if error == OutcomeStatus.NEEDS_CONFIRMATION.value:
        return Outcome(
            OutcomeStatus.NEEDS_CONFIRMATION,
            "Nobody agreed to this, so nothing was done. To go on, ask for it in a new request.",
            device=command.serial,
        )
    return Outcome(
        OutcomeStatus.FAILED,
        f"{ended} before this was sent, so it was not done, nor was any call after it. To go on, ask for "
        "what is left in a new request.",
        device=command.serial,
    )
