from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING

import pytest

from agent.model.data import DataOptions, Generator, Row, write_data
from agent.model.data._generator import FOLDER
from agent.planning.times import parse_duration, parse_expression, resolve_weekdays
from tools_schema import Kind, Parameter, ToolSet, load_tool_set

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = sorted(path.name for path in (FOLDER / "phrases").iterdir() if path.is_dir())
COPIED = {Kind.TEXT, Kind.APP}
TIMES = {Kind.DATE_TIME, Kind.DATE, Kind.TIME_OF_DAY}


def rows_of(lang: str, count: int, *, held_out: bool, seed: int = 3) -> list[Row]:
    options = DataOptions(seed=seed, languages={lang: 1.0})
    return list(itertools.islice(Generator(options, held_out=held_out).rows(), count))


@pytest.fixture(scope="module")
def phone() -> ToolSet:
    return load_tool_set("phone")


@pytest.fixture(scope="module", params=LANGUAGES)
def training(request: pytest.FixtureRequest) -> list[Row]:
    return rows_of(request.param, 1500, held_out=False)


@pytest.fixture(scope="module", params=LANGUAGES)
def validation(request: pytest.FixtureRequest) -> list[Row]:
    return rows_of(request.param, 150, held_out=True)


def declared(row: Row) -> set[str]:
    return {json.loads(json.dumps(tool))["function"]["name"] for tool in row.tools}


def problem(parameter: Parameter | None, value: object, row: Row) -> str:
    """Return what is wrong with an argument that is written as the model writes it."""
    if parameter is None or parameter.derived:
        return "unknown parameter"
    if parameter.kind is Kind.WEEKDAYS:
        assert isinstance(value, list)
        resolve_weekdays(value)
    elif parameter.kind is Kind.DURATION:
        assert isinstance(value, (str, int))
        parse_duration(str(value))
    elif parameter.kind in TIMES:
        assert isinstance(value, str)
        parse_expression(value)
    elif parameter.kind is Kind.PERCENT:
        return "" if isinstance(value, int) and 0 <= value <= 100 else "not a percentage"
    elif parameter.type == "BOOLEAN":
        return "" if isinstance(value, bool) else "not a boolean"
    elif parameter.one_of:
        return "" if value in parameter.one_of else "not a choice"
    elif parameter.kind in COPIED and "://" not in str(value):
        said = " ".join([row.text, *(str(past["text"]) for past in row.history if isinstance(past, dict))])
        spoken = re.search(r" (dot|at|underscore) ", said)
        # A correction of a part is put together from what was said before and what is said now.
        corrected = row.history and all(word in said for word in re.findall(r"\d+|[^\W\d]+", str(value)))
        return "" if str(value) in said or spoken or corrected else "not in the text"
    return ""


def test_every_argument_fits_the_tools_schema(training: list[Row], phone: ToolSet) -> None:
    wrong = []
    for row in training:
        for call in row.calls:
            tool = phone.tool(call.name)
            if call.name in declared(row):
                continue
            assert tool is not None, f"{row.template}: no tool {call.name}"
            for name, value in call.arguments.items():
                if found := problem(tool.parameter(name), value, row):
                    wrong.append((found, call.name, name, value, row.text))
    assert wrong == []


def test_every_tool_of_the_phone_is_asked_for(training: list[Row], phone: ToolSet) -> None:
    asked = {call.name for row in training for call in row.calls}
    assert {tool.name for tool in phone.tools} <= asked


def test_calls_to_declared_tools_have_their_parameters(training: list[Row]) -> None:
    for row in training:
        for tool in row.tools:
            function = json.loads(json.dumps(tool))["function"]
            for call in row.calls:
                if call.name == function["name"]:
                    assert set(call.arguments) <= set(function["parameters"]["properties"]), row


