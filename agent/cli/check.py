"""``intent-agent check``: every tool on a phone of one's own, and a table that a bug report can hold."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from agent.cli._output import ExitCode
from agent.cli._request import AdbOption, settings_of
from bridge import open_bridge
from bridge.conformance import CHECKS, Target, header, make_check, row, summary

__all__ = ["check"]


def check(
    serial: Annotated[
        str | None, typer.Option("--serial", help="The phone, where there are several.")
    ] = None,
    adb: AdbOption = "127.0.0.1:5037",
    destructive: Annotated[
        bool, typer.Option("--destructive", help="Also make the checks that change the phone.")
    ] = False,
    call: Annotated[
        str, typer.Option("--call", metavar="NUMBER", help="With --destructive: call it for real.")
    ] = "",
) -> None:
    """Do everything once on a phone, and print a table of what came of it.

    Unlock the phone first. Without --destructive, the checks read and open screens; they send and save
    nothing. Exit code 0 where everything is as expected, else 3.
    """
    settings = settings_of(None, None, adb)
    results = []
    with closing(open_bridge(settings.adb_host, settings.adb_port)) as bridge:
        target = Target(bridge, serial)
        print(header(target), flush=True)
        for one in CHECKS:
            results.append(make_check(one, target, destructive=destructive, call_number=call))
            print(row(results[-1], target), flush=True)
    print(f"\n{summary(results)}")
    if any(result.as_expected is False for result in results):
        raise typer.Exit(ExitCode.NOT_DONE)
