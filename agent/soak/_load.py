"""Many clients at once with every kind of request, for long: all are answered, and memory stays flat.

A request is lost where it has no answer, or where a timer that it set is not on its phone exactly once.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.client import AsyncIntentAgentClient, Retries, ServiceError
from agent.soak._services import running_service
from bridge.emulator import EmulatedPhone
from intentagent.v1 import outcome_pb2

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from pathlib import Path

    from agent.soak._services import Service
    from bridge.emulator import PrivateAdbServer

__all__ = ["soak_load"]

_PHONES = 4
_TIMEOUT = 600.0
_WARM_UP = 0.2
"""The part of the requests after which memory is measured for the first time: two of each client at least."""
_GROWTH = 0.05
_TOLD = 10
"""How often memory is shown."""


class _Unexpected(Exception):  # noqa: N818 - it says what happened
    """An answer that is not the one to what was asked."""


@dataclass
class _Tally:
    answered: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    timers: Counter[tuple[str, int]] = field(default_factory=Counter)
    resident: list[int] = field(default_factory=list)

    @property
    def ended(self) -> int:
        return self.answered.total() + self.failed.total()


def soak_load(server: PrivateAdbServer, folder: Path, clients: int, requests: int) -> bool:
    """Send requests, print what came of them and how memory went; return whether nothing is wrong."""
    settings = {
        "port": 0,
        "adb": f"127.0.0.1:{server.port}",
        "authentication": "off",
        "log_level": "ERROR",
        "journal": folder / "journal.sqlite3",
        "watchers": clients,
        # Without authentication all are one client to the service, with one share of what is remembered.
        "conversations_per_client": 4 * clients,
    }
    with ExitStack() as stack:
        phones = [stack.enter_context(EmulatedPhone()) for _ in range(_PHONES)]
        for phone in phones:
            server.connect(phone.address)
            stack.callback(server.disconnect, phone.address)
        service = stack.enter_context(running_service(settings))
        start = time.monotonic()
        tally = asyncio.run(_run(service, [phone.address for phone in phones], clients, requests))
        seconds = time.monotonic() - start
        timers = Counter((phone.address, timer.length) for phone in phones for timer in phone.state.timers)
    return _report(tally, timers, requests, seconds)


async def _run(service: Service, serials: Sequence[str], clients: int, requests: int) -> _Tally:
    tally = _Tally()
    numbers = iter(range(requests))
    first = min(max(int(requests * _WARM_UP), 2 * clients), requests)
    shown = iter([first + (requests - first) * part // _TOLD for part in range(_TOLD + 1)])
    milestone = next(shown)

    def ended() -> None:
        nonlocal milestone
        if tally.ended >= milestone:
            tally.resident.append(service.resident_bytes())
            print(f"{tally.ended:6} requests, {tally.resident[-1] / (1 << 20):.1f} MiB", flush=True)
            milestone = next(shown, requests + 1)

    async with AsyncExitStack() as stack:
        retries = Retries(attempts=100)
        opened = [
            await stack.enter_async_context(
                AsyncIntentAgentClient(service.address, timeout=_TIMEOUT, retries=retries)
            )
            for _ in range(clients)
        ]
        async with asyncio.TaskGroup() as group:
            for client in opened:
                group.create_task(_requests(client, numbers, serials, tally, ended))
    return tally


async def _requests(
    client: AsyncIntentAgentClient,
    numbers: Iterator[int],
    serials: Sequence[str],
    tally: _Tally,
    ended: Callable[[], None],
) -> None:
    for number in numbers:
        name, ask = _KINDS[number % len(_KINDS)]
        try:
            await ask(client, serials[number % len(serials)], number, tally)
        except ServiceError as error:
            tally.failed[f"{name}: {error.code} {error.reason}: {error}"] += 1
        except _Unexpected as error:
            tally.failed[f"{name}: {error}"] += 1
        else:
            tally.answered[name] += 1
        ended()


async def _plan(client: AsyncIntentAgentClient, _serial: str, number: int, _tally: _Tally) -> None:
    plan = await client.plan(f"timer {number + 1}")
    _expect(plan.calls[0].arguments["duration"] == number + 1, "another plan")


async def _execute(client: AsyncIntentAgentClient, serial: str, number: int, tally: _Tally) -> None:
    last = None
    async for step in client.execute(f"timer {number + 1}", serial=serial):
        last = step
    _expect(last is not None and last.outcome.status == outcome_pb2.OUTCOME_STATUS_REQUESTED, "no timer")
    tally.timers[serial, number + 1] += 1


async def _call(client: AsyncIntentAgentClient, serial: str, number: int, tally: _Tally) -> None:
    outcome = await client.call_tool("set_timer", {"duration": number + 1}, serial=serial)
    _expect(outcome.status == outcome_pb2.OUTCOME_STATUS_REQUESTED, outcome.message)
    tally.timers[serial, number + 1] += 1


async def _converse(client: AsyncIntentAgentClient, _serial: str, number: int, _tally: _Tally) -> None:
    first = await client.converse(f"timer {number + 1}")
    second = await client.converse("timer 5", conversation_id=first.conversation_id)
    _expect(second.conversation_id == first.conversation_id, "another conversation")
    records = [record async for record in client.history(request_id=first.request_id)]
    _expect([record.text for record in records] == [f"timer {number + 1}"], "no record")


async def _look(client: AsyncIntentAgentClient, serial: str, _number: int, _tally: _Tally) -> None:
    devices = await client.list_devices()
    _expect(serial in {device.serial for device in devices}, "a device is missing")
    await client.get_model()
    await client.list_tools()


async def _watch(client: AsyncIntentAgentClient, _serial: str, _number: int, _tally: _Tally) -> None:
    changes = client.watch_devices()
    _expect(bool((await anext(changes)).device.state), "no state")
    await changes.aclose()


def _expect(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise _Unexpected(otherwise)


_KINDS: tuple[tuple[str, Callable[[AsyncIntentAgentClient, str, int, _Tally], Awaitable[None]]], ...] = (
    ("Plan", _plan),
    ("Execute words", _execute),
    ("Plan", _plan),
    ("Execute a plan", _call),
    ("a conversation", _converse),
    ("Plan", _plan),
    ("Execute words", _execute),
    ("tools, devices, model", _look),
    ("Execute words", _execute),
    ("WatchDevices", _watch),
)


def _report(tally: _Tally, timers: Counter[tuple[str, int]], requests: int, seconds: float) -> bool:
    print(f"{requests} requests, {tally.ended} ended, {seconds:.0f} s, {requests / seconds:.1f} a second:")
    for name, count in tally.answered.most_common():
        print(f"  {count:6} {name}")
    for name, count in tally.failed.most_common():
        print(f"  {count:6} WRONG: {name}")
    lost, double = tally.timers - timers, timers - tally.timers
    print(f"  {timers.total()} timers on the phones, {lost.total()} lost, {double.total()} unanswered")
    growth = tally.resident[-1] / tally.resident[0] - 1
    print(f"  memory {growth:+.1%} since it was measured first; {_GROWTH:.0%} are allowed")
    all_answered = tally.ended == requests and not tally.failed and not lost and not double
    return all_answered and growth < _GROWTH