def test_declarations_are_short_and_sorted_by_name(training: list[Row]) -> None:
    for row in training:
        names = [json.loads(json.dumps(tool))["function"]["name"] for tool in row.tools]
        assert names == sorted(names)
        assert all(len(json.dumps(tool)) < 900 for tool in row.tools)


def test_all_kinds_of_rows_are_made(training: list[Row]) -> None:
    assert {len(row.calls) for row in training} >= {0, 1, 2, 3}
    refusals = sum(not row.calls for row in training) / len(training)
    several = sum(len(row.calls) > 1 for row in training) / len(training)
    assert 0.08 < refusals < 0.18
    assert 0.15 < several < 0.38
    if (FOLDER / "tools" / training[0].lang).is_dir():
        assert 0.09 < sum(bool(row.tools) for row in training) / len(training) < 0.42
    assert any(row.history for row in training)


def phrases(row: Row) -> set[str]:
    return {part for part in re.split(r"[+>]", row.template) if part}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_held_out_phrase_is_trained_on(lang: str) -> None:
    trained = {phrase for row in rows_of(lang, 1500, held_out=False) for phrase in phrases(row)}
    held_out = {phrase for row in rows_of(lang, 200, held_out=True) for phrase in phrases(row)}
    assert trained.isdisjoint(held_out)


def test_the_same_seed_gives_the_same_rows() -> None:
    assert rows_of("en", 60, held_out=False) == rows_of("en", 60, held_out=False)
    assert rows_of("en", 60, held_out=False) != rows_of("en", 60, held_out=False, seed=4)


def test_files_are_the_same_byte_for_byte_and_come_with_a_manifest(tmp_path: Path) -> None:
    results = [
        write_data(tmp_path / f"{i}.jsonl", rows=80, validation=tmp_path / f"{i}.v.jsonl", validation_rows=20)
        for i in range(2)
    ]
    assert (tmp_path / "0.jsonl").read_bytes() == (tmp_path / "1.jsonl").read_bytes()
    assert (tmp_path / "0.v.jsonl").read_bytes() == (tmp_path / "1.v.jsonl").read_bytes()
    manifest = json.loads((tmp_path / "0.jsonl.manifest.json").read_text())
    assert manifest["sha256"] == results[0].sha256
    assert manifest["rows"] == 80
    assert manifest["coverage"]["rows"] == 80
    assert manifest["known_signatures"]
    rows = map(json.loads, (tmp_path / "0.jsonl").read_text().splitlines())
    called = next(row["calls"][0]["name"] for row in rows if row["calls"] and not row["tools"])
    assert f"| {called} |" in (tmp_path / "0.jsonl.report.md").read_text()


def test_rows_that_share_eight_words_with_an_evaluation_file_are_dropped(tmp_path: Path) -> None:
    write_data(tmp_path / "a.jsonl", rows=60)
    texts = [json.loads(line)["text"] for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    long = next(text for text in texts if len(text.split()) > 12)
    (tmp_path / "eval.jsonl").write_text(json.dumps({"text": f"so {long} today"}) + "\n")
    result = write_data(tmp_path / "b.jsonl", rows=60, avoid=[tmp_path / "eval.jsonl"])
    assert result.dropped >= 1
    assert long not in [json.loads(line)["text"] for line in (tmp_path / "b.jsonl").read_text().splitlines()]


def test_validation_rows_are_as_right_as_training_rows(validation: list[Row], phone: ToolSet) -> None:
    for row in validation:
        for call in row.calls:
            tool = phone.tool(call.name)
            if tool is not None and call.name not in declared(row):
                for name, value in call.arguments.items():
                    assert problem(tool.parameter(name), value, row) == "", row


def test_one_phrase_may_ask_for_several_calls(training: list[Row]) -> None:
    rows = [row for row in training if "/_together#" in row.template]
    if (FOLDER / "phrases" / training[0].lang / "_together.txt").exists():
        assert rows
    # A few say of the second thing that it is to be left as it is.
    assert sum(len(row.calls) > 1 for row in rows) >= 0.8 * len(rows)
