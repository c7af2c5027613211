"""Planning the rows of an evaluation file through the code path of the service."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import AgentError
from agent.evaluation._equal import same
from agent.planning import Exchange, Missing
from tools_schema import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent._agent import IntentAgent
    from agent.evaluation._rows import EvaluationRow, PastExchange

__all__ = ["RowResult", "evaluate_rows"]


@dataclass(frozen=True, slots=True)
class RowResult:
    """What came of a row. ``latency_ms`` is the whole of planning; ``error`` is a refused request's message.

    ``problems`` are the plan's: what was dropped, called once or cut off, and why; ``asked`` the tools whose
    arguments are in ``missing``.
    """

    row: EvaluationRow
    calls: tuple[Call, ...]
    missing: tuple[str, ...]
    problems: tuple[str, ...]
    latency_ms: float
    error: str = ""
    asked: tuple[str, ...] = ()

    @property
    def names_right(self) -> bool:
        """Whether the ordered names of the calls are the expected ones; not so of a refused request."""
        return not self.error and [call.name for call in self.calls] == [call.name for call in self.row.calls]

    @property
    def exact(self) -> bool:
        """Whether calls, arguments and missing parameters are the expected ones."""
        if not self.names_right or sorted(self.missing) != sorted(self.row.missing):
            return False
        pairs = zip(self.calls, self.row.calls, strict=True)
        return all(same(got.arguments, expected.arguments) for got, expected in pairs)

    def to_json(self) -> dict[str, object]:
        """Return the result line: id, expected, got, exact, latency_ms."""
        got: dict[str, object] = {
            "calls": [{"name": call.name, "arguments": dict(call.arguments)} for call in self.calls]
        }
        if self.missing:
            got["missing"] = list(self.missing)
        if self.problems:
            got["problems"] = list(self.problems)
        if self.error:
            got["error"] = self.error
        expected: dict[str, object] = {"calls": [call.model_dump() for call in self.row.calls]}
        if self.row.missing:
            expected["missing"] = list(self.row.missing)
        return {
            "id": self.row.id,
            "text": self.row.text,
            "expected": expected,
            "got": got,
            "exact": self.exact,
            "latency_ms": round(self.latency_ms, 1),
        }


def evaluate_rows(agent: IntentAgent, rows: Iterable[EvaluationRow]) -> Iterator[RowResult]:
    """Plan every row and yield what came of it, in order. A row that cannot be planned is not right."""
    for row in rows:
        started = time.perf_counter()
        try:
            planned = agent.plan(
                row.text,
                tool_sets=row.tool_sets,
                now=row.now,
                time_zone=row.time_zone,
                history=tuple(_exchange(past) for past in row.history),
            )
        except AgentError as error:
            yield RowResult(row, (), (), (), _since(started), error=error.message)
            continue
        plan = planned.plan
        yield RowResult(
            row,
            plan.calls,
            tuple(missing.parameter for missing in plan.missing),
            plan.problems,
            _since(started),
            asked=tuple(missing.tool for missing in plan.missing),
        )


def _exchange(past: PastExchange) -> Exchange:
    return Exchange(
        text=past.text,
        calls=tuple(Call(call.name, call.arguments) for call in past.calls),
        missing=tuple(Missing("", parameter) for parameter in past.missing),
        outcome=past.outcome,
    )


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
