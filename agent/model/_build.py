"""Building the model file: merge the adapter, cut the vocabulary, quantise, write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import gguf
import numpy as np

from agent.errors import AdapterError, ModelBuildError
from agent.model._adapter import EMBEDDING, Adapter, MergedTensors, load_adapter, merge
from agent.model._base import BaseModel, base_sha256
from agent.model._families import open_base
from agent.model._files import cannot_write, file_sha256, replacing
from agent.model._gemma3 import ARCHITECTURE
from agent.model._gguf_writer import Progress, add_facts, write_tensors
from agent.model._manifest import LICENCE_NOTICE, Manifest, ModelInputs, manifest_path
from agent.model._quantise import QuantisationPlan
from agent.model._vocabulary import DEFAULT_MERGES, VocabularyCut, cut_vocabulary
from agent.model.convert._base import LlamaBase
from agent.model.convert._build import build_llama
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GUESSES_KEY = "intent_agent.guesses"
"""Of the built file's metadata: `Adapter.guesses` in its own ids, one after the other."""

_NAME = "Intent Agent"
_COPIED_PREFIXES = (f"{ARCHITECTURE}.", "tokenizer.ggml.")
_REPLACED_KEYS = ("tokenizer.ggml.tokens", "tokenizer.ggml.scores", "tokenizer.ggml.token_type")


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
            writer = _writer(base, cut, name, unfinished)
            if adapter and adapter.guesses is not None:
                writer.add_array(GUESSES_KEY, _kept(adapter.guesses, cut, len(base.tokens)))
            _write(writer, base, tensors, cut, chosen, unfinished, progress)
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

    A FunctionGemma without an adapter keeps its own control tokens and wants the official prompts. Of a LLaMA
    the file is one for ctransformers; without an adapter its weights stay as they are stored.

    The manifest is written last: a process that stops between the two leaves a pair that `verify` refuses.

    Raises:
        ModelFileError: an input cannot be used or the output cannot be written.

    """
    loaded = load_adapter(adapter) if adapter else None
    chosen = plan or QuantisationPlan.for_adapter(loaded.metadata if loaded else None)
    inputs = model_inputs(base_sha256(base), adapter, loaded, chosen)
    opened = open_base(base)
    official, licence = False, LICENCE_NOTICE
    if isinstance(opened, LlamaBase):
        size = build_llama(opened, loaded, target, plan=chosen, progress=progress)
        licence = opened.licence_notice
    else:
        size = len(build(opened, loaded, target, plan=chosen, progress=progress).tokens)
        official = opened.is_functiongemma and not loaded
    manifest = Manifest(
        sha256=file_sha256(target),
        size=target.stat().st_size,
        inputs=inputs,
        prompt_order="OFFICIAL" if official else "COMPACT",
        known_signatures=loaded.metadata.known_signatures if loaded else (),
        vocabulary_size=size,
        languages=loaded.metadata.languages if loaded else (),
        licence=licence,
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


def _kept(guesses: NDArray[np.int32], cut: VocabularyCut, old_size: int) -> list[int]:
    """Return the guesses in the cut vocabulary, without those of which a token is cut.

    Raises:
        AdapterError: one is no token of the base model.

    """
    if np.any((guesses < 0) | (guesses >= old_size)):
        raise AdapterError(
            "the adapter has guesses that are no tokens of this base model: it is for another one"
        )
    ids = cut.new_ids(old_size)[guesses]
    return ids[(ids >= 0).all(axis=1)].ravel().tolist()


def _writer(base: BaseModel, cut: VocabularyCut, name: str, target: Path) -> gguf.GGUFWriter:
    writer = gguf.GGUFWriter(target, ARCHITECTURE)
    writer.add_basename("gemma-3")
    writer.add_size_label("270M")
    writer.add_license("gemma")
    add_facts(writer, base.metadata, _COPIED_PREFIXES, without=_REPLACED_KEYS)
    writer.add_token_list(cut.tokens)
    writer.add_token_scores(cut.scores.tolist())
    writer.add_token_types(cut.types.tolist())
    writer.add_eot_token_id(CONTROL_TOKENS["<end_of_turn>"])
    writer.add_name(name)
    return writer


def _write(
    writer: gguf.GGUFWriter,
    base: BaseModel,
    tensors: MergedTensors,
    cut: VocabularyCut,
    plan: QuantisationPlan,
    target: Path,
    progress: Progress | None,
) -> None:
    shapes = {tensor: tensors.shape(tensor) for tensor in tensors} | {EMBEDDING: (len(cut.kept), base.width)}

    def read(tensor: str) -> NDArray[np.float32]:
        return tensors.embedding_rows(cut.kept) if tensor == EMBEDDING else tensors[tensor]

    write_tensors(writer, target, shapes, read, plan, progress)
