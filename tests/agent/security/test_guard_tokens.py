"""Tokens and their scopes over a real gRPC server."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import grpc
import pytest
from grpc import StatusCode, aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from agent.security import Scope, Scopes, SecurityOptions, ServerSecurity, add_token, revoke
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agent.security.conftest import Clock, Execute, Options, Plan, Refusal, Serve


async def test_without_authentication_a_program_on_this_computer_may_do_all(
    plan: Plan, execute: Execute, serve: Serve
) -> None:
    async with serve(ServerSecurity()) as guarded, guarded.channel() as channel:
        assert await plan(channel) == "local"
        assert await execute(channel, "") == ["local"]


async def test_a_token_names_the_client_in_unary_and_streamed_methods(
    plan: Plan, execute: Execute, options: Options, serve: Serve, credentials: Path, clock: Clock
) -> None:
    _, token = add_token(credentials, "kitchen", Scopes(Scope.EXECUTE), now=clock.now)
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        assert await plan(channel, token) == "kitchen"
        assert await execute(channel, token) == ["kitchen"]


async def test_without_a_token_nobody_is_let_in_but_a_supervisor_may_ask_for_health(
    plan: Plan, refusal: Refusal, options: Options, serve: Serve, credentials: Path
) -> None:
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel)
        assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "MISSING_CREDENTIALS")
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        with pytest.raises(aio.AioRpcError) as refused:
            [status async for status in watch]
        assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "MISSING_CREDENTIALS")


@pytest.mark.parametrize(
    "written",
    ["{secret}", "ia_{id}_", "ia_{id}_{secret}x", "ia_000000000000_{secret}", "ia_{id}_{wrong}", "x" * 300],
)
async def test_what_is_not_the_token_opens_nothing(
    plan: Plan,
    refusal: Refusal,
    options: Options,
    serve: Serve,
    credentials: Path,
    clock: Clock,
    written: str,
) -> None:
    _, token = add_token(credentials, "kitchen", Scopes(), now=clock.now)
    _, known, secret = token.split("_", 2)
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel, written.format(id=known, secret=secret, wrong=secret[::-1]))
        assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "INVALID_TOKEN")


async def test_another_scheme_than_bearer_opens_nothing(
    refusal: Refusal, options: Options, serve: Serve, credentials: Path
) -> None:
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        stub = api_grpc.IntentAgentServiceStub(channel)
        with pytest.raises(aio.AioRpcError) as refused:
            await stub.Plan(api.PlanRequest(), metadata=(("authorization", "Basic Ym9iOmJvYg=="),))
        assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "INVALID_TOKEN")


async def test_a_token_ends_when_it_expires(
    plan: Plan, refusal: Refusal, serve: Serve, credentials: Path, clock: Clock
) -> None:
    _, token = add_token(
        credentials, "kitchen", Scopes(), now=clock.now, expires=clock.now + timedelta(hours=1)
    )
    security = ServerSecurity(SecurityOptions(credentials=credentials), clock=clock)
    async with serve(security) as guarded, guarded.channel() as channel:
        clock.pass_(minutes=59)
        assert await plan(channel, token) == "kitchen"
        clock.pass_(minutes=1)
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel, token)
        assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "CREDENTIALS_EXPIRED")


async def test_a_revoked_token_is_refused_at_the_next_request_of_a_running_service(
    plan: Plan, refusal: Refusal, options: Options, serve: Serve, credentials: Path, clock: Clock
) -> None:
    added, token = add_token(credentials, "kitchen", Scopes(), now=clock.now)
    _, other = add_token(credentials, "garden", Scopes(), now=clock.now)
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        assert await plan(channel, token) == "kitchen"
        revoke(credentials, added.id, now=clock.now)
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel, token)
        assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "INVALID_TOKEN")
        assert await plan(channel, other) == "garden"


async def test_a_token_that_is_added_later_is_known_at_once(
    plan: Plan, options: Options, serve: Serve, credentials: Path, clock: Clock
) -> None:
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        _, token = add_token(credentials, "kitchen", Scopes(), now=clock.now)
        assert await plan(channel, token) == "kitchen"


async def test_nobody_is_let_in_while_the_credentials_cannot_be_read(
    plan: Plan,
    refusal: Refusal,
    options: Options,
    serve: Serve,
    credentials: Path,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, token = add_token(credentials, "kitchen", Scopes(), now=clock.now)
    good = credentials.read_text()
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        for _ in range(2):
            credentials.write_text("{")
            with pytest.raises(aio.AioRpcError) as refused:
                await plan(channel, token)
            assert refusal(refused.value) == (StatusCode.UNAVAILABLE, "CREDENTIALS_UNREADABLE")
            assert str(credentials) not in str(refused.value.details())
        assert str(credentials) in caplog.text
        credentials.write_text(good)
        assert await plan(channel, token) == "kitchen"


async def test_the_scope_plan_touches_no_phone(
    plan: Plan,
    execute: Execute,
    refusal: Refusal,
    options: Options,
    serve: Serve,
    credentials: Path,
    clock: Clock,
) -> None:
    _, token = add_token(credentials, "display", Scopes(Scope.PLAN), now=clock.now)
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        assert await plan(channel, token) == "display"
        with pytest.raises(aio.AioRpcError) as refused:
            await execute(channel, token)
        assert refusal(refused.value) == (StatusCode.PERMISSION_DENIED, "SCOPE_MISSING")


async def test_a_token_never_comes_into_the_log(
    execute: Execute,
    options: Options,
    serve: Serve,
    credentials: Path,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, token = add_token(credentials, "display", Scopes(Scope.PLAN), now=clock.now)
    caplog.set_level(logging.DEBUG)
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        with pytest.raises(grpc.RpcError):
            await execute(channel, token)
    assert "refused" in caplog.text
    assert token not in caplog.text
