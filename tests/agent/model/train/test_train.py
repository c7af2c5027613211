from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from agent.model import TRAINED_ROWS, load_adapter, merge, read_base
from agent.model.train import Recipe, TrainingError, train

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    from agent.model.train import Options

    MakeOptions: TypeAlias = Callable[..., Options]

torch = pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from agent.model.train._checkpoint import load_checkpoint  # noqa: E402 - after the skip
from agent.model.train._options import CHECKPOINT  # noqa: E402


def test_training_lowers_the_loss_and_learns_the_toy_rows(make_options: MakeOptions, notes: Any) -> None:
    recipe = Recipe(rank=8, alpha=16.0, learning_rate=3e-2, warm_up=5)
    result = train(make_options(steps=40, validate_every=20, recipe=recipe), notes)

    assert notes.losses[-1] < notes.losses[0] / 10
    assert result.exact == 1.0
    assert result.finished


def test_a_run_leaves_an_adapter_that_fits_the_base_model(
    make_options: MakeOptions, notes: Any, tiny_file: Path, tmp_path: Path
) -> None:
    options = make_options(out=tmp_path / "out" / "adapter.safetensors")

    result = train(options, notes)

    adapter = load_adapter(result.adapter)
    merged = merge(read_base(tiny_file), adapter)
    assert (merged["token_embd.weight"][list(TRAINED_ROWS)] == adapter.tensors["token_embd.rows"]).all()
    assert adapter.metadata.known_signatures == ("s1", "s2")
    assert adapter.metadata.scale == 2.0
    assert adapter.metadata.languages == ("en",)
    assert adapter.metadata.steps == result.best_step
    assert options.out is not None
    assert options.out.read_bytes() == result.adapter.read_bytes()


def test_the_adapter_is_of_the_validation_with_the_lowest_loss(make_options: MakeOptions, notes: Any) -> None:
    recipe = Recipe(rank=8, alpha=16.0, learning_rate=0.3, warm_up=1)
    options = make_options(steps=12, validate_every=2, recipe=recipe)

    result = train(options, notes)

    entries = [json.loads(line) for line in (options.run / "log.jsonl").read_text().splitlines()]
    losses = {entry["step"]: entry["validation_loss"] for entry in entries if "validation_loss" in entry}
    assert len(losses) == 6
    assert result.best_step == min(losses, key=losses.__getitem__)


