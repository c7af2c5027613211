"""Reads the messages of requests where an error of it is answered like any other."""

from __future__ import annotations

import functools
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeAlias

from google.protobuf.message import DecodeError
from grpc import aio

from agent.security import handler_within
from agent.service._errors import UnreadableMessage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import grpc

__all__ = ["MessageReader"]

# Requests and responses of any RPC pass through here.
_Message: TypeAlias = Any
_Handler: TypeAlias = "grpc.RpcMethodHandler[_Message, _Message]"


class MessageReader(aio.ServerInterceptor):
    """Reads a request's message inside the RPC; gRPC itself would answer bytes that are none with UNKNOWN.

    Stands behind the guard, which makes a status of UnreadableMessage. Streams of requests, which only
    reflection has, are left as they are.
    """

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[_Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> _Handler | None:
        """Return the method's handler, which takes bytes."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.request_streaming:
            return handler
        read = functools.partial(_read, handler.request_deserializer)
        return handler_within(handler, lambda _: nullcontext(), read)


def _read(read: Callable[[bytes], _Message] | None, request: bytes) -> _Message:
    if read is None:
        return request
    try:
        return read(request)
    except DecodeError as error:
        raise UnreadableMessage("the request is no message of this method: use its .proto") from error
