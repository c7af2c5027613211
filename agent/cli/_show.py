"""Plans and outcomes as lines for people."""

from __future__ import annotations

import json

from rich.console import Console

from agent.cli._output import shown
from agent.service._convert import call_from_message
from intentagent.v1 import intent_agent_service_pb2 as api
from intentagent.v1 import outcome_pb2, plan_pb2

__all__ = ["SUCCESS", "show_plan", "show_step", "status_name"]

SUCCESS = frozenset(
    {
        outcome_pb2.OUTCOME_STATUS_VERIFIED,
        outcome_pb2.OUTCOME_STATUS_OPENED,
        outcome_pb2.OUTCOME_STATUS_REQUESTED,
    }
)

_COLOURS = {"VERIFIED": "green", "OPENED": "green", "REQUESTED": "yellow", "FAILED": "red"}


def status_name(status: outcome_pb2.OutcomeStatus) -> str:
    """Return the status as people read it ("VERIFIED")."""
    return outcome_pb2.OutcomeStatus.Name(status).removeprefix("OUTCOME_STATUS_")


def show_plan(console: Console, plan: plan_pb2.Plan) -> None:
    """Print the calls, what is missing, and what was dropped and why."""
    for call in plan.calls:
        console.print(f"  call    {shown(_call_text(call))}", highlight=False, soft_wrap=True)
    for missing in plan.missing:
        console.print(f"  missing {shown(missing.tool)}: {shown(missing.parameter)}", highlight=False)
    for problem in plan.problems:
        console.print(f"  dropped {shown(problem)}", highlight=False, soft_wrap=True)
    if plan.reason:
        console.print(f"  nothing {shown(plan.reason)}", highlight=False, soft_wrap=True)
    timings = plan.timings
    console.print(
        f"  model   {timings.total_ms:.0f} ms: {timings.prompt_tokens} tokens read "
        f"({timings.cached_tokens} reused), {timings.output_tokens} written",
        style="dim",
        highlight=False,
    )


def show_step(console: Console, step: api.ExecuteResponse) -> None:
    """Print a step of carrying out a request."""
    match step.WhichOneof("step"):
        case "planned":
            show_plan(console, step.planned)
        case "outcome":
            _show_outcome(console, step.outcome)
        case "waiting_for_confirmation":
            _show_question(console, step.waiting_for_confirmation)
        case _:
            pass


def _show_question(console: Console, waiting: api.WaitingForConfirmation) -> None:
    """Print exactly what a yes would be to."""
    console.print(
        f"  waits   {shown(_call_text(waiting.call))} on {shown(waiting.serial)}",
        highlight=False,
        soft_wrap=True,
    )
    if waiting.HasField("intent"):
        console.print(f"  intent  {shown(_intent_text(waiting.intent))}", highlight=False, soft_wrap=True)
    for name, value in waiting.found.items():
        console.print(f"  found   {shown(name)} = {shown(value)}", highlight=False, soft_wrap=True)
    console.print(f"  [bold yellow]?[/] {shown(waiting.message)}", highlight=False, soft_wrap=True)


def _show_outcome(console: Console, outcome: outcome_pb2.Outcome) -> None:
    if outcome.HasField("intent"):
        console.print(f"  intent  {shown(_intent_text(outcome.intent))}", highlight=False, soft_wrap=True)
    for evidence in outcome.evidence:
        exit_text = f" → exit {evidence.exit_code}" if evidence.HasField("exit_code") else ""
        words = " ".join(evidence.argv)
        console.print(
            f"  adb     {shown(words)}{exit_text} ({evidence.elapsed_ms:.0f} ms)",
            style="dim",
            highlight=False,
            soft_wrap=True,
        )
        if evidence.data:
            text = f"  data    {len(evidence.data):,} bytes (--picture FILE keeps a screenshot)"
            console.print(text, style="dim", highlight=False)
    for name, value in outcome.read_back.items():
        console.print(f"  read    {shown(name)} = {shown(value)}", highlight=False, soft_wrap=True)
    for choice in outcome.choices:
        console.print(f"  choice  {shown(choice)}", highlight=False, soft_wrap=True)
    if outcome.may_have_run:
        console.print("  [bold red]may have run[/] look at the phone before you ask again", highlight=False)
    status = status_name(outcome.status)
    colour = _COLOURS.get(status, "yellow")
    console.print(
        f"  [bold {colour}]{status}[/] {shown(outcome.message)} [dim]({outcome.elapsed_ms:.0f} ms)[/]",
        highlight=False,
        soft_wrap=True,
    )


def _call_text(call: plan_pb2.Call) -> str:
    arguments = call_from_message(call).arguments
    inner = ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in arguments.items())
    return f"{call.tool}({inner})"


def _intent_text(intent: outcome_pb2.Intent) -> str:
    extras = ", ".join(f"{extra.key.rpartition('.')[2]}={extra.value}" for extra in intent.extras)
    parts = [intent.action, intent.data, intent.mime_type, f"{{{extras}}}" if extras else ""]
    return " ".join(part for part in parts if part)
