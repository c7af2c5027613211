"""The statements that write requests and commands; each runs inside a transaction of its caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.errors import CommandNotOpen, UnknownRecord
from agent.journal._hashes import call_hash
from agent.journal._records import Answer, CommandState
from agent.journal._rows import to_json
from bridge import Outcome, OutcomeStatus

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from agent.journal._redaction import Redaction
    from tools_schema import Call

__all__ = [
    "asked_row",
    "check_open",
    "check_yes",
    "command_row",
    "finish",
    "insert_commands",
    "request_row",
    "state_after",
]

_NOTHING_WAS_DONE = {
    OutcomeStatus.NEEDS_CONFIRMATION,
    OutcomeStatus.NEEDS_CLARIFICATION,
    OutcomeStatus.UNSUPPORTED,
}


def request_row(connection: sqlite3.Connection, request_id: str) -> sqlite3.Row:
    """Return a request's row. Raises UnknownRecord."""
    statement = "SELECT * FROM request WHERE id = ?"
    row: sqlite3.Row | None = connection.execute(statement, (request_id,)).fetchone()
    if row is None:
        raise UnknownRecord(f"the journal has no request {request_id}", request=request_id)
    return row


def command_row(connection: sqlite3.Connection, request_id: str, index: int) -> sqlite3.Row:
    """Return a command's row. Raises UnknownRecord."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT command.* FROM command JOIN request ON seq = request WHERE id = ? AND position = ?",
        (request_id, index),
    ).fetchone()
    if row is None:
        raise UnknownRecord(f"the journal has no command {index} of request {request_id}", request=request_id)
    return row


def asked_row(connection: sqlite3.Connection, command: sqlite3.Row) -> sqlite3.Row | None:
    """Return the row of the question about a command, or None where nothing was asked."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM confirmation WHERE request = ? AND position = ?",
        (command["request"], command["position"]),
    ).fetchone()
    return row


def check_open(command: sqlite3.Row, request_id: str) -> None:
    """Raise CommandNotOpen where a command was sent before or has ended."""
    if command["state"] != CommandState.NOT_SENT or command["finished_at"] is not None:
        raise CommandNotOpen(
            f"command {command['position']} of request {request_id} was sent before, or has ended",
            request=request_id,
        )


def check_yes(asked: sqlite3.Row | None, serial: str, request_id: str) -> None:
    """Raise CommandNotOpen where a question was asked and not answered with a yes for that device."""
    if asked is not None and (asked["answer"] != Answer.CONFIRMED or asked["serial"] != serial):
        raise CommandNotOpen(
            f"command {asked['position']} of request {request_id} has no yes for the device '{serial}'",
            request=request_id,
        )


def insert_commands(
    connection: sqlite3.Connection, request: int, calls: Iterable[Call], redaction: Redaction
) -> None:
    """Insert a command for each call, without what is private."""
    rows: Sequence[tuple[object, ...]] = [
        (
            request,
            index,
            call.name,
            to_json(redaction.call(call).arguments),
            to_json(redaction.names(call)),
            call.tool_hash,
            call_hash(call),
        )
        for index, call in enumerate(calls)
    ]
    connection.executemany(
        "INSERT INTO command (request, position, tool, arguments, private, tool_hash, call_hash, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'NOT_SENT')",
        rows,
    )


def finish(connection: sqlite3.Connection, request: int, now: int, error: str) -> None:
    """End a request that has not ended, with its commands and questions."""
    connection.execute(
        "UPDATE command SET finished_at = ? WHERE request = ? AND finished_at IS NULL", (now, request)
    )
    connection.execute(
        "UPDATE confirmation SET answer = 'EXPIRED', answered_at = ?"
        " WHERE request = ? AND answer = 'PENDING'",
        (now, request),
    )
    # After an error the key is free again, unless something may have reached a phone.
    connection.execute(
        "UPDATE request SET finished_at = ?, error = ?, holds_key = holds_key AND (? = '' OR EXISTS"
        " (SELECT 1 FROM command WHERE request = seq AND state <> 'NOT_SENT'))"
        " WHERE seq = ? AND finished_at IS NULL",
        (now, error, error, request),
    )


def state_after(outcome: Outcome) -> CommandState:
    """Return what is known of a command once its outcome is."""
    if outcome.may_have_run:
        return CommandState.MAYBE_SENT
    return CommandState.NOT_SENT if outcome.status in _NOTHING_WAS_DONE else CommandState.DONE
