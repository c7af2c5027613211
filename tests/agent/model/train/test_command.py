from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from agent.cli.model_train import train

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


@pytest.mark.usefixtures("without_torch")
def test_a_missing_package_is_named_in_one_line(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path, "--steps", "1"))

    assert result.exit_code == 2
    assert "error: training needs torch: run pip install 'intent-agent[train]'" in result.stderr
