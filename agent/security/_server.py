"""What the server asks before it serves anybody: where it may listen, who is calling, what is allowed."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from agent.security._credentials import Credentials
from agent.security._identity import LOCAL, Identity
from agent.security._methods import is_open, scope_of
from agent.security._policy import Policy
from agent.security._reloading import Reloading
from agent.security._tls import TlsFiles, certificate_names
from agent.security.errors import (
    ConfigurationError,
    CredentialsFileError,
    CredentialsUnreadable,
    InsecureAddress,
    MissingCredentials,
    PolicyFileError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from grpc import aio

__all__ = ["SecurityOptions", "ServerSecurity", "is_loopback"]

_LOG = logging.getLogger(__name__)

_SECONDS_TO_BE_TAKEN = 3_600

AuthContext: TypeAlias = Mapping[str, Iterable[bytes]]
Metadata: TypeAlias = Iterable[tuple[str, str | bytes]]


@dataclass(frozen=True, slots=True)
class SecurityOptions:
    """How the server is protected; as it stands, for programs on this computer, which need no credentials.

    ``credentials`` is the file of tokens and certificate names; with it every request is authenticated.
    ``max_request_bytes`` goes for one message, ``max_concurrent_rpcs`` for all clients together.
    """

    credentials: Path | None = None
    tls: TlsFiles | None = None
    policy: Path | None = None
    max_request_bytes: int = 1 << 20
    max_concurrent_rpcs: int = 512


class ServerSecurity:
    """Guards one server. Raises ConfigurationError for files that cannot be used.

    ``known_tools`` are the names that the policy may speak of; None means any. Files are read again when they
    change. Thread-safe as far as two threads that reload at once do the same twice.
    """

    def __init__(
        self,
        options: SecurityOptions | None = None,
        *,
        known_tools: Collection[str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._options = options or SecurityOptions()
        self._clock = clock
        self._credentials = self._policy = None
        if path := self._options.credentials:
            self._credentials = Reloading(lambda: Credentials.load(path), path)
        if policy := self._options.policy:
            self._policy = Reloading(lambda: Policy.load(policy, known_tools=known_tools), policy)
        self._transport = self._options.tls.server_credentials() if self._options.tls else None
        if self._options.tls and self._options.tls.client_ca and not self._credentials:
            raise ConfigurationError(
                "client certificates say who is asking only with authentication: turn it on"
            )

    @property
    def policy(self) -> Policy:
        """The policy as its file says now; the one before where the file cannot be used, which is logged."""
        if self._policy is None:
            return Policy()
        try:
            if self._policy.refresh():
                _LOG.info("the policy was read again")
        except PolicyFileError as error:
            _LOG.error("the policy before stays in force: %s", error)
        return self._policy.value

    def reload(self) -> None:
        """Read credentials and policy again, whatever their times say. Raises ConfigurationError."""
        for file in (self._credentials, self._policy):
            if file is not None:
                file.refresh(force=True)

    def authenticate(self, method: str, metadata: Metadata, auth_context: AuthContext) -> Identity:
        """Return who makes an RPC ("/package.Service/Method"), if that client may make it.

        A bearer token decides; where there is none, the client certificate that TLS has verified. Raises
        Unauthenticated, ScopeMissing and CredentialsUnreadable.
        """
        if self._credentials is None or is_open(method):
            return LOCAL
        identity = self._identify(self._credentials, metadata, auth_context)
        identity.require(scope_of(method))
        return identity

    def server_options(self) -> list[tuple[str, int]]:
        """Return the limits as options for ``grpc.aio.server``."""
        return [
            ("grpc.max_receive_message_length", self._options.max_request_bytes),
            ("grpc.max_metadata_size", 16 << 10),
            ("grpc.absolute_max_metadata_size", 16 << 10),
            # gRPC answers what has waited for half a minute to be taken with a bare CANCELLED, like a client
            # that has gone. A busy computer makes clients wait that long; their own deadlines end it.
            ("grpc.server_max_unrequested_time_in_server", _SECONDS_TO_BE_TAKEN),
        ]

    @property
    def max_concurrent_rpcs(self) -> int:
        """How many RPCs run at once; more are refused with RESOURCE_EXHAUSTED."""
        return self._options.max_concurrent_rpcs

    def check_address(self, host: str) -> None:
        """Raise InsecureAddress for a host that is not this computer, without TLS or authentication."""
        if is_loopback(host):
            return
        missing = [
            name
            for name, there in (("TLS", self._options.tls), ("authentication", self._credentials))
            if not there
        ]
        if missing:
            raise InsecureAddress(
                f"{host} can be reached from other computers, and there is no {' and no '.join(missing)}: "
                "listen on 127.0.0.1, or give --tls-certificate, --tls-key and --authentication required",
                host=host,
            )

    def listen(self, server: aio.Server, host: str, port: int) -> int:
        """Add the port to the server, with TLS where there is a certificate; return the port that was bound.

        Raises InsecureAddress, and RuntimeError (gRPC's) where the port cannot be bound.
        """
        self.check_address(host)
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if self._transport is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, self._transport)

    def _identify(
        self, file: Reloading[Credentials], metadata: Metadata, auth_context: AuthContext
    ) -> Identity:
        try:
            file.refresh()
        except CredentialsFileError as error:
            _LOG.error("nobody is let in: %s", error)
            raise CredentialsUnreadable(
                "the service cannot read its credentials; its log says why"
            ) from error
        token = _bearer_token(metadata)
        names = certificate_names(auth_context)
        if token is not None:
            return file.value.for_token(token, self._clock())
        if names:
            return file.value.for_certificate(names, self._clock())
        raise MissingCredentials("send the metadata `authorization: Bearer TOKEN`")


def _bearer_token(metadata: Metadata) -> str | None:
    for key, value in metadata:
        if key == "authorization" and isinstance(value, str):
            scheme, _, token = value.partition(" ")
            return token.strip() if scheme.lower() == "bearer" else ""
    return None


def is_loopback(host: str) -> bool:
    """Return whether only this computer reaches what listens at the host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
