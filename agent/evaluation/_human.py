"""Choice of tools on things that people said to assistants: names only, no arguments."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from agent.errors import EvaluationFileError
from agent.evaluation._human_tools import NOTHING, Expectation, expectation
from agent.evaluation._rows import EvaluationRow, read_lines
from agent.evaluation._run import evaluate_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from agent._agent import IntentAgent

__all__ = [
    "HumanResult",
    "HumanRow",
    "HumanSummary",
    "MeasuredRow",
    "evaluate_human",
    "human_groups",
    "read_human",
    "sample_human",
    "summarise_human",
]

_NOW = "2026-01-16T10:15:00"


class HumanRow(BaseModel):
    """A line of the file. ``label`` is the source's, ``phone_fn`` the nearest function of a phone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str
    source: str
    label: str
    phone_fn: str | None = None


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """A row and which tool is right for it; ``number`` counts the file's rows from 0."""

    number: int
    row: HumanRow
    expected: Expectation


@dataclass(frozen=True, slots=True)
class HumanResult:
    """What came of a row: the name of the first call, or of the tool that the plan asks arguments for."""

    measured: MeasuredRow
    chosen: str
    called: tuple[str, ...]
    latency_ms: float
    error: str = ""

    @property
    def right(self) -> bool:
        """Whether the tool is the expected one."""
        return not self.error and self.chosen == self.measured.expected.tool

    @property
    def acceptable(self) -> bool:
        """Whether the tool is the expected one, or as right by the catalogue."""
        return self.right or (not self.error and self.chosen in self.measured.expected.also)

    @property
    def any_call(self) -> bool:
        """Whether any call has the expected name; where nothing is right, whether nothing is called."""
        return self.right or self.measured.expected.tool in self.called

    def to_json(self) -> dict[str, object]:
        """Return the result line."""
        row = self.measured.row
        line: dict[str, object] = {
            "id": f"human-{self.measured.number}",
            "text": row.text,
            "source": row.source,
            "label": row.label,
            "expected": self.measured.expected.tool,
            "also": sorted(self.measured.expected.also),
            "got": self.chosen,
            "calls": list(self.called),
            "right": self.right,
            "acceptable": self.acceptable,
            "latency_ms": round(self.latency_ms, 1),
        }
        return line | ({"error": self.error} if self.error else {})


@dataclass(frozen=True, slots=True)
class HumanSummary:
    """Fractions from 0 to 1 of at least one row."""

    rows: int
    right: float
    acceptable: float
    any_call: float

    def to_json(self) -> dict[str, object]:
        """Return the numbers as an object."""
        return {
            "rows": self.rows,
            "right": self.right,
            "acceptable": self.acceptable,
            "any_call": self.any_call,
        }


def read_human(path: Path, tools: frozenset[str]) -> tuple[MeasuredRow, ...]:
    """Return the rows that can be measured with tools of the given names, every text once.

    Raises EvaluationFileError where the file cannot be read or has no such row.
    """
    seen: set[str] = set()
    measured = []
    for number, row in enumerate(read_lines(path, HumanRow)):
        expected = expectation(row.phone_fn, row.label, tools)
        text = " ".join(row.text.casefold().split())
        if expected is not None and text not in seen:
            seen.add(text)
            measured.append(MeasuredRow(number, row, expected))
    if not measured:
        raise EvaluationFileError(f"no row of '{path}' has a phone_fn that is one of our tools")
    return tuple(measured)


def sample_human(rows: Sequence[MeasuredRow], a_tool: int, seed: int) -> tuple[MeasuredRow, ...]:
    """Return up to ``a_tool`` rows for every tool, evenly over its sources and labels, in the file's order.

    0 means all rows. The same rows, number and seed give the same sample.
    """
    if not a_tool:
        return tuple(rows)
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    strata: dict[str, dict[tuple[str, str], list[MeasuredRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        strata[row.expected.tool][row.row.source, row.row.label].append(row)
    drawn: list[MeasuredRow] = []
    for _, by_label in sorted(strata.items()):
        piles = [rng.sample(pile, len(pile)) for _, pile in sorted(by_label.items())]
        # One of each pile in turn, as long as there are any.
        turns = sorted(
            ((turn, pile, row) for pile, members in enumerate(piles) for turn, row in enumerate(members)),
            key=lambda entry: entry[:2],
        )
        drawn += [row for _, _, row in turns[:a_tool]]
    return tuple(sorted(drawn, key=lambda row: row.number))


def evaluate_human(agent: IntentAgent, rows: Iterable[MeasuredRow], tool_set: str) -> Iterator[HumanResult]:
    """Plan every row at a fixed time, and yield which tool was chosen, in order."""
    for measured in rows:
        row = EvaluationRow(
            id=str(measured.number), text=measured.row.text, now=_NOW, tool_sets=(tool_set,), calls=()
        )
        (result,) = evaluate_rows(agent, [row])
        called = tuple(call.name for call in result.calls)
        chosen = next(iter((*called, *result.asked)), NOTHING)
        yield HumanResult(measured, chosen, called, result.latency_ms, result.error)


def summarise_human(results: Sequence[HumanResult]) -> HumanSummary:
    """Return the numbers of at least one result."""
    rows = len(results)
    return HumanSummary(
        rows=rows,
        right=round(sum(result.right for result in results) / rows, 4),
        acceptable=round(sum(result.acceptable for result in results) / rows, 4),
        any_call=round(sum(result.any_call for result in results) / rows, 4),
    )


def human_groups(results: Sequence[HumanResult]) -> dict[str, dict[str, HumanSummary]]:
    """Return summaries by kind (whether a tool or nothing is right), source and tool."""
    keys: dict[str, Callable[[HumanResult], str]] = {
        "right is": lambda result: NOTHING if result.measured.expected.tool == NOTHING else "a tool",
        "source": lambda result: result.measured.row.source,
        "tool": lambda result: result.measured.expected.tool,
    }
    groups: dict[str, dict[str, HumanSummary]] = {}
    for name, key in keys.items():
        members: dict[str, list[HumanResult]] = defaultdict(list)
        for result in results:
            members[key(result)].append(result)
        groups[name] = {value: summarise_human(found) for value, found in sorted(members.items())}
    return groups
