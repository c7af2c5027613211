"""The command line of the benchmark."""

from __future__ import annotations

import argparse
import random
from typing import TYPE_CHECKING

from bridge.bench._dispatch import measure_overhead, measure_rates
from bridge.bench._faults import run_with_faults
from bridge.emulator import PrivateAdbServer

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit code: 1 where a fault led to a false claim or left something."""
    parser = argparse.ArgumentParser(
        prog="python -m bridge.bench",
        description="What dispatching to a phone costs; with --faults, what random faults lead to.",
    )
    parser.add_argument("--rounds", type=int, default=200, help="requests a phone; commands over each way")
    parser.add_argument("--phones", type=int, default=10, help="phones at once")
    parser.add_argument("--faults", type=int, default=0, metavar="N", help="hit N of the requests by faults")
    parser.add_argument("--seed", type=int, default=1, help="of the requests and faults")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.phones < 1 or not 0 <= options.faults <= options.rounds:
        parser.error("--rounds and --phones have to be at least 1, and --faults at most --rounds")
    with PrivateAdbServer() as server:
        if options.faults:
            chance = random.Random(options.seed)  # noqa: S311 # the same faults for the same seed
            return 0 if run_with_faults(server, options.rounds, options.faults, chance) else 1
        measure_overhead(server, options.rounds)
        measure_rates(server, options.rounds, options.phones)
    return 0
