"""Android's own commands, and the table in which the shell finds every command.

``SERVICES`` are the binder services that ``cmd NAME …`` reaches; some have a script of their own name too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.emulator._file_commands import FILE_COMMANDS
from bridge.emulator._toolbox import TOOLBOX
from bridge.emulator.commands._am import activity_service
from bridge.emulator.commands._audio import audio_service, media_session_service
from bridge.emulator.commands._content import content
from bridge.emulator.commands._dumpsys import dumpsys
from bridge.emulator.commands._input import input_command, uiautomator
from bridge.emulator.commands._monkey import monkey
from bridge.emulator.commands._package import package_service
from bridge.emulator.commands._radios import (
    bluetooth_service,
    connectivity_service,
    phone_service,
    svc,
    wifi_service,
)
from bridge.emulator.commands._screencap import screencap
from bridge.emulator.commands._settings import settings_service
from bridge.emulator.commands._system import (
    getprop,
    notification_service,
    power_service,
    statusbar_service,
    uimode_service,
    wm,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from bridge.emulator._shell import Command, Invocation

__all__ = ["COMMANDS", "SERVICES", "run_service"]

SERVICES: Mapping[str, Command] = {
    "activity": activity_service,
    "audio": audio_service,
    "bluetooth_manager": bluetooth_service,
    "connectivity": connectivity_service,
    "media_session": media_session_service,
    "notification": notification_service,
    "package": package_service,
    "phone": phone_service,
    "power": power_service,
    "settings": settings_service,
    "statusbar": statusbar_service,
    "uimode": uimode_service,
    "wifi": wifi_service,
}
"""The binder services by the names that ``cmd`` takes."""

_CMD_NO_SERVICE = 20


def run_service(invocation: Invocation, name: str, words: tuple[str, ...]) -> int | Awaitable[int]:
    """Run a service's shell command; its words do not include the service's name."""
    service = SERVICES.get(name)
    if service is None:
        invocation.complain(f"cmd: Can't find service: {name}")
        return _CMD_NO_SERVICE
    # Binder carries Java strings: bytes that are no UTF-8 do not survive the call.
    carried = (word.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for word in words)
    return service(replace(invocation, words=(name, *carried)))


def _cmd(invocation: Invocation) -> int | Awaitable[int]:
    if not invocation.arguments:
        invocation.complain("cmd: No service specified; use -l to list all services")
        return _CMD_NO_SERVICE
    if invocation.arguments[0] == "-l":
        invocation.say("Currently running services:")
        for name in sorted(SERVICES):
            invocation.say(f"  {name}")
        return 0
    return run_service(invocation, invocation.arguments[0], invocation.arguments[1:])


def _script_for(service: str) -> Command:
    """Return the command that does nothing but call a service (``am``, ``pm``, ``settings``)."""

    def script(invocation: Invocation) -> int | Awaitable[int]:
        return run_service(invocation, service, invocation.arguments)

    return script


COMMANDS: Mapping[str, Command] = {
    **FILE_COMMANDS,
    **TOOLBOX,
    "am": _script_for("activity"),
    "cmd": _cmd,
    "content": content,
    "dumpsys": dumpsys,
    "getprop": getprop,
    "input": input_command,
    "monkey": monkey,
    "pm": _script_for("package"),
    "screencap": screencap,
    "settings": _script_for("settings"),
    "svc": svc,
    "uiautomator": uiautomator,
    "wm": wm,
}
"""Every command of the shell, by name."""
