"""``intent-agent serve``: the gRPC service until it is told to stop."""

from __future__ import annotations

import asyncio
import functools
import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from agent._agent import IntentAgent
from agent._open import open_agent
from agent.cli._output import print_json, shown
from agent.cli._progress import build_progress
from agent.cli._request import JsonOption, ModelOption, ToolFoldersOption, ToolSetsOption
from agent.engines import EngineName
from agent.errors import AgentError
from agent.journal import Journal
from agent.logs import configure_logging
from agent.security import ServerSecurity
from agent.security.errors import SettingsError
from agent.service import RunningServer, running_server
from agent.settings import RELOADABLE, Settings, load_settings
from agent.telemetry import Telemetry, open_telemetry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agent._open import Settings as AgentSettings

__all__ = ["serve", "serve_until_stopped"]

_LOG = logging.getLogger(__name__)


def serve(
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file with settings.")] = None,
    host: Annotated[
        str | None,
        typer.Option(
            "--host", help="Where to listen; anything but this computer needs TLS and authentication."
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="50551 where unsaid; 0 takes a free port.")
    ] = None,
    model: ModelOption = None,
    engine: Annotated[
        EngineName | None,
        typer.Option("--engine", help="What runs the model: ctransformers is for files of `model convert`."),
    ] = None,
    engine_slots: Annotated[
        int | None,
        typer.Option("--engine-slots", help="Requests that the model answers at once; 8 where unsaid."),
    ] = None,
    tools: ToolFoldersOption = None,
    tool_set: ToolSetsOption = None,
    adb: Annotated[str | None, typer.Option("--adb", help="The adb server, host:port.")] = None,
    authentication: Annotated[
        str | None, typer.Option("--authentication", help="off, or required: see `intent-agent token`.")
    ] = None,
    credentials: Annotated[
        Path | None, typer.Option("--credentials", help="The file that `intent-agent token` writes.")
    ] = None,
    tls_certificate: Annotated[
        Path | None, typer.Option("--tls-certificate", help="The server's certificate, PEM.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="The certificate's key, PEM.")] = None,
    tls_client_ca: Annotated[
        Path | None,
        typer.Option("--tls-client-ca", help="Who signs the certificates that clients need, PEM."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="A TOML file that raises and lowers risks and forbids tools."),
    ] = None,
    journal: Annotated[
        Path | None, typer.Option("--journal", help="The file of what was asked and done.")
    ] = None,
    log_level: Annotated[
        str | None, typer.Option("--log-level", help="DEBUG, INFO, WARNING or ERROR.")
    ] = None,
    log_format: Annotated[str | None, typer.Option("--log-format", help="text or json.")] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Any setting of docs/operations.md, such as waiting=64; may be repeated.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Serve the gRPC API until SIGINT or SIGTERM; SIGHUP reads credentials, policy and some settings again.

    Prints where it listens once the model is loaded and warm; with --json one line such as
    {"address": "127.0.0.1:50551"}. --tool-set says which tools requests use that name no tool set.
    """
    read = functools.partial(
        load_settings,
        config,
        assignments or (),
        host=host,
        port=port,
        model=model,
        engine=engine,
        tools=tools or None,
        tool_set=tool_set or None,
        engine_slots=engine_slots,
        adb=adb,
        authentication=authentication,
        credentials=credentials,
        tls_certificate=tls_certificate,
        tls_key=tls_key,
        tls_client_ca=tls_client_ca,
        policy=policy,
        journal=journal,
        log_level=log_level,
        log_format=log_format,
    )
    serve_until_stopped(read, _open_agent, functools.partial(_tell_address, json=json))


def serve_until_stopped(
    read: Callable[[], Settings],
    opened: Callable[[AgentSettings], IntentAgent],
    listening: Callable[[str], None],
) -> None:
    """Serve an agent until SIGINT or SIGTERM; ``listening`` is told the address as soon as all is ready.

    The settings are what ``read`` returns, which is asked again at SIGHUP.
    Raises AgentError, BridgeError and ToolSchemaError for what cannot be opened.
    """
    # Until there is something to reload; otherwise a reload during the start would end the process.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    settings = read()
    configure_logging(settings.log_level, settings.log_format)
    # Faults of files and address are told before the model is loaded, which takes longer.
    ServerSecurity(settings.security()).check_address(settings.host)
    with (
        open_telemetry(settings.telemetry()) as telemetry,
        Journal.open(settings.journal, settings=settings.journal_settings()) as journal,
    ):
        _tell_recovery(journal)
        agent = opened(settings.agent())
        try:
            security = ServerSecurity(settings.security(), known_tools=_tool_names(agent))
            _check_private(settings.journal_private, agent)
            asyncio.run(_serve(agent, journal, security, telemetry, settings, read, listening))
        finally:
            agent.close()


def _open_agent(settings: AgentSettings) -> IntentAgent:
    with build_progress() as progress:
        return open_agent(settings, progress)


def _tell_address(address: str, *, json: bool) -> None:
    if json:
        print_json({"address": address})
    else:
        Console().print(f"listening on {shown(address)}; stop with Ctrl-C", highlight=False)


async def _serve(
    agent: IntentAgent,
    journal: Journal,
    security: ServerSecurity,
    telemetry: Telemetry,
    settings: Settings,
    read: Callable[[], Settings],
    listening: Callable[[str], None],
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    async with running_server(
        agent,
        journal,
        security=security,
        limits=settings.limits(),
        telemetry=telemetry,
        host=settings.host,
        port=settings.port,
        grace=settings.grace_seconds,
    ) as running:
        loop.add_signal_handler(signal.SIGHUP, _reload, settings, read, security, running)
        listening(running.address)
        _LOG.info("listening on %s, authentication %s", running.address, settings.authentication)
        await stop.wait()
        _LOG.info("stopping")


def _reload(
    started: Settings, read: Callable[[], Settings], security: ServerSecurity, running: RunningServer
) -> None:
    try:
        security.reload()
        settings = read()
    except AgentError as error:
        _LOG.error("not read again: %s", error)
        return
    configure_logging(settings.log_level, settings.log_format)
    running.resize(settings.limits())
    _LOG.info("credentials, policy and settings were read again")
    for name in type(settings).model_fields:
        if name not in RELOADABLE and getattr(settings, name) != getattr(started, name):
            _LOG.warning("the setting %s has changed and needs a restart", name)


def _tell_recovery(journal: Journal) -> None:
    recovery = journal.recover()
    if recovery.requests:
        _LOG.warning("the service stopped in the middle of %d requests", recovery.requests)
    for command in recovery.maybe_sent:
        _LOG.warning("%s on %s may have been sent then", command.call.name, command.serial)


def _check_private(names: Iterable[str], agent: IntentAgent) -> None:
    """Raise SettingsError for a name that hides nothing, as one with a slip of the pen would."""
    known = {
        f"{tool.name}.{parameter}"
        for tool_set in agent.tool_sets.values()
        for tool in tool_set.tools
        for parameter in ("*", *(p.name for p in tool.parameters))
    }
    for name in names:
        if name not in known:
            raise SettingsError(
                f"journal_private: no tool set that is served has '{name}': write tool.parameter, or tool.* "
                "for everything of a tool",
                setting="journal_private",
            )


def _tool_names(agent: IntentAgent) -> frozenset[str]:
    return frozenset(tool.name for tool_set in agent.tool_sets.values() for tool in tool_set.tools)
