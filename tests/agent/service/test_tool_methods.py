"""The tools' own methods, called as a program in another language would: through a generic channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc import StatusCode, aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from agent.error_details import async_details_of
from agent.service import CALL_HASH, IDEMPOTENCY_KEY, REQUEST_ID, SERIAL, TIME_ZONE
from intentagent.v1 import intent_agent_service_pb2 as api

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from bridge.emulator import EmulatedPhone
    from intentagent.v1.intent_agent_service_pb2_grpc import IntentAgentServiceAsyncStub as Stub

CLOCK = "intentagent.tools.phone.v1.ClockService"
SOUND = "intentagent.tools.phone.v1.SoundAndScreenService"
CONNECTIVITY = "intentagent.tools.phone.v1.ConnectivityService"


class Reflected:
    """Calls methods with nothing known but what the server's reflection tells, as grpcurl does."""

    def __init__(self, channel: aio.Channel) -> None:
        self.channel = channel
        self.pool = descriptor_pool.DescriptorPool()

    async def services(self) -> list[str]:
        answer = await self._ask(reflection_pb2.ServerReflectionRequest(list_services=""))
        return [service.name for service in answer.list_services_response.service]

    async def learn(self, service: str) -> None:
        answer = await self._ask(reflection_pb2.ServerReflectionRequest(file_containing_symbol=service))
        files = [
            descriptor_pb2.FileDescriptorProto.FromString(raw)
            for raw in answer.file_descriptor_response.file_descriptor_proto
        ]
        while files:
            known = [file for file in files if all(self._has(name) for name in file.dependency)]
            for file in known:
                self.pool.Add(file)
            files = [file for file in files if file not in known]

    def call(
        self, service: str, method: str, metadata: dict[str, str] | None = None, **fields: Any
    ) -> aio.UnaryUnaryCall[Message, Any]:
        described = self.pool.FindServiceByName(service).methods_by_name[method]
        request = message_factory.GetMessageClass(described.input_type)(**fields)
        response = message_factory.GetMessageClass(described.output_type)
        rpc: aio.UnaryUnaryMultiCallable[Message, Any] = self.channel.unary_unary(
            f"/{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString,
        )
        return rpc(request, metadata=tuple((metadata or {}).items()))

    def _has(self, name: str) -> bool:
        try:
            self.pool.FindFileByName(name)
        except KeyError:
            return False
        return True

    async def _ask(self, request: reflection_pb2.ServerReflectionRequest) -> Any:
        stub = reflection_pb2_grpc.ServerReflectionStub(self.channel)
        call = stub.ServerReflectionInfo(iter([request]))
        return await call.read()


@pytest.fixture
async def reflected(channel: aio.Channel) -> Reflected:
    return Reflected(channel)


def status(result: Any) -> str:
    names = result.DESCRIPTOR.fields_by_name["status"].enum_type.values_by_number
    return str(names[result.status].name)


async def test_reflection_lists_every_service_of_every_tool_set(reflected: Reflected) -> None:
    services = await reflected.services()
    assert CLOCK in services
    assert "intentagent.tools.mobile_actions.v1.MobileActionsService" in services
    assert "intentagent.v1.IntentAgentService" in services


async def test_a_tool_is_called_without_the_model_and_its_effect_is_read_back(
    reflected: Reflected, emulated_phone: EmulatedPhone
) -> None:
    await reflected.learn(CLOCK)
    result = await reflected.call(
        CLOCK, "SetAlarm", {SERIAL: emulated_phone.address}, time="06:30", days=["MONDAY"], label="Up"
    )
    assert status(result) == "TOOL_STATUS_VERIFIED"
    (alarm,) = emulated_phone.state.alarms
    assert (alarm.hour, alarm.minute, alarm.label) == (6, 30, "Up")


async def test_a_zero_is_told_from_nothing_said(reflected: Reflected, emulated_phone: EmulatedPhone) -> None:
    await reflected.learn(SOUND)
    result = await reflected.call(SOUND, "SetVolume", {SERIAL: emulated_phone.address}, level=0)
    assert status(result) == "TOOL_STATUS_VERIFIED"
    result = await reflected.call(SOUND, "SetDarkMode", {SERIAL: emulated_phone.address}, on=False)
    assert status(result) in {"TOOL_STATUS_VERIFIED", "TOOL_STATUS_REQUESTED"}


