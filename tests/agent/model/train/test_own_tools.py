from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent.errors import AdapterError
from agent.model import Adapter, WeightFormat, default_adapter, save_adapter
from agent.model.train import TrainingError
from agent.model.train._options import CHECKPOINT
from agent.model.train._own_tools import continued_recipe, start_adapter, write_data_for_run

if TYPE_CHECKING:
    from collections.abc import Callable

COFFEE = Path(__file__).parents[4] / "examples" / "coffee_machine"


def test_the_recipe_goes_on_where_the_adapter_stopped(
    make_adapter: Callable[..., Adapter], tmp_path: Path
) -> None:
    path = tmp_path / "start.safetensors"
    save_adapter(make_adapter(recipe={"rank": 4, "feed_forward": "Q4_0"}), path)

    recipe = continued_recipe(path)

    assert (recipe.rank, recipe.scale, recipe.feed_forward) == (4, 2.0, WeightFormat.Q4_0)
    assert recipe.learning_rate == 2e-4


def test_an_adapter_that_was_not_trained_for_rounding_goes_on_without(adapter_file: Path) -> None:
    assert continued_recipe(adapter_file).feed_forward is None


def test_the_packaged_adapter_is_the_one_to_start_from(adapter_file: Path) -> None:
    assert start_adapter(None, None) == default_adapter()
    assert start_adapter(adapter_file, None) == adapter_file


def test_a_file_that_is_no_adapter_is_named(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match=r"absent\.safetensors"):
        continued_recipe(tmp_path / "absent.safetensors")


def test_the_data_of_a_run_stays_as_it_is_while_the_run_can_go_on(tmp_path: Path, adapter_file: Path) -> None:
    (tmp_path / CHECKPOINT).write_bytes(b"")
    values: dict[str, Any] = {"declared": False, "seed": 7, "resume": False}

    with pytest.raises(TrainingError, match="go on with --resume"):
        write_data_for_run(tmp_path, adapter_file, COFFEE, COFFEE / "examples.jsonl", **values)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".jsonl"] == []
