"""Removing old requests, with everything that belongs to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agent.journal._database import Database
from agent.journal._rows import instant

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["prune", "prune_file"]

_AT_ONCE = 200
"""Requests removed in one transaction, so that one that wants to begin waits some milliseconds at most."""

_OLD = "received_at < ?"
_TOO_MANY = "seq <= (SELECT seq FROM request ORDER BY seq DESC LIMIT 1 OFFSET max(?, 0))"


def prune(database: Database, *, now: datetime, keep_days: float, keep_requests: int | None = None) -> int:
    """Remove finished requests older than ``keep_days``, and the oldest beyond ``keep_requests``.

    Requests that still run stay. An idempotency key is forgotten with its request. Returns how many were
    removed. Raises JournalUnavailable.
    """
    removed = _remove(database, _OLD, instant(now - timedelta(days=keep_days)))
    if keep_requests is not None:
        removed += _remove(database, _TOO_MANY, keep_requests)
    if removed:
        database.shrink()
    return removed


def prune_file(path: Path, *, keep_days: float, keep_requests: int | None = None) -> int:
    """Do what ``prune`` does to a journal's file, also while a service writes to it.

    Raises JournalUnavailable, JournalDamaged and JournalVersion.
    """
    database = Database.beside(path, write=True)
    try:
        return prune(database, now=datetime.now(UTC), keep_days=keep_days, keep_requests=keep_requests)
    finally:
        database.close()


def _remove(database: Database, condition: str, value: int) -> int:
    removed = 0
    while True:
        with database.write() as connection:
            batch = connection.execute(
                "DELETE FROM request WHERE seq IN (SELECT seq FROM request"  # noqa: S608 - conditions are ours
                f" WHERE finished_at IS NOT NULL AND {condition} ORDER BY seq LIMIT {_AT_ONCE})",
                (value,),
            ).rowcount
        removed += batch
        if batch < _AT_ONCE:
            return removed