async def test_a_call_is_in_the_history_with_its_method(
    reflected: Reflected, stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    await reflected.learn(CLOCK)
    call = reflected.call(CLOCK, "SetAlarm", {SERIAL: emulated_phone.address}, time="06:30")
    await call
    request_id = str(dict(await call.initial_metadata())[REQUEST_ID])
    (record,) = (await stub.ListHistory(api.ListHistoryRequest(request_id=request_id))).requests
    assert record.method == f"{CLOCK}/SetAlarm"
    assert record.finish_time.seconds
    assert [command.call.tool for command in record.commands] == ["set_alarm"]


async def test_a_call_with_a_key_that_was_used_is_not_made_again(
    reflected: Reflected, emulated_phone: EmulatedPhone
) -> None:
    await reflected.learn(CLOCK)
    metadata = {SERIAL: emulated_phone.address, IDEMPOTENCY_KEY: "one"}
    results = [await reflected.call(CLOCK, "SetAlarm", metadata, time="06:30") for _ in range(2)]
    assert [status(result) for result in results] == ["TOOL_STATUS_VERIFIED"] * 2
    assert len(emulated_phone.state.alarms) == 1


async def test_a_risky_call_goes_through_once_after_a_confirm(
    reflected: Reflected, stub: Stub, emulated_phone: EmulatedPhone
) -> None:
    await reflected.learn(CONNECTIVITY)
    metadata = {SERIAL: emulated_phone.address}

    async def mobile_data_off() -> tuple[str, dict[str, str]]:
        call = reflected.call(CONNECTIVITY, "SetMobileData", metadata, on=False)
        result = await call
        told = [*(await call.initial_metadata()), *(await call.trailing_metadata())]
        return status(result), {key: str(value) for key, value in told}

    before, told = await mobile_data_off()
    assert before == "TOOL_STATUS_NEEDS_CONFIRMATION"
    assert emulated_phone.state.mobile_data
    await stub.Confirm(
        api.ConfirmRequest(request_id=told[REQUEST_ID], call_hash=told[CALL_HASH], serial=told[SERIAL])
    )
    after, _ = await mobile_data_off()
    assert after == "TOOL_STATUS_VERIFIED"
    assert not emulated_phone.state.mobile_data
    again, _ = await mobile_data_off()
    assert again == "TOOL_STATUS_NEEDS_CONFIRMATION"


@pytest.mark.parametrize(
    ("metadata", "fields", "code", "reason"),
    [
        ({}, {}, "INVALID_ARGUMENT", "INVALID_CALL_ARGUMENTS"),
        ({}, {"time": "25:99"}, "INVALID_ARGUMENT", "INVALID_CALL_ARGUMENTS"),
        ({SERIAL: "nobody"}, {"time": "06:30"}, "FAILED_PRECONDITION", "UNKNOWN_SERIAL"),
        ({SERIAL: "x" * 300}, {"time": "06:30"}, "INVALID_ARGUMENT", "INVALID_FIELD"),
        ({TIME_ZONE: "Mars/Base"}, {"time": "06:30"}, "INVALID_ARGUMENT", "UNKNOWN_TIME_ZONE"),
        ({IDEMPOTENCY_KEY: "x" * 200}, {"time": "06:30"}, "INVALID_ARGUMENT", "INVALID_FIELD"),
    ],
)
@pytest.mark.usefixtures("emulated_phone")
async def test_bad_calls_have_the_errors_of_every_other_call(
    reflected: Reflected, metadata: dict[str, str], fields: dict[str, Any], code: str, reason: str
) -> None:
    await reflected.learn(CLOCK)
    call = reflected.call(CLOCK, "SetAlarm", metadata, **fields)
    with pytest.raises(aio.AioRpcError):
        await call
    details = await async_details_of(call)
    assert (details.code, details.reason) == (code, reason)


async def test_a_method_that_no_tool_has_is_unimplemented(channel: aio.Channel) -> None:
    explode: aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(f"/{CLOCK}/Explode")
    with pytest.raises(aio.AioRpcError) as caught:
        await explode(b"")
    assert caught.value.code() is StatusCode.UNIMPLEMENTED


async def test_the_tools_services_are_healthy(channel: aio.Channel) -> None:
    answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=CLOCK))
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
