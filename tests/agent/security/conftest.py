"""Certificates, credentials, and a real server behind the guard."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import grpc
import pytest
import trustme
from google.rpc import error_details_pb2
from grpc import StatusCode, aio
from grpc_health.v1 import health, health_pb2_grpc
from grpc_status import rpc_status

from agent.security import Guard, SecurityOptions, ServerSecurity, TlsFiles, current_identity
from agent.service._status import status_of
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import intent_agent_service_pb2_grpc as api_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    Execute = Callable[[aio.Channel, str], Awaitable[list[str]]]
    Options = Callable[[Path], ServerSecurity]
    Refusal = Callable[[aio.AioRpcError], tuple[StatusCode, str]]
    Serve = Callable[[ServerSecurity], AbstractAsyncContextManager["Guarded"]]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: int) -> None:
        self.now += timedelta(**time)


@dataclass
class Authority:
    """Whoever signs certificates, and the PEM files that it writes into a folder."""

    ca: trustme.CA
    folder: Path

    def server_files(self, *, client_ca: bool = False) -> TlsFiles:
        leaf = self.ca.issue_cert("localhost", "127.0.0.1")
        certificate, key, authority = (self.folder / name for name in ("server.pem", "server.key", "ca.pem"))
        certificate.write_bytes(leaf.cert_chain_pems[0].bytes())
        key.touch(mode=0o600)
        key.write_bytes(leaf.private_key_pem.bytes())
        authority.write_bytes(self.ca.cert_pem.bytes())
        return TlsFiles(certificate, key, authority if client_ca else None)

    def channel(self, port: int, *, client: str = "") -> aio.Channel:
        key = certificate = None
        if client:
            leaf = self.ca.issue_cert(client)
            key, certificate = leaf.private_key_pem.bytes(), leaf.cert_chain_pems[0].bytes()
        credentials = grpc.ssl_channel_credentials(self.ca.cert_pem.bytes(), key, certificate)
        return aio.secure_channel(f"localhost:{port}", credentials)


class Whoami(api_grpc.IntentAgentServiceServicer):
    """Answers with the name of who asks, or fails as it is told to."""

    def __init__(self) -> None:
        self.failure: Exception | None = None

    async def Plan(  # noqa: N802 - the name is the RPC's
        self,
        request: api.PlanRequest,  # noqa: ARG002 - gRPC gives it
        context: aio.ServicerContext[api.PlanRequest, api.PlanResponse],  # noqa: ARG002 - see above
    ) -> api.PlanResponse:
        if self.failure:
            raise self.failure
        answer = api.PlanResponse()
        answer.plan.text = current_identity().client
        return answer

    async def Execute(  # noqa: N802 - the name is the RPC's
        self,
        request: api.ExecuteRequest,  # noqa: ARG002 - see above
        context: aio.ServicerContext[api.ExecuteRequest, api.ExecuteResponse],  # noqa: ARG002 - see above
    ) -> AsyncIterator[api.ExecuteResponse]:
        answer = api.ExecuteResponse()
        answer.planned.text = current_identity().client
        yield answer
        if self.failure:
            raise self.failure


@dataclass
class Guarded:
    """A server that listens on this computer."""

    port: int
    servicer: Whoami

    def channel(self) -> aio.Channel:
        return aio.insecure_channel(f"127.0.0.1:{self.port}")


class Plan(Protocol):
    def __call__(self, channel: aio.Channel, token: str = "", text: str = "") -> Awaitable[str]: ...


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    return tmp_path / "credentials.json"


@pytest.fixture(scope="session")
def root_ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def authority(root_ca: trustme.CA, tmp_path: Path) -> Authority:
    return Authority(root_ca, tmp_path)


@pytest.fixture
def serve() -> Serve:
    @asynccontextmanager
    async def serving(security: ServerSecurity) -> AsyncIterator[Guarded]:
        server = aio.server(
            interceptors=[Guard(security, status_of)],
            options=security.server_options(),
            maximum_concurrent_rpcs=security.max_concurrent_rpcs,
        )
        servicer = Whoami()  # type: ignore[abstract] # the other methods are not asked
        api_grpc.add_IntentAgentServiceServicer_to_server(servicer, server)
        health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
        port = security.listen(server, "127.0.0.1", 0)
        await server.start()
        try:
            yield Guarded(port, servicer)
        finally:
            await server.stop(None)

    return serving


@pytest.fixture
def plan() -> Plan:
    """Return a function that asks for a plan and returns whom the server takes the client for."""

    async def ask(channel: aio.Channel, token: str = "", text: str = "") -> str:
        metadata = (("authorization", f"Bearer {token}"),) if token else ()
        answer = await api_grpc.IntentAgentServiceStub(channel).Plan(
            api.PlanRequest(text=text), metadata=metadata, wait_for_ready=False, timeout=20
        )
        return answer.plan.text

    return ask


@pytest.fixture
def execute() -> Execute:
    """Return a function that executes and returns whom each step says the server takes the client for."""

    async def ask(channel: aio.Channel, token: str) -> list[str]:
        stub = api_grpc.IntentAgentServiceStub(channel)
        stream = stub.Execute(
            api.ExecuteRequest(), metadata=(("authorization", f"Bearer {token}"),), timeout=20
        )
        return [step.planned.text async for step in stream]

    return ask


@pytest.fixture
def refusal() -> Refusal:
    """Return a function that reads an error's code and its ErrorInfo reason."""

    def read(error: aio.AioRpcError) -> tuple[StatusCode, str]:
        status = rpc_status.from_call(error)
        assert status is not None
        info = error_details_pb2.ErrorInfo()
        assert any(detail.Unpack(info) for detail in status.details)
        return error.code(), info.reason

    return read


@pytest.fixture
def options() -> Options:
    """Return a function that makes a security of a file of credentials."""
    return lambda credentials: ServerSecurity(SecurityOptions(credentials=credentials))
