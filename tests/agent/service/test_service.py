from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.rpc import error_details_pb2
from grpc import StatusCode, aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.engines import ScriptedEngine
from agent.errors import EngineFailed
from agent.service import SERVICE, running_server
from bridge import Bridge
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc
from intentagent.v1 import outcome_pb2, plan_pb2

if TYPE_CHECKING:
    from agent.journal import Journal
    from bridge.emulator import EmulatedPhone
    from intentagent.v1.intent_agent_service_pb2_grpc import IntentAgentServiceAsyncStub as Stub


async def error_of(call: aio.Call) -> tuple[StatusCode, str]:
    """Return the code and the ErrorInfo reason of a call that failed."""
    status = await rpc_status.aio.from_call(call)
    assert status is not None
    info = error_details_pb2.ErrorInfo()
    assert any(detail.Unpack(info) for detail in status.details)
    assert info.domain == "intentagent.v1"
    return await call.code(), info.reason


async def plan_error(stub: Stub, request: api.PlanRequest) -> tuple[StatusCode, str]:
    call = stub.Plan(request)
    with pytest.raises(aio.AioRpcError):
        await call
    return await error_of(call)


async def steps_of(stub: Stub, request: api.ExecuteRequest) -> list[api.ExecuteResponse]:
    return [step async for step in stub.Execute(request)]


async def test_a_plan_has_the_calls_and_the_moment_it_was_made_for(stub: Stub) -> None:
    request = api.PlanRequest(text="alarm", now="2026-01-16T22:10:00", time_zone="Europe/Berlin")
    plan = (await stub.Plan(request)).plan
    assert [(call.tool, json_format.MessageToDict(call.arguments)) for call in plan.calls] == [
        ("set_alarm", {"time": "06:30"})
    ]
    assert plan.tool_sets == ["phone"]
    assert (plan.now, plan.time_zone) == ("2026-01-16T22:10:00", "Europe/Berlin")
    assert plan.calls[0].tool_hash


async def test_a_missing_argument_is_named_and_not_invented(stub: Stub) -> None:
    plan = (await stub.Plan(api.PlanRequest(text="timer"))).plan
    assert not plan.calls
    assert [(missing.tool, missing.parameter) for missing in plan.missing] == [("set_timer", "duration")]


async def test_a_request_that_no_tool_serves_gives_an_empty_plan_with_a_reason(stub: Stub) -> None:
    plan = (await stub.Plan(api.PlanRequest(text="nothing"))).plan
    assert not plan.calls
    assert plan.reason


async def test_a_request_is_planned_dispatched_and_verified_on_the_phone(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    request = api.ExecuteRequest(request=api.PlanRequest(text="light"), serial=emulated_phone.address)
    steps = await steps_of(stub, request)
    assert [step.WhichOneof("step") for step in steps] == ["planned", "dispatching", "outcome"]
    assert steps[-1].outcome.status == outcome_pb2.OUTCOME_STATUS_VERIFIED
    assert emulated_phone.state.torch


async def test_a_plan_can_be_executed_later(stub: Stub, emulated_phone: EmulatedPhone) -> None:
    plan = (await stub.Plan(api.PlanRequest(text="alarm", now="2026-01-16T22:10:00", time_zone="UTC"))).plan
    steps = await steps_of(stub, api.ExecuteRequest(plan=plan, serial=emulated_phone.address))
    assert steps[-1].outcome.HasField("intent")
    assert [(alarm.hour, alarm.minute) for alarm in emulated_phone.state.alarms] == [(6, 30)]


async def test_a_risky_call_waits_for_a_yes(stub: Stub, emulated_phone: EmulatedPhone) -> None:
    before = emulated_phone.state.to_json()
    request = api.ExecuteRequest(request=api.PlanRequest(text="wifi off"), serial=emulated_phone.address)
    steps = await steps_of(stub, request)
    assert steps[-1].outcome.status == outcome_pb2.OUTCOME_STATUS_NEEDS_CONFIRMATION
    assert emulated_phone.state.to_json() == before


async def test_a_plan_whose_tool_has_changed_is_refused_before_anything_is_sent(
    stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    plan = (await stub.Plan(api.PlanRequest(text="light"))).plan
    plan.calls[0].tool_hash = "0" * 64
    call = stub.Execute(api.ExecuteRequest(plan=plan, serial=emulated_phone.address))
    with pytest.raises(aio.AioRpcError):
        [step async for step in call]
    assert await error_of(call) == (StatusCode.FAILED_PRECONDITION, "UNKNOWN_TOOL")
    assert not emulated_phone.state.torch


async def test_arguments_that_do_not_fit_are_field_violations(stub: Stub) -> None:
    plan = plan_pb2.Plan(tool_sets=["phone"], time_zone="UTC", calls=[plan_pb2.Call(tool="set_alarm")])
    plan.calls[0].arguments["time"] = "25:99"
    call = stub.Execute(api.ExecuteRequest(plan=plan))
    with pytest.raises(aio.AioRpcError):
        [step async for step in call]
    assert await error_of(call) == (StatusCode.INVALID_ARGUMENT, "INVALID_CALL_ARGUMENTS")
    status = await rpc_status.aio.from_call(call)
    assert status is not None
    bad_request = error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad_request) for detail in status.details)
    assert [violation.field for violation in bad_request.field_violations] == ["time"]


