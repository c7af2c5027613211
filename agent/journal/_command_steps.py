"""The life of a command in the journal: a question and its answer, sending, and what came of it.

Here is decided what has to be written down before a command may be sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.errors import CommandNotOpen, UnknownRecord
from agent.journal._hashes import call_hash
from agent.journal._records import Answer
from agent.journal._room import check_room
from agent.journal._rows import instant
from agent.journal._settings import Durability
from agent.journal._tables import (
    ask,
    asked_row,
    check_open,
    check_sending,
    check_yes,
    command_row,
    mark_dispatched,
    mark_sending,
    mark_withdrawn,
    take_answer,
    take_outcome,
)
from agent.journal._writer import Writer

if TYPE_CHECKING:
    from datetime import datetime

    from bridge import Intent, Outcome
    from tools_schema import Call

__all__ = ["CommandSteps"]


class CommandSteps(Writer):
    """Records commands; its methods are the journal's."""

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
