"""``settings`` and ``cmd settings``: reading and writing Android's three tables of settings.

Source: AOSP SettingsService.MyShellCommand. Writing a setting does not act: ``settings put global wifi_on 0``
leaves the radio alone on a phone, and is the value that is read back all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.emulator._clock_app import next_alarm
from bridge.emulator.commands._service import FAILED

if TYPE_CHECKING:
    from bridge.emulator._shell import Invocation

__all__ = ["settings_service"]


def settings_service(invocation: Invocation) -> int:
    """Run ``settings get|put|delete|list [--user N] NAMESPACE [KEY [VALUE]]``."""
    words = list(invocation.arguments)
    if "--user" in words[1:3]:
        at = words.index("--user")
        del words[at : at + 2]
    tables = invocation.device.state.settings
    match words:
        case [("get" | "put" | "delete" | "list"), namespace, *_] if namespace not in tables:
            invocation.complain(f"Invalid namespace '{namespace}'")
            return FAILED
        case ["get", namespace, key]:
            invocation.say(_read(invocation, namespace, key))
        case ["put", namespace, key, value] | ["put", namespace, key, value, "default"]:
            tables[namespace][key] = value
        case ["delete", namespace, key]:
            deleted = tables[namespace].pop(key, None) is not None
            invocation.say(f"Deleted {int(deleted)} rows")
        case ["list", namespace]:
            for key in sorted(tables[namespace]):
                invocation.say(f"{key}={_read(invocation, namespace, key)}")
        case _:
            invocation.complain("Bad arguments")
            return FAILED
    return 0


def _read(invocation: Invocation, namespace: str, key: str) -> str:
    device = invocation.device
    if (namespace, key) == ("system", "next_alarm_formatted"):
        upcoming = next_alarm(device)
        return upcoming[1].strftime("%a %H:%M") if upcoming else ""
    return device.state.settings[namespace].get(key, "null")
