"""What dispatching costs: ``python -m bridge.bench``, on emulated phones, with a private adb server.

The same command goes, in turns, over the bridge's transport, over adbutils' ``shell2`` and through
``adb shell`` as a process; the emulated phone takes well below a millisecond of each. Then one phone's rate
of requests is set against that of several at once. With ``--faults``, random faults hit the requests instead:
the numbers then say how many ended in which way, and that none claimed what was not so.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import adbutils

from bridge import Bridge, Outcome, OutcomeStatus
from bridge._deadline import Deadline
from bridge._transport import AdbServer
from bridge.emulator import EmulatedPhone, Fault, PrivateAdbServer
from bridge.errors import BridgeError
from tools_schema import Call, load_tool_set

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main"]

_COMMAND = ("getprop", "ro.build.version.sdk")
_LEVELS = (0, 20, 40, 60, 80, 100)
_LOUDEST = 15  # the index that is 100 % on the emulated phone
_TIMEOUT = 30.0
_SHORT = 2.0  # seconds in which silence is noticed
_WARM_UP = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit code: 1 where a fault led to a false success."""
    parser = argparse.ArgumentParser(prog="python -m bridge.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="commands over each way, requests a phone")
    parser.add_argument("--phones", type=int, default=10, help="phones at once")
    parser.add_argument("--faults", type=int, default=0, metavar="N", help="hit N requests by random faults")
    parser.add_argument("--seed", type=int, default=1, help="of the random faults")
    options = parser.parse_args(arguments)
    with PrivateAdbServer() as server:
        if options.faults:
            return _faults(server, options.faults, options.rounds, random.Random(options.seed))  # noqa: S311 # repeatable
        _overhead(server, options.rounds)
        _rates(server, options.rounds, options.phones)
    return 0


def _overhead(server: PrivateAdbServer, rounds: int) -> None:
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
        server.disconnect(phone.address)
    print(f"One command, {rounds} times over each way in turns:")
    for name, measured in times.items():
        slow = sorted(measured)[int(0.95 * (len(measured) - 1))]
        print(f"  {name:24} median {statistics.median(measured):6.2f} ms, 95 % below {slow:6.2f} ms")


def _rates(server: PrivateAdbServer, rounds: int, count: int) -> None:
    with ExitStack() as stack:
        phones = [stack.enter_context(EmulatedPhone()) for _ in range(count)]
        for phone in phones:
            server.connect(phone.address)
        set_volume = _volume_setter(server)
        for phone in phones:
            set_volume(phone, _LEVELS[0], _TIMEOUT)

        def requests(phone: EmulatedPhone) -> None:
            for number in range(rounds):
                set_volume(phone, _LEVELS[number % len(_LEVELS)], _TIMEOUT)

        start = time.perf_counter()
        requests(phones[0])
        alone = rounds / (time.perf_counter() - start)
        with ThreadPoolExecutor(count) as pool:
            start = time.perf_counter()
            list(pool.map(requests, phones))
            together = count * rounds / (time.perf_counter() - start)
        for phone in phones:
            server.disconnect(phone.address)
    print(f"Requests a second (set_volume, read back): one phone {alone:.1f}, {count} phones {together:.1f}")


def _faults(server: PrivateAdbServer, faults: int, rounds: int, chance: random.Random) -> int:
    ends: Counter[str] = Counter()
    false_successes = 0
    kinds = [fault for fault in Fault if fault is not Fault.SLOW]
    hit = frozenset(chance.sample(range(max(faults, rounds)), faults))
    with EmulatedPhone() as phone:
        server.connect(phone.address)
        set_volume = _volume_setter(server)
        for number in range(max(faults, rounds)):
            if number in hit:
                phone.fail_next(chance.choice(kinds), chance.choice(["--get", "--set", ""]))
            level = chance.choice(_LEVELS)
            try:
                outcome = set_volume(phone, level, _SHORT if number in hit else _TIMEOUT)
            except BridgeError as error:
                ends[f"{type(error).__name__}, nothing done"] += 1
            else:
                ends[f"{outcome.status}{', may have run' if outcome.may_have_run else ''}"] += 1
                is_so = phone.state.volumes["music"] * 100 == level * _LOUDEST
                false_successes += outcome.status is OutcomeStatus.VERIFIED and not is_so
            phone.heal()
        server.disconnect(phone.address)
    print(f"{max(faults, rounds)} requests, {faults} of them with a fault:")
    for end, number in ends.most_common():
        print(f"  {number:6} {end}")
    print(f"  {false_successes:6} false successes")
    return 1 if false_successes else 0


def _volume_setter(server: PrivateAdbServer) -> Callable[[EmulatedPhone, int, float], Outcome]:
    bridge = Bridge(adb_port=server.port)
    tool = load_tool_set("phone").tool("set_volume")
    if tool is None:
        raise LookupError("the tool set has no set_volume")

    def set_volume(phone: EmulatedPhone, level: int, timeout: float) -> Outcome:
        call = Call(tool.name, {"level": level})
        return bridge.execute(call, tool, serial=phone.address, timeout=timeout)

    return set_volume


if __name__ == "__main__":
    sys.exit(main())
