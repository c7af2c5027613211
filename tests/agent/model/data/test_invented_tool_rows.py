"""Rows of the generator that have invented tools."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from agent.model.data import DataOptions, Generator, Row, write_data
from agent.model.data._declarations import spellings
from agent.model.data._generator import BESIDE
from agent.model.data._spelling import lower_copied
from agent.model.data._tools import Call

if TYPE_CHECKING:
    from pathlib import Path


def english() -> list[Row]:
    options = DataOptions(seed=5, languages={"en": 1.0})
    return list(itertools.islice(Generator(options, held_out=False).rows(), 1500))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [row for row in english() if row.tools]


def functions(row: Row) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(tool))["function"] for tool in row.tools]


def test_one_to_ten_tools_are_declared_most_of_one_file(rows: list[Row]) -> None:
    counts = [len(row.tools) for row in rows]
    assert {1, 2, 3, 4, 5} <= set(counts) <= set(range(1, 11))
    assert 2.5 < sum(counts) / len(counts) < 6


def test_several_requests_are_made_for_the_same_declared_tools(rows: list[Row]) -> None:
    together = [list(same) for _, same in itertools.groupby(rows, lambda row: row.tools)]
    sizes = Counter(len(same) for same in together[:-1])
    assert sizes.most_common(1)[0][0] == 1 + BESIDE
    calls = [{call.name for row in same for call in row.calls} for same in together]
    assert sum(len(names) > 1 for names in calls) > 0.5 * len(calls)


def test_validation_declares_each_set_of_tools_once() -> None:
    made = itertools.islice(Generator(DataOptions(seed=5), held_out=True).rows(), 300)
    declared = [row.tools for row in made if row.tools]
    assert len(set(map(str, declared))) == len(declared)


def test_a_built_in_tool_is_not_asked_for_beside_one_that_does_the_same(tmp_path: Path) -> None:
    files = {
        "phrases/en/set_timer.txt": "time {duration:5m|9m}\ncount {duration:5m|9m}\n",
        "phrases/en/_wrappers.txt": "@two\n{1}, {2}\n",
        "tools/en/inn.txt": "tool boil_egg like set_timer: Boils an egg.\nboil an egg\n"
        "tool brew_tea like set_timer: Brews tea.\nbrew tea\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = itertools.islice(Generator(DataOptions(folder=tmp_path), held_out=False).rows(), 300)
    mixed = [row for row in made if row.kind == "unseen_mixed"]
    assert mixed
    assert all(call.name != "set_timer" for row in mixed for call in row.calls)


def test_declared_names_differ(rows: list[Row]) -> None:
    for row in rows:
        names = [function["name"] for function in functions(row)]
        assert len(names) == len(set(names))


def test_choices_are_written_as_they_are_declared(rows: list[Row]) -> None:
    enums = {
        choice
        for row in rows
        for function in functions(row)
        for schema in function["parameters"]["properties"].values()
        for choice in schema.get("enum", ())
    }
    assert any(choice.isupper() and len(choice) > 3 for choice in enums)
    assert any(set("-_ ") & set(choice) for choice in enums)
    assert "quick-rinse" in spellings("quick rinse")


def test_declarations_leave_room_for_the_request(rows: list[Row]) -> None:
    several = [row for row in rows if len(row.tools) > 1]
    sizes = [len(json.dumps(row.tools, ensure_ascii=False).encode()) for row in several]
    assert max(sizes) <= 2450
    assert sum(size <= 1200 for size in sizes) > 0.7 * len(sizes)


def test_what_no_declared_tool_does_calls_nothing(rows: list[Row]) -> None:
    refused = [row for row in rows if row.kind == "unseen_none"]
    assert refused
    assert all(row.calls == () for row in refused)


def test_a_request_may_need_a_known_and_a_declared_tool(rows: list[Row]) -> None:
    mixed = [row for row in rows if row.kind == "unseen_mixed"]
    declared = [[call.name in {f["name"] for f in functions(row)} for call in row.calls] for row in mixed]
    assert [True, False] in declared
    assert [False, True] in declared
    assert [False] in declared


def test_a_required_argument_is_seldom_unsaid(rows: list[Row]) -> None:
    lacking = 0
    for row in rows:
        required = {f["name"]: set(f["parameters"].get("required", ())) for f in functions(row)}
        lacking += any(not required.get(call.name, set()) <= set(call.arguments) for call in row.calls)
    assert 0 < lacking < 0.15 * len(rows)


def test_arguments_have_their_declared_type_and_choices(rows: list[Row]) -> None:
    types: dict[str, type | tuple[type, ...]] = {
        "STRING": str,
        "INTEGER": (int, str),
        "NUMBER": (int, float),
        "BOOLEAN": bool,
        "ARRAY": list,
    }
    for row in rows:
        for function in functions(row):
            for call in (call for call in row.calls if call.name == function["name"]):
                for name, value in call.arguments.items():
                    schema = function["parameters"]["properties"][name]
                    assert isinstance(value, types[schema["type"]]), row
                    assert value in schema.get("enum", [value]), row


def test_a_choice_keeps_its_spelling_when_the_text_is_lower_case() -> None:
    calls = (Call("check_air", {"pollutant": "PM10", "city": "Oslo"}),)
    (call,) = lower_copied(calls, "pm10 in oslo", {"PM10"})
    assert call.arguments == {"pollutant": "PM10", "city": "oslo"}


def test_a_built_in_call_has_no_choices_of_declared_tools() -> None:
    (call,) = lower_copied((Call("open_app", {"app": "Steam"}),), "launch steam", {"Steam"})
    assert call.arguments == {"app": "steam"}


def test_the_report_counts_phrases_by_language_refusals_and_history_by_kind(tmp_path: Path) -> None:
    write_data(tmp_path / "a.jsonl", rows=300, options=DataOptions(languages={"en": 0.6, "de": 0.4}))
    page = (tmp_path / "a.jsonl.report.md").read_text()
    assert "## distinct phrases\n\n| what | de | en |" in page
    assert "## refusals by kind" in page
    assert "## history by kind" in page
    assert "| correct |" in page
