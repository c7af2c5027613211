"""The loads of one benchmark, one after the other, and what they say together."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.bench._load import closed_loop, open_loop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agent.bench._load import Ask
    from agent.bench._phase import Phase
    from agent.bench._requests import BenchRequest

__all__ = ["BenchOptions", "BenchResult", "run_bench"]


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """What is measured.

    ``requests`` are those of each load, ``warm_up`` those before the first one. ``compare`` measures one
    client first. ``rate`` adds a load of that many requests a second, ``share`` one of that share of what all
    clients together got; at most one of the two. ``seed`` is that of the moments of these requests.
    """

    requests: int = 100
    warm_up: int = 20
    compare: bool = False
    rate: float | None = None
    share: float | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True)
class BenchResult:
    """What was measured.

    ``ratio`` is the throughput of all clients by that of one, ``same`` how many of the one client's requests
    were planned alike when all clients sent them at once, of ``compared``; None without a comparison.
    ``resident`` is the memory in bytes after the warm-up and at the end, None where it cannot be known.
    """

    phases: tuple[Phase, ...]
    ratio: float | None
    same: int | None
    compared: int | None
    resident: tuple[int | None, int | None]

    def to_json(self) -> dict[str, object]:
        """Return the facts as JSON values."""
        return {
            "loads": [phase.to_json() for phase in self.phases],
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "same_plans": self.same,
            "compared_plans": self.compared,
            "resident_bytes": {"before": self.resident[0], "after": self.resident[1]},
        }


async def run_bench(
    clients: Sequence[Ask],
    requests: Iterator[BenchRequest],
    options: BenchOptions,
    *,
    resident: Callable[[], int | None],
    tell: Callable[[Phase], None],
) -> BenchResult:
    """Put the loads on the service; ``tell`` gets each when it has ended.

    Each load has requests of its own, since the engine answers faster what it has written before. Then what
    one client had asked is asked again by all of them, and their plans are compared.
    """

    def some(count: int) -> tuple[BenchRequest, ...]:
        return tuple(itertools.islice(requests, count))

    phases: list[Phase] = []

    def ended(phase: Phase) -> Phase:
        phases.append(phase)
        tell(phase)
        return phase

    await closed_loop("warm-up", clients, some(options.warm_up))
    before = resident()
    alone_requests = some(options.requests)
    alone = None
    if options.compare:
        alone = ended(await closed_loop("1 client", clients[:1], alone_requests))
    together = ended(await closed_loop(f"{len(clients)} clients", clients, some(options.requests)))
    rate = options.rate or (options.share * together.throughput if options.share else None)
    if rate:
        chance = random.Random(options.seed)  # noqa: S311 - the same moments for the same seed
        ended(await open_loop(f"{rate:.2f} a second", clients, some(options.requests), rate, chance))
    if alone is None:
        return BenchResult(tuple(phases), None, None, None, (before, resident()))
    again = await closed_loop("again", clients, alone_requests)
    pairs = [
        (first.answer.plan, second.answer.plan)
        for first, second in zip(alone.samples, again.samples, strict=True)
        if first.answer and second.answer
    ]
    return BenchResult(
        phases=tuple(phases),
        ratio=together.throughput / alone.throughput if alone.throughput else None,
        same=sum(first == second for first, second in pairs),
        compared=len(pairs),
        resident=(before, resident()),
    )
