"""Credentials, TLS, scopes, limits and errors over a real gRPC server."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc import StatusCode, aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from agent.errors import EmptyText, JournalUnavailable
from agent.security import (
    Scope,
    Scopes,
    SecurityOptions,
    ServerSecurity,
    add_certificate,
    add_token,
    revoke,
)
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from tests.agent.security.conftest import Authority, Clock, Guarded

    Serve = Callable[[ServerSecurity], AbstractAsyncContextManager[Guarded]]


async def plan(channel: aio.Channel, token: str = "", text: str = "") -> str:
    """Return whom the server takes the client for."""
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    answer = await api_grpc.IntentAgentServiceStub(channel).Plan(
        api.PlanRequest(text=text), metadata=metadata, wait_for_ready=False, timeout=20
    )
    return answer.plan.text


async def execute(channel: aio.Channel, token: str) -> list[str]:
    stub = api_grpc.IntentAgentServiceStub(channel)
    stream = stub.Execute(api.ExecuteRequest(), metadata=(("authorization", f"Bearer {token}"),), timeout=20)
    return [step.planned.text async for step in stream]


def refusal(error: aio.AioRpcError) -> tuple[StatusCode, str]:
    """Return the code and the ErrorInfo reason."""
    status = rpc_status.from_call(error)
    assert status is not None
    info = error_details_pb2.ErrorInfo()
    assert any(detail.Unpack(info) for detail in status.details)
    return error.code(), info.reason


def options(credentials: Path) -> ServerSecurity:
    return ServerSecurity(SecurityOptions(credentials=credentials))


async def test_without_authentication_a_program_on_this_computer_may_do_all(serve: Serve) -> None:
    async with serve(ServerSecurity()) as guarded, guarded.channel() as channel:
        assert await plan(channel) == "local"
        assert await execute(channel, "") == ["local"]


async def test_a_token_names_the_client_in_unary_and_streamed_methods(
    serve: Serve, credentials: Path, clock: Clock
) -> None:
    _, token = add_token(credentials, "kitchen", Scopes(Scope.EXECUTE), now=clock.now)
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        assert await plan(channel, token) == "kitchen"
        assert await execute(channel, token) == ["kitchen"]


async def test_without_a_token_nobody_is_let_in_but_a_supervisor_may_ask_for_health(
    serve: Serve, credentials: Path
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
    serve: Serve, credentials: Path, clock: Clock, written: str
) -> None:
    _, token = add_token(credentials, "kitchen", Scopes(), now=clock.now)
    _, known, secret = token.split("_", 2)
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel, written.format(id=known, secret=secret, wrong=secret[::-1]))
        assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "INVALID_TOKEN")


async def test_another_scheme_than_bearer_opens_nothing(serve: Serve, credentials: Path) -> None:
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        stub = api_grpc.IntentAgentServiceStub(channel)
        with pytest.raises(aio.AioRpcError) as refused:
            await stub.Plan(api.PlanRequest(), metadata=(("authorization", "Basic Ym9iOmJvYg=="),))
        assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "INVALID_TOKEN")


async def test_a_token_ends_when_it_expires(serve: Serve, credentials: Path, clock: Clock) -> None:
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
    serve: Serve, credentials: Path, clock: Clock
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
    serve: Serve, credentials: Path, clock: Clock
) -> None:
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        _, token = add_token(credentials, "kitchen", Scopes(), now=clock.now)
        assert await plan(channel, token) == "kitchen"


async def test_nobody_is_let_in_while_the_credentials_cannot_be_read(
    serve: Serve, credentials: Path, clock: Clock, caplog: pytest.LogCaptureFixture
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


async def test_the_scope_plan_touches_no_phone(serve: Serve, credentials: Path, clock: Clock) -> None:
    _, token = add_token(credentials, "display", Scopes(Scope.PLAN), now=clock.now)
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        assert await plan(channel, token) == "display"
        with pytest.raises(aio.AioRpcError) as refused:
            await execute(channel, token)
        assert refusal(refused.value) == (StatusCode.PERMISSION_DENIED, "SCOPE_MISSING")


async def test_over_tls_a_token_is_taken_and_plain_connections_are_not(
    serve: Serve, credentials: Path, clock: Clock, authority: Authority
) -> None:
    _, token = add_token(credentials, "kitchen", Scopes(), now=clock.now)
    security = ServerSecurity(SecurityOptions(credentials=credentials, tls=authority.server_files()))
    async with serve(security) as guarded:
        async with authority.channel(guarded.port) as channel:
            assert await plan(channel, token) == "kitchen"
        async with guarded.channel() as channel:
            with pytest.raises(aio.AioRpcError) as refused:
                await plan(channel, token)
            assert refused.value.code() is StatusCode.UNAVAILABLE


async def test_with_mtls_the_certificate_names_the_client(
    serve: Serve, credentials: Path, clock: Clock, authority: Authority
) -> None:
    add_certificate(credentials, "kitchen", Scopes(), name="kitchen.example", now=clock.now)
    tls = authority.server_files(client_ca=True)
    security = ServerSecurity(SecurityOptions(credentials=credentials, tls=tls))
    async with serve(security) as guarded:
        async with authority.channel(guarded.port, client="kitchen.example") as channel:
            assert await plan(channel) == "kitchen"
        async with authority.channel(guarded.port, client="nobody.example") as channel:
            with pytest.raises(aio.AioRpcError) as refused:
                await plan(channel)
            assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "UNKNOWN_CERTIFICATE")
        async with authority.channel(guarded.port) as channel:
            with pytest.raises(aio.AioRpcError) as refused:
                await plan(channel)
            assert refused.value.code() is StatusCode.UNAVAILABLE


async def test_the_rights_of_a_certificate_expire_and_can_be_revoked_and_renewed(
    serve: Serve, credentials: Path, clock: Clock, authority: Authority
) -> None:
    name = "kitchen.example"
    until = clock.now + timedelta(hours=1)
    added = add_certificate(credentials, "kitchen", Scopes(), name=name, now=clock.now, expires=until)
    tls = authority.server_files(client_ca=True)
    security = ServerSecurity(SecurityOptions(credentials=credentials, tls=tls), clock=clock)
    async with serve(security) as guarded, authority.channel(guarded.port, client=name) as channel:
        assert await plan(channel) == "kitchen"
        clock.pass_(hours=1)
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel)
        assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "CREDENTIALS_EXPIRED")
        renewed = add_certificate(credentials, "kitchen", Scopes(), name=name, now=clock.now)
        assert await plan(channel) == "kitchen"
        for credential in (added, renewed):
            revoke(credentials, credential.id, now=clock.now)
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel)
        assert refusal(refused.value) == (StatusCode.UNAUTHENTICATED, "UNKNOWN_CERTIFICATE")


async def test_a_renewed_certificate_is_served_at_the_next_connection(
    serve: Serve, credentials: Path, clock: Clock, authority: Authority, tmp_path: Path
) -> None:
    _, token = add_token(credentials, "kitchen", Scopes(), now=clock.now)
    other = type(authority)(type(authority.ca)(), tmp_path)
    security = ServerSecurity(SecurityOptions(credentials=credentials, tls=authority.server_files()))
    async with serve(security) as guarded:
        async with authority.channel(guarded.port) as channel:
            assert await plan(channel, token) == "kitchen"
        other.server_files()
        async with other.channel(guarded.port) as channel:
            assert await plan(channel, token) == "kitchen"
        (tmp_path / "server.pem").write_text("half of a renewal")
        async with other.channel(guarded.port) as channel:
            assert await plan(channel, token) == "kitchen"


async def test_a_message_over_the_limit_is_refused(serve: Serve) -> None:
    security = ServerSecurity(SecurityOptions(max_request_bytes=10_000))
    async with serve(security) as guarded, guarded.channel() as channel:
        assert await plan(channel, text="x" * 9_000) == "local"
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel, text="x" * 11_000)
        assert refused.value.code() is StatusCode.RESOURCE_EXHAUSTED


async def test_metadata_over_the_limit_is_refused(serve: Serve) -> None:
    async with serve(ServerSecurity()) as guarded, guarded.channel() as channel:
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel, "x" * 40_000)
        assert refused.value.code() is StatusCode.RESOURCE_EXHAUSTED


async def test_a_fault_of_the_program_tells_the_client_nothing_of_it(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve(ServerSecurity()) as guarded, guarded.channel() as channel:
        for failure in (OSError("/home/bob/secret"), UnicodeDecodeError("utf-8", b"secret", 0, 1, "/home")):
            guarded.servicer.failure = failure
            for call in (plan(channel), execute(channel, "")):
                with pytest.raises(aio.AioRpcError) as refused:
                    await call
                assert refusal(refused.value) == (StatusCode.INTERNAL, "INTERNAL")
                assert refused.value.details() == "the service failed; its log says why"
    assert "/home/bob/secret" in caplog.text


async def test_an_error_of_ours_keeps_its_code_and_reason(serve: Serve) -> None:
    async with serve(ServerSecurity()) as guarded, guarded.channel() as channel:
        guarded.servicer.failure = EmptyText("say something")
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel)
    assert refusal(refused.value) == (StatusCode.INVALID_ARGUMENT, "EMPTY_TEXT")
    assert refused.value.details() == "say something"


async def test_an_error_of_ours_names_no_path(serve: Serve) -> None:
    async with serve(ServerSecurity()) as guarded, guarded.channel() as channel:
        guarded.servicer.failure = JournalUnavailable("/var/lib/x is full", path="/var/lib/x")
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel)
    assert refusal(refused.value)[1] == "JOURNAL_UNWRITABLE"
    assert "/var" not in str(refused.value.details()) + str(refused.value.trailing_metadata())


async def test_a_token_never_comes_into_the_log(
    serve: Serve, credentials: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    _, token = add_token(credentials, "display", Scopes(Scope.PLAN), now=clock.now)
    caplog.set_level(logging.DEBUG)
    async with serve(options(credentials)) as guarded, guarded.channel() as channel:
        with pytest.raises(grpc.RpcError):
            await execute(channel, token)
    assert "refused" in caplog.text
    assert token not in caplog.text
