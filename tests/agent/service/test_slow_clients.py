"""Clients that do not read, and clients that vanish: the others go on, the journal knows what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpc import aio

from agent.client import AsyncIntentAgentClient
from agent.journal import CommandState
from agent.service import running_server
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc
from intentagent.v1 import outcome_pb2

if TYPE_CHECKING:
    from agent._agent import IntentAgent
    from agent.journal import Journal
    from bridge.emulator import EmulatedPhone
    from intentagent.v1.intent_agent_service_pb2_grpc import IntentAgentServiceAsyncStub as Stub


def screenshots(phone: EmulatedPhone, number: int) -> api.ExecuteRequest:
    """Return a request whose answer is several pictures."""
    request = api.ExecuteRequest(serial=phone.address)
    for _ in range(number):
        request.plan.calls.add(tool="take_screenshot")
    return request


def timer(phone: EmulatedPhone, seconds: int) -> api.ExecuteRequest:
    request = api.ExecuteRequest(serial=phone.address)
    request.plan.calls.add(tool="set_timer").arguments.update({"duration": seconds})
    return request


async def until_ended(stub: Stub, journal: Journal) -> None:
    """Wait until no request is open; each look at it is a request, so that the service's turns go on."""
    while any(record.finished_at is None for record in journal.history.all()):
        await stub.GetModel(api.GetModelRequest())


async def test_a_client_that_does_not_read_holds_up_nobody_and_gets_no_more_than_it_takes(
    agent: IntentAgent, journal: Journal, emulated_phone: EmulatedPhone
) -> None:
    async with (
        running_server(agent, journal, grace=0) as running,
        aio.insecure_channel(running.address) as lazy_channel,
        AsyncIntentAgentClient(running.address) as lively,
    ):
        lazy: Stub = api_grpc.IntentAgentServiceStub(lazy_channel)
        unread = lazy.Execute(screenshots(emulated_phone, 32))
        watched = lazy.WatchDevices(api.WatchDevicesRequest())
        for seconds in range(60, 90):
            outcome = await lively.call_tool(
                "set_timer", {"duration": seconds}, serial=emulated_phone.address
            )
            assert outcome.status == outcome_pb2.OUTCOME_STATUS_REQUESTED
        (record,) = [record for record in journal.history.all() if len(record.commands) == 32]
        taken = sum(command.outcome is not None for command in record.commands)
        assert 0 < taken < 32
        assert record.finished_at is None
        unread.cancel()
        watched.cancel()
        await until_ended(lazy, journal)
    (record,) = [record for record in journal.history.all() if len(record.commands) == 32]
    assert record.error == "CANCELLED"
    assert [command.state for command in record.commands[taken + 1 :]] == [CommandState.NOT_SENT] * (
        31 - taken
    )


async def test_of_clients_that_vanish_at_any_moment_the_journal_knows_what_was_done(
    agent: IntentAgent, journal: Journal, emulated_phone: EmulatedPhone
) -> None:
    async with (
        running_server(agent, journal, grace=0) as running,
        aio.insecure_channel(running.address) as channel,
    ):
        stub: Stub = api_grpc.IntentAgentServiceStub(channel)
        for seconds in range(60, 80):
            vanishing = aio.insecure_channel(running.address, options=[("grpc.use_local_subchannel_pool", 1)])
            call = api_grpc.IntentAgentServiceStub(vanishing).Execute(timer(emulated_phone, seconds))
            if seconds % 4:
                await call.read()
            if seconds % 4 > 1:
                await call.read()
            if seconds % 2:
                call.cancel()
            await vanishing.close()
        steps = [step async for step in stub.Execute(timer(emulated_phone, 100))]
        assert steps[-1].outcome.status == outcome_pb2.OUTCOME_STATUS_REQUESTED
        await until_ended(stub, journal)
    set_timers = {timer.length for timer in emulated_phone.state.timers}
    commands = [command for record in journal.history.all() for command in record.commands]
    done = {command.call.arguments["duration"] for command in commands if command.state is CommandState.DONE}
    assert done == set_timers
    assert all(command.outcome for command in commands if command.state is not CommandState.NOT_SENT)
