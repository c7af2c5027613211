from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from agent.engines import ScriptedEngine
from agent.evaluation import Cause, EvaluatedFile, PackageMissing, failures_by_cause, write_report
from agent.evaluation._confusion import confusion_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent.evaluation import RowResult
    from tools_schema import ToolSet

ALARM = ("set_alarm", {"time": "06:30"})
LIGHT: tuple[str, dict[str, str]] = ("turn_on_flashlight", {})


@pytest.fixture
def files(result: Callable[..., RowResult]) -> tuple[EvaluatedFile, ...]:
    right, wrong = result([ALARM], [ALARM]), result([ALARM, LIGHT], [LIGHT])
    return (
        EvaluatedFile("one.jsonl", (right, wrong)),
        EvaluatedFile("two.jsonl", (result([], [LIGHT]), result([], []))),
    )


def test_calls_are_compared_by_position_and_nothing_is_a_class(files: tuple[EvaluatedFile, ...]) -> None:
    confusion = confusion_of([row for file in files for row in file.results])
    assert confusion.classes == ("set_alarm", "turn_on_flashlight", "nothing")
    assert confusion.counts == ((1, 1, 0), (0, 0, 1), (0, 1, 1))
    assert confusion.mistakes()[0] == (1, "nothing", "turn_on_flashlight")


def test_failures_are_grouped_by_cause(files: tuple[EvaluatedFile, ...], phone: ToolSet) -> None:
    results = [row for file in files for row in file.results]
    groups = failures_by_cause(results, lambda _: phone)
    assert {cause: len(rows) for cause, rows in groups.items()} == {
        Cause.MISSED_CALL: 1,
        Cause.SHOULD_HAVE_REFUSED: 1,
    }


def test_a_report_is_four_files(files: tuple[EvaluatedFile, ...], phone: ToolSet, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "report"
    write_report(folder, files, lambda _: phone, ScriptedEngine().info)
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert "| total | 4 | 50.0 |" in text
    assert "| missed call | 1 | 50.0 % | 25.0 % |" in text
    assert "said \\| so" in text
    lines = [json.loads(line) for line in (folder / "results.jsonl").read_text("utf-8").splitlines()]
    assert [line.get("cause") for line in lines] == [None, "missed call", "should have refused", None]
    assert [line["file"] for line in lines] == ["one.jsonl", "one.jsonl", "two.jsonl", "two.jsonl"]
    assert (folder / "confusion.csv").read_text("utf-8").splitlines()[1] == "set_alarm,1,1,0"
    with Image.open(folder / "confusion.png") as image:
        assert image.width > 300


def test_the_same_results_give_the_same_report(
    files: tuple[EvaluatedFile, ...], phone: ToolSet, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        write_report(tmp_path / name, files, lambda _: phone, ScriptedEngine().info)
    for made in (tmp_path / "a").iterdir():
        assert made.read_bytes() == (tmp_path / "b" / made.name).read_bytes(), made.name


def test_without_matplotlib_the_error_says_what_to_install(
    files: tuple[EvaluatedFile, ...], phone: ToolSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.evaluation._confusion.find_spec", lambda _: None)
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(PackageMissing, match=r"intent-agent\[train\]"):
        write_report(tmp_path, files, lambda _: phone, ScriptedEngine().info)
