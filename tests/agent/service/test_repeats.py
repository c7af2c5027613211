"""What a retry with the same key is told of a request of several calls that ended in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from grpc import aio

from agent.error_details import async_details_of
from agent.security import LOCAL
from bridge import Outcome, OutcomeStatus
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import outcome_pb2, plan_pb2
from tools_schema import Call, load_tool_set

if TYPE_CHECKING:
    from agent.journal import Journal
    from bridge.emulator import EmulatedPhone
    from intentagent.v1.intent_agent_service_pb2_grpc import IntentAgentServiceAsyncStub as Stub

CALLS = tuple(
    Call(tool.name, {"level": level} if tool.name == "set_volume" else {}, tool.hash)
    for name, level in (("turn_on_flashlight", 0), ("set_volume", 40), ("turn_off_flashlight", 0))
    for tool in load_tool_set("phone").tools
    if tool.name == name
)
REQUESTED = outcome_pb2.OUTCOME_STATUS_REQUESTED
FAILED = outcome_pb2.OUTCOME_STATUS_FAILED
NEEDS_CONFIRMATION = outcome_pb2.OUTCOME_STATUS_NEEDS_CONFIRMATION


def three_calls(serial: str) -> api.ExecuteRequest:
    plan = plan_pb2.Plan(tool_sets=["phone"], time_zone="UTC")
    for call in CALLS:
        plan.calls.add(tool=call.name).arguments.update(dict(call.arguments))
    return api.ExecuteRequest(plan=plan, serial=serial, idempotency_key="key")


class Before:
    """The same request at a service that is gone, as its journal has it."""

    def __init__(self, journal: Journal, request: api.ExecuteRequest) -> None:
        self.journal, self.serial = journal, request.serial
        self.id = journal.begin_request(
            client=LOCAL.client,
            method="intentagent.v1.IntentAgentService/Execute",
            content=request.SerializeToString(deterministic=True),
            tool_sets=("phone",),
            idempotency_key=request.idempotency_key,
        ).record.id
        journal.record_plan(self.id, CALLS, tool_set_hash="")

    def sending(self, index: int) -> None:
        self.journal.begin_dispatch(self.id, index, CALLS[index], serial=self.serial)

    def happened(self, index: int, status: OutcomeStatus = OutcomeStatus.REQUESTED) -> None:
        self.sending(index)
        outcome = Outcome(status, "As it was.", device=self.serial)
        self.journal.record_outcome(self.id, index, CALLS[index], outcome)


@pytest.fixture
def before(journal: Journal, emulated_phone: EmulatedPhone) -> Before:
    return Before(journal, three_calls(emulated_phone.address))


async def outcomes(stub: Stub, request: api.ExecuteRequest) -> list[outcome_pb2.Outcome]:
    steps = [step async for step in stub.Execute(request)]
    assert all(step.repeated for step in steps)
    assert steps[0].HasField("planned")
    return [step.outcome for step in steps[1:]]


async def test_of_a_kill_between_two_calls_it_is_told_which_one_was_not_sent(
    before: Before, stub: Stub
) -> None:
    before.happened(0)
    before.journal.recover()
    first, second = await outcomes(stub, three_calls(before.serial))
    assert (first.call_index, first.status, first.message) == (0, REQUESTED, "As it was.")
    assert (second.call_index, second.call.tool, second.status) == (1, "set_volume", FAILED)
    assert not second.may_have_run
    assert "The service stopped before this was sent" in second.message
    assert "new request" in second.message


async def test_of_a_kill_in_a_later_call_it_is_told_that_this_one_may_have_been_done(
    before: Before, stub: Stub
) -> None:
    before.happened(0)
    before.sending(1)
    before.journal.recover()
    first, second = await outcomes(stub, three_calls(before.serial))
    assert (first.status, second.status, second.may_have_run) == (REQUESTED, FAILED, True)
    assert "The service stopped while" in second.message


async def test_of_a_client_that_left_between_two_calls_it_is_told_which_one_was_not_sent(
    before: Before, stub: Stub
) -> None:
    before.happened(0)
    before.happened(1)
    before.journal.finish_request(before.id, error="CANCELLED")
    *done, last = await outcomes(stub, three_calls(before.serial))
    assert [outcome.status for outcome in done] == [REQUESTED, REQUESTED]
    assert (last.call_index, last.status, last.may_have_run) == (2, FAILED, False)
    assert "The request ended before this was sent" in last.message


async def test_of_a_kill_after_a_call_that_failed_nothing_is_told_of_those_that_never_come_after_one(
    before: Before, stub: Stub
) -> None:
    before.happened(0, OutcomeStatus.FAILED)
    before.journal.recover()
    (only,) = await outcomes(stub, three_calls(before.serial))
    assert (only.status, only.message) == (FAILED, "As it was.")


async def test_of_a_kill_after_the_last_call_all_of_them_are_told(before: Before, stub: Stub) -> None:
    for index in range(3):
        before.happened(index)
    before.journal.recover()
    assert [outcome.status for outcome in await outcomes(stub, three_calls(before.serial))] == [REQUESTED] * 3


async def test_where_a_call_was_withdrawn_after_its_client_had_left_the_retry_is_an_error(
    before: Before, stub: Stub
) -> None:
    before.sending(0)
    before.journal.finish_request(before.id, error="CANCELLED")
    before.journal.withdraw_dispatch(before.id, 0)
    call = stub.Execute(three_calls(before.serial))
    with pytest.raises(aio.AioRpcError):
        [step async for step in call]
    assert (await async_details_of(call)).reason == "REQUEST_FAILED_BEFORE"


async def test_a_later_call_that_lacked_its_yes_is_told_as_lacking_it(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    said = api.PlanRequest(text="both", time_zone="UTC")
    request = api.ExecuteRequest(request=said, serial=emulated_phone.address, idempotency_key="key")
    live = [step.outcome async for step in stub.Execute(request) if step.HasField("outcome")]
    assert live[-1].status == NEEDS_CONFIRMATION
    again = await outcomes(stub, request)
    assert [(o.call_index, o.status) for o in again] == [(o.call_index, o.status) for o in live]
    assert "Nobody agreed" in again[-1].message
