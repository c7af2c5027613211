"""Many clients at once, slow and vanishing ones, and stopping in the middle, with the scripted engine."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.client import AsyncIntentAgentClient, Retries, ServiceError
from agent.engines import ScriptedEngine
from agent.error_details import async_details_of
from agent.service import ServiceLimits, running_server
from bridge import Bridge
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.journal import Journal
    from bridge.emulator import EmulatedPhone

LIGHT = "<start_function_call>call:turn_on_flashlight{}<end_function_call><start_function_response>"


class Gate:
    """A script that writes only when it is let, and says who is being answered."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.reached = threading.Event()

    def __call__(self, _prompt: str) -> str:
        self.reached.set()
        assert self.opened.wait(60)
        return LIGHT


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def gated(gate: Gate, adb_port: int) -> Iterator[IntentAgent]:
    opened = IntentAgent(ScriptedEngine(gate), Bridge(adb_port=adb_port), load_tool_sets(()))
    yield opened
    gate.opened.set()
    opened.close()


async def test_too_many_are_refused_with_the_time_to_come_back_and_a_client_that_does_is_answered(
    gate: Gate, gated: IntentAgent, journal: Journal
) -> None:
    limits = ServiceLimits(waiting_per_client=1)
    async with (
        running_server(gated, journal, grace=0, limits=limits) as running,
        aio.insecure_channel(running.address) as channel,
        AsyncIntentAgentClient(running.address, retries=Retries(attempts=1)) as impatient,
        AsyncIntentAgentClient(running.address) as patient,
    ):
        stub: api_grpc.IntentAgentServiceAsyncStub = api_grpc.IntentAgentServiceStub(channel)
        calls = [stub.Plan(api.PlanRequest(text="light")) for _ in range(3)]
        done, _ = await asyncio.wait(
            [asyncio.ensure_future(call.code()) for call in calls], return_when=asyncio.FIRST_COMPLETED
        )
        refused = next(call for call in calls if call.done())
        details = await async_details_of(refused)
        assert (details.code, details.reason) == ("RESOURCE_EXHAUSTED", "QUEUE_FULL")
        assert details.retry_after
        # Another connection has a turn of its own.
        waiting = asyncio.ensure_future(patient.plan("light"))
        gate.opened.set()
        assert (await waiting).calls
        assert (await impatient.plan("light")).calls
        for call in calls:
            if call is not refused:
                assert (await call).plan.calls
        assert done


async def test_the_client_comes_back_when_the_service_says(
    gate: Gate, gated: IntentAgent, journal: Journal
) -> None:
    limits = ServiceLimits(waiting=0)
    async with (
        running_server(gated, journal, grace=0, limits=limits) as running,
        AsyncIntentAgentClient(running.address, retries=Retries(attempts=1)) as impatient,
        AsyncIntentAgentClient(running.address, retries=Retries(attempts=50)) as patient,
    ):
        first = asyncio.ensure_future(impatient.plan("light"))
        assert await asyncio.to_thread(gate.reached.wait, 60)
        with pytest.raises(ServiceError) as caught:
            await impatient.plan("light")
        assert caught.value.reason == "QUEUE_FULL"
        second = asyncio.ensure_future(patient.plan("light"))
        gate.opened.set()
        assert (await first).calls
        assert (await second).calls


async def test_clients_that_vanish_leave_the_model_to_those_that_stay(
    agent: IntentAgent, journal: Journal, scripted: ScriptedEngine
) -> None:
    async with running_server(agent, journal, grace=0) as running:
        for _ in range(20):
            scripted.started.clear()
            async with aio.insecure_channel(running.address) as channel:
                stub: api_grpc.IntentAgentServiceAsyncStub = api_grpc.IntentAgentServiceStub(channel)
                call = stub.Plan(api.PlanRequest(text="block"))
                assert await asyncio.to_thread(scripted.started.wait, 60)
                del call
        async with AsyncIntentAgentClient(running.address) as client:
            assert (await client.plan("light")).calls


