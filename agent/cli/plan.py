"""``intent-agent plan``: which calls a request asks for, without touching a phone."""

from __future__ import annotations

from typing import Annotated

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console

from agent.cli._output import ExitCode, print_json
from agent.cli._request import (
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
from agent.cli._show import show_plan
from agent.engines import EngineName

__all__ = ["plan"]


def plan(
    text: Annotated[str, typer.Argument(help="What you want, in your own words.")],
    tool_set: ToolSetsOption = None,
    tools: ToolFoldersOption = None,
    now: NowOption = "",
    time_zone: ZoneOption = "",
    model: ModelOption = None,
    engine: EngineOption = EngineName.LLAMACPP,
    server: ServerOption = "",
    json: JsonOption = False,
) -> None:
    """Say which calls a request asks for, without touching a phone.

    Exit code 0 where there are calls, 3 where there are none or something is missing.
    """
    with client_for(server, settings_of(model, tools, tool_sets=tool_set, engine=engine)) as client:
        planned = client.plan(text, tool_sets=tool_set or (), now=now, time_zone=time_zone)
    if json:
        print_json(MessageToDict(planned, preserving_proto_field_name=True))
    else:
        show_plan(Console(), planned)
    if not planned.calls or planned.missing:
        raise typer.Exit(ExitCode.NOT_DONE)
