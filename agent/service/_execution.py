"""Carries the calls of one request out, one after the other, each of them recorded before and after."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ParamSpec, TypeAlias

from agent.errors import JournalError, JournalUnavailable
from agent.journal import Answer, call_hash
from agent.service._errors import DeadlineTooShort
from agent.telemetry import Stage, current_request
from bridge import BridgeError, Outcome, OutcomeStatus
from tools_schema import Risk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from concurrent.futures import Executor, Future

    from agent._agent import IntentAgent
    from agent.journal import Journal
    from agent.service._confirmations import Confirmations, Question
    from agent.service._limits import ServiceLimits
    from agent.service._queue import FairQueues
    from agent.service._requests import RunningRequest
    from agent.telemetry import Running, Telemetry
    from bridge import Intent
    from tools_schema import Call, Tool

__all__ = ["SUCCESS", "Dispatching", "Execution", "Happened", "Step", "Waiting", "Work"]

_LOG = logging.getLogger(__name__)

_Arguments = ParamSpec("_Arguments")

SUCCESS = {OutcomeStatus.VERIFIED, OutcomeStatus.OPENED, OutcomeStatus.REQUESTED}
"""How a call ends after which the next one is made."""


@dataclass(frozen=True, slots=True)
class Work:
    """What to carry out: calls with their tools, whose risk is already what the policy says.

    ``wait`` are the seconds for which a call waits for a confirmation, 0 for not at all; ``remaining`` tells
    the seconds until the client's deadline, None without one.
    """

    calls: tuple[Call, ...]
    tools: tuple[Tool, ...]
    serial: str
    time_zone: str
    wait: float
    remaining: Callable[[], float | None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call waits for a yes; ``outcome`` is what the phone's side says to it."""

    index: int
    call: Call
    question: Question
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Dispatching:
    """A call is about to be sent."""

    index: int
    call: Call


@dataclass(frozen=True, slots=True)
class Happened:
    """What came of a call; ``question`` is open where it only lacks a yes."""

    index: int
    call: Call
    outcome: Outcome
    question: Question | None = None


Step: TypeAlias = Waiting | Dispatching | Happened


