"""How long ``intent-agent serve`` takes from its start until it takes requests, with the real model."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from agent.client import IntentAgentClient

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bridge.emulator import PrivateAdbServer

__all__ = ["measure_start"]

_PROGRAM = "from agent.cli.app import main; main()"
_END_SECONDS = 60.0


def measure_start(server: PrivateAdbServer, folder: Path, runs: int, arguments: Sequence[str]) -> bool:
    """Start services one after the other, and print when each was ready and when it had planned something.

    The first start builds the model where there is none and is not counted. Returns whether all started.
    """
    command = [sys.executable, "-c", _PROGRAM, "serve", "--port", "0", "--json"]
    command += ["--adb", f"127.0.0.1:{server.port}", "--journal", str(folder / "journal.sqlite3"), *arguments]
    ready, planned = [], []
    for run in range(runs + 1):
        start = time.monotonic()
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                print(f"the service ended with {process.wait(_END_SECONDS)}: {' '.join(command[3:])}")
                return False
            ready.append(time.monotonic() - start)
            with IntentAgentClient(json.loads(line)["address"]) as client:
                client.plan("turn on the flashlight")
            planned.append(time.monotonic() - start)
            process.terminate()
        if run:
            print(f"ready in {ready[-1]:.2f} s, first plan after {planned[-1]:.2f} s", flush=True)
    print(
        f"median of {runs}: ready in {statistics.median(ready[1:]):.2f} s, "
        f"first plan after {statistics.median(planned[1:]):.2f} s"
    )
    return True
