"""The one place where an argument vector becomes a command of the device's shell."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from bridge.errors import CommandTooLongError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMAND_LIMIT", "shell_command"]

COMMAND_LIMIT = 60_000
"""Bytes of a command in UTF-8. adb's host protocol writes a length as four hexadecimal digits, and its own
prefix counts (AOSP, packages/modules/adb, protocol.txt)."""


def shell_command(argv: Sequence[str]) -> str:
    """Return the command line that a POSIX shell splits into exactly ``argv``.

    Every argument goes into single quotes where it needs any, so that nothing in it is expanded.

    Raises:
        InvalidValueError: an argument holds NUL or a lone surrogate, which no command line can carry.
        CommandTooLongError: the command is longer than ``COMMAND_LIMIT``.

    """
    command = shlex.join(argv)
    if "\0" in command:
        raise InvalidValueError(
            "a text holds a NUL character, which a command line cannot carry; leave it out"
        )
    try:
        length = len(command.encode())
    except UnicodeEncodeError:
        raise InvalidValueError("a text holds half of a surrogate pair; send whole characters") from None
    if length > COMMAND_LIMIT:
        raise CommandTooLongError(
            f"the command is {length} bytes long and adb carries {COMMAND_LIMIT}; shorten the text",
            length=str(length),
            limit=str(COMMAND_LIMIT),
        )
    return command
