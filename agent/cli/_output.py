"""What every command shares: errors as one line and an exit code, and how text and JSON are printed."""

from __future__ import annotations

import json
import sys
from enum import IntEnum
from typing import NoReturn

import typer
from rich.markup import escape

from agent.client import ServiceError
from agent.errors import AgentError, EngineError, ModelFileError
from agent.plain_text import harmless_json, plain_text
from bridge.errors import BridgeError
from tools_schema.errors import ToolSchemaError

__all__ = ["KNOWN_ERRORS", "ExitCode", "exit_code", "fail", "print_json", "report", "shown"]

KNOWN_ERRORS = (AgentError, BridgeError, ToolSchemaError, ServiceError)
"""The errors whose message is written for the person at the terminal."""

_BAD_INPUT = {"INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "OUT_OF_RANGE"}
_FAULTS = {"INTERNAL", "UNKNOWN", "DATA_LOSS"}


class ExitCode(IntEnum):
    """What a script can tell from the exit code."""

    OK = 0
    """Everything that was asked for is done."""
    UNEXPECTED = 1
    """A fault of the program."""
    BAD_INPUT = 2
    """The command line, a file or a request cannot be used."""
    NOT_DONE = 3
    """Nothing to do, something is missing or unconfirmed, or a call did not succeed."""
    DEVICE = 4
    """No device, several devices, or a device that cannot be reached."""
    MODEL = 5
    """The model file or the engine."""
    SERVICE = 6
    """No service answers, it does not let the caller in, or it has no room or time for the request."""


def exit_code(error: Exception) -> ExitCode:
    """Return the exit code for an error of one of the packages, or one that a service told of."""
    if getattr(error, "code", "") in _BAD_INPUT:
        return ExitCode.BAD_INPUT
    reason = getattr(error, "reason", "")
    if reason in _reasons(BridgeError):
        return ExitCode.DEVICE
    if reason in _reasons(ModelFileError) | _reasons(EngineError):
        return ExitCode.MODEL
    if isinstance(error, ServiceError) and error.code not in _FAULTS:
        return ExitCode.SERVICE
    return ExitCode.UNEXPECTED


def report(error: Exception) -> ExitCode:
    """Print the error as one line on standard error and return its exit code."""
    print(f"error: {plain_text(' '.join(str(error).split()))}", file=sys.stderr)
    return exit_code(error)


def fail(error: Exception) -> NoReturn:
    """Print the error as one line on standard error and leave with its exit code."""
    raise typer.Exit(report(error))


def print_json(value: object) -> None:
    """Print a value as one line of JSON, flushed, so that a reading program sees it at once."""
    print(harmless_json(json.dumps(value, ensure_ascii=False)), flush=True)


def shown(text: str) -> str:
    """Return text from elsewhere as markup for rich's console: as it is, but unable to steer the terminal."""
    return escape(plain_text(text))


def _reasons(tree: type[AgentError | BridgeError]) -> frozenset[str]:
    reasons = frozenset({tree.reason})
    return reasons.union(*(_reasons(branch) for branch in tree.__subclasses__()))
