"""Kills a service at random instants, again and again, and compares client, journal and phone afterwards.

A client asks for timers, each of its own length and with an idempotency key, and asks again where it had no
answer. The emulated phone outlives the services and counts the timers that it was told to set.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter, defaultdict
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.client import IntentAgentClient, Retries, ServiceError
from agent.journal import INTERRUPTED, Answer, CommandState, History, Journal
from agent.soak._services import running_service
from bridge.emulator import EmulatedPhone
from intentagent.v1 import outcome_pb2, plan_pb2

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from agent.journal import RequestRecord
    from agent.soak._services import Service
    from bridge.emulator import PrivateAdbServer

__all__ = ["soak_kills"]

_SHORTEST = 60
"""The seconds of the first request's timer; each further one is a second longer."""
_IDLE_SECONDS = 60.0
_LONGER = 1.25
_TOLD_EVERY = 20


@dataclass
class _Asked:
    """What the client was told of a request: its identifiers, and the last outcome."""

    request_ids: set[str] = field(default_factory=set)
    outcome: outcome_pb2.Outcome | None = None


class _Client:
    """Asks for one timer after the other."""

    def __init__(self, serial: str) -> None:
        self.asked: defaultdict[int, _Asked] = defaultdict(_Asked)
        self.usual = 1.0
        self._serial = serial
        self._number = 0

    def until_killed(self, service: Service, instant: float) -> None:
        """Go on asking a service, which is killed after some seconds."""
        killing = threading.Timer(instant, service.process.kill)
        with suppress(ServiceError), self._client(service) as client:
            client.get_model()  # when this has come, the connection is there
            start = time.monotonic()
            # Only quick requests end before the kill: without this, the kills would come ever earlier.
            self.usual *= _LONGER
            killing.start()
            self._ask(client, self._number)
            # The first request of a service takes longest; kills shall hit all of it, and what follows.
            self.usual = time.monotonic() - start
            while True:
                self._number += 1
                self._ask(client, self._number)
        killing.join()

    def again(self, service: Service) -> None:
        """Ask for everything once more."""
        with self._client(service) as client:
            for number in range(self._number + 1):
                self._ask(client, number)

    def _client(self, service: Service) -> IntentAgentClient:
        return IntentAgentClient(service.address, retries=Retries(attempts=1))

    def _ask(self, client: IntentAgentClient, number: int) -> None:
        request = _two_calls(number) if number % 2 else f"timer {_SHORTEST + number}"
        for step in client.execute(
            request, serial=self._serial, idempotency_key=str(number), confirm=lambda _: True
        ):
            self.asked[number].request_ids.add(step.request_id)
            if step.HasField("outcome"):
                self.asked[number].outcome = step.outcome


def soak_kills(server: PrivateAdbServer, folder: Path, kills: int, chance: random.Random) -> bool:
    """Kill services until ``kills`` requests were hit; print where, and return whether nothing is wrong."""
    journal, policy = folder / "journal.sqlite3", folder / "policy.toml"
    settings = {
        "port": 0,
        "adb": f"127.0.0.1:{server.port}",
        "authentication": "off",
        "log_level": "ERROR",
        "journal": journal,
        "policy": policy,
    }
    with EmulatedPhone() as phone:
        server.connect(phone.address)
        client = _Client(phone.address)
        hits = services = 0
        while hits < kills:
            # Every second service has to ask before it sets a timer.
            policy.write_text(f'[tools.set_timer]\nrisk = "{"CONFIRM" if services % 2 else "SAFE"}"\n')
            with running_service(settings) as service:
                client.until_killed(service, chance.uniform(0, 1.5 * client.usual))
            services += 1
            if hit := _open_requests(journal):
                hits += hit
                if hits % _TOLD_EVERY == 0:
                    print(f"{hits} requests hit, {services} services killed", flush=True)
        with running_service(settings) as service:
            client.again(service)
        phone.wait_until_idle(_IDLE_SECONDS)
        timers = Counter(timer.length - _SHORTEST for timer in phone.state.timers)
        server.disconnect(phone.address)
    with Journal.open(journal) as opened:
        records = tuple(opened.history.all())
    wrong = [*_faults_of_file(journal), *_faults(records, client.asked, timers)]
    _show(services, records, client.asked, timers)
    for fault in wrong:
        print(f"WRONG: {fault}")
    print("nothing is lost, and nothing was done twice" if not wrong else f"{len(wrong)} faults")
    return not wrong


