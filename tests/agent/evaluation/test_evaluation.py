from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from agent.errors import EvaluationFileError
from agent.evaluation import evaluate_rows, group_summaries, read_rows, summarise

if TYPE_CHECKING:
    from pathlib import Path

    from agent._agent import IntentAgent


def write(path: Path, *rows: dict[str, Any]) -> Path:
    lines = [json.dumps({"id": str(number), "time_zone": "UTC"} | row) for number, row in enumerate(rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


ALARM = {"name": "set_alarm", "arguments": {"time": "06:30"}}


def test_a_row_is_right_where_names_and_arguments_are_the_expected_ones(
    agent: IntentAgent, tmp_path: Path
) -> None:
    rows = read_rows(
        write(
            tmp_path / "rows.jsonl",
            {"text": "alarm", "calls": [ALARM]},
            {"text": "alarm", "calls": [{"name": "set_alarm", "arguments": {"time": "06:31"}}]},
            {"text": "alarm", "calls": [ALARM, ALARM]},
            {"text": "light", "calls": [ALARM]},
        )
    )
    results = list(evaluate_rows(agent, rows))
    assert [result.exact for result in results] == [True, False, False, False]
    assert [result.names_right for result in results] == [True, True, False, False]


def test_refusals_missing_arguments_and_false_refusals_are_counted_apart(
    agent: IntentAgent, tmp_path: Path
) -> None:
    rows = read_rows(
        write(
            tmp_path / "rows.jsonl",
            {"text": "nothing", "calls": []},
            {"text": "light", "calls": []},
            {"text": "timer", "calls": [], "missing": ["duration"]},
            {"text": "nothing", "calls": [ALARM]},
        )
    )
    summary = summarise(list(evaluate_rows(agent, rows)))
    assert (summary.refusals_right, summary.missing_right, summary.false_refusals) == (0.5, 1.0, 1.0)
    assert summary.exact == 0.5


def test_a_row_that_cannot_be_planned_is_wrong_and_says_why(agent: IntentAgent, tmp_path: Path) -> None:
    (row,) = read_rows(write(tmp_path / "rows.jsonl", {"text": "say <escape>", "calls": []}))
    (result,) = evaluate_rows(agent, [row])
    assert not result.exact
    assert "error" in json.dumps(result.to_json())
    assert not result.names_right


def test_further_fields_group_the_results(agent: IntentAgent, tmp_path: Path) -> None:
    rows = read_rows(
        write(
            tmp_path / "rows.jsonl",
            {"text": "alarm", "calls": [ALARM], "lang": "en"},
            {"text": "light", "calls": [ALARM], "lang": "de"},
        )
    )
    groups = group_summaries(list(evaluate_rows(agent, rows)))
    assert {lang: summary.exact for lang, summary in groups["lang"].items()} == {"en": 1.0, "de": 0.0}
    assert groups["tool"]["set_alarm"].rows == 2


@pytest.mark.parametrize("text", ["{", '{"id": "1", "text": "x"}', '{"id": 1, "text": "x", "calls": []}', ""])
def test_a_bad_file_is_refused_with_the_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationFileError) as caught:
        read_rows(path)
    assert "rows.jsonl" in caught.value.message
