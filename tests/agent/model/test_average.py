"""The average of two adapters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from typer.testing import CliRunner

from agent.cli.model import app
from agent.errors import AdapterError
from agent.model import Adapter, average_adapters, file_sha256, load_adapter, save_adapter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def two(tmp_path: Path, make_adapter: Callable[..., Adapter]) -> tuple[Path, Path]:
    """Two files of one shape; the second has twice the values and metrics."""
    one = make_adapter(exact=0.5, note="kept")
    doubled = {name: (value * 2).astype(np.float16) for name, value in one.tensors.items()}
    save_adapter(one, tmp_path / "one.safetensors")
    guesses = np.array([[46, 47, 48]], dtype=np.int32)
    save_adapter(replace(one, tensors=doubled, guesses=guesses), tmp_path / "two.safetensors")
    return tmp_path / "one.safetensors", tmp_path / "two.safetensors"


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_every_value_lies_between_the_two(two: tuple[Path, Path], share: float) -> None:
    average, one = average_adapters(*two, share), load_adapter(two[0])
    assert set(average.tensors) == set(one.tensors)
    for name, value in average.tensors.items():
        expected = one.tensors[name].astype(np.float32) * (1 + share)
        np.testing.assert_allclose(value.astype(np.float32), expected, rtol=2e-3, atol=1e-6)


def test_it_says_of_what_it_is_the_average_and_claims_no_metrics(two: tuple[Path, Path]) -> None:
    metadata = average_adapters(*two).metadata
    facts = metadata.model_dump()
    assert facts["average_of"] == [file_sha256(path) for path in two]
    assert facts["average_share"] == 0.5
    assert facts["note"] == "kept"
    assert metadata.metrics == {}


def test_it_guesses_as_the_second_does(two: tuple[Path, Path]) -> None:
    guesses = average_adapters(*two).guesses
    assert guesses is not None
    assert guesses.tolist() == [[46, 47, 48]]


def test_adapters_that_do_not_fit_have_no_average(
    two: tuple[Path, Path], tmp_path: Path, make_adapter: Callable[..., Adapter]
) -> None:
    save_adapter(make_adapter(scale=3.0), tmp_path / "other.safetensors")
    with pytest.raises(AdapterError, match="they differ in scale"):
        average_adapters(two[0], tmp_path / "other.safetensors")
    with pytest.raises(AdapterError, match="from 0 to 1"):
        average_adapters(*two, 1.5)


def test_the_command_writes_the_file_and_says_its_hash(two: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "average.safetensors"
    result = CliRunner().invoke(app, ["average", *map(str, two), "--out", str(out)])
    assert result.exit_code == 0
    assert file_sha256(out) in result.output
    assert load_adapter(out).metadata == average_adapters(*two).metadata
