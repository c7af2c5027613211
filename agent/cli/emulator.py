"""``intent-agent emulator``: an emulated phone to connect an adb server to, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from typing import Annotated
from zoneinfo import ZoneInfoNotFoundError

import typer

from agent.cli._output import ExitCode, print_json
from bridge.emulator import API_LEVELS, EmulatedPhone

__all__ = ["emulator"]

_LEVELS = ", ".join(str(level) for level in API_LEVELS)


def emulator(
    api: Annotated[int, typer.Option("--api", help=f"API level: {_LEVELS}.")] = 34,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free port.")] = 0,
    time_zone: Annotated[
        str, typer.Option("--time-zone", metavar="NAME", help="The phone's IANA time zone.")
    ] = "Europe/Berlin",
    json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")] = False,
) -> None:
    """Serve an emulated phone on 127.0.0.1 until SIGINT or SIGTERM.

    Prints how to connect to it; with --json one line such as {"address": "127.0.0.1:40123", "api": 34}.
    """
    stop = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda _signum, _frame: stop.set())
    try:
        phone = EmulatedPhone(api=api, port=port, time_zone=time_zone)
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:
        reason = f"port {port}: {error.strerror}" if isinstance(error, OSError) else error.args[0]
        typer.echo(f"error: {reason}", err=True)
        raise typer.Exit(ExitCode.BAD_INPUT) from None
    with phone:
        if json:
            print_json({"address": phone.address, "api": phone.api})
        else:
            typer.echo(f"emulated phone (API {phone.api}): adb connect {phone.address}; stop with Ctrl-C")
        stop.wait()
