"""Errors of ours as gRPC statuses with details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.error_details import ErrorDetails, status_with
from agent.errors import AgentError
from agent.plain_text import without_paths
from bridge.errors import BridgeError
from tools_schema.errors import ToolSchemaError

if TYPE_CHECKING:
    from google.rpc import status_pb2

__all__ = ["status_of"]

_RETRY_AFTER = 1.0
"""Seconds, where an error does not know better."""


def status_of(error: Exception) -> status_pb2.Status:
    """Return the status for an error with ``code``, ``reason``, ``message`` and ``metadata``.

    Any other exception becomes INTERNAL without its text, which may hold what a client has no business with.
    """
    if not isinstance(error, (AgentError, BridgeError, ToolSchemaError)):
        return status_with(ErrorDetails("INTERNAL", "INTERNAL", "the service failed; its log says why"))
    overloaded = error.code == "RESOURCE_EXHAUSTED"
    violations = tuple((v.field, v.description) for v in getattr(error, "violations", ()))
    details = ErrorDetails(
        code=error.code,
        reason=error.reason,
        message=without_paths(" ".join(str(error).split())),
        metadata={name: without_paths(value) for name, value in error.metadata.items()},
        violations=violations,
        retry_after=getattr(error, "retry_after", _RETRY_AFTER) if overloaded else None,
    )
    return status_with(details)
