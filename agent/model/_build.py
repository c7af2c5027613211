"""Building the model file: merge the adapter, cut the vocabulary, quantise, write."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import gguf
import numpy as np

from agent.errors import ModelBuildError
from agent.model._adapter import EMBEDDING, Adapter, MergedTensors, load_adapter, merge
from agent.model._base import BaseModel, base_sha256, read_base
from agent.model._files import CACHE_VARIABLE, file_sha256, replacing
from agent.model._gemma3 import ARCHITECTURE
from agent.model._manifest import Manifest, ModelInputs, manifest_path
from agent.model._quantise import QuantisationPlan, quantise, stored_size
from agent.model._vocabulary import DEFAULT_MERGES, VocabularyCut, cut_vocabulary
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from pathlib import Path

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much; the unit is bytes of the file."""

_NAME = "Intent Agent"
_STAGE = "Building the model file"
_COPIED_PREFIXES = (f"{ARCHITECTURE}.", "tokenizer.ggml.")
_REPLACED_KEYS = ("tokenizer.ggml.tokens", "tokenizer.ggml.scores", "tokenizer.ggml.token_type")
_SPACE_NEEDED = 420 << 20
"""Bytes for the unpacked base model and the built file."""
_FILE_TYPE_GUESSED = 1024
"""``LLAMA_FTYPE_GUESSED`` of llama.cpp: the formats are those of the tensors."""


def build(
    base: BaseModel,
    adapter: Adapter | None,
    target: Path,
    *,
    plan: QuantisationPlan | None = None,
    progress: Progress | None = None,
) -> VocabularyCut:
    """Write a quantised GGUF file of the base model with the adapter in it; return its vocabulary.

    Without a `plan` the formats are those that the adapter was trained for.

    The file appears under its name only when it is complete; the same inputs give the same bytes.

    Raises:
        AdapterError: the adapter does not fit the base model.
        ModelFileCorrupt: the base model's vocabulary is not Gemma's.
        ModelBuildError: the file cannot be written; the message says why.

    """
    if adapter and base.metadata.get("general.name") == _NAME:
        raise ModelBuildError(
            f"{base.path} was built with an adapter already; give the base model that it was built from",
            path=str(base.path),
        )
    cut = (
        cut_vocabulary(base, adapter.metadata.merges, adapter.vocabulary) if adapter else cut_vocabulary(base)
    )
    tensors = merge(base, adapter)
    chosen = plan or QuantisationPlan.for_adapter(adapter.metadata if adapter else None)
    try:
        with replacing(target) as unfinished:
            name = _NAME if adapter else str(base.metadata.get("general.name", base.path.stem))
            _write(base, tensors, cut, chosen, name, unfinished, progress or _silent)
    except OSError as error:
        raise cannot_write(target, error) from error
    return cut


def build_model(
    base: Path,
    adapter: Path | None,
    target: Path,
    *,
    plan: QuantisationPlan | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Build a model file from files, and write its manifest beside it.

    A FunctionGemma without an adapter keeps its own control tokens and wants the official prompts.

    The manifest is written last: a process that stops between the two leaves a pair that `verify` refuses.

    Raises:
        ModelFileError: an input cannot be used or the output cannot be written.

    """
    loaded = load_adapter(adapter) if adapter else None
    chosen = plan or QuantisationPlan.for_adapter(loaded.metadata if loaded else None)
    inputs = model_inputs(base_sha256(base), adapter, loaded, chosen)
    opened = read_base(base)
    cut = build(opened, loaded, target, plan=chosen, progress=progress)
    manifest = Manifest(
        sha256=file_sha256(target),
        size=target.stat().st_size,
        inputs=inputs,
        prompt_order="OFFICIAL" if opened.is_functiongemma and not loaded else "COMPACT",
        known_signatures=loaded.metadata.known_signatures if loaded else (),
        vocabulary_size=len(cut.tokens),
        languages=loaded.metadata.languages if loaded else (),
        metrics=loaded.metadata.metrics if loaded else {},
        created=datetime.now(UTC).replace(microsecond=0),
        adapter=loaded.metadata if loaded else None,
    )
    beside = manifest_path(target)
    try:
        with replacing(beside) as unfinished:
            unfinished.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise cannot_write(beside, error) from error
    return manifest


def model_inputs(
    base_sha256: str, adapter: Path | None, loaded: Adapter | None, plan: QuantisationPlan
) -> ModelInputs:
    """Return what decides the bytes of the file that `build_model` writes."""
    return ModelInputs(
        base_sha256=base_sha256,
        adapter_sha256=file_sha256(adapter) if adapter else None,
        merges=loaded.metadata.merges if loaded else DEFAULT_MERGES,
        plan=plan,
    )


def _write(
    base: BaseModel,
    tensors: MergedTensors,
    cut: VocabularyCut,
    plan: QuantisationPlan,
    name: str,
    target: Path,
    progress: Progress,
) -> None:
    writer = gguf.GGUFWriter(target, ARCHITECTURE)
    _add_metadata(writer, base, cut)
    writer.add_name(name)
    formats = {}
    total = 0
    for tensor in tensors:
        shape = (len(cut.kept), base.config.width) if tensor == EMBEDDING else tensors.shape(tensor)
        formats[tensor] = plan.type_of(tensor, shape)
        size = stored_size(shape, formats[tensor])
        writer.add_tensor_info(tensor, shape, np.dtype(np.float32), size, raw_dtype=formats[tensor])
        total += size
    try:
        writer.write_header_to_file(target)
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        done = 0
        progress(_STAGE, done, total)
        for tensor in tensors:
            # One tensor at a time, so that memory holds little more than the largest.
            values = tensors.embedding_rows(cut.kept) if tensor == EMBEDDING else tensors[tensor]
            stored = quantise(values, formats[tensor])
            writer.write_tensor_data(stored)
            done += stored.nbytes
            progress(_STAGE, done, total)
    finally:
        writer.close()


def _add_metadata(writer: gguf.GGUFWriter, base: BaseModel, cut: VocabularyCut) -> None:
    writer.add_basename("gemma-3")
    writer.add_size_label("270M")
    writer.add_license("gemma")
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_file_type(_FILE_TYPE_GUESSED)
    for key, value in base.metadata.items():
        if not key.startswith(_COPIED_PREFIXES) or key in _REPLACED_KEYS:
            continue
        match value:
            case bool():
                writer.add_bool(key, value)
            case int():
                writer.add_uint32(key, value)
            case float():
                writer.add_float32(key, value)
            case str():
                writer.add_string(key, value)
    writer.add_token_list(cut.tokens)
    writer.add_token_scores(cut.scores.tolist())
    writer.add_token_types(cut.types.tolist())
    writer.add_eot_token_id(CONTROL_TOKENS["<end_of_turn>"])


def _silent(stage: str, done: int, total: int) -> None:
    """Report to nobody."""


def cannot_write(target: Path, error: OSError) -> ModelBuildError:
    """Return the error that says why a file could not be written, and what to do."""
    free = shutil.disk_usage(target.parent).free if target.parent.is_dir() else 0
    # NumPy's own error for a short write carries no number.
    if error.errno == errno.ENOSPC or (error.errno is None and free < _SPACE_NEEDED):
        return ModelBuildError(
            f"the disk is full: {target.parent} has {free >> 20} MB free, about {_SPACE_NEEDED >> 20} are "
            f"needed; free some, or set {CACHE_VARIABLE} to a folder on another disk",
            path=str(target),
        )
    return ModelBuildError(f"cannot write {target}: {error.strerror or error}", path=str(target))
