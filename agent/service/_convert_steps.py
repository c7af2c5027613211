"""The steps of ``Execute`` as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.service._convert import call_to_message, outcome_to_message
from agent.service._convert_history import plan_from_record, timestamp
from agent.service._repeats import outcomes_before
from agent.service._steps import Dispatching, Happened, Waiting
from intentagent.v1 import intent_agent_service_pb2 as api

if TYPE_CHECKING:
    from agent.journal import RequestRecord
    from agent.service._steps import Step

__all__ = ["step_to_message", "told_again", "with_envelope"]


def step_to_message(step: Step) -> api.ExecuteResponse:
    """Return the message for a step."""
    match step:
        case Dispatching(index, call):
            return api.ExecuteResponse(
                dispatching=api.Dispatching(call_index=index, call=call_to_message(call))
            )
        case Happened(index, call, outcome):
            return api.ExecuteResponse(outcome=outcome_to_message(outcome, index, call))
        case Waiting(index, call, question, outcome):
            shown = outcome_to_message(outcome, index, call)
            waiting = api.WaitingForConfirmation(
                call_index=index,
                call=shown.call,
                call_hash=question.call_hash,
                serial=question.serial,
                message=outcome.message,
                intent=shown.intent if shown.HasField("intent") else None,
                found=dict(outcome.read_back),
                expire_time=timestamp(question.expires_at),
            )
            return api.ExecuteResponse(waiting_for_confirmation=waiting)


def with_envelope(envelope: api.ExecuteResponse, step: api.ExecuteResponse) -> api.ExecuteResponse:
    """Return the step with what every step of its request carries."""
    step.MergeFrom(envelope)
    return step


def told_again(record: RequestRecord) -> list[api.ExecuteResponse]:
    """Return the steps of an earlier request. Raises RequestRunning and RequestFailedBefore."""
    steps = [
        api.ExecuteResponse(outcome=outcome_to_message(outcome, command.index, command.call))
        for command, outcome in outcomes_before(record)
    ]
    envelope = api.ExecuteResponse(
        request_id=record.id, conversation_id=record.conversation_id, repeated=True
    )
    planned = api.ExecuteResponse(planned=plan_from_record(record))
    return [with_envelope(envelope, step) for step in (planned, *steps)]
