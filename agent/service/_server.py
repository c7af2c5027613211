"""The gRPC server: the API with health checking and reflection, on a loopback address."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from agent.errors import AddressInUse
from agent.service._servicer import IntentAgentServicer
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from agent._agent import IntentAgent

__all__ = ["SERVICE", "RunningServer", "running_server"]

SERVICE = api.DESCRIPTOR.services_by_name["IntentAgentService"].full_name

# 4,000 characters of text are at most 16 kB; a history of eight exchanges stays far below this.
_MAX_REQUEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that takes requests; ``address`` is "127.0.0.1:PORT"."""

    address: str
    server: aio.Server


@asynccontextmanager
async def running_server(
    agent: IntentAgent, *, host: str = "127.0.0.1", port: int = 0, grace: float = 5.0
) -> AsyncIterator[RunningServer]:
    """Serve the agent's RPCs while the context lasts; port 0 takes a free one.

    On the way out, health says NOT_SERVING, running requests get ``grace`` seconds to end, and then the
    worker threads end. The agent stays open. Raises AddressInUse.
    """
    server = aio.server(
        options=[
            ("grpc.max_receive_message_length", _MAX_REQUEST_BYTES),
            # Two servers on one port would share the requests between them without anybody noticing.
            ("grpc.so_reuseport", 0),
        ]
    )
    servicer = IntentAgentServicer(agent)
    api_grpc.add_IntentAgentServiceServicer_to_server(servicer, server)
    health_servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    reflection.enable_server_reflection((SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    try:
        bound = server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise AddressInUse(
            f"cannot listen on {host}:{port}; another program may use it: choose another --port"
        ) from error
    await server.start()
    for name in ("", SERVICE):
        await health_servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
    try:
        yield RunningServer(f"{host}:{bound}", server)
    finally:
        await health_servicer.enter_graceful_shutdown()
        await server.stop(grace)
        servicer.close()
