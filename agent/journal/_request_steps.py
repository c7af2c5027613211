"""The life of a request in the journal: it comes, gets a plan, ends, and is removed when it is old.

Here is decided which request is the same as an earlier one, and which words of a request are kept.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from agent.errors import CommandNotOpen, IdempotencyKeyReused
from agent.journal._hashes import content_hash
from agent.journal._records import Begun
from agent.journal._redaction import PRIVATE
from agent.journal._retention import prune
from agent.journal._rows import instant, request_records, to_json
from agent.journal._tables import (
    finish,
    holder_row,
    insert_commands,
    insert_request,
    request_row,
    update_plan,
)
from agent.journal._writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from agent.journal._database import Database
    from agent.journal._settings import JournalSettings
    from agent.planning import Missing
    from tools_schema import Call

__all__ = ["RequestSteps"]

_PRUNE_EVERY = 1_000
"""Requests between two looks for old ones."""


class RequestSteps(Writer):
    """Records requests; its methods are the journal's."""

    def __init__(self, database: Database, settings: JournalSettings, clock: Callable[[], datetime]) -> None:
        super().__init__(database, settings, clock)
        self._held: dict[str, str] = {}
        self._until_prune = _PRUNE_EVERY

    def begin_request(
        self,
        *,
        client: str,
        method: str,
        content: bytes,
        text: str = "",
        tool_sets: Iterable[str] = (),
        conversation_id: str = "",
        idempotency_key: str = "",
    ) -> Begun:
        """Record that a request came, or find the earlier one of the same client with the same key.

        ``content`` is the whole request in a form that is the same when it is the same request; only its hash
        is kept. An earlier request holds its key until it is pruned, or until it ends with an error and
        nothing of it was sent, so that it may be tried again. Raises IdempotencyKeyReused where the earlier
        request had another ``method`` or ``content``.
        """
        self._prune_now_and_then()
        fingerprint = content_hash(method.encode() + b"\0" + content)
        hold = bool(text) and self._redaction.active
        with self._writing() as connection:
            earlier = holder_row(connection, client, idempotency_key)
            if earlier is not None:
                if earlier["content_hash"] != fingerprint:
                    raise IdempotencyKeyReused(
                        "the idempotency key was used for another request; make a new key for each request"
                    )
                return Begun(request_records(connection, [earlier])[0], repeated=True)
            row = insert_request(
                connection,
                {
                    "id": uuid.uuid4().hex,
                    "client": client,
                    "method": method,
                    "conversation_id": conversation_id,
                    "idempotency_key": idempotency_key,
                    "content_hash": fingerprint,
                    "received_at": instant(self._clock()),
                    "text": "" if hold else text,
                    "text_private": hold,
                    "tool_sets": to_json(tool_sets),
                },
            )
            record = request_records(connection, [row])[0]
        if hold:
            # Which words are private is known once there is a plan; until then none of them touches the disk.
            self._held[record.id] = text
        return Begun(record, repeated=False)

    def record_plan(
        self,
        request_id: str,
        calls: Sequence[Call],
        *,
        tool_set_hash: str,
        model_sha256: str = "",
        model_text: str = "",
        missing: Iterable[Missing] = (),
        problems: Iterable[str] = (),
        reason: str = "",
    ) -> None:
        """Record what a request comes to; each call becomes a command that is NOT_SENT.

        Without a model, for a call that came as such, the model's fields stay empty. Raises UnknownRecord,
        and CommandNotOpen where the request has ended or has a plan.
        """
        text = self._held.pop(request_id, "")
        hidden = self._redaction.hides_texts(calls, model_text)
        if hidden:
            text, model_text, reason = "", PRIVATE if model_text else "", PRIVATE if reason else ""
            problems = [PRIVATE for _ in problems]
        with self._writing() as connection:
            request = request_row(connection, request_id)
            if request["finished_at"] is not None or request["planned_at"] is not None:
                raise CommandNotOpen(f"the request {request_id} has ended, or has a plan", request=request_id)
            update_plan(
                connection,
                {
                    "seq": request["seq"],
                    "planned_at": instant(self._clock()),
                    "tool_set_hash": tool_set_hash,
                    "model_sha256": model_sha256,
                    "model_text": model_text,
                    "missing": to_json([f"{m.tool}.{m.parameter}" for m in missing]),
                    "problems": to_json(problems),
                    "reason": reason,
                    "text": text,
                },
            )
            insert_commands(connection, request["seq"], calls, self._redaction)

    def finish_request(self, request_id: str, *, error: str = "") -> None:
        """Record that a request has ended, with the ``ErrorInfo`` reason of its error where there is one.

        Commands that were not sent will not be. What has ended stays as it is. Where JournalUnavailable is
        raised the record is kept, and written as soon as it can be. Raises UnknownRecord.
        """
        now = instant(self._clock())
        self._held.pop(request_id, None)

        def write() -> None:
            with self._database.write() as connection:
                finish(connection, request_row(connection, request_id)["seq"], now, error)

        self._late.now_or_late(write)

    def prune(self) -> int:
        """Remove what is older than the settings say; return how many requests. Open ones stay."""
        return prune(
            self._database,
            now=self._clock(),
            keep_days=self._settings.keep_days,
            keep_requests=self._settings.keep_requests,
        )

    def _prune_now_and_then(self) -> None:
        self._until_prune -= 1
        if self._until_prune <= 0:
            self._until_prune = _PRUNE_EVERY
            self.prune()
