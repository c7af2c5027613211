"""``intent-agent devices``: the phones that the adb server knows, and what keeps one from being used."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from agent.cli._output import ExitCode, print_json, shown
from agent.cli._request import AdbOption, JsonOption, settings_of
from bridge import Bridge, BridgeError, Device, DeviceChange, open_bridge

__all__ = ["devices"]

_ADVICE = {
    "device": "ready",
    "unauthorized": "unlock it and accept the debugging question",
    "authorizing": "unlock it and accept the debugging question",
    "offline": "reconnect it",
    "no permissions": "install Android's udev rules, then reconnect it",
}
_PROPERTIES_SECONDS = 2.0
"""How long a watch waits for the properties of a device that has come."""


def devices(
    adb: AdbOption = "127.0.0.1:5037",
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Go on and show each device that comes, goes or changes.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """List the phones that the adb server knows, in any state.

    Exit code 0 where at least one can be used, else 4. With --watch, it goes on until it is interrupted
    (Ctrl-C), which is exit code 0.
    """
    settings = settings_of(None, None, adb)
    with closing(open_bridge(settings.adb_host, settings.adb_port)) as bridge:
        if watch:
            _watch(bridge, json=json)
            return
        found = bridge.devices()
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
        cells = (device.serial, device.state, device.model, level, _advice(device.state))
        table.add_row(*(shown(cell) for cell in cells))
    return table


def _advice(state: str) -> str:
    return _ADVICE.get(state, "start Android on it")


def _watch(bridge: Bridge, *, json: bool) -> None:
    bridge.devices(timeout=_PROPERTIES_SECONDS)  # an error where no adb server answers: a watch would wait
    console = Console()
    with bridge.watch() as changes, suppress(KeyboardInterrupt):
        for change in changes:
            device = _after(change, bridge)
            if json:
                print_json({**asdict(device), "state": change.after, "before": change.before})
            else:
                console.print(_line(change, device), highlight=False, soft_wrap=True)


def _after(change: DeviceChange, bridge: Bridge) -> Device:
    """Return the device after the change, with its properties where it tells them."""
    if change.after == "device":
        with suppress(BridgeError):
            for device in bridge.devices(timeout=_PROPERTIES_SECONDS):
                if device.serial == change.serial:
                    return device
    return Device(change.serial, change.after)


def _line(change: DeviceChange, device: Device) -> str:
    what = f"{change.before or 'new'} → {change.after or 'gone'}"
    level = f"API level {device.api_level}" if device.api_level else ""
    advice = _advice(change.after) if change.after else ""
    rest = ", ".join(filter(None, (advice, device.model, level)))
    return shown(f"{time.strftime('%H:%M:%S')}  {change.serial}  {what}  {rest}".rstrip())
