"""How a client reaches the service: TLS, its token, and the limits of messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CHANNEL_OPTIONS", "ClientTls", "authorization", "channel_credentials"]

CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", 64 << 20),
    ("grpc.use_local_subchannel_pool", 1),
]
"""A screenshot is a few megabytes. Clients of one program have a connection each, and so their own turn."""


@dataclass(frozen=True, slots=True)
class ClientTls:
    """PEM files for a service with TLS: who signed its certificate, and the client's own for mutual TLS.

    Without ``ca`` the certificates that gRPC comes with decide.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


def channel_credentials(tls: ClientTls) -> grpc.ChannelCredentials:
    """Return gRPC's credentials. Raises OSError where a file cannot be read."""
    return grpc.ssl_channel_credentials(
        root_certificates=tls.ca.read_bytes() if tls.ca else None,
        private_key=tls.key.read_bytes() if tls.key else None,
        certificate_chain=tls.certificate.read_bytes() if tls.certificate else None,
    )


def authorization(token: str) -> tuple[tuple[str, str], ...]:
    """Return the metadata that carries a token; nothing for an empty one."""
    return (("authorization", f"Bearer {token}"),) if token else ()
