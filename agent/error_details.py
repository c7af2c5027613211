"""What a client is told of an error: a gRPC status with details, as data.

Every status carries one ``google.rpc.ErrorInfo`` (AIP-193) whose domain is ``intentagent.v1`` and whose
reason is the error's own; field violations travel as ``google.rpc.BadRequest``, and RESOURCE_EXHAUSTED has a
``google.rpc.RetryInfo`` that says when to ask again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import grpc
from google.protobuf.any_pb2 import Any
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

__all__ = ["DOMAIN", "ErrorDetails", "async_details_of", "details_of", "status_with"]

DOMAIN = "intentagent.v1"


@dataclass(frozen=True, slots=True)
class ErrorDetails:
    """What a client is told of an error: a gRPC code's name, a reason, a sentence and facts.

    ``violations`` are pairs of field and description; ``retry_after`` are seconds, None where it is not said
    that asking again helps.
    """

    code: str
    reason: str
    message: str
    metadata: dict[str, str] = field(default_factory=dict)
    violations: tuple[tuple[str, str], ...] = ()
    retry_after: float | None = None


def details_of(error: grpc.RpcError) -> ErrorDetails:
    """Return what a service told of an error.

    Where gRPC itself made the error, and no service, the reason is NO_SERVICE for UNAVAILABLE, else GRPC.
    """
    status = rpc_status.from_call(error)
    if status is None:
        code = error.code().name if isinstance(error, grpc.Call) else "UNKNOWN"
        return _of_grpc(code, (error.details() if isinstance(error, grpc.Call) else str(error)) or code)
    return _details(status)


async def async_details_of(call: grpc.aio.Call) -> ErrorDetails:
    """Return what a service told of the error that ended a call; see ``details_of``."""
    status = await rpc_status.aio.from_call(call)
    if status is None:
        code = (await call.code()).name
        return _of_grpc(code, await call.details() or code)
    return _details(status)


def _of_grpc(code: str, said: str) -> ErrorDetails:
    if code == "UNAVAILABLE":
        message = f"no service answers; is it running at that address, and does it use TLS? ({said})"
        return ErrorDetails(code, "NO_SERVICE", message)
    return ErrorDetails(code, "GRPC", said)


def _details(status: status_pb2.Status) -> ErrorDetails:
    info = error_details_pb2.ErrorInfo()
    bad_request = error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    said_when = False
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad_request)
        said_when |= detail.Unpack(retry)
    return ErrorDetails(
        code=code_pb2.Code.Name(status.code),
        reason=info.reason or "UNKNOWN",
        message=status.message,
        metadata=dict(info.metadata),
        violations=tuple((v.field, v.description) for v in bad_request.field_violations),
        retry_after=retry.retry_delay.ToTimedelta().total_seconds() if said_when else None,
    )


def status_with(error: ErrorDetails) -> status_pb2.Status:
    """Return the status that carries these details."""
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata)
    details = [_packed(info)]
    if error.violations:
        violations = [
            error_details_pb2.BadRequest.FieldViolation(field=name, description=description)
            for name, description in error.violations
        ]
        details.append(_packed(error_details_pb2.BadRequest(field_violations=violations)))
    if error.retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromTimedelta(timedelta(seconds=error.retry_after))
        details.append(_packed(retry))
    return status_pb2.Status(code=code_pb2.Code.Value(error.code), message=error.message, details=details)


def _packed(
    message: error_details_pb2.ErrorInfo | error_details_pb2.BadRequest | error_details_pb2.RetryInfo,
) -> Any:
    packed = Any()
    packed.Pack(message)
    return packed
