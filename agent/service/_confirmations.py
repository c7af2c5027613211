"""Calls that wait for a yes. A yes counts for one call on one device, once, for some time."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agent.journal import Answer
from agent.service._errors import ConfirmationMismatch, ConfirmationNotFound, TooManyConfirmations

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Confirmations", "Question"]


@dataclass(slots=True, eq=False)
class Question:
    """Whether a call may be made, as it was shown.

    ``shown`` stands for everything that was shown beside the call: where a name leads to another person by
    the time of the yes, it is another question. ``awaited`` says that its request waits, so that the yes is
    for that one alone.
    """

    client: str
    request_id: str
    index: int
    call_hash: str
    serial: str
    shown: str
    expires_at: datetime
    expires: float
    awaited: bool
    answer: Answer = Answer.PENDING
    answered_by: str = ""
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Confirmations:
    """The open questions of all clients, at most ``per_client`` of each. For one event loop."""

    def __init__(self, *, per_client: int = 64, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_client = per_client
        self._clock = clock
        self._questions: dict[tuple[str, int], Question] = {}

    def ask(
        self,
        client: str,
        request_id: str,
        index: int,
        *,
        call_hash: str,
        serial: str,
        shown: str,
        seconds: float,
        awaited: bool,
    ) -> Question:
        """Take a question, open for some seconds. Raises TooManyConfirmations."""
        self._expire()
        counts = Counter(question.client for question in self._questions.values())
        if counts[client] >= self._per_client:
            soonest = min(q.expires for q in self._questions.values() if q.client == client)
            raise TooManyConfirmations(
                f"{counts[client]} calls of yours wait for a confirmation: answer them first",
                retry_after=max(soonest - self._clock(), 0.1),
            )
        question = Question(
            client=client,
            request_id=request_id,
            index=index,
            call_hash=call_hash,
            serial=serial,
            shown=shown,
            expires_at=datetime.now(UTC) + timedelta(seconds=seconds),
            expires=self._clock() + seconds,
            awaited=awaited,
        )
        self._questions[request_id, index] = question
        return question

    async def wait(self, question: Question) -> Answer:
        """Return the answer to a question, EXPIRED where none came in time; it is no longer open then."""
        try:
            async with asyncio.timeout(max(question.expires - self._clock(), 0)):
                await question.answered.wait()
        except TimeoutError:
            question.answer = Answer.EXPIRED
        finally:
            self._questions.pop((question.request_id, question.index), None)
        return question.answer

    def find(self, client: str | None, request_id: str, index: int) -> Question:
        """Return an open question of the client, of any client for None. Raises ConfirmationNotFound."""
        self._expire()
        question = self._questions.get((request_id, index))
        if question is None or client not in {None, question.client} or question.answer is not Answer.PENDING:
            raise ConfirmationNotFound(
                "no call waits for this answer: it was answered, its time has passed, or its request ended"
            )
        return question

    def confirm(self, question: Question, call_hash: str, serial: str, by: str) -> None:
        """Say yes to what was shown, as a client of that name.

        Raises ConfirmationMismatch where it is something else that waits.
        """
        if (call_hash, serial) != (question.call_hash, question.serial):
            field_name = "call" if call_hash != question.call_hash else "device"
            raise ConfirmationMismatch(
                f"the yes is to another {field_name} than the one that waits: show that one first",
                call_hash=question.call_hash,
                serial=question.serial,
            )
        self._settle(question, Answer.CONFIRMED, by)

    def reject(self, question: Question, by: str) -> None:
        """Say no, as a client of that name."""
        self._settle(question, Answer.REJECTED, by)
        self._questions.pop((question.request_id, question.index), None)

    def take(self, client: str, *, call_hash: str, serial: str, shown: str) -> Question | None:
        """Use up a yes to exactly this which an earlier request of the client did not wait for."""
        self._expire()
        wanted = (client, call_hash, serial, shown, Answer.CONFIRMED)
        for key, question in self._questions.items():
            has = (question.client, question.call_hash, question.serial, question.shown, question.answer)
            if has == wanted and not question.awaited:
                del self._questions[key]
                return question
        return None

    def close(self) -> None:
        """Let all questions expire."""
        for question in self._questions.values():
            if question.answer is Answer.PENDING:
                self._settle(question, Answer.EXPIRED, "")

    def _settle(self, question: Question, answer: Answer, by: str) -> None:
        question.answer = answer
        question.answered_by = by
        question.answered.set()

    def _expire(self) -> None:
        now = self._clock()
        for key in [key for key, question in self._questions.items() if question.expires <= now]:
            del self._questions[key]
