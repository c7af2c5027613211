"""``intent-agent token``: who may use the service, and for what."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from agent.cli._output import print_json, shown
from agent.security import Credential, Credentials, Scope, Scopes, add_certificate, add_token, revoke
from agent.settings import load_settings

__all__ = ["app"]

app = typer.Typer(
    help="Who may use the service: bearer tokens and client certificates.", no_args_is_help=True
)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The settings of the service, which name the credentials.")
]
FileOption = Annotated[Path | None, typer.Option("--credentials", help="The file of credentials.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@app.command()
def add(
    client: Annotated[str, typer.Argument(help="The client's name, for the journal, the logs, the policy.")],
    scope: Annotated[
        Scope, typer.Option(help="plan: touches no phone; execute: acts; admin: sees what others did.")
    ] = Scope.EXECUTE,
    device: Annotated[
        list[str] | None, typer.Option("--device", help="A serial; may be repeated. Any where unsaid.")
    ] = None,
    tool_set: Annotated[
        list[str] | None, typer.Option("--tool-set", help="A tool set; may be repeated. Any where unsaid.")
    ] = None,
    expires: Annotated[
        str, typer.Option("--expires", help="After so long: 45m, 12h, 90d, 4w; or `never`.")
    ] = "90d",
    certificate: Annotated[
        str, typer.Option("--certificate", help="Give the rights to a client certificate's name instead.")
    ] = "",
    credentials: FileOption = None,
    config: ConfigOption = None,
    json: _Json = False,
) -> None:
    """Add a token, and print it: this once, since only its hash is kept.

    The client sends it as metadata: `authorization: Bearer TOKEN`. A running service knows it at once.
    """
    path = load_settings(config, credentials=credentials).credentials
    now = datetime.now(UTC)
    until = _moment(expires, now)
    scopes = Scopes(scope, frozenset(device or ()), frozenset(tool_set or ()))
    token = ""
    if certificate:
        added = add_certificate(path, client, scopes, name=certificate, now=now, expires=until)
    else:
        added, token = add_token(path, client, scopes, now=now, expires=until)
    if json:
        print_json({**_facts(added, now), **({"token": token} if token else {})})
        return
    if token:
        print(token)
    print(f"{added.id}: {client} may {scope.value}; kept in {path}", file=sys.stderr)


@app.command("list")
def list_credentials(
    credentials: FileOption = None, config: ConfigOption = None, json: _Json = False
) -> None:
    """List all tokens and certificates that were ever added, with what they open."""
    path = load_settings(config, credentials=credentials).credentials
    now = datetime.now(UTC)
    found = Credentials.load(path).credentials
    if json:
        for credential in found:
            print_json(_facts(credential, now))
        return
    table = Table(
        Column("id", no_wrap=True),
        Column("client", no_wrap=True),
        "kind",
        "scope",
        "devices",
        "tool sets",
        "expires",
        "state",
    )
    for credential in found:
        cells = (
            credential.id,
            credential.client,
            f"certificate {credential.certificate}" if credential.certificate else "token",
            credential.scope.value,
            ", ".join(credential.devices) or "any",
            ", ".join(credential.tool_sets) or "any",
            f"{credential.expires.astimezone():%Y-%m-%d %H:%M}" if credential.expires else "never",
            credential.state(now),
        )
        table.add_row(*(shown(cell) for cell in cells))
    Console().print(table)


@app.command("revoke")
def revoke_credentials(
    which: Annotated[str, typer.Argument(help="An id of `token list`, or a client: all that it has.")],
    credentials: FileOption = None,
    config: ConfigOption = None,
) -> None:
    """Revoke a token or a certificate's rights; a running service refuses it from the next request on."""
    path = load_settings(config, credentials=credentials).credentials
    for credential in revoke(path, which, now=datetime.now(UTC)):
        print(f"revoked {credential.id} of {credential.client}")


def _facts(credential: Credential, now: datetime) -> dict[str, object]:
    return {**credential.model_dump(mode="json", exclude={"sha256"}), "state": credential.state(now)}


def _moment(expires: str, now: datetime) -> datetime | None:
    if expires == "never":
        return None
    match = re.fullmatch(r"(\d{1,4})([mhdw])", expires)
    if not match:
        raise typer.BadParameter(f"'{expires}' is no time: write 45m, 12h, 90d, 4w or never")
    return now + timedelta(**{_UNITS[match[2]]: int(match[1])})
