"""A client of a running service, with the credentials that the environment has.

They are no flags, since every user of a computer can read the command lines of its processes.
"""

from __future__ import annotations

import os
from pathlib import Path

import typer

from agent.client import ClientTls, IntentAgentClient

__all__ = ["remote_client"]

_TOKEN, _CA = "INTENT_AGENT_TOKEN", "INTENT_AGENT_CA"
_CERTIFICATE, _KEY = "INTENT_AGENT_CERTIFICATE", "INTENT_AGENT_KEY"


def remote_client(server: str) -> IntentAgentClient:
    """Return a client of the service at an address.

    ``INTENT_AGENT_TOKEN`` is the bearer token. ``INTENT_AGENT_CA`` turns TLS on: a PEM file, or "system" for
    the authorities that gRPC comes with; ``INTENT_AGENT_CERTIFICATE`` and ``INTENT_AGENT_KEY`` are the
    client's own. Raises typer.BadParameter for files that cannot be read.
    """
    authority = os.environ.get(_CA, "")
    tls = None
    if authority:
        tls = ClientTls(
            ca=None if authority == "system" else Path(authority),
            certificate=_path(_CERTIFICATE),
            key=_path(_KEY),
        )
    try:
        return IntentAgentClient(server, token=os.environ.get(_TOKEN, ""), tls=tls)
    except OSError as error:
        raise typer.BadParameter(
            f"{error.filename} cannot be read: {error.strerror} (see {_CA}, {_CERTIFICATE}, {_KEY})"
        ) from error


def _path(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None
