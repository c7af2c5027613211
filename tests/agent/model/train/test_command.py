from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from agent.cli import model_train
from agent.cli.model_train import train
from agent.model.data._mixture import OwnData
from agent.model.train import Options, TrainingError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command()(train)
    return app


def arguments(folder: Path, *more: str) -> list[str]:
    data = str(folder / "absent.jsonl")
    return ["--data", data, "--validation", data, "--run", str(folder / "run"), *more]


def test_a_length_is_needed(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path))

    assert result.exit_code == 2
    assert result.stderr == "error: give either the number of steps or the minutes to train\n"


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--data", "d.jsonl"],
        ["--tools", "t"],
        ["--tools", "t", "--examples", "e", "--data", "d.jsonl"],
        ["--data", "d.jsonl", "--validation", "v.jsonl", "--declared"],
    ],
)
def test_data_comes_from_files_or_from_examples(app: typer.Typer, tmp_path: Path, options: list[str]) -> None:
    result = CliRunner().invoke(app, ["--run", str(tmp_path / "run"), *options])

    assert result.exit_code == 2
    assert result.stderr.startswith("error: give --data and --validation, or --tools and --examples")


def test_own_tools_start_from_an_adapter_with_a_recipe_to_go_on(
    app: typer.Typer, tmp_path: Path, adapter_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Options] = []
    written: list[dict[str, Any]] = []

    def run(options: Options, _reporter: object) -> None:
        seen.append(options)
        raise TrainingError("enough")

    def write(run: Path, start: Path, tools: Path, examples: Path, **more: Any) -> OwnData:
        written.append({"start": start, "tools": tools, "examples": examples, **more})
        return OwnData(run / "rows.jsonl", run / "held-out.jsonl", 20, 2, ("idle",))

    monkeypatch.setattr(model_train, "run_training", run)
    monkeypatch.setattr(model_train, "write_data_for_run", write)
    own = ["--tools", "mine", "--examples", "mine.jsonl", "--declared", "--from", str(adapter_file)]

    result = CliRunner().invoke(app, ["--run", str(tmp_path / "run"), *own])

    said = [line for line in result.stderr.splitlines() if line]
    assert said == ["20 examples, 2 of them held out", "no example calls idle: not taught", "error: enough"]
    assert written[0]["declared"] is True
    assert written[0]["start"] == adapter_file
    (options,) = seen
    assert options.start == adapter_file
    assert options.data == tmp_path / "run" / "rows.jsonl"
    assert (options.steps, options.validate_every) == (250, 50)
    assert (options.recipe.rank, options.recipe.scale, options.recipe.warm_up) == (4, 2.0, 20)


@pytest.mark.usefixtures("without_torch")
def test_a_missing_package_is_named_in_one_line(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path, "--steps", "1"))

    assert result.exit_code == 2
    assert "error: training needs torch: run pip install 'intent-agent[train]'" in result.stderr


def test_what_draws_the_plot_is_missed_before_anything_is_read(
    app: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.model.train.find_spec", lambda name: None if name == "matplotlib" else name)

    result = CliRunner().invoke(app, arguments(tmp_path, "--steps", "1"))

    assert result.exit_code == 2
    assert "error: training needs matplotlib: run pip install 'intent-agent[train]'" in result.stderr
