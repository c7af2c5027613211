"""Every RPC asks for a token, and for the scope that it needs.

What a token may do is tested on the guard alone, in tests/agent/security; here each method of the real
service is called.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from grpc import aio

from agent.security import Scope, Scopes, SecurityOptions, ServerSecurity, add_token
from agent.service import SERVICE
from intentagent.v1 import intent_agent_service_pb2 as api

if TYPE_CHECKING:
    from tests.agent.service.conftest import World

METHODS = [method.name for method in api.DESCRIPTOR.services_by_name["IntentAgentService"].methods]
NOW = datetime.now(UTC)
OWN = "a tool's own"
SET_TIMER = "intentagent.tools.phone.v1.ClockService/SetTimer"
PLAN_SCOPE = {"Plan", "Cancel", "ListTools", "GetModel", "ListDevices", "WatchDevices", "ListHistory"}


@pytest.mark.parametrize("method", [*METHODS, OWN])
async def test_without_a_token_and_with_too_small_a_scope_every_method_is_refused(
    world: World, method: str
) -> None:
    credentials = world.folder / "credentials.json"
    scopes = Scopes(Scope.PLAN, devices=frozenset({world.phone.address}))
    _, token = add_token(credentials, "display", scopes, now=NOW)
    channel = await world.serve(security=ServerSecurity(SecurityOptions(credentials=credentials)))
    path = SET_TIMER if method == OWN else f"{SERVICE}/{method}"
    rpc: aio.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream(f"/{path}")

    async def code(*metadata: tuple[str, str]) -> str:
        call = rpc(b"", metadata=metadata)
        try:
            await call.read()
        except aio.AioRpcError as error:
            return error.code().name
        call.cancel()
        return "OK"

    assert await code() == "UNAUTHENTICATED"
    assert await code(("authorization", "Bearer nonsense")) == "UNAUTHENTICATED"
    denied = await code(("authorization", f"Bearer {token}")) == "PERMISSION_DENIED"
    assert denied == (method not in PLAN_SCOPE)
