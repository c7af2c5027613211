"""Counting what is right: the numbers of a whole file and of its groups."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.evaluation._run import RowResult

__all__ = ["Summary", "group_summaries", "summarise"]


@dataclass(frozen=True, slots=True)
class Summary:
    """Fractions from 0 to 1, None where no row is of that kind; ``invalid`` counts the problems of plans.

    ``refusals_right`` is over rows that call nothing and miss nothing; ``false_refusals`` over rows with
    calls.
    """

    rows: int
    exact: float | None
    names: float | None
    arguments_given_names: float | None
    refusals_right: float | None
    false_refusals: float | None
    missing_right: float | None
    invalid: int
    p50_ms: float
    p95_ms: float

    def to_json(self) -> dict[str, object]:
        """Return the summary object of the evaluation contract."""
        return {
            "rows": self.rows,
            "exact": self.exact,
            "names": self.names,
            "arguments_given_names": self.arguments_given_names,
            "refusals_right": self.refusals_right,
            "false_refusals": self.false_refusals,
            "missing_right": self.missing_right,
            "invalid": self.invalid,
            "latency_ms": {"p50": self.p50_ms, "p95": self.p95_ms},
        }

    def cells(self) -> tuple[str, ...]:
        """Return rows, the six fractions in per cent (a dash for None), and the latencies, for a table."""
        fractions = (
            self.exact,
            self.names,
            self.arguments_given_names,
            self.refusals_right,
            self.false_refusals,
            self.missing_right,
        )
        return (
            str(self.rows),
            *("–" if fraction is None else f"{100 * fraction:.1f}" for fraction in fractions),
            f"{self.p50_ms:.0f}",
            f"{self.p95_ms:.0f}",
        )


def summarise(results: Sequence[RowResult]) -> Summary:
    """Return the numbers of at least one result."""
    named = [result for result in results if result.names_right]
    refusals = [result for result in results if not result.row.calls and not result.row.missing]
    missing = [result for result in results if result.row.missing]
    called = [result for result in results if result.row.calls]
    latencies = sorted(result.latency_ms for result in results)
    return Summary(
        rows=len(results),
        exact=_fraction([result.exact for result in results]),
        names=_fraction([result.names_right for result in results]),
        arguments_given_names=_fraction([result.exact for result in named if result.row.calls]),
        refusals_right=_fraction([result.exact for result in refusals]),
        false_refusals=_fraction([not result.calls for result in called]),
        missing_right=_fraction([result.exact for result in missing]),
        invalid=sum(len(result.problems) for result in results),
        p50_ms=round(statistics.median(latencies), 1),
        p95_ms=round(latencies[math.ceil(0.95 * len(latencies)) - 1], 1),
    )


def group_summaries(results: Sequence[RowResult]) -> dict[str, dict[str, Summary]]:
    """Return summaries by group and value: extra fields, tool set, number of calls, tool of a single call."""
    grouped: dict[tuple[str, str], list[RowResult]] = defaultdict(list)
    for result in results:
        keys = dict(result.row.groups)
        keys["tool_set"] = "+".join(result.row.tool_sets)
        keys["calls"] = str(len(result.row.calls))
        if len(result.row.calls) == 1:
            keys["tool"] = result.row.calls[0].name
        for key, value in keys.items():
            grouped[key, value].append(result)
    summaries: dict[str, dict[str, Summary]] = defaultdict(dict)
    for (key, value), members in sorted(grouped.items()):
        summaries[key][value] = summarise(members)
    return dict(summaries)


def _fraction(truths: Sequence[bool]) -> float | None:
    return round(sum(truths) / len(truths), 4) if truths else None
