"""The rows for a user's own tools; what one tiny tool set and a dozen examples become."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from agent.model.data._examples import ExamplesError, UserExample
from agent.model.data._mixture import OwnData, split, write_own_data
from agent.model.data._tools import Call
from tools_schema import load_tool_set

COFFEE = Path(__file__).parents[4] / "examples" / "coffee_machine"
TOOLS = {tool.name: tool for tool in load_tool_set(COFFEE).tools}


def make(folder: Path, examples: Path = COFFEE / "examples.jsonl", **changes: Any) -> OwnData:
    values: dict[str, Any] = {"known_signatures": ["k"], "languages": ["en"], "rows": 600}
    return write_own_data(folder, COFFEE, examples, **(values | changes))


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def names(row: dict[str, Any]) -> set[str]:
    return {call["name"] for call in row["calls"]}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> OwnData:
    return make(tmp_path_factory.mktemp("known"))


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> OwnData:
    return make(tmp_path_factory.mktemp("declared"), declared=True)


def test_half_of_the_rows_are_of_the_examples_and_half_of_the_built_in_tools(known: OwnData) -> None:
    rows = read(known.training)
    own = [row for row in rows if row["kind"].startswith("own")]

    assert len(own) == 300
    assert 280 <= len(rows) - len(own) <= 300
    assert {name for row in own for name in names(row)} >= set(TOOLS)


def test_every_kind_of_row_is_made(known: OwnData) -> None:
    kinds = {row["kind"] for row in read(known.training)}

    assert {"own", "own_two", "own_mixed", "own_instead", "own_never"} <= kinds
    assert "own_decoy" not in kinds


def test_negated_requests_call_nothing_and_joined_ones_call_both(known: OwnData) -> None:
    rows = read(known.training)

    assert all(not row["calls"] for row in rows if row["kind"] == "own_never")
    assert all(len(row["calls"]) >= 2 for row in rows if row["kind"] in {"own_two", "own_mixed"})


def test_own_values_stand_in_the_request_as_they_are_written(known: OwnData) -> None:
    for row in read(known.training):
        for call in row["calls"]:
            if call["name"] == "save_recipe" and "name" in call["arguments"]:
                assert call["arguments"]["name"] in row["text"]


def test_held_out_examples_are_in_no_training_row(known: OwnData) -> None:
    manifest = json.loads(Path(f"{known.training}.manifest.json").read_text(encoding="utf-8"))
    training = "\n".join(row["text"].casefold() for row in read(known.training))

    assert known.held_out == len(manifest["held_out"]) == known.examples // 8
    assert not [text for text in manifest["held_out"] if text.casefold() in training and len(text) > 30]
    validation = {row["text"] for row in read(known.validation)}
    assert set(manifest["held_out"]) <= validation


def test_taught_tools_become_known_and_are_not_declared(known: OwnData) -> None:
    manifest = json.loads(Path(f"{known.training}.manifest.json").read_text(encoding="utf-8"))

    assert set(manifest["known_signatures"]) == {"k", *(tool.signature for tool in TOOLS.values())}
    assert not any(row["tools"] for row in read(known.training) if row["kind"].startswith("own"))


def test_declared_tools_stay_declared_beside_others(declared: OwnData) -> None:
    manifest = json.loads(Path(f"{declared.training}.manifest.json").read_text(encoding="utf-8"))
    assert manifest["known_signatures"] == ["k"]
    for row in read(declared.training):
        offered = {tool["function"]["name"] for tool in row["tools"]}
        if row["kind"].startswith("own"):
            assert names(row) & set(TOOLS) <= offered
        if row["kind"] == "own_decoy":
            assert row["tools"]
            assert not row["calls"]


def test_refusals_that_speak_of_what_the_tools_do_are_left_out(known: OwnData) -> None:
    for row in read(known.training):
        if not row["kind"].startswith("own") and not row["calls"]:
            assert "coffee" not in row["text"].casefold()


def test_the_same_arguments_give_the_same_bytes(known: OwnData, tmp_path: Path) -> None:
    assert make(tmp_path).training.read_bytes() == known.training.read_bytes()


def test_a_tool_without_examples_stays_unknown(tmp_path: Path) -> None:
    lines = (COFFEE / "examples.jsonl").read_text(encoding="utf-8").splitlines()
    examples = tmp_path / "few.jsonl"
    examples.write_text("\n".join(line for line in lines if "warm_cups" not in line), encoding="utf-8")

    data = make(tmp_path / "run", examples, rows=200)

    assert data.untaught == ("warm_cups",)
    manifest = json.loads(Path(f"{data.training}.manifest.json").read_text(encoding="utf-8"))
    assert TOOLS["warm_cups"].signature not in manifest["known_signatures"]


def test_a_language_without_phrases_can_be_taught_too(tmp_path: Path) -> None:
    examples = tmp_path / "dutch.jsonl"
    drinks = ("espresso", "americano", "cappuccino", "latte", "coffee")
    rows = [
        {
            "text": f"zet {count} kopjes {drink}",
            "calls": [{"name": "brew_coffee", "arguments": {"drink": drink, "cups": count}}],
            "lang": "nl",
        }
        for drink in drinks
        for count in (2, 3)
    ]
    examples.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    data = make(tmp_path / "run", examples, rows=120)

    assert "nl" in {row["lang"] for row in read(data.training)}


def test_examples_for_other_tools_alone_are_refused(tmp_path: Path) -> None:
    examples = tmp_path / "none.jsonl"
    rows = [{"text": f"talk {number}", "calls": []} for number in range(9)]
    examples.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    with pytest.raises(ExamplesError, match=r"no example of none\.jsonl calls a tool"):
        make(tmp_path / "run", examples)


def test_a_tool_with_the_name_of_another_built_in_one_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    proto = (COFFEE / "coffee.proto").read_text(encoding="utf-8").replace("WarmCups", "SetTimer")
    (folder / "mine.proto").write_text(proto, encoding="utf-8")

    with pytest.raises(ExamplesError, match="set_timer has the name of another built-in tool"):
        write_own_data(
            tmp_path / "run", folder, COFFEE / "examples.jsonl", known_signatures=(), languages=("en",)
        )


def test_an_example_of_punctuation_alone_stays_as_it_is(tmp_path: Path) -> None:
    lines = (COFFEE / "examples.jsonl").read_text(encoding="utf-8").splitlines()
    quiet = ["...", "。", "?", "!?", "… ."]
    examples = tmp_path / "quiet.jsonl"
    examples.write_text(
        "\n".join([*lines[:24], *(json.dumps({"text": text, "calls": []}) for text in quiet)]),
        encoding="utf-8",
    )

    data = make(tmp_path / "run", examples, rows=300)

    texts = [row["text"] for path in (data.training, data.validation) for row in read(path)]
    assert set(quiet) == {text for text in texts if not any(map(str.isalnum, text))}
    assert max(texts.count(text) for text in quiet) > 1


def test_every_tool_keeps_two_examples_also_where_one_calls_it_often() -> None:
    brew = [Call("brew_coffee", {"drink": drink}) for drink in ("latte", "coffee", "espresso")]
    warm = Call("warm_cups", {})
    examples = (
        UserExample("a latte, a coffee and an espresso", tuple(brew)),
        UserExample("a latte", (brew[0],)),
        *(UserExample(f"warm {number} cups", (warm,)) for number in range(6)),
    )
    for seed in range(20):
        training, held_out = split(examples, random.Random(seed))  # noqa: S311 - data, not secrets

        assert training[:2] == examples[:2]
        assert len(held_out) == 2
