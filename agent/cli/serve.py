"""``intent-agent serve``: the gRPC service until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import Annotated

import typer
from rich.console import Console

from agent._agent import IntentAgent, open_agent
from agent.cli._output import print_json
from agent.cli._progress import build_progress
from agent.cli._request import (
    AdbOption,
    JsonOption,
    ModelOption,
    ToolFoldersOption,
    ToolSetsOption,
    settings_of,
)
from agent.journal import Journal, default_journal_path
from agent.service import running_server

__all__ = ["serve"]


def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free port.")] = 50551,
    model: ModelOption = None,
    tools: ToolFoldersOption = None,
    tool_set: ToolSetsOption = None,
    adb: AdbOption = "127.0.0.1:5037",
    json: JsonOption = False,
) -> None:
    """Serve the gRPC API on 127.0.0.1 until SIGINT or SIGTERM.

    Prints where it listens once the model is loaded and warm; with --json one line such as
    {"address": "127.0.0.1:50551"}. --tool-set says which tools requests use that name no tool set.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = settings_of(model, tools, adb, tool_set)
    with build_progress() as progress:
        agent = open_agent(settings, progress)
    try:
        with Journal.open(default_journal_path()) as journal:
            journal.recover()
            asyncio.run(_serve(agent, journal, port, json))
    finally:
        agent.close()


async def _serve(agent: IntentAgent, journal: Journal, port: int, json: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    async with running_server(agent, journal, port=port) as running:
        if json:
            print_json({"address": running.address})
        else:
            Console().print(f"listening on {running.address}; stop with Ctrl-C", highlight=False)
        await stop.wait()
