"""The gRPC service around the agent."""

from agent.service._core import ServiceLimits
from agent.service._server import RunningServer, running_server
from agent.service._servicer import SERVICE
from agent.service._status import DOMAIN, ErrorDetails

__all__ = ["DOMAIN", "SERVICE", "ErrorDetails", "RunningServer", "ServiceLimits", "running_server"]
