"""Compares what a client was told, what the journal has and what the phone did after kills."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.journal import CommandState
from intentagent.v1 import outcome_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from agent.journal import CommandRecord, RequestRecord

__all__ = ["Told", "faults", "faults_of_file"]


@dataclass
class Told:
    """What the client was told of a request: its identifiers, and the last outcome of each call."""

    request_ids: set[str] = field(default_factory=set)
    outcomes: dict[str, outcome_pb2.Outcome] = field(default_factory=dict)


def faults_of_file(journal: Path) -> Iterator[str]:
    """Yield what is wrong with the journal's file."""
    with closing(sqlite3.connect(journal)) as connection:
        for check in ("integrity_check", "foreign_key_check"):
            for row in connection.execute(f"PRAGMA {check}"):
                if row != ("ok",):
                    yield f"the journal's file: {row}"


def faults(
    records: tuple[RequestRecord, ...], told: Mapping[int, Told], timers: Mapping[int, int]
) -> Iterator[str]:
    """Yield what does not fit, by the numbers of requests, which are their idempotency keys.

    Each request sets one timer; ``timers`` counts those on the phone.
    """
    known = {record.id for record in records}
    for number, answer in told.items():
        mine = [record for record in records if record.idempotency_key == str(number)]
        if lost := answer.request_ids - known:
            yield f"request {number}: the client knows {lost}, the journal does not"
        if any(record.finished_at is None for record in mine):
            yield f"request {number} is open"
        for fault in (
            *_of_journal(mine, timers.get(number, 0)),
            *_of_answer(mine, answer, timers.get(number, 0)),
        ):
            yield f"request {number}: {fault}"


def _of_journal(records: list[RequestRecord], reached: int) -> Iterator[str]:
    sent = _sent(records, "set_timer")
    if reached > 1 or len(sent) > 1:
        yield f"{reached} timers on the phone, {len(sent)} commands sent"
    if reached and not any(command.intent for command in sent):
        yield "it is on the phone, and the journal had no intent before it was"
    if not reached and any(command.state is CommandState.DONE for command in sent):
        yield "it is done, and the phone knows nothing of it"


def _of_answer(records: list[RequestRecord], answer: Told, reached: int) -> Iterator[str]:
    outcome = answer.outcomes.get("set_timer")
    if outcome is None:
        volume = answer.outcomes.get("set_volume")
        if volume is None or not volume.may_have_run:
            yield "the client was not told what became of the timer"
        elif reached or _sent(records, "set_timer"):
            yield "the client was told that it ended at the volume, and the timer was sent"
    elif outcome.status == outcome_pb2.OUTCOME_STATUS_REQUESTED:
        if not reached:
            yield "the client was told that it is done, and it is not"
    elif outcome.status != outcome_pb2.OUTCOME_STATUS_FAILED:
        yield f"it ended with {outcome.message}"
    elif outcome.may_have_run:
        if not _sent(records, "set_timer"):
            yield "the client was told that it may have been done, and the journal says that it was not sent"
    elif reached or _sent(records, "set_timer"):
        yield f"the client was told: {outcome.message}"
    elif not _sent(records, "set_volume"):
        # A request of which nothing was sent is free to be made again, and so should have ended well.
        yield f"nothing of it was sent, and asked again it ended with {outcome.message}"


def _sent(records: list[RequestRecord], tool: str) -> list[CommandRecord]:
    commands = [command for record in records for command in record.commands if command.call.name == tool]
    return [command for command in commands if command.state is not CommandState.NOT_SENT]
