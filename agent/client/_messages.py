"""A client's arguments as messages."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from agent.client._errors import ServiceError
from agent.error_details import ErrorDetails
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import plan_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

__all__ = [
    "confirm_request",
    "execute_request",
    "history_request",
    "plan_of_call",
    "plan_request",
    "reject_request",
    "seconds_to_wait",
]

_PAGE = 100
_CONFIRMATION_SECONDS = 60.0
"""How long a call waits for the answer of a person, where the caller does not say."""


def plan_request(
    text: str,
    tool_sets: Sequence[str],
    now: str,
    time_zone: str,
    history: Sequence[plan_pb2.Exchange],
    conversation_id: str,
) -> api.PlanRequest:
    """Return the message. Raises ServiceError for a text that a message cannot hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        # A protobuf string cannot hold half of a surrogate pair, so the service cannot be asked.
        message = "the text holds half of a surrogate pair; send whole characters"
        raise ServiceError(ErrorDetails("INVALID_ARGUMENT", "INVALID_UNICODE", message)) from error
    return api.PlanRequest(
        text=text,
        tool_sets=tool_sets,
        now=now,
        time_zone=time_zone,
        history=history,
        conversation_id=conversation_id,
    )


def execute_request(
    source: api.PlanRequest | plan_pb2.Plan,
    serial: str,
    idempotency_key: str,
    confirmation_timeout: float | None,
    *,
    asks: bool,
) -> api.ExecuteRequest:
    """Return the message; it gets a key of its own where none is given, so that it may be sent again.

    Where no ``confirmation_timeout`` is given, a caller that ``asks`` somebody gets a person's time.
    """
    message = api.ExecuteRequest(serial=serial, idempotency_key=idempotency_key or uuid.uuid4().hex)
    if confirmation_timeout is None:
        confirmation_timeout = _CONFIRMATION_SECONDS if asks else 0.0
    message.confirmation_timeout.FromMilliseconds(round(confirmation_timeout * 1000))
    if isinstance(source, api.PlanRequest):
        message.request.CopyFrom(source)
    else:
        message.plan.CopyFrom(source)
    return message


def seconds_to_wait(request: api.ExecuteRequest) -> float:
    """Return for how long the request leaves time for confirmations."""
    return request.confirmation_timeout.ToMilliseconds() / 1000


def plan_of_call(
    tool: str, arguments: Mapping[str, Any], tool_sets: Sequence[str], time_zone: str
) -> plan_pb2.Plan:
    """Return a plan that is one call with canonical arguments."""
    call = plan_pb2.Call(tool=tool)
    call.arguments.update(arguments)
    return plan_pb2.Plan(calls=[call], tool_sets=tool_sets, time_zone=time_zone)


def confirm_request(step: api.ExecuteResponse) -> api.ConfirmRequest:
    """Return the yes to a step that waits for it."""
    waiting = step.waiting_for_confirmation
    return api.ConfirmRequest(
        request_id=step.request_id,
        call_index=waiting.call_index,
        call_hash=waiting.call_hash,
        serial=waiting.serial,
    )


def reject_request(step: api.ExecuteResponse) -> api.RejectRequest:
    """Return the no to a step that waits for a yes."""
    index = step.waiting_for_confirmation.call_index
    return api.RejectRequest(request_id=step.request_id, call_index=index)


def history_request(
    page_token: str,
    since: datetime | None,
    until: datetime | None,
    filters: Mapping[str, Any],
) -> api.ListHistoryRequest:
    """Return the message; moments have a time zone."""
    message = api.ListHistoryRequest(page_size=_PAGE, page_token=page_token, **filters)
    if since is not None:
        message.start_time.FromDatetime(since)
    if until is not None:
        message.end_time.FromDatetime(until)
    return message
