"""The gRPC service around the agent."""

from agent.service._server import SERVICE, RunningServer, running_server
from agent.service._status import DOMAIN, ErrorDetails

__all__ = ["DOMAIN", "SERVICE", "ErrorDetails", "RunningServer", "running_server"]
