"""What stands around every RPC: nobody unknown comes in, and nothing but an error of ours goes out."""

from __future__ import annotations

import functools
import inspect
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import grpc
from grpc import aio
from grpc_status import rpc_status

from agent.errors import AgentError
from agent.security._identity import identity_in_context
from bridge.errors import BridgeError
from tools_schema.errors import ToolSchemaError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from google.rpc.status_pb2 import Status

    from agent.security._server import ServerSecurity

__all__ = ["Guard", "handler_within"]

_LOG = logging.getLogger(__name__)

# Requests and responses of any RPC pass through here.
_Message: TypeAlias = Any
_Context: TypeAlias = "aio.ServicerContext[_Message, _Message]"
_Handler: TypeAlias = "grpc.RpcMethodHandler[_Message, _Message]"


class Guard(aio.ServerInterceptor):
    """Authenticates each RPC, keeps the identity in the context, and maps every error.

    ``status_of`` makes the status that a client sees from an exception. What is no error of ours is logged
    with its stack, and the client learns only that the service failed.
    """

    def __init__(self, security: ServerSecurity, status_of: Callable[[Exception], Status]) -> None:
        self._security = security
        self._status_of = status_of

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[_Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> _Handler | None:
        """Return the method's handler with the guard around it."""
        handler = await continuation(handler_call_details)
        if handler is None:  # the method does not exist, which gRPC answers itself
            return None
        return handler_within(handler, functools.partial(self._around, handler_call_details.method))

    @asynccontextmanager
    async def _around(self, method: str, context: _Context) -> AsyncIterator[None]:
        try:
            identity = self._security.authenticate(
                method, context.invocation_metadata() or (), context.auth_context()
            )
            identity_in_context.set(identity)
            yield
        except aio.AbortError:  # the method has answered already
            raise
        except Exception as error:  # noqa: BLE001 - the outermost place, which has to answer for everything
            if isinstance(error, (AgentError, BridgeError, ToolSchemaError)):
                _LOG.info("%s refused: %s", method, error)
            else:
                _LOG.exception("%s failed", method)
            status = rpc_status.to_status(self._status_of(error))
            await context.abort(status.code, status.details, status.trailing_metadata)


def handler_within(
    handler: _Handler,
    around: Callable[[_Context], AbstractAsyncContextManager[None]],
    read: Callable[[bytes], _Message] | None = None,
) -> _Handler:
    """Return a handler that does the same within a context manager, one for each RPC.

    ``read`` makes the message of its bytes in there, where gRPC would before.
    """
    kind = next(kind for kind in _KINDS if getattr(handler, kind) is not None)
    behaviour = getattr(handler, kind)

    async def answer(request: _Message, context: _Context) -> _Message:
        async with around(context):
            return await behaviour(read(request) if read else request, context)

    async def stream(request: _Message, context: _Context) -> AsyncIterator[_Message]:
        async with around(context):
            async for response in behaviour(read(request) if read else request, context):
                yield response

    within = stream if inspect.isasyncgenfunction(behaviour) else answer
    made: _Handler = getattr(grpc, f"{kind}_rpc_method_handler")(
        within, None if read else handler.request_deserializer, handler.response_serializer
    )
    return made


_KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
