"""A service around the scripted agent, with a real client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from grpc import aio

from agent.service import RunningServer, running_server
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from agent._agent import IntentAgent
    from agent.journal import Journal


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
