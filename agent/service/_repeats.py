"""What a request with an idempotency key that was used before is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.journal import CommandState
from agent.service._errors import RequestFailedBefore, RequestRunning
from bridge import Outcome, OutcomeStatus

if TYPE_CHECKING:
    from agent.journal import CommandRecord, RequestRecord

__all__ = ["outcomes_before"]


def outcomes_before(record: RequestRecord) -> list[tuple[CommandRecord, Outcome]]:
    """Return what came of the commands of an earlier request.

    Raises RequestRunning where nobody knows yet, and RequestFailedBefore where it ended without any outcome.
    """
    if record.finished_at is None:
        raise RequestRunning(
            "the request of this idempotency key still runs: ask again later", request_id=record.id
        )
    known = [(command, outcome) for command in record.commands if (outcome := _outcome(command))]
    if record.error and not known:
        raise RequestFailedBefore(
            f"the request of this idempotency key ended with {record.error}",
            request_id=record.id,
            error=record.error,
        )
    return known


def _outcome(command: CommandRecord) -> Outcome | None:
    if command.outcome is None and command.state is CommandState.MAYBE_SENT:
        return Outcome(
            OutcomeStatus.FAILED,
            "The service stopped while this was on its way to the phone; what was asked may have been done.",
            intent=command.intent,
            device=command.serial,
            may_have_run=True,
        )
    return command.outcome
