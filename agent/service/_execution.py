"""Carries the calls of one request out, one after the other: when its device is free, and after a yes."""

from __future__ import annotations

import asyncio
import functools
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ParamSpec

from agent.journal import Answer, call_hash
from agent.service._errors import DeadlineTooShort
from agent.service._steps import SUCCESS, Dispatching, Happened, Waiting
from agent.telemetry import current_request
from bridge import OutcomeStatus
from tools_schema import Risk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from concurrent.futures import Executor, Future

    from agent.journal import Journal
    from agent.service._confirmations import Confirmations, Question
    from agent.service._limits import ServiceLimits
    from agent.service._queue import FairQueues
    from agent.service._requests import RunningRequest
    from agent.service._sending import Sender
    from agent.service._steps import Step, Work
    from bridge import Outcome
    from tools_schema import Call, Tool

__all__ = ["Execution"]

_Arguments = ParamSpec("_Arguments")


@dataclass(frozen=True, slots=True)
class Execution:
    """What carrying out needs. The journal and the sender block, so they run on threads."""

    sender: Sender
    journal: Journal
    confirmations: Confirmations
    devices: FairQueues
    threads: Executor
    limits: ServiceLimits

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
        send = functools.partial(
            self.sender.send, request.id, index, call, tool, work.time_zone, current_request()
        )
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


_NOT_AGREED = {
    Answer.REJECTED: "The answer was no, so nothing was done.",
    Answer.EXPIRED: "Nobody agreed in time, so nothing was done.",
}


def _shown(outcome: Outcome) -> str:
    """Return a text that stands for what a question shows: the intent, and what names were found to mean."""
    return json.dumps([repr(outcome.intent), sorted(outcome.read_back.items())])
