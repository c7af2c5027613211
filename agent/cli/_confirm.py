"""The question at the terminal before a call that needs a yes."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer
from rich.console import Console

from intentagent.v1 import intent_agent_service_pb2 as api

__all__ = ["answer_to"]


def answer_to(
    console: Console, *, yes: bool, ask: bool
) -> Callable[[api.WaitingForConfirmation], bool] | None:
    """Return what answers for the person; None where nobody can be asked, so that the call is not made.

    With ``yes`` every answer is yes; else, with ``ask``, the person is asked where there is a terminal.
    """
    if yes:
        return lambda _: True
    if not ask or not sys.stdin.isatty():
        return None

    def question(_: api.WaitingForConfirmation) -> bool:
        console.file.flush()
        return typer.confirm("  Do it?", default=False)

    return question
