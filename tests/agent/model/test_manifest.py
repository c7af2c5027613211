"""The manifest beside a model file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agent.errors import ModelFileCorrupt, ModelFileMissing, ModelHashMismatch
from agent.model import build_model, manifest_path, read_manifest, verify

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def model(tiny_file: Path, tmp_path: Path) -> Path:
    build_model(tiny_file, None, tmp_path / "model.gguf")
    return tmp_path / "model.gguf"


def test_a_file_that_was_not_built_here_has_none(tiny_file: Path) -> None:
    assert read_manifest(tiny_file) is None


@pytest.mark.parametrize("text", ["", "{", '{"format": 2}', '{"format": 1, "sha256": "short"}'])
def test_a_damaged_manifest_is_refused(model: Path, text: str) -> None:
    manifest_path(model).write_text(text)
    with pytest.raises(ModelFileCorrupt, match="build the model again"):
        read_manifest(model)


def test_a_whole_file_is_verified_and_a_changed_one_refused(model: Path) -> None:
    manifest = read_manifest(model)
    assert manifest is not None
    verify(model, manifest)
    content = bytearray(model.read_bytes())
    content[-40] ^= 1
    model.write_bytes(content)
    with pytest.raises(ModelHashMismatch, match="build it again"):
        verify(model, manifest)
    model.unlink()
    with pytest.raises(ModelFileMissing):
        verify(model, manifest)


def test_the_key_changes_with_every_input(model: Path) -> None:
    manifest = read_manifest(model)
    assert manifest is not None
    inputs = manifest.inputs
    changes: list[dict[str, Any]] = [
        {"base_sha256": "0" * 64},
        {"adapter_sha256": "0" * 64},
        {"merges": 1},
        *({"plan": {part: "F16"}} for part in ("embedding", "attention", "feed_forward")),
        {"builder_version": 0},
    ]
    keys = {
        inputs.key,
        *(type(inputs).model_validate(inputs.model_dump() | change).key for change in changes),
    }
    assert len(keys) == len(changes) + 1
