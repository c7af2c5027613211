from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.model.train import Options, Recipe, TrainingError, train


def make(**changes: Any) -> Options:
    paths = {"data": Path("d"), "validation": Path("v"), "run": Path("r")}
    return Options(**(paths | changes))


@pytest.mark.parametrize("changes", [{}, {"steps": 5, "minutes": 5.0}])
def test_a_run_has_either_steps_or_minutes(changes: dict[str, Any]) -> None:
    with pytest.raises(TrainingError, match="either"):
        make(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "steps must be 1 or more"),
        ({"minutes": 0.0}, "minutes must be greater than 0"),
        ({"steps": 5, "validate_every": 0}, "validate_every"),
    ],
)
def test_an_impossible_length_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        make(**changes)


@pytest.mark.parametrize(
    "name", ["batch_tokens", "round_every", "rank", "alpha", "learning_rate", "clip", "decision_weight"]
)
def test_an_impossible_recipe_is_refused(name: str) -> None:
    impossible: dict[str, Any] = {name: 0}
    with pytest.raises(TrainingError, match=f"{name} must be greater than 0"):
        Recipe(**impossible)


@pytest.mark.parametrize("noise", [-0.1, 1.0, float("nan")])
def test_impossible_noise_is_refused(noise: float) -> None:
    with pytest.raises(TrainingError, match="noise must be at least 0 and less than 1"):
        Recipe(noise=noise)


def test_the_record_names_files_without_their_folders() -> None:
    record = make(data=Path("folder/rows.jsonl"), steps=5).for_record()

    assert record["data"] == "rows.jsonl"
    assert record["steps"] == 5


@pytest.mark.usefixtures("without_torch")
def test_without_pytorch_the_error_says_how_to_install_it() -> None:
    with pytest.raises(TrainingError, match=r"pip install 'intent-agent\[train\]'"):
        train(make(steps=1), None)  # type: ignore[arg-type]  # not reached