@pytest.mark.parametrize(
    ("request_", "code", "reason"),
    [
        (api.PlanRequest(text=""), StatusCode.INVALID_ARGUMENT, "EMPTY_TEXT"),
        (api.PlanRequest(text=" \n"), StatusCode.INVALID_ARGUMENT, "EMPTY_TEXT"),
        (api.PlanRequest(text="x" * 100_000), StatusCode.INVALID_ARGUMENT, "TEXT_TOO_LONG"),
        (api.PlanRequest(text="a\x07b"), StatusCode.INVALID_ARGUMENT, "CONTROL_CHARACTER_IN_TEXT"),
        (api.PlanRequest(text="say <escape>"), StatusCode.INVALID_ARGUMENT, "CONTROL_TOKEN_IN_TEXT"),
        (api.PlanRequest(text="light", tool_sets=["toaster"]), StatusCode.NOT_FOUND, "UNKNOWN_TOOL_SET"),
        (
            api.PlanRequest(text="light", time_zone="Mars/Base"),
            StatusCode.INVALID_ARGUMENT,
            "UNKNOWN_TIME_ZONE",
        ),
        (
            api.PlanRequest(text="light", now="2026-02-30T10:00:00"),
            StatusCode.INVALID_ARGUMENT,
            "INVALID_MOMENT",
        ),
        (api.PlanRequest(text="no such date"), StatusCode.INVALID_ARGUMENT, "NO_SUCH_DATE"),
    ],
)
async def test_bad_input_has_a_clear_error_and_the_service_goes_on(
    stub: Stub, request_: api.PlanRequest, code: StatusCode, reason: str
) -> None:
    assert await plan_error(stub, request_) == (code, reason)
    assert (await stub.Plan(api.PlanRequest(text="light"))).plan.calls


@pytest.mark.usefixtures("emulated_phone")
async def test_an_unknown_serial_is_an_error_of_its_own(stub: Stub) -> None:
    call = stub.Execute(api.ExecuteRequest(request=api.PlanRequest(text="light"), serial="nobody"))
    with pytest.raises(aio.AioRpcError):
        [step async for step in call]
    assert await error_of(call) == (StatusCode.FAILED_PRECONDITION, "UNKNOWN_SERIAL")


async def test_executing_nothing_is_refused(stub: Stub) -> None:
    call = stub.Execute(api.ExecuteRequest())
    with pytest.raises(aio.AioRpcError):
        [step async for step in call]
    assert await error_of(call) == (StatusCode.INVALID_ARGUMENT, "EMPTY_SOURCE")


