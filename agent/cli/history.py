"""``intent-agent history``: what was asked and sent, from the journal of a service."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from agent.cli._output import ExitCode
from agent.cli._request import JsonOption
from agent.journal import (
    CommandRecord,
    CommandState,
    History,
    HistoryFilter,
    RequestRecord,
    prune_file,
    to_json,
)
from agent.plain_text import harmless_json, plain_text
from agent.settings import load_settings
from bridge import OutcomeStatus

__all__ = ["app"]

app = typer.Typer(help="What was asked and sent, from a service's journal.", no_args_is_help=True)

JournalOption = Annotated[
    Path | None,
    typer.Option("--journal", help="The journal's file; the one of the service's settings where unsaid."),
]
SinceOption = Annotated[
    datetime | None, typer.Option("--since", help="Requests from then on; local time, or a date alone.")
]
UntilOption = Annotated[datetime | None, typer.Option("--until", help="Requests before then; local time.")]
ClientOption = Annotated[str, typer.Option("--client", help="Requests of this client.")]
DeviceOption = Annotated[str, typer.Option("--device", help="With a command for the device of this serial.")]
ToolOption = Annotated[str, typer.Option("--tool", help="With a command of this tool.")]
StatusOption = Annotated[
    OutcomeStatus | None, typer.Option("--status", case_sensitive=False, help="With a command that ended so.")
]
StateOption = Annotated[
    CommandState | None,
    typer.Option("--state", case_sensitive=False, help="With a command that is known to have gone so far."),
]


@app.command("list")
def show(
    journal: JournalOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    client: ClientOption = "",
    device: DeviceOption = "",
    tool: ToolOption = "",
    status: StatusOption = None,
    state: StateOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="Requests on a page.")] = 20,
    page: Annotated[str, typer.Option("--page", help="The token with which the page before ended.")] = "",
    json: JsonOption = False,
) -> None:
    """Show requests and their commands, newest first.

    Exit code 3 where there are none. With --json, the last line has the token of the next page where there is
    one: {"next_page": "..."}.
    """
    chosen = _filter(since, until, client, device, tool, status, state)
    with History.open(_path(journal)) as history:
        found = history.page(chosen, page_size=limit, page_token=page)
    if not found.requests:
        print("nothing is recorded that fits", file=sys.stderr)
        raise typer.Exit(ExitCode.NOT_DONE)
    if json:
        for request in found.requests:
            print(harmless_json(to_json(request)))
        if found.next_page_token:
            print(to_json({"next_page": found.next_page_token}))
        return
    Console().print(_table(found.requests))
    if found.next_page_token:
        print(f"more: --page {found.next_page_token}")


@app.command()
def export(
    journal: JournalOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    client: ClientOption = "",
    device: DeviceOption = "",
    tool: ToolOption = "",
    status: StatusOption = None,
    state: StateOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="A file to write in place of the output.")] = None,
) -> None:
    """Write requests with their commands as JSON, one request a line, newest first."""
    chosen = _filter(since, until, client, device, tool, status, state)
    with History.open(_path(journal)) as history:
        target = out.open("w", encoding="utf-8") if out else nullcontext(sys.stdout)
        with target as lines:
            for line in history.export(chosen):
                print(harmless_json(line), file=lines)


@app.command()
def prune(
    keep_days: Annotated[
        float, typer.Option("--keep-days", min=0, help="Remove requests that came longer ago.")
    ],
    keep_requests: Annotated[
        int | None, typer.Option("--keep-requests", min=0, help="And the oldest beyond so many.")
    ] = None,
    journal: JournalOption = None,
) -> None:
    """Remove old requests and what belongs to them, also while a service runs.

    Their idempotency keys are forgotten. Requests that still run stay.
    """
    removed = prune_file(_path(journal), keep_days=keep_days, keep_requests=keep_requests)
    print(f"removed {removed} request{'' if removed == 1 else 's'}")


def _path(journal: Path | None) -> Path:
    return journal or load_settings().journal


def _filter(
    since: datetime | None,
    until: datetime | None,
    client: str,
    device: str,
    tool: str,
    status: OutcomeStatus | None,
    state: CommandState | None,
) -> HistoryFilter:
    # The command line's moments are local; `astimezone` reads them so.
    return HistoryFilter(
        since=since and since.astimezone(UTC),
        until=until and until.astimezone(UTC),
        client=client,
        device=device,
        tool=tool,
        status=status,
        state=state,
    )


def _table(requests: tuple[RequestRecord, ...]) -> Table:
    table = Table("when", "client", "said", Column("call", overflow="fold"), "device", "what is known")
    for request in requests:
        when = f"{request.received_at.astimezone():%Y-%m-%d %H:%M:%S}"
        said = "[private]" if request.text_private else request.text
        rows = [(_call(command), command.serial, _known(command)) for command in request.commands]
        ended = request.error or request.reason or ", ".join(f"missing {name}" for name in request.missing)
        for number, row in enumerate(rows or [("", "", ended or "running")]):
            first = ("", "", "") if number else (when, request.client, said)
            table.add_row(*(_plain(cell) for cell in (*first, *row)))
    return table


def _call(command: CommandRecord) -> str:
    arguments = ", ".join(f"{name}={value}" for name, value in command.call.arguments.items())
    return f"{command.call.name}({arguments})"


def _known(command: CommandRecord) -> str:
    if command.outcome is None:
        return command.state.value
    return f"{command.state.value}: {command.outcome.status.value}: {command.outcome.message}"


def _plain(cell: str) -> Text:
    # What a phone or a client said may try to command the terminal.
    return Text(plain_text(cell))
