"""Sends one call to a phone, recorded before and after, so that nothing is sent that the journal lacks."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import JournalError, JournalUnavailable
from agent.telemetry import Stage
from bridge import BridgeError, OutcomeStatus

if TYPE_CHECKING:
    from agent._agent import IntentAgent
    from agent.journal import Journal
    from agent.telemetry import Running, Telemetry
    from bridge import Intent, Outcome
    from tools_schema import Call, Tool

__all__ = ["Sender"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """What sending needs. Everything here blocks, so it runs on threads."""

    agent: IntentAgent
    journal: Journal
    telemetry: Telemetry

    def send(
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
