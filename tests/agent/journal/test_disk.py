"""A disk that is full, read-only or damaged: a clear error, and nothing may be sent."""

from __future__ import annotations

import resource
import signal
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.errors import JournalDamaged, JournalUnavailable, JournalVersion
from agent.journal import CommandState, Durability, History, Journal, JournalSettings
from agent.journal._database import migrate
from agent.journal._schema import MIGRATIONS
from bridge import Outcome, OutcomeStatus
from tools_schema import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.agent.journal.conftest import Begin, Planned

LIGHT = Call("turn_on_flashlight", {}, "b" * 64)
VERIFIED = Outcome(OutcomeStatus.VERIFIED, "The light is on. " * 4_000, device="phone-1")


@contextmanager
def full_disk(journal: Journal) -> Iterator[None]:
    """Let the database grow no further."""
    connection = journal._database._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        connection.execute("PRAGMA max_page_count = 1000000")


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_on_a_full_disk_no_request_begins_and_the_message_says_what_to_do(
    journal: Journal, begin: Begin
) -> None:
    with full_disk(journal), pytest.raises(JournalUnavailable) as raised:
        begin(conversation_id="x" * 100_000)
    assert "make room" in raised.value.message
    assert (raised.value.code, raised.value.reason) == ("UNAVAILABLE", "JOURNAL_UNWRITABLE")
    assert not begin().repeated


@pytest.mark.parametrize("durability", list(Durability))
def test_where_the_log_cannot_grow_nothing_is_dispatched(path: Path, durability: Durability) -> None:
    with Journal.open(path, settings=JournalSettings(durability)) as journal:
        request_id = journal.begin_request(client="ann", method="Execute", content=b"1").record.id
        journal.record_plan(request_id, [LIGHT], tool_set_hash="")
        log = path.with_name(f"{path.name}-wal").stat().st_size
        with file_size_limit(log), pytest.raises(JournalUnavailable):
            journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")
        record = journal.history.request(request_id)
        assert record is not None
        assert record.commands[0].state is CommandState.NOT_SENT
        journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")


def test_an_outcome_that_finds_the_disk_full_is_written_when_there_is_room(
    journal: Journal, begin: Begin, planned: Planned
) -> None:
    request_id = planned(LIGHT, LIGHT)
    journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")
    with full_disk(journal):
        with pytest.raises(JournalUnavailable):
            journal.record_outcome(request_id, 0, LIGHT, VERIFIED)
        with pytest.raises(JournalUnavailable):
            journal.finish_request(request_id)
        with pytest.raises(JournalUnavailable):
            begin()
        with pytest.raises(JournalUnavailable):
            journal.begin_dispatch(request_id, 1, LIGHT, serial="phone-1")
    begin()
    record = journal.history.request(request_id)
    assert record is not None
    assert record.commands[0].outcome == VERIFIED
    assert record.finished_at is not None


def test_nothing_is_dispatched_without_room_for_what_happens_then(
    path: Path, settings: JournalSettings
) -> None:
    with Journal.open(path, settings=replace(settings, min_free_bytes=1 << 60)) as journal:
        request_id = journal.begin_request(client="ann", method="Execute", content=b"1").record.id
        journal.record_plan(request_id, [LIGHT], tool_set_hash="")
        with pytest.raises(JournalUnavailable):
            journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")


def test_the_record_before_anything_is_sent_is_flushed_where_a_power_loss_shall_not_undo_it(
    path: Path,
) -> None:
    for durability, flushes in ((Durability.POWER_LOSS, 1), (Durability.KILL, 0)):
        with Journal.open(path, settings=JournalSettings(durability)) as journal:
            ran: list[str] = []
            journal._database._connection.set_trace_callback(ran.append)
            request_id = journal.begin_request(client="ann", method="Execute", content=b"1").record.id
            journal.record_plan(request_id, [LIGHT], tool_set_hash="")
            journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")
            assert not any("synchronous" in statement for statement in ran)
            journal.record_sending(request_id, 0, LIGHT, serial="phone-1", intent=None)
            full = [n for n, statement in enumerate(ran) if statement == "PRAGMA synchronous = FULL"]
            assert len(full) == flushes
            if full:
                assert ran[full[0] + 1] == "BEGIN IMMEDIATE"
                assert ran[-2:] == ["COMMIT", "PRAGMA synchronous = NORMAL"]


