"""The command line of the soak."""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from agent.soak._kills import soak_kills
from agent.soak._load import soak_load
from agent.soak._start import measure_start
from bridge.emulator import PrivateAdbServer

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak and print; return the exit code: 1 where something is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m agent.soak",
        description="What the service does over a long time, in a short one, on emulated phones.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    kills = commands.add_parser(
        "kills", help="kill -9 at every point of a request, then compare what is left"
    )
    kills.add_argument("--kills", type=_count, default=200, help="of each point as many")
    kills.add_argument("--seed", type=int, default=1, help="of the points and instants")
    load = commands.add_parser("load", help="many clients at once: all are answered, and memory stays flat")
    load.add_argument("--clients", type=_count, default=200)
    load.add_argument(
        "--requests", type=_count, default=10_000, help="two hours of one every 0.7 s are 10,000"
    )
    start = commands.add_parser("start", help="how long `intent-agent serve` takes until it is ready")
    start.add_argument("--runs", type=_count, default=5)
    start.add_argument("serve", nargs="*", help="options of `intent-agent serve`, after --")
    options = parser.parse_args(arguments)
    with PrivateAdbServer() as server, tempfile.TemporaryDirectory() as folder:
        if options.command == "start":
            return 0 if measure_start(server, Path(folder), options.runs, options.serve) else 1
        if options.command == "load":
            return 0 if soak_load(server, Path(folder), options.clients, options.requests) else 1
        chance = random.Random(options.seed)  # noqa: S311 - instants need no secrecy
        return 0 if soak_kills(server, Path(folder), options.kills, chance) else 1


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"is {number}: has to be at least 1")
    return number
