"""The statements that write requests and commands; each runs inside a transaction of its caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from agent.errors import CommandNotOpen, UnknownRecord
from agent.journal._hashes import call_hash
from agent.journal._records import Answer, CommandState
from agent.journal._rows import to_json
from bridge import Outcome, OutcomeStatus

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from agent.journal._redaction import Redaction
    from bridge import Intent
    from tools_schema import Call

__all__ = [
    "ask",
    "asked_row",
    "check_open",
    "check_sending",
    "check_yes",
    "command_row",
    "finish",
    "holder_row",
    "insert_commands",
    "insert_request",
    "mark_dispatched",
    "mark_sending",
    "mark_withdrawn",
    "request_row",
    "take_answer",
    "take_outcome",
    "update_plan",
]

_NOTHING_WAS_DONE = {
    OutcomeStatus.NEEDS_CONFIRMATION,
    OutcomeStatus.NEEDS_CLARIFICATION,
    OutcomeStatus.UNSUPPORTED,
}


def holder_row(connection: sqlite3.Connection, client: str, idempotency_key: str) -> sqlite3.Row | None:
    """Return the row of the request that holds a client's key, or None."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM request WHERE holds_key AND client = ? AND idempotency_key = ?",
        (client, idempotency_key),
    ).fetchone()
    return row


def insert_request(connection: sqlite3.Connection, values: Mapping[str, object]) -> sqlite3.Row:
    """Insert a request, which holds its key if it has one, and return its row."""
    (row,) = connection.execute(
        "INSERT INTO request (id, client, method, conversation_id, idempotency_key, holds_key, content_hash,"
        " received_at, text, text_private, tool_sets) VALUES (:id, :client, :method, :conversation_id,"
        " :idempotency_key, :idempotency_key <> '', :content_hash, :received_at, :text, :text_private,"
        " :tool_sets) RETURNING *",
        values,
    ).fetchall()
    return cast("sqlite3.Row", row)


def update_plan(connection: sqlite3.Connection, values: Mapping[str, object]) -> None:
    """Write what a request comes to, and its text where that was held back and may be kept."""
    connection.execute(
        "UPDATE request SET planned_at = :planned_at, tool_set_hash = :tool_set_hash,"
        " model_sha256 = :model_sha256, model_text = :model_text, missing = :missing, problems = :problems,"
        " reason = :reason, text = iif(:text <> '', :text, text),"
        " text_private = text_private AND :text = '' WHERE seq = :seq",
        values,
    )


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


def check_sending(command: sqlite3.Row, request_id: str) -> None:
    """Raise CommandNotOpen where a command is not about to be sent."""
    if command["state"] != CommandState.MAYBE_SENT:
        raise CommandNotOpen(f"command {command['position']} was not about to be sent", request=request_id)


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


def ask(
    connection: sqlite3.Connection, command: sqlite3.Row, serial: str, asked_at: int, expires_at: int
) -> None:
    """Write the question about a command in place of an earlier one."""
    connection.execute(
        "INSERT OR REPLACE INTO confirmation (request, position, serial, asked_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (*_key(command), serial, asked_at, expires_at),
    )


def take_answer(
    connection: sqlite3.Connection, asked: sqlite3.Row, answer: Answer, now: int, answered_by: str
) -> None:
    """Write the answer to a question."""
    connection.execute(
        "UPDATE confirmation SET answer = ?, answered_at = ?, answered_by = ?"
        " WHERE request = ? AND position = ?",
        (answer.value, now, answered_by, *_key(asked)),
    )


def mark_dispatched(connection: sqlite3.Connection, command: sqlite3.Row, serial: str, now: int) -> None:
    """Write that a command is about to be sent; an outcome of before, which asked for a yes, is past."""
    connection.execute(
        "UPDATE command SET state = 'MAYBE_SENT', serial = ?, dispatched_at = ?, intent = NULL, status = '',"
        " outcome = NULL WHERE request = ? AND position = ?",
        (serial, now, *_key(command)),
    )


def mark_sending(
    connection: sqlite3.Connection, command: sqlite3.Row, serial: str, intent: Intent | None, now: int
) -> None:
    """Write what is about to be sent, and where to."""
    connection.execute(
        "UPDATE command SET serial = ?, intent = ?, dispatched_at = ? WHERE request = ? AND position = ?",
        (serial, None if intent is None else to_json(intent), now, *_key(command)),
    )


def mark_withdrawn(connection: sqlite3.Connection, command: sqlite3.Row) -> None:
    """Write that a command was not sent after all, unless something came of it."""
    connection.execute(
        "UPDATE command SET state = 'NOT_SENT', dispatched_at = NULL, intent = NULL"
        " WHERE request = ? AND position = ? AND state = 'MAYBE_SENT' AND outcome IS NULL",
        _key(command),
    )


def take_outcome(connection: sqlite3.Connection, command: sqlite3.Row, outcome: Outcome, now: int) -> None:
    """Write what came of a command; it goes on where it only lacks a yes."""
    waits = outcome.status is OutcomeStatus.NEEDS_CONFIRMATION
    connection.execute(
        "UPDATE command SET state = ?, serial = ?, finished_at = ?, status = ?, outcome = ?"
        " WHERE request = ? AND position = ?",
        (
            _state_after(outcome).value,
            outcome.device or command["serial"],
            command["finished_at"] if waits else now,
            outcome.status.value,
            to_json(outcome),
            *_key(command),
        ),
    )


def _key(row: sqlite3.Row) -> tuple[int, int]:
    return row["request"], row["position"]


def _state_after(outcome: Outcome) -> CommandState:
    if outcome.may_have_run:
        return CommandState.MAYBE_SENT
    return CommandState.NOT_SENT if outcome.status in _NOTHING_WAS_DONE else CommandState.DONE
