from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent.errors import AdapterError
from agent.model import Adapter, WeightFormat, default_adapter, save_adapter
from agent.model.data._mixture import OwnData, write_own_data
from agent.model.train import TrainingError, _own_tools
from agent.model.train._options import CHECKPOINT
from agent.model.train._own_tools import continued_recipe, start_adapter, write_data_for_run

if TYPE_CHECKING:
    from collections.abc import Callable

COFFEE = Path(__file__).parents[4] / "examples" / "coffee_machine"
BELLS = Path(__file__).parents[3] / "data" / "heldout" / "tools" / "bell_tower"


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


@pytest.fixture
def stopped(tmp_path: Path, adapter_file: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., OwnData]:
    """Begin a run whose checkpoint is there, and return a function that goes on with it."""
    monkeypatch.setattr(_own_tools, "write_own_data", functools.partial(write_own_data, rows=60))
    examples = tmp_path / "mine.jsonl"
    examples.write_bytes((COFFEE / "examples.jsonl").read_bytes())

    def go_on(**changes: Any) -> OwnData:
        values: dict[str, Any] = {"declared": False, "seed": 7, "resume": True}
        values |= {"tools": COFFEE, "examples": examples} | changes
        return write_data_for_run(tmp_path / "run", adapter_file, **values)

    go_on()
    (tmp_path / "run" / CHECKPOINT).write_bytes(b"")
    return go_on


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_run_goes_on_with_the_rows_that_it_was_begun_with(
    stopped: Callable[..., OwnData], tmp_path: Path
) -> None:
    # As if another version of the package had made them.
    (tmp_path / "run" / "rows.jsonl").write_text("{}\n", encoding="utf-8")
    before = contents(tmp_path / "run")

    data = stopped()

    assert contents(tmp_path / "run") == before
    assert data.training == tmp_path / "run" / "rows.jsonl"
    assert (data.examples, data.held_out, data.untaught) == (113, 14, ())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": 8}, r"was begun with --seed 7; give the same"),
        ({"declared": True}, r"was begun with no --declared"),
        ({"tools": BELLS}, r"was begun with other tools than .*bell_tower has now"),
        ({"examples": COFFEE / "eval.jsonl"}, r"was begun with other examples than .*eval\.jsonl has now"),
        ({"seed": 8, "declared": True}, r"no --declared and --seed 7"),
    ],
)
def test_a_run_that_was_begun_with_something_else_keeps_its_data(
    stopped: Callable[..., OwnData], tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    before = contents(tmp_path / "run")

    with pytest.raises(TrainingError, match=message):
        stopped(**changes)
    assert contents(tmp_path / "run") == before


@pytest.mark.parametrize("name", ["rows.jsonl.manifest.json", "rows.jsonl", "held-out.jsonl"])
def test_a_run_without_data_for_tools_does_not_go_on_with_tools(
    stopped: Callable[..., OwnData], tmp_path: Path, name: str
) -> None:
    (tmp_path / "run" / name).unlink()

    with pytest.raises(TrainingError, match="give the --data and --validation that it was begun with"):
        stopped()
    assert not (tmp_path / "run" / name).exists()
