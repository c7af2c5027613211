"""``intent-agent demo``: the whole chain on the emulated phone, with the real model and a real adb."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console

from agent._open import Settings
from agent.cli._output import ExitCode, print_json, shown
from agent.cli._request import EngineOption, JsonOption, ModelOption, client_for
from agent.cli._show import show_step
from agent.client import IntentAgentClient
from agent.engines import EngineName
from bridge.emulator import EmulatedPhone, PrivateAdbServer
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import outcome_pb2

__all__ = ["REQUESTS", "demo"]

REQUESTS = (
    "Turn on the flashlight",
    "Wake me up at 6:30 on weekdays",
    "Set a timer for ten minutes",
    "Please schedule a calendar event titled 'Dentist' for next Friday at 3:30 PM",
    "Create a contact for Zoë O'Neil with the phone number +49 30 1234567",
    "Send an email to anna@example.org with the subject 'Lunch' and the body 'See you at noon.'",
    "Show me the Eiffel Tower on the map",
    "Search the web for vegan pancake recipes",
    "Set the volume to 30 percent",
    "Turn off the flashlight and open the Wi-Fi settings",
    "What is love?",
)

_PROVED = {outcome_pb2.OUTCOME_STATUS_VERIFIED, outcome_pb2.OUTCOME_STATUS_OPENED}
_ENOUGH = 6


def demo(
    api_level: Annotated[
        int, typer.Option("--api", help="API level of the emulated phone: 30, 34 or 36.")
    ] = 34,
    model: ModelOption = None,
    engine: EngineOption = EngineName.LLAMACPP,
    screenshot: Annotated[
        Path | None, typer.Option("--screenshot", help="Write the phone's last screen to this PNG file.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show the whole chain on an emulated phone: request, call, intent, adb, and what was read back.

    Everything but the phone is real. Exit code 0 where at least six requests are verified or opened.
    """
    console = Console()
    proved = 0
    with PrivateAdbServer() as adb, EmulatedPhone(api=api_level) as phone:
        adb.connect(phone.address)
        with client_for("", Settings(model=model, adb_port=adb.port, engine=engine)) as client:
            for text in REQUESTS:
                steps = _run(client, console, text, phone.address, json)
                outcomes = [step.outcome for step in steps if step.HasField("outcome")]
                proved += bool(outcomes) and all(outcome.status in _PROVED for outcome in outcomes)
        if screenshot is not None:
            screenshot.write_bytes(phone.screenshot())
    if not json:
        console.print(
            f"{proved} of {len(REQUESTS)} requests verified or opened on the phone", highlight=False
        )
    if proved < _ENOUGH:
        raise typer.Exit(ExitCode.NOT_DONE)


def _run(
    client: IntentAgentClient, console: Console, text: str, serial: str, json: bool
) -> list[api.ExecuteResponse]:
    if not json:
        console.print(f"[bold]“{shown(text)}”[/]", highlight=False)
    steps = []
    for step in client.execute(text, serial=serial):
        steps.append(step)
        if json:
            print_json({"text": text} | MessageToDict(step, preserving_proto_field_name=True))
        else:
            show_step(console, step)
    if not json:
        console.print()
    return steps
