"""What ``plan`` and ``do`` share: a request's options, and a client of a running service or of our own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from agent._agent import IntentAgent
from agent._open import Settings, open_agent
from agent.cli._progress import build_progress
from agent.cli._remote import remote_client
from agent.client import IntentAgentClient
from agent.engines import EngineName
from agent.journal import Journal
from agent.service import running_server

__all__ = [
    "AdbOption",
    "EngineOption",
    "JsonOption",
    "ModelOption",
    "NowOption",
    "ServerOption",
    "ToolFoldersOption",
    "ToolSetsOption",
    "ZoneOption",
    "client_for",
    "served_in_process",
    "settings_of",
]

ToolSetsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--tool-set",
        help="A tool set by its name; may be repeated. Where unsaid: `phone`, and each of --tools.",
    ),
]
ToolFoldersOption = Annotated[
    list[Path] | None,
    typer.Option("--tools", help="A folder of .proto files that is a tool set; may be repeated."),
]
NowOption = Annotated[str, typer.Option("--now", help="Local time from which to count, YYYY-MM-DDTHH:MM:SS.")]
ZoneOption = Annotated[str, typer.Option("--time-zone", help="IANA time zone, such as Europe/Berlin.")]
ModelOption = Annotated[
    Path | None, typer.Option("--model", help="A GGUF file to use as it is, instead of the built one.")
]
EngineOption = Annotated[
    EngineName,
    typer.Option("--engine", help="What runs the model: ctransformers is for files of `model convert`."),
]
ServerOption = Annotated[
    str, typer.Option("--server", help="Address of a running service; without it, the model is loaded here.")
]
AdbOption = Annotated[
    str, typer.Option("--adb", help="The adb server, host:port; `own:0` starts one for this command.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def settings_of(
    model: Path | None,
    tool_folders: list[Path] | None,
    adb: str = "127.0.0.1:5037",
    tool_sets: list[str] | None = None,
    engine: EngineName = EngineName.LLAMACPP,
) -> Settings:
    """Return settings from the options. Raises typer.BadParameter for an adb address that is none."""
    host, _, port = adb.rpartition(":")
    if not host or not port.isdigit():
        raise typer.BadParameter(f"'{adb}' is no address; write host:port, such as 127.0.0.1:5037")
    return Settings(
        model=model,
        tool_folders=tuple(tool_folders or ()),
        tool_sets=tuple(tool_sets or ()),
        adb_host=host,
        adb_port=int(port),
        engine=engine,
    )


@contextmanager
def client_for(server: str, settings: Settings) -> Iterator[IntentAgentClient]:
    """Yield a client of the service at an address, or where it is empty of one that lives as long as this."""
    if server:
        with remote_client(server) as client:
            yield client
        return
    with build_progress() as progress:
        agent = open_agent(settings, progress)
    try:
        with served_in_process(agent) as address, IntentAgentClient(address) as client:
            yield client
    finally:
        agent.close()


@contextmanager
def served_in_process(agent: IntentAgent) -> Iterator[str]:
    """Serve an agent from a thread of this process and yield the address. The agent stays open.

    The journal goes with it: the history is that of the service that others use.
    """
    with (
        TemporaryDirectory(prefix="intent-agent-") as folder,
        Journal.open(Path(folder) / "journal.sqlite3") as journal,
        _served(agent, journal) as address,
    ):
        yield address


@contextmanager
def _served(agent: IntentAgent, journal: Journal) -> Iterator[str]:
    ready: threading.Event = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    addresses: list[str] = []

    async def serve() -> None:
        try:
            async with running_server(agent, journal, grace=0.5) as running:
                addresses.append(running.address)
                ready.set()
                await stop.wait()
        finally:
            ready.set()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, name="service")
    thread.start()
    try:
        ready.wait()
        yield addresses[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
