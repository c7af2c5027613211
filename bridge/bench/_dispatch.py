"""How long a command takes over several ways, and how many requests several phones do at once.

The same command goes, in turns, over the bridge's transport, over adbutils' ``shell2`` and through ``adb
shell`` as a process; the emulated phone takes well below a millisecond of each.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import adbutils

from bridge._bridge import Bridge
from bridge._deadline import Deadline
from bridge._transport import AdbServer
from bridge.emulator import EmulatedPhone, Fault
from bridge.outcome import OutcomeStatus
from tools_schema import Call, load_tool_set

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bridge.emulator import PrivateAdbServer
    from bridge.outcome import Outcome
    from tools_schema import Tool

__all__ = ["measure_overhead", "measure_rates", "tool_named"]

_COMMAND = ("getprop", "ro.build.version.sdk")
_LEVELS = (0, 20, 40, 60, 80, 100)
_TIMEOUT = 60.0
_WARM_UP = 2
_SLOW_ROUNDS = 5


def tool_named(name: str) -> Tool:
    """Return a tool of the set ``phone``.

    Raises:
        LookupError: it has no such tool.

    """
    tool = load_tool_set("phone").tool(name)
    if tool is None:
        raise LookupError(f"the tool set has no {name}")
    return tool


def measure_overhead(server: PrivateAdbServer, rounds: int) -> None:
    """Print how long a command takes over each way, and what the bridge adds to a request's commands."""
    with EmulatedPhone() as phone:
        server.connect(phone.address)
        transport = AdbServer("127.0.0.1", server.port)
        device = adbutils.AdbClient("127.0.0.1", server.port).device(phone.address)
        process = [adbutils.adb_path(), "-P", str(server.port), "-s", phone.address, "shell", *_COMMAND]
        line = " ".join(_COMMAND)
        ways: dict[str, Callable[[], object]] = {
            "the bridge's transport": lambda: transport.shell(phone.address, line, Deadline(_TIMEOUT)),
            "adbutils shell2": lambda: device.shell2(line, v2=True),
            "adb shell, a process": lambda: subprocess.run(process, check=True, capture_output=True),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for count in range(rounds + _WARM_UP):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                if count >= _WARM_UP:
                    times[name].append((time.perf_counter() - start) * 1000)
        requests = _timers(server, phone, rounds)
        server.disconnect(phone.address)
    print(f"One command, {rounds} times over each way in turns:")
    for name, measured in times.items():
        print(f"  {name:24} {_summary(measured)}")
    print(f"One request (set_timer, a single command), {rounds} times:")
    print(f"  {'the whole request':24} {_summary([outcome.elapsed_ms for outcome in requests])}")
    added = [outcome.elapsed_ms - sum(e.elapsed_ms for e in outcome.evidence) for outcome in requests]
    print(f"  {'without its command':24} {_summary(added)}")


def measure_rates(server: PrivateAdbServer, rounds: int, count: int) -> None:
    """Print how many requests a second one phone does, and how many several do side by side.

    Once as fast as they can, with one interpreter for all of it, and once as slow as real phones are.
    """
    tool = tool_named("set_volume")
    bridge = Bridge(adb_port=server.port)
    with ExitStack() as stack:
        phones = [stack.enter_context(EmulatedPhone()) for _ in range(count)]

        def requests(phone: EmulatedPhone, rounds: int) -> None:
            for number in range(rounds):
                call = Call(tool.name, {"level": _LEVELS[number % len(_LEVELS)]})
                outcome = bridge.execute(call, tool, serial=phone.address, timeout=_TIMEOUT)
                if outcome.status is not OutcomeStatus.VERIFIED:
                    raise RuntimeError(f"{outcome.status} without a fault: {outcome.message}")

        for phone in phones:
            server.connect(phone.address)
            requests(phone, _WARM_UP)
        print("Requests a second (set_volume, read back):")
        _print_rates("phones that answer at once", requests, phones, rounds)
        for phone in phones:
            phone.fail_next(Fault.SLOW, times=sys.maxsize)
        _print_rates("phones that take a third of a second", requests, phones, min(rounds, _SLOW_ROUNDS))
        for phone in phones:
            server.disconnect(phone.address)


def _print_rates(
    what: str, requests: Callable[[EmulatedPhone, int], None], phones: Sequence[EmulatedPhone], rounds: int
) -> None:
    start = time.perf_counter()
    requests(phones[0], rounds)
    alone = rounds / (time.perf_counter() - start)
    with ThreadPoolExecutor(len(phones)) as pool:
        start = time.perf_counter()
        list(pool.map(requests, phones, [rounds] * len(phones)))
        together = len(phones) * rounds / (time.perf_counter() - start)
    print(f"  {what}: one {alone:.1f}, {len(phones)} at once {together:.1f}")


def _timers(server: PrivateAdbServer, phone: EmulatedPhone, rounds: int) -> list[Outcome]:
    tool, bridge = tool_named("set_timer"), Bridge(adb_port=server.port)
    call = Call(tool.name, {"duration": 60})
    outcomes = [bridge.execute(call, tool, serial=phone.address) for _ in range(rounds + _WARM_UP)]
    return outcomes[_WARM_UP:]


def _summary(milliseconds: list[float]) -> str:
    slow = sorted(milliseconds)[int(0.95 * (len(milliseconds) - 1))]
    return f"median {statistics.median(milliseconds):6.2f} ms, 95 % below {slow:6.2f} ms"
