"""How often and within what time the clients ask again, against a service that is always overloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
import pytest
from grpc import aio
from grpc_status import rpc_status

from agent.client import AsyncIntentAgentClient, Retries, ServiceError
from agent.error_details import ErrorDetails, status_with
from intentagent.v1 import intent_agent_service_pb2 as api

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Overloaded:
    """Refuses as many requests as it is told to, and keeps the seconds that each had left."""

    def __init__(self) -> None:
        self.refusals = 1_000
        self.retry_after = 0.0
        self.remaining: list[float] = []

    async def get_model(
        self,
        _: api.GetModelRequest,
        context: aio.ServicerContext[api.GetModelRequest, api.GetModelResponse],
    ) -> api.GetModelResponse:
        remaining = context.time_remaining()
        assert remaining is not None
        self.remaining.append(remaining)
        if len(self.remaining) <= self.refusals:
            error = ErrorDetails("RESOURCE_EXHAUSTED", "QUEUE_FULL", "later", retry_after=self.retry_after)
            status = rpc_status.to_status(status_with(error))
            await context.abort(status.code, status.details, status.trailing_metadata)
        return api.GetModelResponse(engine="scripted")


@pytest.fixture
async def overloaded() -> AsyncIterator[tuple[Overloaded, str]]:
    server, service = aio.server(), Overloaded()
    handler = grpc.unary_unary_rpc_method_handler(
        service.get_model, api.GetModelRequest.FromString, api.GetModelResponse.SerializeToString
    )
    name = "intentagent.v1.IntentAgentService"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, {"GetModel": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield service, f"127.0.0.1:{port}"
    await server.stop(None)


async def test_a_client_comes_back_when_the_service_says_so(overloaded: tuple[Overloaded, str]) -> None:
    service, address = overloaded
    service.refusals = 3
    async with AsyncIntentAgentClient(address) as client:
        assert (await client.get_model()).engine == "scripted"
    assert len(service.remaining) == 4


async def test_a_client_gives_up_after_its_last_attempt(overloaded: tuple[Overloaded, str]) -> None:
    service, address = overloaded
    async with AsyncIntentAgentClient(address, retries=Retries(attempts=3)) as client:
        with pytest.raises(ServiceError) as caught:
            await client.get_model()
    assert caught.value.reason == "QUEUE_FULL"
    assert len(service.remaining) == 3


async def test_a_client_does_not_wait_for_a_moment_after_its_deadline(
    overloaded: tuple[Overloaded, str],
) -> None:
    service, address = overloaded
    service.retry_after = 30.0
    async with AsyncIntentAgentClient(address, timeout=20) as client:
        with pytest.raises(ServiceError) as caught:
            await client.get_model()
    assert caught.value.retry_after == 30
    assert len(service.remaining) == 1


async def test_all_attempts_share_one_deadline(overloaded: tuple[Overloaded, str]) -> None:
    service, address = overloaded
    service.refusals, service.retry_after = 2, 0.4
    async with AsyncIntentAgentClient(address, timeout=9) as client:
        await client.get_model()
    # Two pauses are gone, at the least; gRPC sends a deadline that is a few per cent off.
    assert service.remaining[-1] < 9 - service.retry_after
