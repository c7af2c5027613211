"""What binder services' shell commands have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._arguments import Arguments
from bridge.emulator._java import JavaError, illegal_argument

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.emulator._shell import Invocation

__all__ = ["FAILED", "no_shell_command", "read_choice", "run_subcommand"]

FAILED = 255
"""-1, as the exit code arrives at the host."""


def run_subcommand(
    invocation: Invocation,
    handlers: Mapping[str, Callable[[Invocation, Arguments], int]],
    *,
    unknown: int = FAILED,
) -> int:
    """Run the sub-command that the first word names; an exception is printed as Android prints it.

    ``unknown`` is the exit code for a sub-command that does not exist.
    """
    if not invocation.arguments:
        return unknown
    name = invocation.arguments[0]
    handler = handlers.get(name)
    if handler is None:
        if unknown:
            invocation.say(f"Unknown command: {name}")
        return unknown
    try:
        return handler(invocation, Arguments(invocation.arguments[1:]))
    except JavaError as error:
        invocation.complain(error.stack_trace(name), end="")
        return FAILED


def no_shell_command(invocation: Invocation) -> int:
    """Answer as a service without a shell command does (AOSP Binder.onShellCommand)."""
    invocation.complain("No shell command implementation.")
    return 0


def read_choice(arguments: Arguments, yes: str, no: str) -> bool:
    """Read one of two words.

    Raises:
        JavaError: it is neither (IllegalArgumentException).

    """
    word = arguments.required()
    if word not in (yes, no):
        raise illegal_argument(f"Expected '{yes}' or '{no}' as next arg but got '{word}'")
    return word == yes
