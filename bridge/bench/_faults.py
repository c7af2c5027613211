"""Random requests of which some meet a fault: what is claimed is compared with what the phone has become.

A request that takes longer than ``_HANG`` seconds ends the program with the stacks of all threads.
"""

from __future__ import annotations

import faulthandler
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge._bridge import Bridge
from bridge.bench._dispatch import tool_named
from bridge.bench._resources import Resources
from bridge.emulator import EmulatedPhone, Fault, PhoneState
from bridge.errors import BridgeError
from bridge.outcome import OutcomeStatus
from tools_schema import Call, Tool, Value

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from bridge.emulator import PrivateAdbServer

__all__ = ["run_with_faults"]

_PATIENT, _SHORT = 60.0, 2.0  # seconds; the latter where a fault may be silence
_IDLE = 20.0
_HANG = 180.0
_TOLD_EVERY = 500
_LOUDEST = 15  # the index of the music that is 100 % on the emulated phone
_CLAIMS = (OutcomeStatus.VERIFIED, OutcomeStatus.OPENED, OutcomeStatus.REQUESTED)


@dataclass(frozen=True, slots=True)
class _Request:
    """A request: what makes the phone ready for it, the commands that it runs, and whether it is done."""

    tool: str
    arguments: Mapping[str, Value]
    commands: tuple[str, ...]
    prepare: Callable[[PhoneState], None]
    is_done: Callable[[PhoneState], bool]


@dataclass
class _Tally:
    ends: Counter[str] = field(default_factory=Counter)
    false_claims: list[str] = field(default_factory=list)
    done_unsaid: int = 0
    slowest: float = 0.0
    never_idle: int = 0


def run_with_faults(server: PrivateAdbServer, rounds: int, faults: int, chance: random.Random) -> bool:
    """Do random requests, print how they ended, and return whether nothing false was claimed nor left."""
    hit = frozenset(chance.sample(range(rounds), faults))
    tools: dict[str, Tool] = {}
    tally = _Tally()
    before = Resources.now()
    start = time.perf_counter()
    with EmulatedPhone() as phone:
        server.connect(phone.address)
        bridge = Bridge(adb_port=server.port)
        for number in range(rounds):
            if number and number % _TOLD_EVERY == 0:
                print(f"{number} of {rounds} requests", file=sys.stderr, flush=True)
            request = _random_request(chance)
            tool = tools.setdefault(request.tool, tool_named(request.tool))
            request.prepare(phone.state)
            what = request.tool
            if number in hit:
                fault = chance.choice(list(Fault))
                command = chance.choice(request.commands)
                phone.fail_next(fault, command)
                what = f"{request.tool}, {fault.name} at {command!r}"
            faulthandler.dump_traceback_later(_HANG, exit=True, file=sys.__stderr__ or sys.stderr)
            _do(bridge, phone, request, tool, tally, what=what, timeout=_SHORT if number in hit else _PATIENT)
            faulthandler.cancel_dump_traceback_later()
            phone.heal()
        server.disconnect(phone.address)
    after = Resources.now()
    print(f"{rounds} requests, {faults} of them with a fault, {time.perf_counter() - start:.0f} s:")
    _show(tally)
    print(f"  before: {before}\n  after:  {after}")
    return not tally.false_claims and not tally.never_idle and before == after


def _do(
    bridge: Bridge,
    phone: EmulatedPhone,
    request: _Request,
    tool: Tool,
    tally: _Tally,
    *,
    what: str,
    timeout: float,
) -> None:
    start = time.perf_counter()
    call = Call(request.tool, request.arguments)
    claimed = unsure = False
    try:
        outcome = bridge.execute(call, tool, serial=phone.address, timeout=timeout)
    except BridgeError as error:
        end = f"{type(error).__name__}, nothing done"
    else:
        claimed, unsure = outcome.status in _CLAIMS, outcome.may_have_run
        end = f"{outcome.status}{', may have run' if unsure else ''}"
    tally.slowest = max(tally.slowest, time.perf_counter() - start)
    tally.never_idle += not phone.wait_until_idle(_IDLE)
    tally.ends[end] += 1
    is_done = request.is_done(phone.state)
    if claimed and not is_done:
        tally.false_claims.append(f"{end}: {what}")
    tally.done_unsaid += is_done and not claimed and not unsure


def _show(tally: _Tally) -> None:
    for end, number in tally.ends.most_common():
        print(f"  {number:6} {end}")
    print(f"  {len(tally.false_claims):6} false successes")
    for false in tally.false_claims:
        print(f"         {false}")
    print(f"  {tally.done_unsaid:6} done and told as failed")
    print(f"  {tally.never_idle:6} commands that ran on after their request")
    print(f"  the slowest request took {tally.slowest:.1f} s")


def _random_request(chance: random.Random) -> _Request:
    return chance.choice((_volume, _alarm, _timer, _bluetooth, _flashlight, _message, _page))(chance)


def _volume(chance: random.Random) -> _Request:
    level = chance.choice((20, 40, 60, 80, 100))
    index = level * _LOUDEST // 100

    def silence(state: PhoneState) -> None:
        state.volumes["music"] = 0

    return _Request(
        *("set_volume", {"level": level}, ("--get", "--set", ""), silence),
        lambda state: state.volumes["music"] == index,
    )


def _alarm(chance: random.Random) -> _Request:
    hour, minute = chance.randrange(24), chance.randrange(60)
    return _Request(
        *("set_alarm", {"time": f"{hour:02}:{minute:02}"}, ("date", "am start", "dumpsys alarm", "")),
        lambda state: state.alarms.clear(),
        lambda state: [(alarm.hour, alarm.minute) for alarm in state.alarms] == [(hour, minute)],
    )


def _timer(chance: random.Random) -> _Request:
    length = chance.randrange(1, 86400)
    return _Request(
        *("set_timer", {"duration": length}, ("am start", ""), lambda state: state.timers.clear()),
        lambda state: [timer.length for timer in state.timers] == [length],
    )


def _bluetooth(chance: random.Random) -> _Request:
    on = chance.choice((True, False))
    return _Request(
        *("set_bluetooth", {"on": on}, ("cmd bluetooth_manager", "settings get", "")),
        lambda state: state.switch("global", "bluetooth_on", not on),
        lambda state: state.bluetooth is on,
    )


def _flashlight(chance: random.Random) -> _Request:
    on = chance.choice((True, False))

    def turn_over(state: PhoneState) -> None:
        state.torch = not on
        state.panel = None

    return _Request(
        *(f"turn_{'on' if on else 'off'}_flashlight", {}),
        ("cmd statusbar", "uiautomator dump", "cat", "input tap", ""),
        turn_over,
        lambda state: state.torch is on,
    )


def _message(chance: random.Random) -> _Request:
    body = f"{chance.random()} $(reboot) 'and' \"so\" on\n"

    def forget(state: PhoneState) -> None:
        state.sms_draft = None

    return _Request(
        *("send_sms", {"to": "+49301234", "body": body}, ("am start", "dumpsys activity", ""), forget),
        lambda state: state.sms_draft is not None and state.sms_draft.body == body,
    )


def _page(chance: random.Random) -> _Request:
    url = f"https://x.example/{chance.random()}?a=1&b=2"

    def forget(state: PhoneState) -> None:
        state.browser_url = None

    return _Request(
        *("open_url", {"url": url}, ("am start", "dumpsys activity", ""), forget),
        lambda state: state.browser_url == url,
    )
