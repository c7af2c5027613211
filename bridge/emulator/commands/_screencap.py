"""``screencap``: the screen as a PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._picture import draw_screen

if TYPE_CHECKING:
    from bridge.emulator._shell import Invocation

__all__ = ["screencap"]


def screencap(invocation: Invocation) -> int:
    """Run ``screencap -p [FILE]``; the raw format without ``-p`` is not modelled."""
    paths = [word for word in invocation.arguments if not word.startswith("-")]
    if not paths and "-p" not in invocation.arguments:
        invocation.complain("usage: screencap [-hp] [-d display-id] [FILENAME]")
        return 1
    picture = draw_screen(invocation.device)
    if not paths:
        invocation.streams.out(picture)
        return 0
    try:
        invocation.device.storage.open(paths[0])(picture)
    except OSError as error:
        invocation.complain(f"Error opening file: {paths[0]} ({error.strerror})")
        return 1
    return 0
