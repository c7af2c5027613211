"""A client of a running service, with the credentials that the environment has.

They are no flags, since every user of a computer can read the command lines of its processes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from agent.client import AsyncIntentAgentClient, ClientTls, IntentAgentClient, Retries

__all__ = ["remote_async_client", "remote_client"]

_TOKEN, _CA = "INTENT_AGENT_TOKEN", "INTENT_AGENT_CA"
_CERTIFICATE, _KEY = "INTENT_AGENT_CERTIFICATE", "INTENT_AGENT_KEY"


def remote_client(server: str) -> IntentAgentClient:
    """Return a client of the service at an address.

    ``INTENT_AGENT_TOKEN`` is the bearer token. ``INTENT_AGENT_CA`` turns TLS on: a PEM file, or "system" for
    the authorities that gRPC comes with; ``INTENT_AGENT_CERTIFICATE`` and ``INTENT_AGENT_KEY`` are the
    client's own. Raises typer.BadParameter for files that cannot be read.
    """
    with _readable():
        return IntentAgentClient(server, token=os.environ.get(_TOKEN, ""), tls=_tls())


def remote_async_client(server: str, *, timeout: float, retries: Retries) -> AsyncIntentAgentClient:
    """Return a client for asyncio, with the same credentials. Raises typer.BadParameter."""
    with _readable():
        return AsyncIntentAgentClient(
            server, timeout=timeout, token=os.environ.get(_TOKEN, ""), tls=_tls(), retries=retries
        )


def _tls() -> ClientTls | None:
    authority = os.environ.get(_CA, "")
    if not authority:
        return None
    return ClientTls(
        ca=None if authority == "system" else Path(authority),
        certificate=_path(_CERTIFICATE),
        key=_path(_KEY),
    )


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise typer.BadParameter(
            f"{error.filename} cannot be read: {error.strerror} (see {_CA}, {_CERTIFICATE}, {_KEY})"
        ) from error


def _path(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None