def _open_requests(journal: Path) -> int:
    with History.open(journal) as history:
        return sum(record.finished_at is None for record in history.page(page_size=1).requests)


def _two_calls(number: int) -> plan_pb2.Plan:
    plan = plan_pb2.Plan(tool_sets=["phone"], time_zone="UTC")
    plan.calls.add(tool="set_volume").arguments.update({"level": 40})
    plan.calls.add(tool="set_timer").arguments.update({"duration": _SHORTEST + number})
    return plan


def _faults_of_file(journal: Path) -> Iterator[str]:
    with closing(sqlite3.connect(journal)) as connection:
        for check in ("integrity_check", "foreign_key_check"):
            for row in connection.execute(f"PRAGMA {check}"):
                if row != ("ok",):
                    yield f"the journal's file: {row}"


def _faults(
    records: tuple[RequestRecord, ...], asked: Mapping[int, _Asked], timers: Mapping[int, int]
) -> Iterator[str]:
    known = {record.id for record in records}
    for number, told in asked.items():
        mine = [record for record in records if record.idempotency_key == str(number)]
        commands = [c for record in mine for c in record.commands if c.call.name == "set_timer"]
        sent = [command for command in commands if command.state is not CommandState.NOT_SENT]
        reached = timers.get(number, 0)
        if lost := told.request_ids - known:
            yield f"request {number}: the client knows {lost}, the journal does not"
        if any(record.finished_at is None for record in mine):
            yield f"request {number} is open"
        if reached > 1 or len(sent) > 1:
            yield f"request {number}: {reached} timers on the phone, {len(sent)} commands sent"
        if reached and not any(command.intent for command in sent):
            yield f"request {number} is on the phone, and the journal had no intent before it was"
        if not reached and any(command.state is CommandState.DONE for command in sent):
            yield f"request {number} is done, and the phone knows nothing of it"
        if told.outcome is None:
            yield f"request {number} has no answer"
        elif told.outcome.call.tool == "set_volume":
            # Killed between its two calls: the first is told again, and the second never sent.
            if reached:
                yield f"request {number}: the timer is set, and the client was not told"
        elif told.outcome.status == outcome_pb2.OUTCOME_STATUS_REQUESTED:
            if not reached:
                yield f"request {number}: the client was told that it is done, and it is not"
        elif not told.outcome.may_have_run:
            yield f"request {number} ended with {told.outcome.message}"


def _show(
    services: int, records: tuple[RequestRecord, ...], asked: Mapping[int, _Asked], timers: Mapping[int, int]
) -> None:
    hit = Counter(_where(record) for record in records if record.error == INTERRUPTED)
    print(f"{services} services killed, {hit.total()} of them in the middle of one of {len(asked)} requests:")
    for where, count in hit.most_common():
        print(f"  {count:6} {where}")
    unsure = sum(told.outcome is not None and told.outcome.may_have_run for told in asked.values())
    print(f"  {sum(timers.values())} timers on the phone; of {unsure} requests nobody can tell")


def _where(record: RequestRecord) -> str:
    """Say how far a request had come when its service was killed."""
    if record.planned_at is None:
        return "before it was planned"
    for command in record.commands:
        if command.outcome is None and command.state is CommandState.MAYBE_SENT:
            return f"on its way, the intent {'is recorded' if command.intent else 'not yet'}"
        if command.outcome is None and command.confirmation:
            yes = command.confirmation.answer is Answer.CONFIRMED
            return "after the yes" if yes else "while it waited for a yes"
    if all(command.outcome for command in record.commands):
        return "after its outcome was recorded"
    return (
        "between two calls" if any(command.outcome for command in record.commands) else "after it was planned"
    )
