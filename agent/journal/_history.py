"""What was done, newest first: filters and pages."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Self

from agent.errors import InvalidPageToken
from agent.journal._database import Database
from agent.journal._hashes import content_hash
from agent.journal._rows import instant, request_records, to_json

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from agent.journal._records import CommandState, RequestRecord
    from bridge import OutcomeStatus

__all__ = ["History", "HistoryFilter", "HistoryPage"]

PAGE_SIZE = 50
LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which requests are meant; a field that is empty or None leaves all.

    ``since`` is inclusive and ``until`` exclusive, both with a time zone, for the moment when the request
    came. ``device`` (a serial), ``tool``, ``state`` and ``status`` (of the outcome) are those of one command:
    a request is meant where one of its commands has all that is given.
    """

    since: datetime | None = None
    until: datetime | None = None
    client: str = ""
    conversation_id: str = ""
    device: str = ""
    tool: str = ""
    state: CommandState | None = None
    status: OutcomeStatus | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some requests, newest first, and the token of the next page; it is empty on the last one."""

    requests: tuple[RequestRecord, ...]
    next_page_token: str = ""


class History:
    """Reads a journal, also while a service writes to it; thread-safe. All raise JournalUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a journal's file for reading.

        Raises JournalUnavailable where there is none, JournalDamaged and JournalVersion.
        """
        return cls(Database.beside(path))

    def page(
        self, chosen: HistoryFilter | None = None, *, page_size: int = 0, page_token: str = ""
    ) -> HistoryPage:
        """Return a page of the requests that a filter means, newest first.

        ``page_size`` is at most 500; 0 means 50. A token holds for the filter that it was made with; requests
        that came after the first page are on none of its pages. Raises InvalidPageToken.
        """
        chosen = chosen or HistoryFilter()
        size = min(page_size, LARGEST_PAGE) if page_size > 0 else PAGE_SIZE
        before = _read_token(page_token, chosen)
        with self._database.read() as connection:
            rows = _select(connection, chosen, before, size + 1)
            more = len(rows) > size
            records = request_records(connection, rows[:size])
        return HistoryPage(records, _token(rows[size - 1]["seq"], chosen) if more else "")

    def all(self, chosen: HistoryFilter | None = None) -> Iterator[RequestRecord]:
        """Yield every request that a filter means, newest first, without holding the journal in between."""
        token = ""
        while True:
            page = self.page(chosen, page_size=LARGEST_PAGE, page_token=token)
            yield from page.requests
            token = page.next_page_token
            if not token:
                return

    def export(self, chosen: HistoryFilter | None = None) -> Iterator[str]:
        """Yield every request that a filter means as a line of JSON, newest first.

        The fields are those of ``RequestRecord`` and what it holds; moments are ISO 8601 in UTC.
        """
        return (to_json(record) for record in self.all(chosen))

    def request(self, request_id: str) -> RequestRecord | None:
        """Return the request of that id, or None."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM request WHERE id = ?", (request_id,)).fetchall()
            return next(iter(request_records(connection, rows)), None)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _select(
    connection: sqlite3.Connection, chosen: HistoryFilter, before: int | None, limit: int
) -> list[sqlite3.Row]:
    of_request: dict[str, object] = {
        "seq < ?": before,
        "received_at >= ?": chosen.since and instant(chosen.since),
        "received_at < ?": chosen.until and instant(chosen.until),
        "client = ?": chosen.client or None,
        "conversation_id = ?": chosen.conversation_id or None,
    }
    of_command: dict[str, object] = {
        "serial = ?": chosen.device or None,
        "tool = ?": chosen.tool or None,
        "state = ?": chosen.state and chosen.state.value,
        "status = ?": chosen.status and chosen.status.value,
    }
    commands = [condition for condition, value in of_command.items() if value is not None]
    conditions = [condition for condition, value in of_request.items() if value is not None]
    if commands:
        of_any = f"SELECT request FROM command WHERE {' AND '.join(commands)}"  # noqa: S608 - values are bound
        conditions.append(f"seq IN ({of_any})")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    values = [value for value in (*of_request.values(), *of_command.values()) if value is not None]
    statement = f"SELECT * FROM request {where} ORDER BY seq DESC LIMIT ?"  # noqa: S608 - as above
    return connection.execute(statement, (*values, limit)).fetchall()


def _token(last: int, chosen: HistoryFilter) -> str:
    return f"{last:x}.{_fingerprint(chosen)}"


def _read_token(token: str, chosen: HistoryFilter) -> int | None:
    if not token:
        return None
    last, _, fingerprint = token.partition(".")
    try:
        before = int(last, 16)
    except ValueError:
        before = 0
    if fingerprint != _fingerprint(chosen) or not 0 < before < 1 << 63:
        raise InvalidPageToken(
            "the page token is of another filter, or none of this history; start with the first page"
        )
    return before


def _fingerprint(chosen: HistoryFilter) -> str:
    return content_hash(to_json([str(part) for part in astuple(chosen)]).encode())[:16]
