"""``intent-agent emulator`` as a script uses it: a process that says where it listens and can be stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import adbutils
import pytest

if TYPE_CHECKING:
    from bridge.emulator import PrivateAdbServer

COMMAND = (
    sys.executable,
    "-c",
    "import typer; from agent.cli.emulator import emulator; typer.run(emulator)",
)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_one_line_of_json_serves_and_ends_when_told(
    adb_server: PrivateAdbServer, signum: signal.Signals
) -> None:
    with subprocess.Popen(
        [*COMMAND, "--api", "36", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert line["api"] == 36
        adb_server.connect(line["address"])
        device = adbutils.AdbClient(host="127.0.0.1", port=adb_server.port).device(line["address"])
        assert device.shell2("getprop ro.build.version.sdk", v2=True).stdout == "36\n"
        process.send_signal(signum)
        stdout, stderr = process.communicate(timeout=30)
        adb_server.disconnect(line["address"])
    assert (process.returncode, stdout, stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [("--api", "29", "30, 34, 36"), ("--time-zone", "Mars/Olympus", "Mars/Olympus")],
)
def test_a_value_that_cannot_be_used_is_one_line_and_exit_code_2(option: str, value: str, named: str) -> None:
    result = subprocess.run(
        [*COMMAND, option, value], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert named in result.stderr
    assert result.stderr.count("\n") == 1
