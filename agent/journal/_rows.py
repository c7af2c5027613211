"""Rows of the tables as records, and the parts of records as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from agent.journal._records import Answer, CommandRecord, CommandState, Confirmation, RequestRecord
from agent.plain_text import harmless_json
from bridge import Evidence, Intent, IntentExtra, JavaType, Outcome, OutcomeStatus
from tools_schema import Call

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

__all__ = ["instant", "moment", "outcome_from_json", "request_records", "to_json"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_Built = TypeVar("_Built", Outcome, Evidence, Intent)


def instant(when: datetime) -> int:
    """Return a moment as microseconds since 1970 in UTC, the form of the tables."""
    return (when - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """Return the moment that ``instant`` wrote, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND


def to_json(value: object) -> str:
    """Return compact JSON in one line, without bytes and without characters that command a terminal.

    Sequences, mappings and dataclasses of any kind are lists and objects, moments are ISO 8601.
    """
    return harmless_json(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain))


def outcome_from_json(text: str) -> Outcome:
    """Return the outcome that ``to_json`` wrote; fields that this version lacks are passed over."""
    whole: dict[str, Any] = json.loads(text)
    whole["status"] = OutcomeStatus(whole["status"])
    whole["evidence"] = tuple(_build(Evidence, evidence) for evidence in whole["evidence"])
    whole["intent"] = _intent(whole["intent"]) if whole["intent"] else None
    return _build(Outcome, whole)


def request_records(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> tuple[RequestRecord, ...]:
    """Return the records of rows of ``request``, with their commands."""
    ids = {row["seq"]: row["id"] for row in rows}
    marks = ",".join("?" * len(ids))
    commands: dict[int, list[CommandRecord]] = {seq: [] for seq in ids}
    found = connection.execute(
        # Only question marks are put into the statement.
        "SELECT command.*, asked_at, expires_at, answer, answered_at, answered_by, c.serial AS asked_serial"  # noqa: S608
        " FROM command LEFT JOIN confirmation AS c USING (request, position)"
        f" WHERE request IN ({marks}) ORDER BY request, position",
        tuple(ids),
    )
    for row in found:
        commands[row["request"]].append(_command(row, ids[row["request"]]))
    return tuple(_request(row, tuple(commands[row["seq"]])) for row in rows)


def _request(row: sqlite3.Row, commands: tuple[CommandRecord, ...]) -> RequestRecord:
    return RequestRecord(
        id=row["id"],
        client=row["client"],
        method=row["method"],
        received_at=moment(row["received_at"]),
        conversation_id=row["conversation_id"],
        idempotency_key=row["idempotency_key"],
        text=row["text"],
        text_private=bool(row["text_private"]),
        tool_sets=tuple(json.loads(row["tool_sets"])),
        planned_at=_moment(row["planned_at"]),
        tool_set_hash=row["tool_set_hash"],
        model_sha256=row["model_sha256"],
        model_text=row["model_text"],
        missing=tuple(json.loads(row["missing"])),
        problems=tuple(json.loads(row["problems"])),
        reason=row["reason"],
        commands=commands,
        finished_at=_moment(row["finished_at"]),
        error=row["error"],
    )


def _command(row: sqlite3.Row, request_id: str) -> CommandRecord:
    return CommandRecord(
        request_id=request_id,
        index=row["position"],
        call=Call(row["tool"], json.loads(row["arguments"]), row["tool_hash"]),
        call_hash=row["call_hash"],
        state=CommandState(row["state"]),
        private=tuple(json.loads(row["private"])),
        serial=row["serial"],
        confirmation=None if row["answer"] is None else _confirmation(row),
        dispatched_at=_moment(row["dispatched_at"]),
        intent=_intent(json.loads(row["intent"])) if row["intent"] else None,
        finished_at=_moment(row["finished_at"]),
        outcome=None if row["outcome"] is None else outcome_from_json(row["outcome"]),
    )


def _confirmation(row: sqlite3.Row) -> Confirmation:
    return Confirmation(
        serial=row["asked_serial"],
        asked_at=moment(row["asked_at"]),
        expires_at=moment(row["expires_at"]),
        answer=Answer(row["answer"]),
        answered_at=_moment(row["answered_at"]),
        answered_by=row["answered_by"],
    )


def _intent(whole: dict[str, Any]) -> Intent:
    extras = tuple(
        IntentExtra(extra["key"], JavaType(extra["type"]), _tuple(extra["value"]))
        for extra in whole["extras"]
    )
    return _build(Intent, {**whole, "extras": extras})


def _build(kind: type[_Built], values: Mapping[str, Any]) -> _Built:
    known = {field.name for field in dataclasses.fields(kind)}
    return kind(**{key: _tuple(value) for key, value in values.items() if key in known})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else moment(microseconds)


def _plain(value: Any) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        held = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {name: item for name, item in held.items() if not isinstance(item, bytes)}
    return dict(value) if isinstance(value, Mapping) else list(value)
