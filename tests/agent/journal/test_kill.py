"""Kill -9 at more than 200 instants of a dispatch loop; then the journal, the phone and the client agree."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from agent.journal import CommandState, Journal, RequestRecord

LOOP = Path(__file__).with_name("dispatch_loop.py")
ROOT = Path(__file__).parents[3]
KILLS = 55


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_no_kill_loses_a_record_or_sends_twice(tmp_path: Path, seed: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, str(LOOP), str(tmp_path), str(seed), str(KILLS)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, str(KILLS)), ran.stderr

    sent = [line.split() for line in (tmp_path / "phone").read_text().splitlines()]
    told = [line.split() for line in (tmp_path / "told").read_text().splitlines()]
    assert len(sent) > KILLS  # the services did work, and were not killed right at the start

    with Journal.open(tmp_path / "journal.sqlite3") as journal:
        journal.recover()
        records = {record.id: record for record in journal.history.all()}

    # Nothing is sent twice, be it under one key.
    assert max(Counter((key, index) for key, _, index in sent).values()) == 1
    # Everything that the phone got is in the journal as sent, perhaps.
    for _, request_id, index in sent:
        assert records[request_id].commands[int(index)].state is not CommandState.NOT_SENT
        assert records[request_id].commands[int(index)].intent is not None
    # Every command that is done has reached the phone, and none that is not sent.
    reached = {(request_id, int(index)) for _, request_id, index in sent}
    for record in records.values():
        assert record.finished_at is not None
        for command in record.commands:
            if command.state is CommandState.DONE:
                assert (record.id, command.index) in reached
            if command.state is CommandState.NOT_SENT:
                assert (record.id, command.index) not in reached
    check_told(records, told)


def check_told(records: dict[str, RequestRecord], told: list[list[str]]) -> None:
    """Check that what a service knew before it died is still so."""
    at_least = defaultdict(lambda: CommandState.NOT_SENT)
    for step, _, request_id, *index in told:
        record = records[request_id]
        if step in {"planned", "confirmed"}:
            assert len(record.commands) == 2
        if step == "confirmed":
            assert record.commands[1].confirmation is not None
        if step == "dispatching":
            at_least[request_id, int(index[0])] = CommandState.MAYBE_SENT
        if step == "done":
            at_least[request_id, int(index[0])] = CommandState.DONE
        if step == "finished":
            assert record.error == ""
    order = list(CommandState)
    for (request_id, position), state in at_least.items():
        assert order.index(records[request_id].commands[position].state) >= order.index(state)
