"""``monkey -p PACKAGE -c CATEGORY 1``: the other way to open an app.

Source: AOSP cmds/monkey. Its exit code where no activity is found is -4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._activity_manager import start_activity
from bridge.emulator._intent import CATEGORY_LAUNCHER, MAIN, Intent
from bridge.emulator._resolver import query_activities

if TYPE_CHECKING:
    from bridge.emulator._shell import Invocation

__all__ = ["monkey"]

_NO_ACTIVITY = 252


def monkey(invocation: Invocation) -> int:
    """Open the app of ``-p``; events beyond that are not modelled."""
    words = invocation.arguments
    package = words[words.index("-p") + 1] if "-p" in words[:-1] else None
    for word in words:
        invocation.say(f"  bash arg: {word}")
    intent = Intent(action=MAIN, categories=[CATEGORY_LAUNCHER], package=package)
    matches = query_activities(intent)
    if not matches:
        invocation.say("** No activities found to run, monkey aborted.")
        return _NO_ACTIVITY
    intent.component = matches[0].component
    start_activity(invocation.device, intent)
    invocation.say("Events injected: 1")
    invocation.say("## Network stats: elapsed time=9ms (0ms mobile, 0ms wifi, 9ms not connected)")
    return 0
