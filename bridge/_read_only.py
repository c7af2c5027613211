"""Which commands only read, so that they can be run again, and so that losing one has changed nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SCREEN_DUMP", "only_reads"]

SCREEN_DUMP = "/data/local/tmp/intent-agent-window.xml"
"""The file of our own through which the screen is read; nobody minds whether it is there."""

_WITH_ANY_ARGUMENTS = (
    ("getprop",),
    ("settings", "get"),
    ("content", "query"),
    ("cat",),
    ("ls",),
    ("pm", "list"),
    ("cmd", "package", "list"),
    ("cmd", "package", "query-activities"),
    ("cmd", "package", "resolve-activity"),
    ("screencap",),
    ("cmd", "statusbar"),  # opens and closes the panel, which nobody asks for in itself
    ("uiautomator", "dump"),  # it writes its own file, and the same one every time
    *(
        ("dumpsys", service)
        for service in (
            "activity",
            "alarm",
            "audio",
            "media_session",
            "notification",
            "package",
            "telephony.registry",
            "window",
        )
    ),
)
_AS_THEY_ARE = (
    ("date",),
    ("cmd", "uimode", "night"),
    ("cmd", "connectivity", "airplane-mode"),
    ("wm", "size"),
    ("rm", "-f", SCREEN_DUMP),
)
_VOLUME = (("cmd", "media_session", "volume"), ("media", "volume"))


def only_reads(argv: Sequence[str]) -> bool:
    """Whether the command changes nothing on the phone; one that is not known here is taken to."""
    words = tuple(argv)
    if words in _AS_THEY_ARE or any(words[: len(known)] == known for known in _WITH_ANY_ARGUMENTS):
        return True
    if words[0] == "date":
        return len(words) == 2 and words[1].startswith("+")
    return "--get" in words and any(words[: len(known)] == known for known in _VOLUME)
