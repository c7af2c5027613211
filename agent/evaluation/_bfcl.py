"""BFCL: calls of tools that the model has never seen, declared in the prompt, judged by BFCL's checker.

What is judged is what the service would call, with copies put right. A call that lacks a required argument,
which would be asked for, counts as one without arguments. BFCL's parameters have no kinds of ours: its dates
are texts.
"""

from __future__ import annotations

import random
import statistics
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from agent.errors import AgentError
from agent.evaluation._bfcl_tools import bfcl_call, bfcl_tool_set
from agent.planning import Asking, Planner, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agent.engines import Engine
    from agent.evaluation._bfcl_package import BfclPackage, BfclRow

__all__ = ["BfclResult", "BfclSummary", "evaluate_bfcl", "sample_bfcl", "summarise_bfcl"]

_NOW: Final = datetime(2026, 1, 16, 10, 15)


@dataclass(frozen=True, slots=True)
class BfclResult:
    """What came of a row. ``mistake`` is empty where it is right; ``error`` says why nothing was planned."""

    row: BfclRow
    calls: tuple[Mapping[str, Mapping[str, Any]], ...]
    mistake: str
    latency_ms: float
    error: str = ""

    @property
    def right(self) -> bool:
        """Whether the calls are right by BFCL's checker. A row that cannot be planned is wrong."""
        return not self.mistake and not self.error

    def to_json(self) -> dict[str, object]:
        """Return the result line."""
        return {
            "id": self.row.id,
            "text": self.row.text,
            "expected": list(self.row.answers),
            "got": list(self.calls),
            "right": self.right,
            "mistake": self.error or self.mistake,
            "latency_ms": round(self.latency_ms, 1),
        }


@dataclass(frozen=True, slots=True)
class BfclSummary:
    """``accuracy`` from 0 to 1; ``errors`` are rows that could not be planned, which count as wrong."""

    rows: int
    accuracy: float
    errors: int
    p50_ms: float

    def to_json(self) -> dict[str, object]:
        """Return the numbers as an object."""
        return {
            "rows": self.rows,
            "accuracy": self.accuracy,
            "errors": self.errors,
            "latency_ms": {"p50": self.p50_ms},
        }


def sample_bfcl(rows: Sequence[BfclRow], count: int, seed: int) -> tuple[BfclRow, ...]:
    """Return ``count`` rows in the file's order, all where 0 or more than there are."""
    if not count or count >= len(rows):
        return tuple(rows)
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    return tuple(rows[index] for index in sorted(rng.sample(range(len(rows)), count)))


def evaluate_bfcl(
    engine: Engine, package: BfclPackage, rows: Iterable[BfclRow], asking: Asking | None = None
) -> Iterator[BfclResult]:
    """Have every row's functions called, and yield the checker's verdict, in order."""
    for row in rows:
        started = time.perf_counter()
        try:
            tool_set = bfcl_tool_set(row.functions)
            planner = Planner(engine, tool_set, asking=asking)
            started = time.perf_counter()
            plan = planner.plan(Request(row.text, _NOW))
            took = (time.perf_counter() - started) * 1000
        except AgentError as error:
            took = (time.perf_counter() - started) * 1000
            yield BfclResult(row, (), "", took, error=error.message)
            continue
        # A call that would be asked about is no refusal, and not right either.
        asked: Iterator[dict[str, dict[str, Any]]] = ({missing.tool: {}} for missing in plan.missing)
        calls = (*(bfcl_call(call, tool_set) for call in plan.calls), *asked)
        yield BfclResult(row, calls, package.mistakes(row, calls), took)


def summarise_bfcl(results: Sequence[BfclResult]) -> BfclSummary:
    """Return the numbers of at least one result."""
    return BfclSummary(
        rows=len(results),
        accuracy=round(sum(result.right for result in results) / len(results), 4),
        errors=sum(bool(result.error) for result in results),
        p50_ms=round(statistics.median(result.latency_ms for result in results), 1),
    )