@dataclass(frozen=True, slots=True)
class Execution:
    """What carrying out needs. The journal and the bridge block, so they run on threads."""

    agent: IntentAgent
    journal: Journal
    confirmations: Confirmations
    devices: FairQueues
    threads: Executor
    limits: ServiceLimits
    telemetry: Telemetry

    async def run(self, request: RunningRequest, work: Work) -> AsyncIterator[Step]:
        """Carry calls out in order and yield what happens, until one does not succeed.

        Where the caller goes away, a call that is on its way to the phone is finished and recorded. Raises
        BridgeError where a call could not be tried, RequestCancelled, DeadlineTooShort, Overloaded,
        JournalError.
        """
        serial = work.serial
        for index, (call, tool) in enumerate(zip(work.calls, work.tools, strict=True)):
            async for step in self._one(request, replace(work, serial=serial), index, call, tool):
                yield step
                if isinstance(step, Happened):
                    if step.outcome.status not in SUCCESS:
                        return
                    # Further calls go where the first one went, whatever is connected by then.
                    serial = step.outcome.device or serial

    async def _one(
        self, request: RunningRequest, work: Work, index: int, call: Call, tool: Tool
    ) -> AsyncIterator[Step]:
        send = functools.partial(self._send, request.id, index, call, tool, work.time_zone, current_request())
        agreed = ""
        while True:
            request.check()
            if tool.risk is Risk.CONFIRM:
                # Nothing is sent without a yes: this finds out what there is to show.
                outcome = await self._on_device(request, work, functools.partial(send, ask=True))
            else:
                yield Dispatching(index, call)
                outcome = await self._on_device(request, work, send)
            if outcome.status is not OutcomeStatus.NEEDS_CONFIRMATION:
                yield Happened(index, call, outcome)
                return
            work = replace(work, serial=outcome.device)
            shown = _shown(outcome)
            if agreed == shown or await self._agreed_before(request, index, call, outcome.device, shown):
                yield Dispatching(index, call)
                outcome = await self._on_device(request, work, functools.partial(send, confirmed=True))
                yield Happened(index, call, outcome)
                return
            question = self._question(request, work, index, call, shown)
            if not work.wait:
                request.error = OutcomeStatus.NEEDS_CONFIRMATION.value
                yield Waiting(index, call, question, outcome)
                yield Happened(index, call, outcome, question)
                return
            await self._record_question(request, index, question)
            yield Waiting(index, call, question, outcome)
            answer = await request.unless_given_up(self.confirmations.wait(question))
            await self._record_answer(request, index, question)
            if answer is not Answer.CONFIRMED:
                request.error = OutcomeStatus.NEEDS_CONFIRMATION.value
                yield Happened(index, call, replace(outcome, message=_NOT_AGREED[answer]))
                return
            agreed = shown

    async def _agreed_before(
        self, request: RunningRequest, index: int, call: Call, serial: str, shown: str
    ) -> bool:
        """Use up the yes to an earlier request that did not wait for it."""
        question = self.confirmations.take(
            request.identity.client, call_hash=call_hash(call), serial=serial, shown=shown
        )
        if question is None:
            return False
        await self._record_question(request, index, question)
        await self._record_answer(request, index, question)
        return True

    def _question(self, request: RunningRequest, work: Work, index: int, call: Call, shown: str) -> Question:
        return self.confirmations.ask(
            request.identity.client,
            request.id,
            index,
            call_hash=call_hash(call),
            serial=work.serial,
            shown=shown,
            seconds=work.wait or self.limits.question_seconds,
            awaited=work.wait > 0,
        )

    async def _record_question(self, request: RunningRequest, index: int, question: Question) -> None:
        await self._thread(
            self.journal.ask_confirmation,
            request.id,
            index,
            serial=question.serial,
            expires_at=question.expires_at,
        )

    async def _record_answer(self, request: RunningRequest, index: int, question: Question) -> None:
        await self._thread(
            self.journal.answer_confirmation,
            request.id,
            index,
            answer=question.answer,
            answered_by=question.answered_by,
        )

    async def _on_device(
        self, request: RunningRequest, work: Work, action: Callable[..., Outcome]
    ) -> Outcome:
        """Do something on a thread when the device is free. Once begun it goes on, whoever goes away."""
        begun = await request.unless_given_up(self._begin(request, work, action))
        return await asyncio.shield(asyncio.wrap_future(begun))

    async def _begin(
        self, request: RunningRequest, work: Work, action: Callable[..., Outcome]
    ) -> Future[Outcome]:
        loop = asyncio.get_running_loop()
        slot = await self.devices.enter(work.serial, request.lane, work.remaining())
        remaining = work.remaining()
        most = self.limits.dispatch_seconds
        timeout = most if remaining is None else min(most, remaining)
        if timeout <= 0:
            slot.leave()
            raise DeadlineTooShort("the deadline passed before the call could be sent: allow more time")
        begun = self.threads.submit(action, serial=work.serial, timeout=timeout)
        # The device is free when the thread is done with it, also where nobody waits for the answer any more.
        begun.add_done_callback(lambda _: loop.call_soon_threadsafe(slot.leave))
        return begun

    async def _thread(
        self, work: Callable[_Arguments, None], *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> None:
        call = functools.partial(work, *arguments, **named)
        await asyncio.get_running_loop().run_in_executor(self.threads, call)

    def _send(
        self,
        request_id: str,
        index: int,
        call: Call,
        tool: Tool,
        time_zone: str,
        measured: Running | None,
        *,
        serial: str,
        timeout: float,
        confirmed: bool = False,
        ask: bool = False,
    ) -> Outcome:
        """Record that a call is about to be sent, send it, and record what came of it. Blocks.

        With ``ask`` it is a call that needs a yes and has none: only what is found instead of the question,
        such as a name that nobody has, is recorded.
        """
        if not ask:
            self.journal.begin_dispatch(request_id, index, call, serial=serial)
        sending = _Sending(self.journal, request_id, index, call)
        try:
            with self.telemetry.stage(Stage.DISPATCH, measured, tool=tool.name) as running:
                outcome = self.agent.execute(
                    call,
                    tool,
                    serial=serial,
                    time_zone=time_zone,
                    timeout=timeout,
                    confirmed=confirmed,
                    before_sending=sending,
                    after_sending=sending.answered,
                )
                running.facts.update(status=outcome.status.value, device=outcome.device)
                if sending.answered_at:
                    self.telemetry.past(Stage.READ_BACK, running, time.monotonic() - sending.answered_at)
        except (BridgeError, JournalError) as problem:
            if not ask and not sending.began:
                with suppress(type(problem)):  # where the disk is the problem: it is kept, and written later
                    self.journal.withdraw_dispatch(request_id, index)
            raise
        if ask and outcome.status is OutcomeStatus.NEEDS_CONFIRMATION:
            return outcome
        if ask:
            self.journal.begin_dispatch(request_id, index, call, serial=serial)
        try:
            self.journal.record_outcome(request_id, index, call, outcome)
        except JournalUnavailable as problem:  # kept by the journal, and written when the disk takes it again
            # What was asked is done: with an error in place of the outcome, the client would ask again.
            _LOG.error(
                "the outcome of call %d of request %s is not recorded yet: %s", index, request_id, problem
            )
        return outcome


@dataclass(slots=True)
class _Sending:
    """Records what a call sends, right before it does; ``began`` says whether anything may have been sent."""

    journal: Journal
    request_id: str
    index: int
    call: Call
    began: bool = False
    answered_at: float = 0.0

    def __call__(self, serial: str, intent: Intent | None) -> None:
        try:
            self.journal.record_sending(self.request_id, self.index, self.call, serial=serial, intent=intent)
        except JournalUnavailable as problem:
            if not self.began:
                raise
            # The call is recorded, and stopping half-way would help nobody; the outcome names the intent too.
            _LOG.error(
                "a part of call %d of request %s is not recorded: %s", self.index, self.request_id, problem
            )
        self.began = True

    def answered(self) -> None:
        """Take note that the phone has answered what was sent, so that what follows is read back."""
        self.answered_at = time.monotonic()


_NOT_AGREED = {
    Answer.REJECTED: "The answer was no, so nothing was done.",
    Answer.EXPIRED: "Nobody agreed in time, so nothing was done.",
}


def _shown(outcome: Outcome) -> str:
    """Return a text that stands for what a question shows: the intent, and what names were found to mean."""
    return json.dumps([repr(outcome.intent), sorted(outcome.read_back.items())])
