"""The journal's records as messages of the gRPC API."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp

from agent.journal import CommandState, HistoryFilter
from agent.service._convert import call_to_message, intent_to_message, outcome_to_message
from agent.service._errors import InvalidField
from intentagent.v1 import history_pb2, plan_pb2

if TYPE_CHECKING:
    from datetime import datetime

    from agent.journal import CommandRecord, Confirmation, RequestRecord
    from intentagent.v1 import intent_agent_service_pb2 as api

__all__ = ["filter_from_message", "plan_from_record", "record_to_message", "timestamp"]

_STATE_PREFIX = "COMMAND_STATE_"


def filter_from_message(message: api.ListHistoryRequest, client: str) -> HistoryFilter:
    """Return what a request asks for, of a client's requests, of everybody's where the name is empty.

    Raises InvalidField for a state or moment that does not exist.
    """
    state = None
    if message.state:
        if message.state not in history_pb2.CommandState.values():
            raise InvalidField("state", f"is {message.state}, which is no state")
        state = CommandState(history_pb2.CommandState.Name(message.state).removeprefix(_STATE_PREFIX))
    return HistoryFilter(
        since=_moment(message, "start_time"),
        until=_moment(message, "end_time"),
        client=client,
        conversation_id=message.conversation_id,
        device=message.serial,
        tool=message.tool,
        state=state,
    )


def record_to_message(record: RequestRecord) -> history_pb2.RequestRecord:
    """Return the message for a request."""
    return history_pb2.RequestRecord(
        request_id=record.id,
        client=record.client,
        method=record.method,
        conversation_id=record.conversation_id,
        idempotency_key=record.idempotency_key,
        text=record.text,
        text_private=record.text_private,
        tool_sets=record.tool_sets,
        tool_set_hash=record.tool_set_hash,
        model_sha256=record.model_sha256,
        missing=record.missing,
        problems=record.problems,
        reason=record.reason,
        commands=[_command(command) for command in record.commands],
        receive_time=timestamp(record.received_at),
        finish_time=timestamp(record.finished_at),
        error=record.error,
    )


def plan_from_record(record: RequestRecord) -> plan_pb2.Plan:
    """Return the plan of a request as the journal has it: without times and private values."""
    missing = [text.partition(".") for text in record.missing]
    return plan_pb2.Plan(
        text=record.text,
        tool_sets=record.tool_sets,
        tool_set_hash=record.tool_set_hash,
        calls=[call_to_message(command.call) for command in record.commands],
        missing=[plan_pb2.MissingArgument(tool=tool, parameter=name) for tool, _, name in missing],
        problems=record.problems,
        reason=record.reason,
        model_text=record.model_text,
        model_sha256=record.model_sha256,
    )


def timestamp(moment: datetime | None) -> Timestamp | None:
    """Return the message for a moment with a time zone."""
    if moment is None:
        return None
    message = Timestamp()
    message.FromDatetime(moment)
    return message


def _moment(message: api.ListHistoryRequest, field: str) -> datetime | None:
    if not message.HasField(field):
        return None
    try:
        moment: datetime = getattr(message, field).ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidField(field, "is no moment between the years 1 and 9999") from error
    return moment


def _command(record: CommandRecord) -> history_pb2.CommandRecord:
    outcome = record.outcome
    return history_pb2.CommandRecord(
        call_index=record.index,
        call=call_to_message(record.call),
        call_hash=record.call_hash,
        state=f"{_STATE_PREFIX}{record.state.value}",
        serial=record.serial,
        confirmation=_confirmation(record.confirmation) if record.confirmation else None,
        dispatch_time=timestamp(record.dispatched_at),
        intent=None if record.intent is None else intent_to_message(record.intent),
        finish_time=timestamp(record.finished_at),
        outcome=outcome_to_message(outcome, record.index, record.call) if outcome else None,
    )


def _confirmation(record: Confirmation) -> history_pb2.ConfirmationRecord:
    return history_pb2.ConfirmationRecord(
        serial=record.serial,
        answer=f"CONFIRMATION_ANSWER_{record.answer.value}",
        ask_time=timestamp(record.asked_at),
        expire_time=timestamp(record.expires_at),
        answer_time=timestamp(record.answered_at),
        answered_by=record.answered_by,
    )
