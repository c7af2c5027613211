"""The command line: one module a command, put together here."""

from __future__ import annotations

import sys

import typer

from agent.cli import history, token, tools
from agent.cli._output import KNOWN_ERRORS, report
from agent.cli.bench import bench
from agent.cli.check import check
from agent.cli.demo import demo
from agent.cli.devices import devices
from agent.cli.do import do
from agent.cli.emulator import emulator
from agent.cli.eval import evaluate
from agent.cli.model import app as model_app
from agent.cli.plan import plan
from agent.cli.prompt import prompt
from agent.cli.serve import serve

__all__ = ["app", "main"]

app = typer.Typer(
    name="intent-agent",
    help="What you say becomes an Android intent on a phone; nothing leaves this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(demo)
app.command()(plan)
app.command()(do)
app.command()(serve)
app.command()(devices)
app.command()(check)
app.add_typer(token.app, name="token")
app.add_typer(tools.app, name="tools")
app.add_typer(history.app, name="history")
app.add_typer(model_app, name="model")
app.command("eval")(evaluate)
app.command()(bench)
app.command()(emulator)
app.command()(prompt)


def main() -> None:
    """Run the command line; errors of ours become one line and an exit code."""
    try:
        app()
    except KNOWN_ERRORS as error:
        sys.exit(report(error))
    except KeyboardInterrupt:
        sys.exit(130)
