from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.evaluation import read_files
from agent.model.data._examples import ExamplesError, read_examples
from tools_schema import Tool, built_in_tool_sets, load_tool_set, validate

COFFEE = Path(__file__).parents[4] / "examples" / "coffee_machine"


@pytest.fixture(scope="module")
def tools() -> dict[str, Tool]:
    return {tool.name: tool for tool in load_tool_set(COFFEE).tools}


def write(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "mine.jsonl"
    filling = [{"text": f"talk {number}", "calls": []} for number in range(8)]
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows, *filling]), encoding="utf-8")
    return path


def call(name: str, /, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


def test_the_example_of_the_documentation_can_be_read(tools: dict[str, Tool]) -> None:
    examples = read_examples(COFFEE / "examples.jsonl", tools)

    assert 80 <= len(examples) <= 120
    assert {call.name for example in examples for call in example.calls} == set(tools)


def test_its_evaluation_file_shares_no_request_with_it(tools: dict[str, Tool]) -> None:
    (file,), folders = read_files([COFFEE / "eval.jsonl"], built_in_tool_sets())

    assert folders == (COFFEE,)
    assert len(file.rows) == 25
    assert not {row.text.casefold() for row in file.rows} & {
        example.text.casefold() for example in read_examples(COFFEE / "examples.jsonl", tools)
    }


def test_the_answers_of_its_evaluation_file_fit_the_tools(tools: dict[str, Tool]) -> None:
    (file,), _ = read_files([COFFEE / "eval.jsonl"], built_in_tool_sets())

    for row in file.rows:
        for answer in row.calls:
            assert validate(tools[answer.name], answer.arguments) == (), row.id
        for name in row.missing:
            assert any(tool.parameter(name) for tool in tools.values()), row.id


def test_canonical_arguments_become_what_the_model_writes(tools: dict[str, Tool], tmp_path: Path) -> None:
    row = {
        "text": "a coffee at 7 pm on weekdays",
        "calls": [
            call(
                "schedule_coffee",
                drink="coffee",
                time="19:00",
                days=["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
            )
        ],
        "lang": "de",
    }

    example = read_examples(write(tmp_path, row), tools)[0]

    assert example.lang == "de"
    assert example.calls[0].arguments == {"drink": "coffee", "time": "7pm", "days": ["weekdays"]}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "tea", "calls": [call("brew_tea")]}, r"no tool 'brew_tea'; there are brew_coffee"),
        (
            {"text": "a latte", "calls": [call("brew_coffee", drink="latte", size=2)]},
            r"brew_coffee: size: there is no such parameter",
        ),
        (
            {"text": "a tea", "calls": [call("brew_coffee", drink="tea")]},
            r"drink: 'tea' is none of: espresso",
        ),
        (
            {"text": "9 lattes", "calls": [call("brew_coffee", drink="latte", cups=9)]},
            r"cups is 9 and may be at most 6",
        ),
        (
            {"text": "a latte at dawn", "calls": [call("schedule_coffee", drink="latte", time="dawn")]},
            r"time: 'dawn' is no date or time",
        ),
        (
            {"text": "a latte tonight", "calls": [call("schedule_coffee", drink="latte", time="20:00")]},
            r"closed time language",
        ),
        ({"text": "brew", "calls": [call("brew_coffee")]}, r'required and not given: drink, but "missing"'),
        (
            {"text": "a latte", "calls": [call("brew_coffee", drink="latte")], "missing": ["drink"]},
            r'not given: nothing, but "missing" has drink',
        ),
        (
            {"text": "save it as Fog", "calls": [call("save_recipe", name="Frog")]},
            r"name: the request does not have the words 'Frog'",
        ),
        ({"text": "x", "call": []}, r"calls: Field required"),
        ({"text": "x", "calls": [], "language": "en"}, r"language: Extra inputs"),
        ({"text": "x\u0000", "calls": []}, r"character"),
        ({"text": "talk 0", "calls": []}, r"line 2: the same request"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(
    tools: dict[str, Tool], tmp_path: Path, row: dict[str, Any], message: str
) -> None:
    with pytest.raises(ExamplesError, match=r"mine\.jsonl, line \d: ") as caught:
        read_examples(write(tmp_path, row), tools)
    assert caught.match(message)


def test_addresses_that_nobody_said_are_refused_and_those_said_in_words_are_not(tmp_path: Path) -> None:
    phone = {tool.name: tool for tool in load_tool_set("phone").tools}
    said = {
        "text": "mail jo at fern dot example about lunch",
        "calls": [call("send_email", to="jo@fern.example", subject="lunch")],
    }
    invented = {"text": "mail bob about lunch", "calls": [call("send_email", to="someone@else.org")]}

    assert read_examples(write(tmp_path, said), phone)[0].calls[0].arguments["to"] == "jo@fern.example"
    with pytest.raises(ExamplesError, match=r"send_email: to: the request does not have .*someone@else\.org"):
        read_examples(write(tmp_path, invented), phone)


def test_too_few_examples_are_refused(tools: dict[str, Tool], tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"text": "hi", "calls": []}\n')

    with pytest.raises(ExamplesError, match="has 1 examples; write at least 8"):
        read_examples(path, tools)


def test_a_missing_file_is_named(tools: dict[str, Tool], tmp_path: Path) -> None:
    with pytest.raises(ExamplesError, match=r"absent\.jsonl cannot be read"):
        read_examples(tmp_path / "absent.jsonl", tools)