async def test_a_call_on_its_way_is_finished_and_recorded_when_its_client_vanishes(
    agent: IntentAgent, journal: Journal, emulated_phone: EmulatedPhone
) -> None:
    async with (
        running_server(agent, journal, grace=0) as running,
        aio.insecure_channel(running.address) as channel,
    ):
        stub: api_grpc.IntentAgentServiceAsyncStub = api_grpc.IntentAgentServiceStub(channel)
        call = stub.Execute(api.ExecuteRequest(request={"text": "light"}, serial=emulated_phone.address))
        async for step in call:
            if step.HasField("dispatching"):
                break
        call.cancel()
    (record,) = journal.history.all()
    (command,) = record.commands
    assert record.error in {"", "CANCELLED"}
    assert (command.outcome is not None) is emulated_phone.state.torch


async def test_stopping_lets_what_runs_end_and_refuses_what_waits(
    gate: Gate, gated: IntentAgent, journal: Journal
) -> None:
    async with AsyncExitStack() as stack:
        server = running_server(gated, journal, grace=60)
        running = await server.__aenter__()
        channel = await stack.enter_async_context(aio.insecure_channel(running.address))
        stub: api_grpc.IntentAgentServiceAsyncStub = api_grpc.IntentAgentServiceStub(channel)
        health = health_pb2_grpc.HealthStub(channel)
        watch = health.Watch(health_pb2.HealthCheckRequest())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        runs = stub.Plan(api.PlanRequest(text="light"))
        assert await asyncio.to_thread(gate.reached.wait, 60)
        waits = stub.Plan(api.PlanRequest(text="light"))
        devices = stub.WatchDevices(api.WatchDevicesRequest())
        await stub.GetModel(api.GetModelRequest())
        stopping = asyncio.ensure_future(server.__aexit__(None, None, None))
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watch.cancel()
        with pytest.raises(aio.AioRpcError):
            await waits
        assert (await async_details_of(waits)).reason in {"SERVICE_STOPPING", "NO_SERVICE"}
        with pytest.raises(aio.AioRpcError):
            [change async for change in devices]
        gate.opened.set()
        assert (await runs).plan.calls
        await stopping


async def test_for_whom_the_grace_is_too_short_the_end_is_recorded(
    agent: IntentAgent, journal: Journal, scripted: ScriptedEngine
) -> None:
    server = running_server(agent, journal, grace=0)
    running = await server.__aenter__()
    async with aio.insecure_channel(running.address) as channel:
        stub: api_grpc.IntentAgentServiceAsyncStub = api_grpc.IntentAgentServiceStub(channel)
        call = stub.Plan(api.PlanRequest(text="block"))
        assert await asyncio.to_thread(scripted.started.wait, 60)
        await server.__aexit__(None, None, None)
        with pytest.raises(aio.AioRpcError):
            await call
    (record,) = journal.history.all()
    assert record.error == "CANCELLED"
    assert record.finished_at is not None


async def test_a_deadline_that_cannot_be_met_is_refused_before_the_model_is_asked(
    agent: IntentAgent, journal: Journal, scripted: ScriptedEngine
) -> None:
    async with (
        running_server(agent, journal, grace=0) as running,
        aio.insecure_channel(running.address) as channel,
    ):
        stub: api_grpc.IntentAgentServiceAsyncStub = api_grpc.IntentAgentServiceStub(channel)
        call = stub.Plan(api.PlanRequest(text="block"), timeout=2)
        with pytest.raises(aio.AioRpcError):
            await call
        # Whoever is let in after it, knows that it is out: most of two seconds is now what an answer takes.
        await stub.Plan(api.PlanRequest(text="light"))
        asked = len(scripted.prompts)
        call = stub.Plan(api.PlanRequest(text="light"), timeout=0.3)
        with pytest.raises(aio.AioRpcError):
            await call
        assert (await call.code()).name == "DEADLINE_EXCEEDED"
        assert len(scripted.prompts) == asked
