"""Follow-ups, cancelling, watching devices and the history, through the whole service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio

from agent.error_details import async_details_of
from agent.prompt import to_text
from intentagent.v1 import history_pb2, plan_pb2
from intentagent.v1 import intent_agent_service_pb2 as api

if TYPE_CHECKING:
    from agent.engines import ScriptedEngine
    from bridge.emulator import EmulatedPhone, PrivateAdbServer
    from intentagent.v1.intent_agent_service_pb2_grpc import IntentAgentServiceAsyncStub as Stub


def turns(scripted: ScriptedEngine) -> str:
    """Return what the last prompt has after the tools' declarations."""
    return to_text(scripted.prompts[-1]).partition("<start_of_turn>user")[2]


async def step_of(call: aio.UnaryStreamCall[Any, api.ExecuteResponse]) -> api.ExecuteResponse:
    step = await call.read()
    assert isinstance(step, api.ExecuteResponse)
    return step


async def change_of(call: aio.UnaryStreamCall[Any, api.WatchDevicesResponse]) -> api.WatchDevicesResponse:
    change = await call.read()
    assert isinstance(change, api.WatchDevicesResponse)
    return change


async def test_a_follow_up_reaches_the_model_with_what_was_said_before(
    stub: Stub, scripted: ScriptedEngine
) -> None:
    first = await stub.Plan(api.PlanRequest(text="timer"))
    assert first.plan.question == "What is the duration? (How long the timer runs.)"
    second = await stub.Plan(api.PlanRequest(text="alarm", conversation_id=first.conversation_id))
    assert second.conversation_id == first.conversation_id
    said = turns(scripted)
    assert said.index("timer") < said.index("missing: duration") < said.index("alarm")


async def test_requests_without_a_conversation_know_nothing_of_each_other(
    stub: Stub, scripted: ScriptedEngine
) -> None:
    first = await stub.Plan(api.PlanRequest(text="timer"))
    second = await stub.Plan(api.PlanRequest(text="alarm"))
    assert first.conversation_id != second.conversation_id
    assert "timer" not in turns(scripted)


async def test_what_was_executed_can_be_referred_to(
    stub: Stub, scripted: ScriptedEngine, emulated_phone: EmulatedPhone
) -> None:
    request = api.ExecuteRequest(request=api.PlanRequest(text="light"), serial=emulated_phone.address)
    steps = [step async for step in stub.Execute(request)]
    await stub.Plan(api.PlanRequest(text="alarm", conversation_id=steps[0].conversation_id))
    assert "call:turn_on_flashlight" in turns(scripted)


async def test_cancel_stops_the_model_and_frees_it(stub: Stub, scripted: ScriptedEngine) -> None:
    plan = asyncio.ensure_future(anext(aiter(stub.Execute(api.ExecuteRequest(request={"text": "block"})))))
    assert await asyncio.to_thread(scripted.started.wait, 10)
    request = api.ListHistoryRequest()
    (running,) = (await stub.ListHistory(request)).requests
    assert not running.HasField("finish_time")
    await stub.Cancel(api.CancelRequest(request_id=running.request_id))
    with pytest.raises(aio.AioRpcError) as caught:
        await plan
    assert caught.value.code().name == "CANCELLED"
    assert (await stub.Plan(api.PlanRequest(text="light"))).plan.calls
    (ended,) = (await stub.ListHistory(api.ListHistoryRequest(request_id=running.request_id))).requests
    assert ended.error == "REQUEST_CANCELLED"


