"""The evaluation files of this repository: every expected answer has to be one that can be given."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.engines import ScriptedEngine
from agent.evaluation import EvaluationRow, read_files, read_rows
from agent.planning import Exchange, Planner, Request
from tools_schema import ToolSet, built_in_tool_sets, load_tool_set, unite, validate

DATA = Path(__file__).parents[2] / "data"
FILES = sorted([*DATA.glob("dev_*.jsonl"), *DATA.glob("heldout/*.jsonl")])

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def built_in() -> dict[str, ToolSet]:
    return {name: load_tool_set(name) for name in built_in_tool_sets()}


def rows_and_tools(
    path: Path, built_in: dict[str, ToolSet]
) -> tuple[tuple[EvaluationRow, ...], dict[str, ToolSet]]:
    (file,), folders = read_files([path], tuple(built_in))
    loaded = (load_tool_set(folder) for folder in folders)
    return file.rows, built_in | {tool_set.name: tool_set for tool_set in loaded}


def united(row: EvaluationRow, tool_sets: dict[str, ToolSet]) -> ToolSet:
    return unite([tool_sets[name] for name in row.tool_sets])


def test_the_development_files_hold_enough_rows() -> None:
    assert sum(len(read_rows(path)) for path in FILES if path.stem.startswith("dev_")) >= 120


@every_file
def test_expected_and_past_calls_fit_their_tools(path: Path, built_in: dict[str, ToolSet]) -> None:
    rows, tool_sets = rows_and_tools(path, built_in)
    for row in rows:
        for call in (*row.calls, *(call for past in row.history for call in past.calls)):
            tool = united(row, tool_sets).tool(call.name)
            assert tool is not None, f"{row.id}: {call.name}"
            assert validate(tool, call.arguments) == (), row.id


@every_file
def test_missing_parameters_are_required_ones_of_a_tool(path: Path, built_in: dict[str, ToolSet]) -> None:
    rows, tool_sets = rows_and_tools(path, built_in)
    for row in rows:
        required = {
            parameter.name
            for tool in united(row, tool_sets).tools
            for parameter in tool.parameters
            if parameter.required
        }
        assert set(row.missing) <= required, row.id
        assert all(set(past.missing) <= required for past in row.history), row.id


@every_file
def test_requests_can_be_planned_at_their_time(path: Path, built_in: dict[str, ToolSet]) -> None:
    rows, tool_sets = rows_and_tools(path, built_in)
    engine = ScriptedEngine(lambda _: "<end_of_turn>")
    planners = {
        row.tool_sets: Planner(engine, united(row, tool_sets))
        for row in {row.tool_sets: row for row in rows}.values()
    }
    for row in rows:
        ZoneInfo(row.time_zone)
        history = tuple(Exchange(past.text) for past in row.history)
        planners[row.tool_sets].plan(Request(row.text, datetime.fromisoformat(row.now), history=history))


@every_file
def test_ids_are_unique(path: Path) -> None:
    ids = [row.id for row in read_rows(path)]
    assert sorted(set(ids)) == sorted(ids)
