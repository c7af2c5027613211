"""``intent-agent do``: plan a request and carry it out on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console

from agent.cli._confirm import answer_to
from agent.cli._output import ExitCode, print_json
from agent.cli._request import (
    AdbOption,
    EngineOption,
    JsonOption,
    ModelOption,
    NowOption,
    ServerOption,
    ToolFoldersOption,
    ToolSetsOption,
    ZoneOption,
    client_for,
    settings_of,
)
from agent.cli._show import SUCCESS, show_step

if TYPE_CHECKING:
    from intentagent.v1 import outcome_pb2
from agent.engines import EngineName

__all__ = ["do"]


def do(
    text: Annotated[str, typer.Argument(help="What you want, in your own words.")],
    serial: Annotated[
        str, typer.Option("--serial", "-s", help="The device; may be left out where there is one.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Agree to calls that need a confirmation, unasked.")
    ] = False,
    tool_set: ToolSetsOption = None,
    tools: ToolFoldersOption = None,
    now: NowOption = "",
    time_zone: ZoneOption = "",
    model: ModelOption = None,
    engine: EngineOption = EngineName.LLAMACPP,
    adb: AdbOption = "127.0.0.1:5037",
    server: ServerOption = "",
    picture: Annotated[
        Path | None, typer.Option("--picture", help="The file that a screenshot is written to, as PNG.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Carry a request out on a phone and say truthfully what happened.

    Exit code 0 where every call is verified, opened or requested; 3 where a call failed, waits for a
    confirmation, or nothing was to be done; 4 for device problems.
    """
    console = Console()
    done = asked = 0
    with client_for(server, settings_of(model, tools, adb, tool_set, engine)) as client:
        steps = client.execute(
            text,
            serial=serial,
            confirm=answer_to(console, yes=yes, ask=not json),
            tool_sets=tool_set or (),
            now=now,
            time_zone=time_zone,
        )
        for step in steps:
            if json:
                print_json(MessageToDict(step, preserving_proto_field_name=True))
            else:
                show_step(console, step)
            if step.WhichOneof("step") == "planned":
                asked = len(step.planned.calls) + len(step.planned.missing)
            if step.WhichOneof("step") == "outcome":
                done += step.outcome.status in SUCCESS
                if picture:
                    _write_picture(step.outcome, picture)
    if not asked or done < asked:
        raise typer.Exit(ExitCode.NOT_DONE)


def _write_picture(outcome: outcome_pb2.Outcome, path: Path) -> None:
    for evidence in outcome.evidence:
        if evidence.data:
            try:
                path.write_bytes(evidence.data)
            except OSError as error:
                raise typer.BadParameter(f"{path} cannot be written: {error.strerror}") from None