async def test_a_cancelled_request_frees_the_engine(stub: Stub, scripted: ScriptedEngine) -> None:
    call = stub.Plan(api.PlanRequest(text="block"))
    assert await asyncio.to_thread(scripted.started.wait, 10)
    call.cancel()
    assert (await stub.Plan(api.PlanRequest(text="light"))).plan.calls


async def test_tools_are_listed_with_their_parameters(stub: Stub) -> None:
    listed = await stub.ListTools(api.ListToolsRequest(tool_sets=["mobile_actions"]))
    assert [tool.name for tool in listed.tools] == sorted(
        [
            "create_calendar_event",
            "create_contact",
            "open_wifi_settings",
            "send_email",
            "show_map",
            "turn_off_flashlight",
            "turn_on_flashlight",
        ]
    )
    assert listed.tool_sets == ["mobile_actions"]
    assert listed.available_tool_sets == ["mobile_actions", "phone"]


async def test_devices_are_listed_with_their_state(stub: Stub, emulated_phone: EmulatedPhone) -> None:
    devices = (await stub.ListDevices(api.ListDevicesRequest())).devices
    assert [(device.serial, device.state, device.api_level) for device in devices] == [
        (emulated_phone.address, "device", 34)
    ]


async def test_the_model_is_described(stub: Stub) -> None:
    model = await stub.GetModel(api.GetModelRequest())
    assert (model.engine, model.prompt_order) == ("scripted", "compact")


async def test_health_says_serving(channel: aio.Channel) -> None:
    health = health_pb2_grpc.HealthStub(channel)
    for service in ("", SERVICE):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=service))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_the_engine_has_a_health_of_its_own(journal: Journal, adb_port: int) -> None:
    engine = ScriptedEngine([EngineFailed("the model is gone"), "<end_of_turn>"])
    agent = IntentAgent(engine, Bridge(adb_port=adb_port), load_tool_sets(()))
    told = []
    async with (
        running_server(agent, journal, grace=0) as running,
        aio.insecure_channel(running.address) as channel,
    ):
        stub: Stub = api_grpc.IntentAgentServiceStub(channel)
        health = health_pb2_grpc.HealthStub(channel)
        for text in ("", "light", "alarm"):
            if text:
                await stub.Plan(api.PlanRequest(text=text)).code()
            answers = [
                await health.Check(health_pb2.HealthCheckRequest(service=name)) for name in ("engine", "")
            ]
            told.append(tuple(answer.status for answer in answers))
    up, down = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
    assert told == [(up, up), (down, up), (up, up)]


async def test_reflection_is_enough_to_read_error_details_and_to_write_json(channel: aio.Channel) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    symbols = ("google.rpc.ErrorInfo", "intentagent.v1.PlanRequest")
    asked = [reflection_pb2.ServerReflectionRequest(file_containing_symbol=symbol) for symbol in symbols]
    answers = [answer async for answer in stub.ServerReflectionInfo(iter(asked))]
    details, service = (
        FileDescriptorProto.FromString(answer.file_descriptor_response.file_descriptor_proto[0])
        for answer in answers
    )
    assert details.name == "google/rpc/error_details.proto"
    request = next(message for message in service.message_type if message.name == "PlanRequest")
    assert "toolSets" in [field.json_name for field in request.field]


async def test_reflection_names_the_service(channel: aio.Channel) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    call = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
    answer = await call.read()
    assert SERVICE in [service.name for service in answer.list_services_response.service]


async def test_a_screenshot_comes_back_as_png(stub: Stub, emulated_phone: EmulatedPhone) -> None:
    plan = plan_pb2.Plan(tool_sets=["phone"], time_zone="UTC", calls=[plan_pb2.Call(tool="take_screenshot")])
    steps = await steps_of(stub, api.ExecuteRequest(plan=plan, serial=emulated_phone.address))
    assert steps[-1].outcome.status == outcome_pb2.OUTCOME_STATUS_VERIFIED
    assert steps[-1].outcome.evidence[-1].data.startswith(b"\x89PNG\r\n")
