"""The journal as the service writes it: a record before each step that cannot be taken back."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from agent.errors import CommandNotOpen, IdempotencyKeyReused, UnknownRecord
from agent.journal._database import Database
from agent.journal._hashes import call_hash, content_hash
from agent.journal._history import History
from agent.journal._late import LateWrites
from agent.journal._records import Answer, Begun
from agent.journal._recovery import close_open
from agent.journal._redaction import PRIVATE, Redaction, private_names
from agent.journal._retention import prune
from agent.journal._room import check_room
from agent.journal._rows import instant, request_records, to_json
from agent.journal._settings import Durability, JournalSettings
from agent.journal._tables import (
    ask,
    asked_row,
    check_open,
    check_sending,
    check_yes,
    command_row,
    finish,
    holder_row,
    insert_commands,
    insert_request,
    mark_dispatched,
    mark_sending,
    mark_withdrawn,
    request_row,
    take_answer,
    take_outcome,
    update_plan,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from agent.journal._records import Recovery
    from agent.planning import Missing
    from bridge import Intent, Outcome
    from tools_schema import Call, Tool

__all__ = ["INTERRUPTED", "Journal"]

INTERRUPTED = "INTERRUPTED"
"""How a request ended in whose middle the service stopped."""

_PRUNE_EVERY = 1_000
"""Requests between two looks for old ones."""


class Journal:
    """Records requests, plans, confirmations, dispatches and outcomes in one SQLite file.

    Blocking and thread-safe. Once a method returns, its record survives the end of the process; the record
    right before something is sent survives what ``JournalSettings.durability`` says. Every method raises
    JournalUnavailable where the file cannot be written: then nothing may be sent to a phone.

    The order is ``begin_request``, ``record_plan``, for each command perhaps ``ask_confirmation`` and
    ``answer_confirmation``, then ``begin_dispatch``, ``record_sending`` where it comes so far, and
    ``record_outcome``, and at last ``finish_request``.
    """

    def __init__(
        self,
        database: Database,
        history: History,
        settings: JournalSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._redaction = Redaction(settings.private)
        self._held: dict[str, str] = {}
        self._late = LateWrites()
        self._until_prune = _PRUNE_EVERY
        self.history = history

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        settings: JournalSettings | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Self:
        """Open the journal at a path as its only service, and create it where there is none.

        Call ``recover`` before the first request. Raises JournalInUse, JournalUnavailable, JournalDamaged and
        JournalVersion.
        """
        database = Database.own(path)
        try:
            return cls(database, History.open(path), settings or JournalSettings(), clock)
        except BaseException:
            database.close()
            raise

    def know_tools(self, tools: Iterable[Tool]) -> None:
        """Keep none of what the schemas of these tools call private. Call it before the first request."""
        self._redaction = self._redaction.with_names(private_names(tools))

    def recover(self) -> Recovery:
        """Close what a service that stopped left behind, and remove what is too old.

        A command that was about to be sent stays MAYBE_SENT; any other that had not ended stays NOT_SENT.
        Questions expire. Requests end with the error INTERRUPTED, which frees the idempotency key of those of
        which nothing was sent.
        """
        recovery = close_open(self._database, now=self._clock(), error=INTERRUPTED)
        self.prune()
        return recovery

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

    def ask_confirmation(self, request_id: str, index: int, *, serial: str, expires_at: datetime) -> None:
        """Record the question whether a command may be sent to a device; another question replaces it.

        From then on the command is sent only after a yes, and only there. Raises UnknownRecord, and
        CommandNotOpen where the command was sent or has ended.
        """
        with self._writing() as connection:
            command = command_row(connection, request_id, index)
            check_open(command, request_id)
            ask(connection, command, serial, instant(self._clock()), instant(expires_at))

    def answer_confirmation(self, request_id: str, index: int, *, answer: Answer, answered_by: str) -> None:
        """Record the answer to the question.

        Raises UnknownRecord where nothing was asked, and CommandNotOpen where the question was answered or
        has expired, also by the clock: then the answer is not taken.
        """
        now = instant(self._clock())
        with self._writing() as connection:
            command = command_row(connection, request_id, index)
            check_open(command, request_id)
            asked = asked_row(connection, command)
            if asked is None:
                raise UnknownRecord(f"nothing was asked about command {index} of {request_id}")
            if asked["answer"] != Answer.PENDING or (
                answer is Answer.CONFIRMED and now >= asked["expires_at"]
            ):
                raise CommandNotOpen(
                    f"the question about command {index} was answered or has expired", request=request_id
                )
            take_answer(connection, asked, answer, now, answered_by)

    def begin_dispatch(self, request_id: str, index: int, call: Call, *, serial: str) -> None:
        """Record that a command goes to the device now. Only once this returns may it be handed on.

        ``call`` is what will be sent; ``serial`` may be empty where the device is chosen later. The command
        is MAYBE_SENT from now until its outcome is recorded. Raises CommandNotOpen where it was sent before,
        has ended, waits for a yes, or is not the call that was planned or the device that was asked about;
        UnknownRecord; and JournalUnavailable also where the disk is nearly full.
        """
        check_room(self._database.path.parent, self._settings.min_free_bytes)
        with self._writing() as connection:
            command = command_row(connection, request_id, index)
            check_open(command, request_id)
            check_yes(asked_row(connection, command), serial, request_id)
            if command["call_hash"] != call_hash(call):
                raise CommandNotOpen(f"command {index} is not the call that was planned", request=request_id)
            mark_dispatched(connection, command, serial, instant(self._clock()))

    def record_sending(
        self, request_id: str, index: int, call: Call, *, serial: str, intent: Intent | None
    ) -> None:
        """Record what is about to be sent, and to which device. Only once this returns may it be sent.

        ``intent`` is None where it is a command of another kind. The last one counts where one call sends
        several. Raises UnknownRecord, and CommandNotOpen where nothing is about to be sent.
        """
        kept = None if intent is None else self._redaction.intent(intent, call)
        with self._writing(flush=self._settings.durability is Durability.POWER_LOSS) as connection:
            command = command_row(connection, request_id, index)
            check_sending(command, request_id)
            mark_sending(connection, command, serial, kept, instant(self._clock()))

    def withdraw_dispatch(self, request_id: str, index: int) -> None:
        """Record that a command that was about to be sent was not: no device could be used. It is NOT_SENT.

        Where JournalUnavailable is raised the record is kept, and written as soon as it can be.
        """

        def write() -> None:
            with self._database.write() as connection:
                mark_withdrawn(connection, command_row(connection, request_id, index))

        self._late.now_or_late(write)

    def record_outcome(self, request_id: str, index: int, call: Call, outcome: Outcome) -> None:
        """Record what came of a command that was about to be sent, also after its request has ended.

        It is DONE, but NOT_SENT where the outcome's status says that nothing was done (then it may be sent
        after all if it only needed a confirmation), and still MAYBE_SENT where ``may_have_run`` says that
        nobody knows. Where JournalUnavailable is raised the record is kept, and written as soon as it can be.
        Raises UnknownRecord, and CommandNotOpen where nothing was about to be sent.
        """
        now = instant(self._clock())
        kept = self._redaction.outcome(outcome, call)

        def write() -> None:
            with self._database.write() as connection:
                command = command_row(connection, request_id, index)
                check_sending(command, request_id)
                take_outcome(connection, command, kept, now)

        self._late.now_or_late(write)

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

    def close(self) -> None:
        """Write what is late, and close the file."""
        try:
            self._late.catch_up()
        finally:
            self.history.close()
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _writing(self, *, flush: bool = False) -> Iterator[sqlite3.Connection]:
        self._late.catch_up()
        with self._database.write(flush=flush) as connection:
            yield connection

    def _prune_now_and_then(self) -> None:
        self._until_prune -= 1
        if self._until_prune <= 0:
            self._until_prune = _PRUNE_EVERY
            self.prune()
