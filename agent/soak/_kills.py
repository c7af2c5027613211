"""Kills a service at every point of a request, again and again, and compares client, journal and phone.

A client asks for timers, each of its own length and with an idempotency key, and asks again where it had no
answer. The emulated phone outlives the services and counts the timers that it was told to set.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from agent.client import IntentAgentClient, Retries, ServiceError
from agent.journal import Answer, CommandState, History, Journal
from agent.soak._kill_faults import Told, faults, faults_of_file
from agent.soak._kill_points import Killer, KillPoint
from agent.soak._services import running_service
from bridge.emulator import EmulatedPhone
from intentagent.v1 import plan_pb2

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from agent.soak._services import Service
    from bridge.emulator import PrivateAdbServer

__all__ = ["soak_kills"]

_SHORTEST = 60
"""The seconds of the first request's timer; each further one is a second longer."""
_IDLE_SECONDS = 60.0
_TOLD_EVERY = 20
_ON_ITS_WAY = "on its way, the intent"


class _Client:
    """Asks for one timer after the other, and for the last one again when the next service is there."""

    def __init__(self, phone: EmulatedPhone, chance: random.Random) -> None:
        self.told: defaultdict[int, Told] = defaultdict(Told)
        self._requests: list[str | plan_pb2.Plan] = []
        self._phone = phone
        self._chance = chance
        self._until_planned = 0.05

    def until_killed(self, service: Service, point: KillPoint) -> int:
        """Ask a service, which is killed at that point of a new request; return the request's number."""
        with self._client(service) as client:
            if self._requests:
                self._ask(client, len(self._requests) - 1)
            client.get_model()  # when this has come, the connection is there
            number = len(self._requests)
            two = point is KillPoint.BETWEEN_CALLS or self._chance.random() < 0.5
            self._requests.append(_two_calls(number) if two else f"timer {_SHORTEST + number}")
            instant = self._chance.uniform(0, self._until_planned)
            with (
                Killer(service, self._phone, point, _SHORTEST + number, instant) as killer,
                suppress(ServiceError),
            ):
                self._ask(client, number, killer)
        return number

    def again(self, service: Service) -> None:
        """Ask for everything once more."""
        with self._client(service) as client:
            for number in range(len(self._requests)):
                self._ask(client, number)

    def _client(self, service: Service) -> IntentAgentClient:
        return IntentAgentClient(service.address, retries=Retries(attempts=1))

    def _ask(self, client: IntentAgentClient, number: int, killer: Killer | None = None) -> None:
        start = time.monotonic()
        for step in client.execute(
            self._requests[number],
            serial=self._phone.address,
            idempotency_key=str(number),
            confirm=lambda _: True,
        ):
            self.told[number].request_ids.add(step.request_id)
            if step.HasField("planned") and not step.repeated:
                self._until_planned = time.monotonic() - start
            if step.HasField("outcome"):
                self.told[number].outcomes[step.outcome.call.tool] = step.outcome
            if killer:
                killer.see(step)


def soak_kills(server: PrivateAdbServer, folder: Path, kills: int, chance: random.Random) -> bool:
    """Kill services, each point as often; print where they were, and return whether nothing is wrong."""
    journal, policy = folder / "journal.sqlite3", folder / "policy.toml"
    settings = {
        "port": 0,
        "adb": f"127.0.0.1:{server.port}",
        "authentication": "off",
        "log_level": "ERROR",
        "journal": journal,
        "policy": policy,
    }
    where: Counter[str] = Counter()
    with EmulatedPhone() as phone:
        server.connect(phone.address)
        client = _Client(phone, chance)
        for point, _ in zip(_points(chance), range(kills), strict=False):
            asks = point is KillPoint.WAITING or chance.random() < 0.5
            policy.write_text(f'[tools.set_timer]\nrisk = "{"CONFIRM" if asks else "SAFE"}"\n')
            with running_service(settings) as service:
                number = client.until_killed(service, point)
            where[_where(journal, number)] += 1
            if where.total() % _TOLD_EVERY == 0:
                print(f"{where.total()} services killed", flush=True)
        with running_service(settings) as service:
            client.again(service)
        phone.wait_until_idle(_IDLE_SECONDS)
        timers = Counter(timer.length - _SHORTEST for timer in phone.state.timers)
        server.disconnect(phone.address)
    with Journal.open(journal) as opened:
        records = tuple(opened.history.all())
    wrong = [*faults_of_file(journal), *faults(records, client.told, timers)]
    _show(where, client.told, timers)
    for fault in wrong:
        print(f"WRONG: {fault}")
    print("nothing is lost, and nothing was done twice" if not wrong else f"{len(wrong)} faults")
    return not wrong


def _points(chance: random.Random) -> Iterator[KillPoint]:
    """Yield points for ever, each of them as often, in any order."""
    while True:
        yield from chance.sample(list(KillPoint), len(KillPoint))


def _two_calls(number: int) -> plan_pb2.Plan:
    plan = plan_pb2.Plan(tool_sets=["phone"], time_zone="UTC")
    plan.calls.add(tool="set_volume").arguments.update({"level": 40})
    plan.calls.add(tool="set_timer").arguments.update({"duration": _SHORTEST + number})
    return plan


def _where(journal: Path, number: int) -> str:
    """Say how far a request had come, by what its killed service left in the journal."""
    with History.open(journal) as history:
        records = history.page(page_size=1).requests
    if not records or records[0].idempotency_key != str(number):
        return "before it was recorded"
    record = records[0]
    if record.finished_at is not None:
        return "after its end"
    if record.planned_at is None:
        return "before it was planned"
    for command in record.commands:
        if command.outcome is None and command.state is CommandState.MAYBE_SENT:
            return f"{_ON_ITS_WAY} {'is recorded' if command.intent else 'not yet'}"
        if command.outcome is None and command.confirmation:
            yes = command.confirmation.answer is Answer.CONFIRMED
            return "after the yes" if yes else "while it waited for a yes"
    if all(command.outcome for command in record.commands):
        return "after its outcome was recorded"
    between = any(command.outcome for command in record.commands)
    return "between two calls" if between else "after it was planned"


def _show(where: Counter[str], told: Mapping[int, Told], timers: Mapping[int, int]) -> None:
    print(f"{where.total()} services killed, each in another request:")
    for point, count in where.most_common():
        print(f"  {count:6} {point}")
    on_its_way = sum(count for point, count in where.items() if point.startswith(_ON_ITS_WAY))
    unsure = sum(any(outcome.may_have_run for outcome in each.outcomes.values()) for each in told.values())
    print(f"  {on_its_way / where.total():.0%} while a call was on its way")
    print(f"  {sum(timers.values())} timers on the phone; of {unsure} requests nobody can tell")
