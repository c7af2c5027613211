"""Whether the model works, in gRPC's health checking beside the service itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grpc_health.v1 import health_pb2

if TYPE_CHECKING:
    from grpc_health.v1 import health

__all__ = ["ENGINE", "EngineHealth"]

ENGINE = "engine"
"""The name to check. Tools' own methods work without the engine, so it is not the service's health."""

_STATUS = {
    True: health_pb2.HealthCheckResponse.SERVING,
    False: health_pb2.HealthCheckResponse.NOT_SERVING,
}


class EngineHealth:
    """Tells whether the engine worked when it was last asked for a plan; at first, that it does."""

    def __init__(self, servicer: health.aio.HealthServicer) -> None:
        self._servicer = servicer
        self._works: bool | None = None

    async def tell(self, *, works: bool) -> None:
        """Take note of it."""
        if works != self._works:
            self._works = works
            await self._servicer.set(ENGINE, _STATUS[works])
