"""``intent-agent devices``: the phones that the adb server knows, and what keeps one from being used."""

from __future__ import annotations

from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table

from agent.cli._output import ExitCode, print_json
from agent.cli._request import AdbOption, JsonOption, settings_of
from bridge import Bridge, Device

__all__ = ["devices"]

_ADVICE = {
    "device": "ready",
    "unauthorized": "unlock it and accept the debugging question",
    "authorizing": "unlock it and accept the debugging question",
    "offline": "reconnect it",
    "no permissions": "install Android's udev rules, then reconnect it",
}


def devices(adb: AdbOption = "127.0.0.1:5037", json: JsonOption = False) -> None:
    """List the phones that the adb server knows, in any state.

    Exit code 0 where at least one can be used, else 4.
    """
    settings = settings_of(None, None, adb)
    found = Bridge(settings.adb_host, settings.adb_port).devices()
    if json:
        for device in found:
            print_json(asdict(device))
    elif found:
        Console().print(_table(found))
    else:
        Console(stderr=True).print(
            "No device: plug a phone in with USB debugging turned on, run `adb connect HOST:PORT`, "
            "or start an emulated one with `intent-agent emulator`."
        )
    if not any(device.state == "device" for device in found):
        raise typer.Exit(ExitCode.DEVICE)


def _table(found: tuple[Device, ...]) -> Table:
    table = Table("serial", "state", "model", "API level", "")
    for device in found:
        level = str(device.api_level) if device.api_level else ""
        advice = _ADVICE.get(device.state, "start Android on it")
        table.add_row(device.serial, device.state, device.model, level, advice)
    return table