async def test_cancel_ends_a_request_whose_call_waits_for_a_yes(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    call = stub.Execute(
        api.ExecuteRequest(
            request=api.PlanRequest(text="wifi off"),
            serial=emulated_phone.address,
            confirmation_timeout=Duration(seconds=60),
        )
    )
    planned, waiting = await step_of(call), await step_of(call)
    assert waiting.HasField("waiting_for_confirmation")
    await stub.Cancel(api.CancelRequest(request_id=planned.request_id))
    with pytest.raises(aio.AioRpcError):
        await call.read()
    details = await async_details_of(call)
    assert (details.code, details.reason) == ("CANCELLED", "REQUEST_CANCELLED")
    assert emulated_phone.state.mobile_data


async def test_devices_come_and_go_on_a_stream(
    stub: Stub, emulated_phone: EmulatedPhone, adb_server: PrivateAdbServer
) -> None:
    call = stub.WatchDevices(api.WatchDevicesRequest())
    changes = [await change_of(call)]
    adb_server.disconnect(emulated_phone.address)
    while changes[-1].device.state:
        changes.append(await change_of(call))
    states = [change.device.state for change in changes]
    # Now and then adb tells that the connection broke before it tells that the device is gone.
    assert states in (["device", ""], ["device", "offline", ""])
    assert [change.previous_state for change in changes[1:]] == states[:-1]
    assert {change.device.serial for change in changes} == {emulated_phone.address}
    adb_server.connect(emulated_phone.address)
    back = await change_of(call)
    assert back.device.serial == emulated_phone.address
    call.cancel()


async def test_a_second_watcher_is_told_what_the_first_knows(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    calls = [stub.WatchDevices(api.WatchDevicesRequest()) for _ in range(2)]
    for call in calls:
        assert (await change_of(call)).device.serial == emulated_phone.address
    for call in calls:
        call.cancel()


async def test_the_history_has_filters_and_pages(stub: Stub, emulated_phone: EmulatedPhone) -> None:
    for text in ("light", "alarm", "timer", "light"):
        await stub.Plan(api.PlanRequest(text=text))
    request = api.ExecuteRequest(request=api.PlanRequest(text="light"), serial=emulated_phone.address)
    [step async for step in stub.Execute(request)]

    async def texts(**filters: object) -> list[str]:
        answer = await stub.ListHistory(api.ListHistoryRequest(**filters))  # type: ignore[arg-type] # fields
        return [record.text for record in answer.requests]

    assert await texts() == ["light", "light", "timer", "alarm", "light"]
    assert await texts(tool="set_alarm") == ["alarm"]
    assert await texts(serial=emulated_phone.address) == ["light"]
    assert await texts(state=history_pb2.COMMAND_STATE_DONE) == ["light"]
    assert await texts(start_time=Timestamp(seconds=4_000_000_000)) == []
    assert await texts(client="somebody") == []
    page = await stub.ListHistory(api.ListHistoryRequest(page_size=3))
    rest = await stub.ListHistory(api.ListHistoryRequest(page_size=3, page_token=page.next_page_token))
    assert [len(page.requests), len(rest.requests), rest.next_page_token] == [3, 2, ""]


async def test_the_same_key_dispatches_once_and_tells_again(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    request = api.ExecuteRequest(
        request=api.PlanRequest(text="alarm"), serial=emulated_phone.address, idempotency_key="key"
    )
    first = [step async for step in stub.Execute(request)]
    again = [step async for step in stub.Execute(request)]
    assert [step.WhichOneof("step") for step in again] == ["planned", "outcome"]
    assert all(step.repeated for step in again)
    assert again[-1].outcome.status == first[-1].outcome.status
    assert again[-1].request_id == first[-1].request_id
    assert len(emulated_phone.state.alarms) == 1


@pytest.mark.usefixtures("emulated_phone")
async def test_a_key_is_free_again_after_an_error_before_anything_was_sent(stub: Stub) -> None:
    for _ in range(2):
        call = stub.Execute(
            api.ExecuteRequest(request={"text": "light"}, serial="nobody", idempotency_key="key")
        )
        with pytest.raises(aio.AioRpcError):
            [step async for step in call]
        assert (await async_details_of(call)).reason == "UNKNOWN_SERIAL"


async def test_a_plan_of_too_many_calls_is_refused(stub: Stub) -> None:
    plan = plan_pb2.Plan(calls=[plan_pb2.Call(tool="turn_on_flashlight")] * 33)
    call = stub.Execute(api.ExecuteRequest(plan=plan))
    with pytest.raises(aio.AioRpcError):
        [step async for step in call]
    details = await async_details_of(call)
    assert (details.reason, [field for field, _ in details.violations]) == ("INVALID_FIELD", ["plan.calls"])