def test_a_run_leaves_a_log_a_plot_and_a_record(make_options: MakeOptions, notes: Any) -> None:
    options = make_options()

    train(options, notes)

    entries = [json.loads(line) for line in (options.run / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in entries if "loss" in entry] == [1, 2, 3, 4, 5, 6]
    assert [entry["step"] for entry in entries if "exact" in entry] == [3, 6]
    assert (options.run / "loss.png").read_bytes().startswith(b"\x89PNG")
    record = json.loads((options.run / "run.json").read_text())
    assert record["progress"]["step"] == 6
    assert record["training_rows"] == 12
    assert len(record["data_sha256"]) == len(record["base_sha256"]) == 64


def test_the_same_seed_gives_the_same_parameters(make_options: MakeOptions, notes: Any) -> None:
    first, second = make_options("one"), make_options("two")

    train(first, notes)
    train(second, notes)

    assert_same_parameters(first.run, second.run)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_and_resumed_run_ends_with_the_parameters_of_an_uninterrupted_one(
    make_options: MakeOptions, notes: Any, number: signal.Signals
) -> None:
    whole, parts = make_options("whole"), make_options("parts")
    train(whole, notes)
    notes.on_step = lambda done: os.kill(os.getpid(), number) if done == 4 else None

    stopped = train(parts, notes)
    notes.on_step = lambda _done: None
    resumed = train(replace(parts, resume=True), notes)

    assert (stopped.step, stopped.finished) == (4, False)
    assert (resumed.step, resumed.finished) == (6, True)
    assert_same_parameters(whole.run, parts.run)
    steps = [json.loads(line)["step"] for line in (parts.run / "log.jsonl").read_text().splitlines()]
    assert steps == sorted(steps)


def test_a_stopped_run_has_the_adapter_of_its_last_step(make_options: MakeOptions, notes: Any) -> None:
    notes.on_step = lambda done: os.kill(os.getpid(), signal.SIGTERM) if done == 2 else None
    stopped = train(make_options(validate_every=100), notes)
    assert (stopped.best_step, load_adapter(stopped.adapter).metadata.steps) == (2, 2)


def test_a_folder_with_a_run_is_not_overwritten(make_options: MakeOptions, notes: Any) -> None:
    train(make_options(), notes)

    with pytest.raises(TrainingError, match="--resume"):
        train(make_options(), notes)


def test_a_run_does_not_go_on_with_another_recipe(make_options: MakeOptions, notes: Any) -> None:
    train(make_options(), notes)

    with pytest.raises(TrainingError, match="other data, options"):
        train(make_options(resume=True, recipe=Recipe(rank=4, alpha=8.0, seed=8)), notes)


def test_a_run_does_not_go_on_with_another_number_of_steps(make_options: MakeOptions, notes: Any) -> None:
    train(make_options(), notes)

    with pytest.raises(TrainingError, match="planned with 6 steps"):
        train(make_options(resume=True, steps=9), notes)


@pytest.mark.parametrize("rank", [8, 12])
def test_a_run_starts_from_an_adapter_of_its_rank_or_a_lower_one_with_what_that_has_learnt(
    make_options: MakeOptions, notes: Any, rank: int
) -> None:
    recipe = Recipe(rank=8, alpha=16.0, learning_rate=3e-2, warm_up=5)
    first = train(make_options("first", steps=40, validate_every=40, recipe=recipe), notes)
    fresh = notes.losses[0]
    notes.losses.clear()
    wider = Recipe(rank=rank, alpha=2.0 * rank, learning_rate=3e-2, warm_up=5)

    second = train(make_options("second", steps=1, recipe=wider, start=first.adapter), notes)

    assert notes.losses[0] < fresh / 5
    assert load_adapter(second.adapter).tensors["blk.0.attn_q.lora_a"].shape[0] == rank


def test_a_run_does_not_start_from_an_adapter_of_a_higher_rank(make_options: MakeOptions, notes: Any) -> None:
    first = train(make_options("first"), notes)

    with pytest.raises(TrainingError, match="--rank"):
        train(make_options("second", start=first.adapter, recipe=Recipe(rank=2, alpha=4.0)), notes)


def test_a_vocabulary_chosen_by_the_rows_is_kept_by_the_adapter_and_by_those_that_start_from_it(
    make_options: MakeOptions, notes: Any
) -> None:
    recipe = Recipe(rank=4, alpha=8.0, learning_rate=1e-2, warm_up=2, vocabulary=440)
    first = train(make_options(recipe=recipe), notes).adapter
    entries = load_adapter(first).vocabulary
    assert entries is not None
    assert len(entries) == 440
    inherited = load_adapter(train(make_options("second", start=first), notes).adapter).vocabulary
    assert inherited is not None
    assert np.array_equal(inherited, entries)


def test_a_vocabulary_without_room_for_merges_is_refused(make_options: MakeOptions, notes: Any) -> None:
    with pytest.raises(TrainingError, match="needs more than"):
        train(make_options(recipe=Recipe(rank=4, alpha=8.0, vocabulary=100)), notes)


def test_a_damaged_checkpoint_is_named(make_options: MakeOptions, notes: Any) -> None:
    options = make_options(resume=True)
    options.run.mkdir()
    (options.run / CHECKPOINT).write_bytes(b"broken")

    with pytest.raises(TrainingError, match=CHECKPOINT):
        train(options, notes)


def test_minutes_become_a_number_of_steps(make_options: MakeOptions, notes: Any) -> None:
    result = train(make_options(steps=None, minutes=0.002), notes)

    assert result.step == result.steps >= 1
    assert any("steps of" in line for line in notes.lines)


def assert_same_parameters(first: Path, second: Path) -> None:
    left, right = (load_checkpoint(folder / CHECKPOINT).tensors for folder in (first, second))
    assert left.keys() == right.keys()
    for name, value in left.items():
        assert torch.equal(value, right[name]), name
