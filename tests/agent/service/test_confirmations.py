"""Calls that need a yes: through the whole service, on the emulated phone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from google.protobuf.duration_pb2 import Duration
from grpc import aio

from agent.error_details import async_details_of
from agent.service._confirmations import Confirmations
from agent.service._errors import TooManyConfirmations
from intentagent.v1 import history_pb2, outcome_pb2
from intentagent.v1 import intent_agent_service_pb2 as api

if TYPE_CHECKING:
    from bridge.emulator import EmulatedPhone
    from intentagent.v1.intent_agent_service_pb2_grpc import IntentAgentServiceAsyncStub as Stub

NEEDS_CONFIRMATION = outcome_pb2.OUTCOME_STATUS_NEEDS_CONFIRMATION
VERIFIED = outcome_pb2.OUTCOME_STATUS_VERIFIED


def execute(
    stub: Stub, phone: EmulatedPhone, text: str = "wifi off", wait: float = 60, key: str = ""
) -> aio.UnaryStreamCall[api.ExecuteRequest, api.ExecuteResponse]:
    timeout = Duration()
    timeout.FromMilliseconds(round(wait * 1000))
    return stub.Execute(
        api.ExecuteRequest(
            request=api.PlanRequest(text=text),
            serial=phone.address,
            confirmation_timeout=timeout,
            idempotency_key=key,
        )
    )


async def until_waiting(
    call: aio.UnaryStreamCall[api.ExecuteRequest, api.ExecuteResponse],
) -> api.ExecuteResponse:
    async for step in call:
        if step.HasField("waiting_for_confirmation"):
            return step
    raise AssertionError("no call waits")


def yes(step: api.ExecuteResponse) -> api.ConfirmRequest:
    waiting = step.waiting_for_confirmation
    return api.ConfirmRequest(request_id=step.request_id, call_hash=waiting.call_hash, serial=waiting.serial)


async def error_of(call: aio.UnaryUnaryCall[api.ConfirmRequest, api.ConfirmResponse]) -> tuple[str, str]:
    with pytest.raises(aio.AioRpcError):
        await call
    details = await async_details_of(call)
    return details.code, details.reason


async def recorded(stub: Stub, request_id: str) -> history_pb2.RequestRecord:
    (record,) = (await stub.ListHistory(api.ListHistoryRequest(request_id=request_id))).requests
    return record


async def test_a_call_waits_as_it_will_be_made_and_is_made_after_a_yes(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    call = execute(stub, emulated_phone)
    step = await until_waiting(call)
    waiting = step.waiting_for_confirmation
    assert (waiting.call.tool, waiting.serial) == ("set_mobile_data", emulated_phone.address)
    assert waiting.message
    assert waiting.expire_time.seconds
    assert emulated_phone.state.mobile_data
    await stub.Confirm(yes(step))
    rest = [step async for step in call]
    assert [step.WhichOneof("step") for step in rest] == ["dispatching", "outcome"]
    assert rest[-1].outcome.status == VERIFIED
    assert not emulated_phone.state.mobile_data
    (command,) = (await recorded(stub, step.request_id)).commands
    assert command.state == history_pb2.COMMAND_STATE_DONE
    assert command.confirmation.answer == history_pb2.CONFIRMATION_ANSWER_CONFIRMED
    assert command.confirmation.answered_by == "local"


async def test_after_a_no_nothing_is_done(stub: Stub, emulated_phone: EmulatedPhone) -> None:
    call = execute(stub, emulated_phone)
    step = await until_waiting(call)
    await stub.Reject(api.RejectRequest(request_id=step.request_id))
    (last,) = [step async for step in call]
    assert last.outcome.status == NEEDS_CONFIRMATION
    assert "no" in last.outcome.message
    assert emulated_phone.state.mobile_data
    (command,) = (await recorded(stub, step.request_id)).commands
    assert command.confirmation.answer == history_pb2.CONFIRMATION_ANSWER_REJECTED
    assert command.state == history_pb2.COMMAND_STATE_NOT_SENT


async def test_without_an_answer_nothing_is_done(stub: Stub, emulated_phone: EmulatedPhone) -> None:
    call = execute(stub, emulated_phone, wait=0.2)
    step = await until_waiting(call)
    (last,) = [step async for step in call]
    assert last.outcome.status == NEEDS_CONFIRMATION
    assert await error_of(stub.Confirm(yes(step))) == ("NOT_FOUND", "CONFIRMATION_NOT_FOUND")
    assert emulated_phone.state.mobile_data
    (command,) = (await recorded(stub, step.request_id)).commands
    assert command.confirmation.answer == history_pb2.CONFIRMATION_ANSWER_EXPIRED


async def test_a_yes_to_another_call_or_device_is_refused_and_the_call_waits_on(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    call = execute(stub, emulated_phone)
    step = await until_waiting(call)
    for change in ({"call_hash": "0" * 64}, {"serial": "another"}):
        other = yes(step)
        for name, value in change.items():
            setattr(other, name, value)
        assert await error_of(stub.Confirm(other)) == ("FAILED_PRECONDITION", "CONFIRMATION_MISMATCH")
    assert emulated_phone.state.mobile_data
    await stub.Confirm(yes(step))
    assert await error_of(stub.Confirm(yes(step))) == ("NOT_FOUND", "CONFIRMATION_NOT_FOUND")
    *_, last = [step async for step in call]
    assert last.outcome.status == VERIFIED


async def test_only_the_risky_call_of_several_waits(stub: Stub, emulated_phone: EmulatedPhone) -> None:
    call = execute(stub, emulated_phone, "both")
    step = await until_waiting(call)
    assert step.waiting_for_confirmation.call_index == 1
    assert emulated_phone.state.torch
    await stub.Reject(api.RejectRequest(request_id=step.request_id, call_index=1))
    assert [step.WhichOneof("step") async for step in call] == ["outcome"]


async def test_a_request_that_does_not_wait_goes_through_when_it_is_sent_again_after_a_yes(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    steps = [step async for step in execute(stub, emulated_phone, wait=0, key="k")]
    assert steps[-1].outcome.status == NEEDS_CONFIRMATION
    await stub.Confirm(yes(steps[-2]))
    steps = [step async for step in execute(stub, emulated_phone, wait=0, key="k")]
    assert steps[-1].outcome.status == VERIFIED
    assert not emulated_phone.state.mobile_data
    steps = [step async for step in execute(stub, emulated_phone, wait=0)]
    assert steps[-1].outcome.status == NEEDS_CONFIRMATION


async def test_a_client_that_goes_away_while_its_call_waits_leaves_nothing_to_confirm(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    call = execute(stub, emulated_phone)
    step = await until_waiting(call)
    call.cancel()
    while not (record := await recorded(stub, step.request_id)).error:
        await asyncio.sleep(0)
    assert record.error == "CANCELLED"
    assert await error_of(stub.Confirm(yes(step))) == ("NOT_FOUND", "CONFIRMATION_NOT_FOUND")
    assert emulated_phone.state.mobile_data


async def test_open_questions_of_a_client_are_bounded() -> None:
    confirmations = Confirmations(per_client=2)
    asked = {"call_hash": "h", "serial": "s", "shown": "", "seconds": 60, "awaited": True}
    for number in range(2):
        confirmations.ask("a", str(number), 0, **asked)  # type: ignore[arg-type] # one dict of both
    with pytest.raises(TooManyConfirmations) as caught:
        confirmations.ask("a", "3", 0, **asked)  # type: ignore[arg-type] # as above
    assert 0 < caught.value.retry_after <= 60
    confirmations.ask("b", "3", 0, **asked)  # type: ignore[arg-type] # as above


async def test_a_yes_that_a_request_waits_for_is_not_used_up_by_another_one() -> None:
    confirmations = Confirmations()
    exact = {"call_hash": "h", "serial": "s", "shown": ""}
    waits = confirmations.ask("a", "1", 0, **exact, seconds=60, awaited=True)
    later = confirmations.ask("a", "2", 0, **exact, seconds=60, awaited=False)
    for question in (waits, later):
        confirmations.confirm(question, "h", "s", "a")
    assert confirmations.take("a", **exact) is later
    assert confirmations.take("a", **exact) is None
    assert confirmations.take("b", **exact) is None
