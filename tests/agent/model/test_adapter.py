"""The adapter file, and merging it into the base model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import safetensors.numpy
from pydantic import ValidationError

from agent.errors import AdapterError
from agent.model import TRAINED_ROWS, Adapter, AdapterMetadata, load_adapter, merge, save_adapter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from agent.model import BaseModel

MATRIX = "blk.1.ffn_gate"


def test_an_adapter_comes_back_as_it_was_saved(tmp_path: Path, make_adapter: Callable[..., Adapter]) -> None:
    adapter = make_adapter(data_sha256="ab" * 32, note="kept as it is")
    save_adapter(adapter, tmp_path / "new" / "adapter.safetensors")
    loaded = load_adapter(tmp_path / "new" / "adapter.safetensors")
    assert loaded.metadata == adapter.metadata
    assert loaded.metadata.model_dump()["note"] == "kept as it is"
    assert set(loaded.tensors) == set(adapter.tensors)
    assert all(np.array_equal(loaded.tensors[name], value) for name, value in adapter.tensors.items())


def test_guesses_come_back_in_threes(tmp_path: Path, make_adapter: Callable[..., Adapter]) -> None:
    path, adapter = tmp_path / "adapter.safetensors", make_adapter()
    save_adapter(replace(adapter, guesses=np.array([[7, 8, 9], [8, 9, 7]], dtype=np.int32)), path)
    found = load_adapter(path).guesses
    assert found is not None
    assert found.tolist() == [[7, 8, 9], [8, 9, 7]]
    save_adapter(replace(adapter, guesses=np.array([[7, 8]], dtype=np.int32)), path)
    with pytest.raises(AdapterError, match="no ids in threes"):
        load_adapter(path)


def test_matrices_get_the_scaled_product(tiny: BaseModel, make_adapter: Callable[..., Adapter]) -> None:
    adapter = make_adapter(scale=0.5)
    merged = merge(tiny, adapter)
    low, high = (adapter.tensors[f"{MATRIX}.lora_{part}"].astype(np.float32) for part in "ab")
    expected = tiny.tensors[f"{MATRIX}.weight"] + 0.5 * high @ low
    np.testing.assert_allclose(merged[f"{MATRIX}.weight"], expected, rtol=1e-5, atol=1e-5)


def test_control_tokens_get_their_own_rows(tiny: BaseModel, make_adapter: Callable[..., Adapter]) -> None:
    adapter = make_adapter()
    before, after = tiny.tensors["token_embd.weight"], merge(tiny, adapter)["token_embd.weight"]
    assert TRAINED_ROWS == (46, 47, 48, 49, 50, 51, 52, 105, 106)
    assert np.array_equal(after[list(TRAINED_ROWS)], adapter.tensors["token_embd.rows"].astype(np.float32))
    others = [row for row in range(len(before)) if row not in TRAINED_ROWS]
    assert np.array_equal(after[others], before[others])


def test_rows_read_alone_are_those_of_the_whole(
    tiny: BaseModel, make_adapter: Callable[..., Adapter]
) -> None:
    merged = merge(tiny, make_adapter())
    ids = np.array([200, 46, 3, 106])
    assert np.array_equal(merged.embedding_rows(ids), merged["token_embd.weight"][ids])


def test_norms_and_a_model_without_an_adapter_stay_as_they_are(
    tiny: BaseModel, make_adapter: Callable[..., Adapter]
) -> None:
    norm = "blk.0.attn_norm.weight"
    assert np.array_equal(merge(tiny, make_adapter())[norm], tiny.tensors[norm])
    bare = merge(tiny, None)
    assert list(bare) == list(tiny.tensors)
    assert all(np.array_equal(bare[name], tiny.tensors[name]) for name in bare)


def changed(adapter: Adapter, name: str, value: NDArray[np.float16] | None) -> Adapter:
    tensors = {key: tensor for key, tensor in adapter.tensors.items() if key != name}
    return Adapter(adapter.metadata, tensors if value is None else tensors | {name: value})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (f"{MATRIX}.lora_a", np.zeros((4, 63), np.float16), "shape"),
        (f"{MATRIX}.lora_b", np.zeros((96, 5), np.float16), "shape"),
        (f"{MATRIX}.lora_a", np.zeros(4, np.float16), "shape"),
        (f"{MATRIX}.lora_b", None, "without"),
        (f"{MATRIX}.lora_a", None, "no place"),
        ("blk.2.ffn_gate.lora_a", np.zeros((4, 64), np.float16), "no place"),
        ("token_embd.rows", np.zeros((8, 64), np.float16), "shape"),
        ("token_embd.rows", np.full((9, 64), np.nan, np.float16), "no numbers"),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(
    tiny: BaseModel,
    make_adapter: Callable[..., Adapter],
    name: str,
    value: NDArray[np.float16] | None,
    said: str,
) -> None:
    with pytest.raises(AdapterError, match=said):
        merge(tiny, changed(make_adapter(), name, value))


@pytest.mark.parametrize(
    "content", [None, b"", b"no safetensors", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "]
)
def test_a_file_that_is_no_adapter_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "adapter.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AdapterError, match="adapter"):
        load_adapter(path)


@pytest.mark.parametrize(
    "text", ["{}", '{"scale": 0}', '{"scale": 2, "format": 2}', '{"scale": "x"}', "[", "7"]
)
def test_metadata_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "adapter.safetensors"
    path.write_bytes(safetensors.numpy.save({"a": np.zeros(1)}, metadata={"intent_agent": text}))
    with pytest.raises(AdapterError, match="metadata"):
        load_adapter(path)


@pytest.mark.parametrize("scale", [0, -1, float("inf"), float("nan")])
def test_a_scale_is_a_positive_number(scale: float) -> None:
    with pytest.raises(ValidationError, match="scale"):
        AdapterMetadata(scale=scale)
