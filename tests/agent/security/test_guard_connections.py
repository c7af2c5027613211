"""TLS, certificates, limits and errors over a real gRPC server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from grpc import StatusCode, aio

from agent.errors import EmptyText, JournalUnavailable
from agent.security import Scopes, SecurityOptions, ServerSecurity, add_certificate, add_token, revoke

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agent.security.conftest import Authority, Clock, Execute, Plan, Refusal, Serve


async def test_over_tls_a_token_is_taken_and_plain_connections_are_not(
    plan: Plan, serve: Serve, credentials: Path, clock: Clock, authority: Authority
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
    plan: Plan, refusal: Refusal, serve: Serve, credentials: Path, clock: Clock, authority: Authority
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
    plan: Plan, refusal: Refusal, serve: Serve, credentials: Path, clock: Clock, authority: Authority
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
    plan: Plan, serve: Serve, credentials: Path, clock: Clock, authority: Authority, tmp_path: Path
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


async def test_a_message_over_the_limit_is_refused(plan: Plan, serve: Serve) -> None:
    security = ServerSecurity(SecurityOptions(max_request_bytes=10_000))
    async with serve(security) as guarded, guarded.channel() as channel:
        assert await plan(channel, text="x" * 9_000) == "local"
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel, text="x" * 11_000)
        assert refused.value.code() is StatusCode.RESOURCE_EXHAUSTED


async def test_metadata_over_the_limit_is_refused(plan: Plan, serve: Serve) -> None:
    async with serve(ServerSecurity()) as guarded, guarded.channel() as channel:
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel, "x" * 40_000)
        assert refused.value.code() is StatusCode.RESOURCE_EXHAUSTED


async def test_a_fault_of_the_program_tells_the_client_nothing_of_it(
    plan: Plan, execute: Execute, refusal: Refusal, serve: Serve, caplog: pytest.LogCaptureFixture
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


async def test_an_error_of_ours_keeps_its_code_and_reason(plan: Plan, refusal: Refusal, serve: Serve) -> None:
    async with serve(ServerSecurity()) as guarded, guarded.channel() as channel:
        guarded.servicer.failure = EmptyText("say something")
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel)
    assert refusal(refused.value) == (StatusCode.INVALID_ARGUMENT, "EMPTY_TEXT")
    assert refused.value.details() == "say something"


async def test_an_error_of_ours_names_no_path(plan: Plan, refusal: Refusal, serve: Serve) -> None:
    async with serve(ServerSecurity()) as guarded, guarded.channel() as channel:
        guarded.servicer.failure = JournalUnavailable("/var/lib/x is full", path="/var/lib/x")
        with pytest.raises(aio.AioRpcError) as refused:
            await plan(channel)
    assert refusal(refused.value)[1] == "JOURNAL_UNWRITABLE"
    assert "/var" not in str(refused.value.details()) + str(refused.value.trailing_metadata())
