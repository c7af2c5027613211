"""``intent-agent emulator``: emulated phones to connect an adb server to, until it is told to stop."""

from __future__ import annotations

import json as json_format
import os
import signal
import threading
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfoNotFoundError

import typer

from agent.cli._output import ExitCode, print_json
from bridge.emulator import API_LEVELS, EmulatedPhone, PhoneLoop, PhoneState

__all__ = ["emulator"]

_LEVELS = ", ".join(str(level) for level in API_LEVELS)


def emulator(
    api: Annotated[int, typer.Option("--api", help=f"API level: {_LEVELS}.")] = 34,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free port.")] = 0,
    count: Annotated[
        int, typer.Option("--count", min=1, max=500, help="How many phones; --port is the first one's.")
    ] = 1,
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="FILE", help="Go on from this JSON file, and write it at the end."),
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", metavar="NAME", help="The phone's IANA time zone.")
    ] = None,
    now: Annotated[
        datetime | None, typer.Option("--now", help="Set the phone's clock, in its time zone.")
    ] = None,
    locked: Annotated[bool, typer.Option("--locked", help="Begin with the lock screen.")] = False,
    over_wifi: Annotated[
        bool, typer.Option("--over-wifi", help="Cut adb off while the phone's Wi-Fi is off.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")] = False,
) -> None:
    """Serve emulated phones on 127.0.0.1 until SIGINT or SIGTERM.

    Prints how to connect to them; with --json a line such as {"address": "127.0.0.1:40123", "api": 34} for
    each.
    """
    stop = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda _signum, _frame: stop.set())
    if state is not None and count > 1:
        raise _bad_input("--state keeps one phone's state; leave --count out")
    with ExitStack() as running:
        loop = running.enter_context(PhoneLoop())
        for number in range(count):
            try:
                phone = EmulatedPhone(
                    api=api,
                    port=port + number if port else 0,
                    state=_load(state),
                    time_zone=time_zone,
                    now=now,
                    over_wifi=over_wifi,
                    loop=loop,
                )
            except (ValueError, ZoneInfoNotFoundError) as error:
                raise _bad_input(str(error.args[0])) from None
            except OSError as error:
                raise _bad_input(f"port {port + number}: {error.strerror}") from None
            running.enter_context(phone)
            if locked:
                phone.lock()
            _announce(phone, json=json)
        stop.wait()
    if state is not None:
        _save(phone.state, state)


def _announce(phone: EmulatedPhone, *, json: bool) -> None:
    if json:
        print_json({"address": phone.address, "api": phone.api})
    else:
        typer.echo(f"emulated phone (API {phone.api}): adb connect {phone.address}; stop with Ctrl-C")


def _load(path: Path | None) -> PhoneState | None:
    """Return the state in a file; a file that does not exist yet is a new phone's."""
    if path is None or not path.exists():
        return None
    try:
        return PhoneState.from_json(path.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise _bad_input(f"{path}: {reason}") from None


def _save(state: PhoneState, path: Path) -> None:
    """Write the state; a reader sees the old file or the new one, never a half."""
    text = json_format.dumps(state.to_json(), ensure_ascii=False, indent=1)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _bad_input(f"{path}: the state cannot be written: {error.strerror}") from None


def _bad_input(message: str) -> typer.Exit:
    typer.echo(f"error: {message}", err=True)
    return typer.Exit(ExitCode.BAD_INPUT)
