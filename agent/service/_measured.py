"""Every RPC is measured, with the code that it ended with."""

from __future__ import annotations

import asyncio
import functools
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc
from grpc import aio

from agent.security import handler_within

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from agent.telemetry import Telemetry

__all__ = ["Measured"]


class Measured(aio.ServerInterceptor):
    """Stands around everything else, so that what is refused counts too. Unknown methods do not."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Return the method's handler with the measuring around it."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        return handler_within(handler, functools.partial(self._around, handler_call_details.method))

    @asynccontextmanager
    async def _around(self, method: str, context: aio.ServicerContext[Any, Any]) -> AsyncIterator[None]:
        metadata = {
            key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)
        }
        with self._telemetry.request(method, metadata) as running:
            code = "UNKNOWN"
            try:
                yield
                code = "OK"
            except (asyncio.CancelledError, GeneratorExit):
                code = "CANCELLED"
                raise
            except aio.AbortError:
                code = _name(context.code())
                raise
            finally:
                running.facts["code"] = code


def _name(code: object) -> str:
    # What gRPC keeps of an abort is the number or the code, as the method gave it.
    known = next((each for each in grpc.StatusCode if code in {each, each.value[0]}), None)
    return known.name if known else "UNKNOWN"
