from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agent.errors import EvaluationFileError
from agent.evaluation import evaluate_human, human_groups, read_human, sample_human, summarise_human

if TYPE_CHECKING:
    from pathlib import Path

    from agent._agent import IntentAgent

TOOLS = frozenset({"set_alarm", "set_timer", "call", "dial", "web_search", "show_calendar"})


def write(path: Path, *rows: tuple[str, str, str | None, str]) -> Path:
    lines = [
        json.dumps(
            {"text": text, "source": source, "label": label, "phone_fn": phone_fn, "split": "x", "slots": []}
        )
        for text, label, phone_fn, source in rows
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_rows_are_measured_whose_function_is_a_tool_of_ours(tmp_path: Path) -> None:
    path = write(
        tmp_path / "human.jsonl",
        ("alarm", "alarm_set", "set_alarm", "slurp"),
        ("Alarm ", "alarm", "set_alarm", "clinc150"),
        ("what's on today", "calendar", "view_calendar", "clinc150"),
        ("call bob", "make_call", "dial", "clinc150"),
        ("who is bob", "qa_factoid", "web_search", "slurp"),
        ("why", "oos", "NONE", "clinc150"),
        ("turn on the lamp", "HassTurnOn", None, "ha_intents"),
        ("rain today?", "weather", "get_weather", "clinc150"),
    )
    measured = read_human(path, TOOLS)
    assert [(row.row.text, row.expected.tool, sorted(row.expected.also)) for row in measured] == [
        ("alarm", "set_alarm", []),
        ("what's on today", "show_calendar", []),
        ("call bob", "call", ["dial"]),
        ("who is bob", "web_search", ["nothing"]),
        ("why", "nothing", []),
    ]


def test_the_first_tool_that_is_called_or_asked_about_counts(agent: IntentAgent, tmp_path: Path) -> None:
    path = write(
        tmp_path / "human.jsonl",
        ("alarm", "alarm_set", "set_alarm", "slurp"),
        ("timer", "timer", "set_timer", "clinc150"),
        ("light", "alarm", "set_alarm", "clinc150"),
        ("nothing", "oos", "NONE", "clinc150"),
    )
    results = list(evaluate_human(agent, read_human(path, TOOLS), "phone"))
    assert [result.right for result in results] == [True, True, False, True]
    assert summarise_human(results).right == 0.75
    groups = human_groups(results)
    assert {source: summary.right for source, summary in groups["source"].items()} == {
        "clinc150": 0.6667,
        "slurp": 1.0,
    }
    assert groups["right is"]["a tool"].rows == 3
    assert groups["tool"]["set_alarm"].right == 0.5


def test_what_the_catalogue_leaves_open_is_acceptable_but_not_right(
    agent: IntentAgent, tmp_path: Path
) -> None:
    path = write(tmp_path / "human.jsonl", ("nothing", "qa_factoid", "web_search", "slurp"))
    (result,) = evaluate_human(agent, read_human(path, TOOLS), "phone")
    assert (result.right, result.acceptable) == (False, True)


def test_a_sample_has_as_many_rows_for_every_tool_evenly_over_its_labels(tmp_path: Path) -> None:
    rows = [(f"alarm {number}", "alarm", "set_alarm", "clinc150") for number in range(20)]
    rows += [(f"wake {number}", "alarm_set", "set_alarm", "slurp") for number in range(3)]
    rows += [("timer", "timer", "set_timer", "clinc150")]
    measured = read_human(write(tmp_path / "human.jsonl", *rows), TOOLS)
    sample = sample_human(measured, 6, seed=7)
    assert [row.row.source for row in sample].count("slurp") == 3
    assert len(sample) == 7
    assert sample == sample_human(measured, 6, seed=7)
    assert sample != sample_human(measured, 6, seed=8)
    assert sample_human(measured, 0, seed=7) == measured


def test_a_file_without_a_row_to_measure_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "human.jsonl", ("rain today?", "weather", "get_weather", "clinc150"))
    with pytest.raises(EvaluationFileError, match=r"human\.jsonl"):
        read_human(path, TOOLS)
