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
    from pathlib import Path

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


def run_until_interrupted(*options: str) -> tuple[list[dict[str, object]], int]:
    """Start it, read a line for each phone, interrupt it, and return the lines and the exit code."""
    count = int(options[options.index("--count") + 1]) if "--count" in options else 1
    with subprocess.Popen([*COMMAND, *options, "--json"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [json.loads(process.stdout.readline()) for _ in range(count)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    return lines, process.returncode


def test_the_state_is_written_at_the_end_and_gone_on_from(tmp_path: Path) -> None:
    file = tmp_path / "phone.json"
    assert run_until_interrupted("--state", str(file), "--locked", "--time-zone", "Asia/Tokyo")[1] == 0
    document = json.loads(file.read_text())
    assert (document["locked"], document["time_zone"]) == (True, "Asia/Tokyo")
    file.write_text(json.dumps(document | {"torch": True}))
    assert run_until_interrupted("--state", str(file), "--now", "2026-01-16T22:10:00")[1] == 0
    after = json.loads(file.read_text())
    assert (after["torch"], after["time_zone"]) == (True, "Asia/Tokyo")
    assert after["clock_offset"] != 0
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_holds_no_state_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "phone.json"
    file.write_text('{"torhc": true}')
    result = subprocess.run(
        [*COMMAND, "--state", str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 2
    assert "torhc" in result.stderr
    assert file.read_text() == '{"torhc": true}'


def test_several_phones_are_served_by_one_process() -> None:
    lines, code = run_until_interrupted("--count", "3")
    assert len({line["address"] for line in lines}) == 3
    assert code == 0
