from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from agent.errors import JournalUnavailable
from agent.journal import Journal, JournalSettings, prune_file
from bridge import Evidence, Outcome, OutcomeStatus
from tools_schema import Call

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agent.journal.conftest import Begin, Clock, Planned

LIGHT = Call("turn_on_flashlight")
LONG = Outcome(OutcomeStatus.VERIFIED, "Done.", (Evidence(("dumpsys",), "x" * 4_000),))


def sent(journal: Journal, request_id: str) -> str:
    journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")
    journal.record_outcome(request_id, 0, LIGHT, LONG)
    journal.finish_request(request_id)
    return request_id


def kept(journal: Journal) -> list[str]:
    return [record.id for record in journal.history.all()]


def test_requests_are_removed_after_their_time_with_what_belongs_to_them(
    journal: Journal, planned: Planned, clock: Clock
) -> None:
    sent(journal, planned(LIGHT))
    clock.advance(days=89)
    young = sent(journal, planned(LIGHT))
    clock.advance(days=2)
    assert journal.prune() == 1
    assert kept(journal) == [young]
    connection = journal._database._connection
    assert connection.execute("SELECT count(*) FROM command").fetchone()[0] == 1


def test_a_request_that_still_runs_stays(journal: Journal, planned: Planned, clock: Clock) -> None:
    running = planned(LIGHT, key="k")
    clock.advance(days=1_000)
    assert journal.prune() == 0
    assert kept(journal) == [running]


def test_the_oldest_go_where_there_are_too_many(path: Path, settings: JournalSettings, clock: Clock) -> None:
    with Journal.open(path, settings=replace(settings, keep_requests=3), clock=clock) as journal:
        made = []
        for number in range(450):
            request_id = journal.begin_request(client="ann", method="Plan", content=bytes(number)).record.id
            journal.finish_request(request_id)
            made.append(request_id)
        assert journal.prune() == 447
        assert kept(journal) == made[-3:][::-1]
        assert journal.prune() == 0


def test_a_key_is_forgotten_with_its_request(
    journal: Journal, begin: Begin, planned: Planned, clock: Clock
) -> None:
    sent(journal, planned(LIGHT, key="k"))
    assert begin("k").repeated
    clock.advance(days=91)
    journal.prune()
    assert not begin("k").repeated


def test_the_file_gets_smaller(path: Path, journal: Journal, planned: Planned, clock: Clock) -> None:
    for _ in range(50):
        sent(journal, planned(LIGHT))
    connection = journal._database._connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.stat().st_size
    clock.advance(days=91)
    journal.prune()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert path.stat().st_size < before / 2


def test_a_service_prunes_at_its_start_and_now_and_then(
    path: Path, settings: JournalSettings, clock: Clock
) -> None:
    with Journal.open(path, settings=settings, clock=clock) as journal:
        old = journal.begin_request(client="ann", method="Plan", content=b"").record.id
        journal.finish_request(old)
        clock.advance(days=91)
        journal.recover()
        assert kept(journal) == []
        for _ in range(1_000):
            request_id = journal.begin_request(client="ann", method="Plan", content=b"").record.id
            journal.finish_request(request_id)
            clock.advance(hours=12)
        assert len(kept(journal)) < 1_000


def test_old_requests_are_removed_from_outside_while_a_service_runs(
    path: Path, journal: Journal, begin: Begin, planned: Planned
) -> None:
    sent(journal, planned(LIGHT))
    running = planned(LIGHT)
    # The test's clock stands in the past.
    assert prune_file(path, keep_days=0) == 1
    assert kept(journal) == [running]
    begin()


def test_pruning_nothing_needs_a_journal(path: Path) -> None:
    with pytest.raises(JournalUnavailable):
        prune_file(path, keep_days=1)
    assert not path.exists()
