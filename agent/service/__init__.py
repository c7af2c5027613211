"""The gRPC service around the agent."""

from agent.service._limits import ServiceLimits
from agent.service._server import RunningServer, running_server
from agent.service._servicer import SERVICE
from agent.service._tool_methods import CALL_HASH, IDEMPOTENCY_KEY, REQUEST_ID, SERIAL, TIME_ZONE

__all__ = [
    "CALL_HASH",
    "IDEMPOTENCY_KEY",
    "REQUEST_ID",
    "SERIAL",
    "SERVICE",
    "TIME_ZONE",
    "RunningServer",
    "ServiceLimits",
    "running_server",
]
