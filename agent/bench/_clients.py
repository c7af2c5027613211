"""Clients of a service as a load uses them: a request in, and out what was planned or done."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from google.protobuf.json_format import MessageToJson

from agent.bench._phase import Answer
from intentagent.v1 import outcome_pb2, plan_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from agent.bench._load import Ask
    from agent.bench._requests import BenchRequest
    from agent.client import AsyncIntentAgentClient

__all__ = ["opened_clients"]

_NOW, _ZONE = "2026-01-15T10:00:00", "UTC"
"""The moment from which all requests count, so that the same one always means the same."""

_STATUS = "OUTCOME_STATUS_"


@asynccontextmanager
async def opened_clients(
    connect: Callable[[], AsyncIntentAgentClient], count: int, serials: Sequence[str]
) -> AsyncIterator[list[Ask]]:
    """Yield clients with a connection each. They plan; with ``serials`` they also execute, on one each."""
    connections = [connect() for _ in range(count)]
    try:
        yield [
            _executing(connection, serials[number % len(serials)]) if serials else _planning(connection)
            for number, connection in enumerate(connections)
        ]
    finally:
        for connection in connections:
            await connection.close()


def _planning(client: AsyncIntentAgentClient) -> Ask:
    async def ask(request: BenchRequest) -> Answer:
        plan = await client.plan(request.text, tool_sets=request.tool_sets, now=_NOW, time_zone=_ZONE)
        return Answer(_comparable(plan))

    return ask


def _executing(client: AsyncIntentAgentClient, serial: str) -> Ask:
    async def ask(request: BenchRequest) -> Answer:
        plan = plan_pb2.Plan()
        outcomes = []
        async for step in client.execute(
            request.text, tool_sets=request.tool_sets, now=_NOW, time_zone=_ZONE, serial=serial
        ):
            if step.HasField("planned"):
                plan = step.planned
            if step.HasField("outcome"):
                status = outcome_pb2.OutcomeStatus.Name(step.outcome.status)
                outcomes.append(status.removeprefix(_STATUS))
        return Answer(_comparable(plan), tuple(outcomes))

    return ask


def _comparable(plan: plan_pb2.Plan) -> str:
    kept = plan_pb2.Plan(calls=plan.calls, missing=plan.missing, problems=plan.problems)
    return MessageToJson(kept, indent=None, sort_keys=True)
