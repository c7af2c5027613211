"""Plans requests: admission to the model, conversations, and the model on its threads."""

from __future__ import annotations

import asyncio
import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import EngineFailed
from agent.planning import Exchange
from agent.service._conversations import EXCHANGES
from agent.service._convert import exchange_from_message
from agent.service._errors import InvalidField
from agent.telemetry import Stage, current_request

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from agent._agent import IntentAgent, PlannedRequest
    from agent.service._conversations import Conversations
    from agent.service._engine_health import EngineHealth
    from agent.service._queue import FairQueue
    from agent.service._requests import RunningRequest
    from agent.telemetry import Telemetry
    from intentagent.v1 import intent_agent_service_pb2 as api

__all__ = ["Planning", "history_of"]


@dataclass(frozen=True, slots=True)
class Planning:
    """What planning needs; the model has ``seconds`` for an answer at the most."""

    agent: IntentAgent
    conversations: Conversations
    queue: FairQueue
    threads: Executor
    seconds: float
    telemetry: Telemetry
    health: EngineHealth

    async def plan(
        self,
        request: RunningRequest,
        message: api.PlanRequest,
        history: tuple[Exchange, ...],
        remaining: float | None,
    ) -> PlannedRequest:
        """Plan a request when its turn has come; ``remaining`` are the seconds until its deadline.

        Where the caller goes away or the request is given up, the model stops within a token. Raises
        Overloaded, DeadlineTooShort, RequestCancelled, and what ``IntentAgent.plan`` names.
        """
        return await request.unless_given_up(self._in_turn(request, message, history, remaining))

    def remember(self, client: str, conversation_id: str, planned: PlannedRequest) -> str:
        """Add a planned request to its conversation; return the conversation's identifier."""
        exchange = Exchange(planned.text, planned.plan.calls, planned.plan.missing)
        return self.conversations.add(client, conversation_id, exchange)

    async def _in_turn(
        self,
        request: RunningRequest,
        message: api.PlanRequest,
        history: tuple[Exchange, ...],
        remaining: float | None,
    ) -> PlannedRequest:
        loop = asyncio.get_running_loop()
        until = loop.time() + remaining if remaining is not None else math.inf
        slot = await self.queue.enter(request.lane, remaining)
        plan = functools.partial(
            self.agent.plan,
            message.text,
            tool_sets=message.tool_sets,
            now=message.now,
            time_zone=message.time_zone,
            history=history,
            timeout=max(min(until - loop.time(), self.seconds), 0.001),
            cancel=request.engine_cancel,
        )
        started = self.threads.submit(plan)
        # The next one's turn is when the model has stopped, also where nobody waits for the answer any more.
        started.add_done_callback(lambda _: loop.call_soon_threadsafe(slot.leave))
        with self.telemetry.stage(Stage.PLAN, current_request()) as running:
            planned = await self._answer(started)
            timings = planned.plan.timings
            running.facts.update(
                calls=len(planned.plan.calls),
                model=planned.plan.model,
                prompt_tokens=timings.prompt_tokens,
                cached_tokens=timings.cached_tokens,
                output_tokens=timings.output_tokens,
            )
        return planned

    async def _answer(self, started: Future[PlannedRequest]) -> PlannedRequest:
        try:
            planned = await asyncio.wrap_future(started)
        except EngineFailed:
            await self.health.tell(works=False)
            raise
        await self.health.tell(works=True)
        return planned


def history_of(client: str, message: api.PlanRequest, conversations: Conversations) -> tuple[Exchange, ...]:
    """Return what was said before a request. Raises ConversationNotFound and InvalidField."""
    if message.conversation_id:
        if message.history:
            raise InvalidField("history", "is given, and so is conversation_id: give one of them")
        return conversations.history(client, message.conversation_id)
    if len(message.history) > EXCHANGES:
        raise InvalidField("history", f"has {len(message.history)} exchanges: give the last {EXCHANGES}")
    return tuple(exchange_from_message(exchange) for exchange in message.history)
