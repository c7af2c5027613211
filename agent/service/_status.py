"""Errors of ours as gRPC statuses with details, and back.

Every status carries one ``google.rpc.ErrorInfo`` (AIP-193) whose domain is ``intentagent.v1`` and whose
reason is the error's own; field violations travel as ``google.rpc.BadRequest``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import grpc
from google.protobuf.any_pb2 import Any
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from agent.errors import AgentError
from bridge.errors import BridgeError
from tools_schema.errors import ToolSchemaError

__all__ = ["DOMAIN", "ErrorDetails", "details_of", "status_of"]

DOMAIN = "intentagent.v1"


@dataclass(frozen=True, slots=True)
class ErrorDetails:
    """What a client is told of an error: a gRPC code's name, a reason, a sentence and facts."""

    code: str
    reason: str
    message: str
    metadata: dict[str, str] = field(default_factory=dict)
    violations: tuple[tuple[str, str], ...] = ()


def status_of(error: Exception) -> status_pb2.Status:
    """Return the status for an error with ``code``, ``reason``, ``message`` and ``metadata``.

    Any other exception becomes INTERNAL without its text, which may hold what a client has no business with.
    """
    if not isinstance(error, (AgentError, BridgeError, ToolSchemaError)):
        return _status(ErrorDetails("INTERNAL", "INTERNAL", "the service failed; its log says why"))
    violations = tuple((v.field, v.description) for v in getattr(error, "violations", ()))
    details = ErrorDetails(
        code=error.code,
        reason=error.reason,
        message=" ".join(str(error).split()),
        metadata=dict(error.metadata),
        violations=violations,
    )
    return _status(details)


def details_of(error: grpc.RpcError) -> ErrorDetails:
    """Return what a service told of an error; errors of the transport have the reason TRANSPORT."""
    status = rpc_status.from_call(error)
    if status is None:
        code = error.code().name if isinstance(error, grpc.Call) else "UNKNOWN"
        message = error.details() if isinstance(error, grpc.Call) else str(error)
        return ErrorDetails(code, "TRANSPORT", message or code)
    info = error_details_pb2.ErrorInfo()
    bad_request = error_details_pb2.BadRequest()
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad_request)
    return ErrorDetails(
        code=code_pb2.Code.Name(status.code),
        reason=info.reason or "UNKNOWN",
        message=status.message,
        metadata=dict(info.metadata),
        violations=tuple((v.field, v.description) for v in bad_request.field_violations),
    )


def _status(error: ErrorDetails) -> status_pb2.Status:
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata)
    details = [_packed(info)]
    if error.violations:
        violations = [
            error_details_pb2.BadRequest.FieldViolation(field=name, description=description)
            for name, description in error.violations
        ]
        details.append(_packed(error_details_pb2.BadRequest(field_violations=violations)))
    return status_pb2.Status(code=code_pb2.Code.Value(error.code), message=error.message, details=details)


def _packed(message: error_details_pb2.ErrorInfo | error_details_pb2.BadRequest) -> Any:
    packed = Any()
    packed.Pack(message)
    return packed
