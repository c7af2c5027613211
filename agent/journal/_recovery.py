"""Closing what a service that stopped in the middle left behind."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from agent.journal._records import CommandState, Recovery
from agent.journal._rows import instant, request_records
from agent.journal._tables import finish

if TYPE_CHECKING:
    from datetime import datetime

    from agent.journal._database import Database

__all__ = ["close_open"]


def close_open(database: Database, *, now: datetime, error: str) -> Recovery:
    """End every request that has not ended, with that error, and return what was not and maybe sent of them.

    Raises JournalUnavailable.
    """
    with database.write() as connection:
        rows = connection.execute("SELECT * FROM request WHERE finished_at IS NULL").fetchall()
        left = [
            dataclasses.replace(command, finished_at=now)
            for record in request_records(connection, rows)
            for command in record.commands
            if command.finished_at is None
        ]
        for row in rows:
            finish(connection, row["seq"], instant(now), error)
    return Recovery(
        requests=len(rows),
        not_sent=tuple(command for command in left if command.state is CommandState.NOT_SENT),
        maybe_sent=tuple(command for command in left if command.state is CommandState.MAYBE_SENT),
    )
