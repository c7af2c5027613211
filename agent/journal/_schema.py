"""The tables, as a list of steps: a journal of version n has had the first n of them."""

from __future__ import annotations

__all__ = ["APPLICATION_ID", "MIGRATIONS"]

APPLICATION_ID = 0x494E_544A
"""In the file's header, where it tells a journal from any other database ("INTJ")."""

_FIRST = """
CREATE TABLE request (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    client TEXT NOT NULL,
    method TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    holds_key INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    text_private INTEGER NOT NULL,
    tool_sets TEXT NOT NULL,
    planned_at INTEGER,
    tool_set_hash TEXT NOT NULL DEFAULT '',
    model_sha256 TEXT NOT NULL DEFAULT '',
    model_text TEXT NOT NULL DEFAULT '',
    missing TEXT NOT NULL DEFAULT '[]',
    problems TEXT NOT NULL DEFAULT '[]',
    reason TEXT NOT NULL DEFAULT '',
    finished_at INTEGER,
    error TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX request_by_key ON request (client, idempotency_key) WHERE holds_key;
CREATE INDEX request_by_time ON request (received_at);
CREATE INDEX request_open ON request (seq) WHERE finished_at IS NULL;
CREATE TABLE command (
    request INTEGER NOT NULL REFERENCES request (seq) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    tool TEXT NOT NULL,
    arguments TEXT NOT NULL,
    private TEXT NOT NULL,
    tool_hash TEXT NOT NULL,
    call_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('NOT_SENT', 'MAYBE_SENT', 'DONE')),
    serial TEXT NOT NULL DEFAULT '',
    dispatched_at INTEGER,
    finished_at INTEGER,
    status TEXT NOT NULL DEFAULT '',
    outcome TEXT,
    PRIMARY KEY (request, position)
) WITHOUT ROWID;
CREATE TABLE confirmation (
    request INTEGER NOT NULL,
    position INTEGER NOT NULL,
    serial TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    answer TEXT NOT NULL DEFAULT 'PENDING' CHECK (answer IN ('PENDING', 'CONFIRMED', 'REJECTED', 'EXPIRED')),
    answered_at INTEGER,
    answered_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (request, position),
    FOREIGN KEY (request, position) REFERENCES command (request, position) ON DELETE CASCADE
) WITHOUT ROWID;
"""

_INTENT_BEFORE_SENDING = "ALTER TABLE command ADD COLUMN intent TEXT;"

MIGRATIONS = (_FIRST, _INTENT_BEFORE_SENDING)
"""Never change a step that was released: add one."""
