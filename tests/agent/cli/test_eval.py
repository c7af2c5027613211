"""``intent-agent eval`` with a scripted model."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from agent._agent import IntentAgent
from agent._tool_sets import load_tool_sets
from agent.cli.app import main
from agent.engines import ScriptedEngine
from agent.evaluation import BfclRow
from agent.prompt import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from agent._open import Settings


@pytest.fixture
def run(
    agent: IntentAgent,
    scripted: ScriptedEngine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    """Run ``eval`` and return its exit code, standard output and standard error."""

    def opened(settings: Settings, progress: object) -> IntentAgent:  # noqa: ARG001 - open_agent's arguments
        return IntentAgent(
            scripted, agent.bridge, load_tool_sets(settings.tool_folders), asking=settings.asking
        )

    monkeypatch.setattr("agent.cli._eval_files.open_agent", opened)
    monkeypatch.setattr("agent.cli._eval_human.open_agent", opened)

    def run_main(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["intent-agent", "eval", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return int(left.value.code or 0), captured.out, captured.err

    return run_main


def write(path: Path, *rows: dict[str, Any]) -> str:
    lines = [json.dumps({"id": str(number), "time_zone": "UTC"} | row) for number, row in enumerate(rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


LIGHT = {"text": "light", "calls": [{"name": "turn_on_flashlight"}]}
REFUSAL = {"text": "light", "calls": []}


def test_a_file_gives_one_object_with_json(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    path, out = write(tmp_path / "rows.jsonl", LIGHT, REFUSAL), tmp_path / "out.jsonl"
    code, printed, _ = run(path, "--json", "--out", str(out))
    document = json.loads(printed.splitlines()[-1])
    assert code == 0
    assert (document["rows"], document["exact"], document["engine"]) == (2, 0.5, "scripted")
    assert document["causes"] == {"should have refused": 1}
    assert document["latency_ms"].keys() == {"p50", "p95"}
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [line["exact"] for line in lines] == [True, False]
    assert lines[0].keys() >= {"id", "expected", "got", "exact", "latency_ms"}


def test_the_folder_of_the_results_is_made_and_told_of_before_anything_is_planned(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    path, out = write(tmp_path / "rows.jsonl", LIGHT), tmp_path / "results" / "of" / "out.jsonl"
    assert run(path, "--out", str(out))[0] == 0
    assert len(out.read_text("utf-8").splitlines()) == 1
    code, printed, error = run(path, "--out", str(out / "below.jsonl"))
    assert (code, printed) == (2, "")
    assert "cannot write" in error


def test_all_tools_are_declared_on_request(
    run: Callable[..., tuple[int, str, str]], scripted: ScriptedEngine, tmp_path: Path
) -> None:
    path = write(tmp_path / "rows.jsonl", LIGHT)
    document = json.loads(run(path, "--declare-all", "--json")[1].splitlines()[-1])
    assert document["declare_all"] is True
    assert document["peak_memory_mb"] > 0
    assert "all tools declared" in run(path, "--declare-all")[1]
    assert "<start_function_declaration>" in to_text(scripted.prompts[0])


def test_the_caution_and_first_answers_alone_are_for_measuring(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    path = write(tmp_path / "rows.jsonl", LIGHT)
    document = json.loads(run(path, "--caution", "0.5", "--first-answers", "--json")[1].splitlines()[-1])
    assert (document["caution"], document["again"]) == (0.5, False)
    assert "first answers, caution 0.5" in run(path, "--caution", "0.5", "--first-answers")[1]
    assert "caution 1" in run(path)[1]


def test_sets_that_cannot_be_used_together_are_told_before_a_row_is_planned(
    run: Callable[..., tuple[int, str, str]], scripted: ScriptedEngine, tmp_path: Path
) -> None:
    rows = (LIGHT, LIGHT | {"tool_sets": ["phone", "mobile_actions"]})
    code, _, err = run(write(tmp_path / "rows.jsonl", *rows))
    assert code == 2
    assert "'create_calendar_event'" in err
    assert scripted.prompts == []


def test_several_files_have_a_table_each_and_totals(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    one, two = write(tmp_path / "one.jsonl", LIGHT), write(tmp_path / "two.jsonl", REFUSAL)
    code, out, _ = run(one, two)
    assert code == 0
    assert [out.count(name) for name in ("one.jsonl", "two.jsonl", "total")] == [2, 2, 1]
    assert "should have refused 1" in out


def test_limit_is_for_each_file(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", LIGHT, REFUSAL)
    _, out, _ = run(path, "--limit", "1", "--json")
    assert json.loads(out.splitlines()[-1])["rows"] == 1


def test_a_report_is_written(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", LIGHT, REFUSAL)
    assert run(path, "--report", str(tmp_path / "report"))[0] == 0
    names = {made.name for made in (tmp_path / "report").iterdir()}
    assert names == {"report.md", "results.jsonl", "confusion.png", "confusion.csv"}


def test_human_speech_is_measured_by_tool(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    path, out = tmp_path / "human.jsonl", tmp_path / "out.jsonl"
    row = {"text": "alarm", "source": "slurp", "label": "alarm_set", "phone_fn": "set_alarm"}
    path.write_text(json.dumps(row), encoding="utf-8")
    code, printed, _ = run("--human", str(path), "--sample", "3", "--json", "--out", str(out))
    document = json.loads(printed.splitlines()[-1])
    assert code == 0
    assert (document["rows"], document["right"], document["sample"]) == (1, 1.0, 3)
    assert json.loads(out.read_text("utf-8"))["got"] == "set_alarm"
    assert "set_alarm" in run("--human", str(path))[1]


class Package:
    """BFCL with one row a category."""

    version = "1"

    def rows(self, category: str) -> tuple[BfclRow, ...]:
        function = {"name": "f", "description": "", "parameters": {"type": "dict", "properties": {}}}
        return (BfclRow("q", category, "do f", (function,)),)

    def mistakes(self, row: BfclRow, calls: Sequence[object]) -> str:
        return "a call" if calls and row.category == "irrelevance" else ""


def test_bfcl_is_measured_by_category(
    run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    call = "<start_function_call>call:f{}<end_function_call><start_function_response>"
    monkeypatch.setattr("agent.cli._eval_bfcl.open_bfcl", Package)
    monkeypatch.setattr("agent.cli._eval_bfcl.open_model", lambda *_: ScriptedEngine(lambda _: call))
    arguments = ("--bfcl", "multiple,irrelevance", "--model", str(tmp_path / "any.gguf"))
    code, out, _ = run(*arguments, "--json")
    categories = json.loads(out.splitlines()[-1])["categories"]
    assert code == 0
    assert {name: summary["accuracy"] for name, summary in categories.items()} == {
        "multiple": 1.0,
        "irrelevance": 0.0,
    }
    assert "irrelevance" in run(*arguments)[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "evaluation files, or --human"),
        (("x.jsonl", "--bfcl", "multiple"), "evaluation files, or --human"),
        (("--bfcl", "java"), "simple_python"),
        (("--bfcl", "multiple", "--report", "x"), "--report"),
        (("x.jsonl", "--sample", "3"), "--sample"),
        (("missing.jsonl",), "missing.jsonl"),
        (("--human", "missing.jsonl"), "missing.jsonl"),
    ],
)
def test_bad_input_leaves_with_2_and_says_what_to_write(
    run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = run(*arguments)
    assert code == 2
    assert message in " ".join(err.replace("│", " ").split())
    assert "Traceback" not in out + err
