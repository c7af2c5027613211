"""Two kinds of load: clients that wait for each answer, and requests that come whether answers do or not."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeAlias

from agent.bench._phase import Answer, Phase, Sample
from agent.client import ServiceError

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable, Sequence

    from agent.bench._requests import BenchRequest

__all__ = ["Ask", "closed_loop", "open_loop"]

Ask: TypeAlias = "Callable[[BenchRequest], Awaitable[Answer]]"
"""One client: sends a request and returns what came of it. Raises ServiceError."""


async def closed_loop(name: str, clients: Sequence[Ask], requests: Sequence[BenchRequest]) -> Phase:
    """Send requests from all clients, each of which sends its next one as soon as it has its answer."""
    samples = [Sample(0.0)] * len(requests)
    numbers = iter(range(len(requests)))

    async def one(ask: Ask) -> None:
        for number in numbers:
            samples[number] = await _sample(ask, requests[number], time.perf_counter())

    began = time.perf_counter()
    await asyncio.gather(*(one(ask) for ask in clients))
    return Phase(name, len(clients), None, time.perf_counter() - began, tuple(samples))


async def open_loop(
    name: str, clients: Sequence[Ask], requests: Sequence[BenchRequest], rate: float, chance: random.Random
) -> Phase:
    """Send requests at random moments, on average ``rate`` a second, in turn from the clients.

    The time that an answer takes counts from the moment at which its request was due, so that a load
    generator that is late itself makes nothing look faster.
    """
    tasks = []
    began = due = time.perf_counter()
    for number, request in enumerate(requests):
        due += chance.expovariate(rate)
        await asyncio.sleep(due - time.perf_counter())
        tasks.append(asyncio.ensure_future(_sample(clients[number % len(clients)], request, due)))
    samples = await asyncio.gather(*tasks)
    return Phase(name, len(clients), rate, time.perf_counter() - began, tuple(samples))


async def _sample(ask: Ask, request: BenchRequest, due: float) -> Sample:
    try:
        answer = await ask(request)
    except ServiceError as error:
        return Sample(time.perf_counter() - due, error=f"{error.code} {error.reason}")
    return Sample(time.perf_counter() - due, answer)