def test_a_folder_that_cannot_be_written_is_refused_at_the_start() -> None:
    # Not even root can write there.
    with pytest.raises(JournalUnavailable) as raised:
        Journal.open(Path("/proc/self/journal/journal.sqlite3"))
    assert "cannot be written" in raised.value.message


def test_a_journal_that_becomes_read_only_takes_nothing(
    journal: Journal, begin: Begin, planned: Planned
) -> None:
    request_id = planned(LIGHT)
    journal._database._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(JournalUnavailable) as raised:
        begin()
    assert "writable" in raised.value.message
    with pytest.raises(JournalUnavailable):
        journal.begin_dispatch(request_id, 0, LIGHT, serial="phone-1")
    assert journal.history.page().requests


def test_a_closed_journal_takes_nothing(journal: Journal, begin: Begin) -> None:
    journal.close()
    with pytest.raises(JournalUnavailable):
        begin()


def test_a_file_that_is_no_database_is_damaged_and_stays_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 1_000)
    with pytest.raises(JournalDamaged) as raised:
        Journal.open(path)
    assert (raised.value.code, raised.value.reason) == ("DATA_LOSS", "JOURNAL_DAMAGED")
    assert "move it aside" in raised.value.message
    assert path.read_bytes() == b"not a database" * 1_000


def test_a_database_of_another_program_is_refused_and_stays_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(JournalDamaged):
        Journal.open(path)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_schema").fetchall() == [("theirs",)]


def test_damage_inside_the_file_is_told_where_it_is_met(
    path: Path, journal: Journal, planned: Planned
) -> None:
    for _ in range(50):
        planned(*[LIGHT] * 20)
    journal.close()
    contents = bytearray(path.read_bytes())
    contents[8_192:] = b"\xff" * (len(contents) - 8_192)
    path.write_bytes(contents)
    with Journal.open(path) as damaged:
        with pytest.raises(JournalDamaged):
            damaged.recover()
        with pytest.raises(JournalDamaged):
            damaged.history.page()


def test_a_journal_that_was_interrupted_is_checked_before_it_is_used(
    path: Path, tmp_path: Path, planned: Planned
) -> None:
    for _ in range(50):
        planned(*[LIGHT] * 20)
    # A copy of a journal in use is what a kill leaves: the file and its log.
    copy = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("PRAGMA wal_checkpoint(PASSIVE)")
    contents = bytearray(path.read_bytes())
    contents[12_288:20_480] = b"\xff" * 8_192
    copy.write_bytes(contents)
    log = path.with_name(f"{path.name}-wal").read_bytes()
    copy.with_name(f"{copy.name}-wal").write_bytes(b"\0" * len(log))
    with pytest.raises(JournalDamaged):
        Journal.open(copy)


def test_a_journal_of_a_newer_program_is_left_alone(path: Path, journal: Journal) -> None:
    journal._database._connection.execute("PRAGMA user_version = 999")
    journal.close()
    for opened in (Journal.open, History.open):
        with pytest.raises(JournalVersion):
            opened(path)


def test_an_older_journal_is_converted_by_the_service_and_only_by_it(
    path: Path, journal: Journal, planned: Planned
) -> None:
    planned(LIGHT)
    newer = (*MIGRATIONS, "ALTER TABLE request ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue';")
    connection = journal._database._connection
    migrate(path, connection, newer)
    assert connection.execute("SELECT colour FROM request").fetchone()[0] == "blue"
    assert connection.execute("PRAGMA user_version").fetchone()[0] == len(newer)
    connection.execute("PRAGMA user_version = 0")
    with pytest.raises(JournalVersion):
        History.open(path)


def test_a_conversion_that_fails_changes_nothing(path: Path, journal: Journal, planned: Planned) -> None:
    planned(LIGHT)
    broken = (*MIGRATIONS, "ALTER TABLE request ADD COLUMN colour TEXT; SELECT * FROM nowhere;")
    connection = journal._database._connection
    with pytest.raises(sqlite3.OperationalError):
        migrate(path, connection, broken)
    columns = [row["name"] for row in connection.execute("PRAGMA table_info(request)")]
    assert "colour" not in columns
    assert len(journal.history.page().requests) == 1


def test_a_history_that_does_not_exist_says_so(path: Path) -> None:
    with pytest.raises(JournalUnavailable) as raised:
        History.open(path)
    assert "no journal" in raised.value.message
