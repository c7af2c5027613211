"""A service around the scripted agent, with a real client; and one for each cause of an error."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from grpc import aio

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.engines import BLOCK, ScriptedEngine, Step
from agent.errors import EngineFailed, EngineTimeout
from agent.security import SecurityOptions, ServerSecurity
from agent.service import RunningServer, running_server
from bridge import Bridge
from bridge.emulator import Fault
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from agent.journal import Journal
    from bridge.emulator import EmulatedPhone
    from intentagent.v1.intent_agent_service_pb2_grpc import IntentAgentServiceAsyncStub as Stub

SET_TIMER = "intentagent.tools.phone.v1.ClockService/SetTimer"
A_MINUTE = b"\x08\x3c"
STEPS: dict[str, Step] = {
    "broken": EngineFailed("it broke"),
    "slow": EngineTimeout("too slow"),
    "block": BLOCK,
    "light": "<start_function_call>call:turn_on_flashlight{}<end_function_call><start_function_response>",
    "no data": "<start_function_call>call:set_mobile_data{on:false}<end_function_call>"
    "<start_function_response>",
}


@dataclass
class World:
    """What a cause of an error has: a service, and what is behind it."""

    stack: AsyncExitStack
    journal: Journal
    phone: EmulatedPhone
    adb_port: int
    folder: Path
    engine: ScriptedEngine

    async def serve(self, adb_port: int = 0, **options: Any) -> aio.Channel:
        """Serve, and return a connection to the service."""
        agent = IntentAgent(self.engine, Bridge(adb_port=adb_port or self.adb_port), load_tool_sets(()))
        running = await self.stack.enter_async_context(
            running_server(agent, self.journal, grace=0, **options)
        )
        return await self.stack.enter_async_context(aio.insecure_channel(running.address))

    async def stub(self, **options: Any) -> Stub:
        """Serve, and return a stub."""
        stub: Stub = api_grpc.IntentAgentServiceStub(await self.serve(**options))
        return stub

    def execute(self, text: str = "light", key: str = "") -> api.ExecuteRequest:
        """Return a request for the phone."""
        said = api.PlanRequest(text=text)
        return api.ExecuteRequest(request=said, serial=self.phone.address, idempotency_key=key)

    async def busy(self, stub: Stub, key: str = "") -> None:
        """Keep the model busy."""
        self.engine.started.clear()
        call = stub.Execute(self.execute("block", key))
        self.stack.callback(call.cancel)
        assert await asyncio.to_thread(self.engine.started.wait, 60)

    def policy(self, text: str) -> ServerSecurity:
        """Return a security with a policy."""
        path = self.folder / "policy.toml"
        path.write_text(text)
        return ServerSecurity(SecurityOptions(policy=path))

    @staticmethod
    def own(
        channel: aio.Channel,
        content: bytes = A_MINUTE,
        *,
        timeout: float | None = None,
        metadata: dict[str, str] | None = None,
    ) -> aio.UnaryUnaryCall[bytes, bytes]:
        """Call a tool's own method."""
        rpc: aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(f"/{SET_TIMER}")
        return rpc(content, timeout=timeout, metadata=tuple((metadata or {}).items()))

    async def never_ending(self, channel: aio.Channel, metadata: dict[str, str]) -> None:
        """Begin a call that the phone does not answer until the test is over."""
        self.phone.fail_next(Fault.SILENT, "am start")
        call = self.own(channel, metadata=metadata)
        self.stack.callback(call.cancel)
        # The server waits for what is on its way; this comes before it.
        self.stack.callback(self.phone.drop)
        assert await asyncio.to_thread(self.phone.wait_until_silent, 60)


@pytest.fixture
async def running(agent: IntentAgent, journal: Journal) -> AsyncIterator[RunningServer]:
    async with running_server(agent, journal, grace=0) as server:
        yield server


@pytest.fixture
async def channel(running: RunningServer) -> AsyncIterator[aio.Channel]:
    async with aio.insecure_channel(running.address) as opened:
        yield opened


@pytest.fixture
def stub(channel: aio.Channel) -> api_grpc.IntentAgentServiceAsyncStub:
    return api_grpc.IntentAgentServiceStub(channel)


@pytest.fixture
async def world(
    journal: Journal, emulated_phone: EmulatedPhone, adb_port: int, tmp_path: Path
) -> AsyncIterator[World]:
    def step(prompt: str) -> Step:
        return STEPS[prompt.rpartition("<start_of_turn>user\n")[2].partition("<end_of_turn>")[0]]

    async with AsyncExitStack() as stack:
        yield World(stack, journal, emulated_phone, adb_port, tmp_path, ScriptedEngine(step))
