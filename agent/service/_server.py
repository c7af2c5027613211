"""The gRPC server: the API and every tool's own method, with health checking and reflection."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from agent.errors import AddressInUse
from agent.security import Guard, ServerSecurity
from agent.service._core import ServiceCore
from agent.service._engine_health import EngineHealth
from agent.service._limits import ServiceLimits
from agent.service._measured import Measured
from agent.service._reading import MessageReader
from agent.service._servicer import SERVICE, IntentAgentServicer
from agent.service._status import status_of
from agent.service._tool_descriptors import server_pool
from agent.service._tool_methods import ToolMethods
from agent.telemetry import Sources, Telemetry
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from agent._agent import IntentAgent
    from agent.journal import Journal

__all__ = ["RunningServer", "running_server"]


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that takes requests; ``address`` is "127.0.0.1:PORT".

    ``resize`` takes other bounds of the queues; the other limits stay as they are.
    """

    address: str
    server: aio.Server
    resize: Callable[[ServiceLimits], None]


@asynccontextmanager
async def running_server(
    agent: IntentAgent,
    journal: Journal,
    *,
    security: ServerSecurity | None = None,
    limits: ServiceLimits | None = None,
    telemetry: Telemetry | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    grace: float = 5.0,
) -> AsyncIterator[RunningServer]:
    """Serve the agent's RPCs while the context lasts; port 0 takes a free one.

    On the way out, health says NOT_SERVING, what waits is refused, running requests get ``grace`` seconds to
    end, and what is on its way to a phone is finished and recorded. Agent and journal stay open. Raises
    AddressInUse, and InsecureAddress for a host that ``security`` does not allow.
    """
    security = security or ServerSecurity()
    telemetry = telemetry or Telemetry()
    health_servicer = health.aio.HealthServicer()
    engine_health = EngineHealth(health_servicer)
    core = ServiceCore(agent, journal, security, limits or ServiceLimits(), telemetry, engine_health)
    server = aio.server(
        interceptors=[Measured(telemetry), Guard(security, status_of), MessageReader()],
        options=[
            *security.server_options(),
            # Two servers on one port would share the requests between them without anybody noticing.
            ("grpc.so_reuseport", 0),
        ],
        maximum_concurrent_rpcs=security.max_concurrent_rpcs,
    )
    api_grpc.add_IntentAgentServiceServicer_to_server(IntentAgentServicer(core), server)
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    services = (SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
    pool, served = server_pool(services, agent.tool_sets)
    methods = ToolMethods(core, pool, [agent.tool_sets[name] for name in agent.tool_sets if name in served])
    server.add_generic_rpc_handlers((methods,))
    telemetry.watch(Sources(core.waiting, lambda seconds: agent.bridge.devices(timeout=seconds), agent.model))
    reflection.enable_server_reflection((*services, *methods.services), server, pool)
    try:
        try:
            bound = security.listen(server, host, port)
        except RuntimeError as error:
            raise AddressInUse(
                f"cannot listen on {host}:{port}; another program may use it: choose another --port"
            ) from error
        await server.start()
        for name in ("", SERVICE, *methods.services):
            await health_servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
        await engine_health.tell(works=True)
        yield RunningServer(f"{host}:{bound}", server, core.resize)
    finally:
        await health_servicer.enter_graceful_shutdown()
        core.close_intake()
        await server.stop(grace)
        # For whom the grace was too short, the model stops within a token, and not at its deadline. Their
        # handlers need the event loop and the threads to end.
        core.running.give_up_all()
        await core.running.ended()
        await asyncio.to_thread(core.close)
