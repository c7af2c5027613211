"""Building a LLaMA for ctransformers: merge the adapter, quantise, convert."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import gguf

from agent.model._adapter import Adapter, merge
from agent.model._files import cannot_write
from agent.model._gguf_writer import add_facts, write_tensors
from agent.model.convert._convert import convert_to_ctransformers
from agent.model.convert._source import ARCHITECTURE

if TYPE_CHECKING:
    from agent.model._gguf_writer import Progress
    from agent.model._quantise import QuantisationPlan
    from agent.model.convert._base import LlamaBase

_NAME = "Intent Agent"
_COPIED_PREFIXES = (f"{ARCHITECTURE}.", "tokenizer.ggml.", "general.license", "general.languages")


def build_llama(
    base: LlamaBase,
    adapter: Adapter | None,
    target: Path,
    *,
    plan: QuantisationPlan,
    progress: Progress | None = None,
) -> int:
    """Write a file for ctransformers, of a LLaMA with an adapter in it; return the size of its vocabulary.

    Without an adapter the file is converted and nothing else. The file appears under its name only when it is
    complete; the same inputs give the same bytes.

    Raises:
        AdapterError: the adapter does not fit the base model.
        ModelBuildError: the file cannot be written; the message says why.

    """
    if adapter is None:
        added = convert_to_ctransformers(base.path, target, progress).entries_added
        return len(base.vocabulary.tokens) + added
    tensors = merge(base, adapter)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".merged.", suffix=".part") as folder:
            merged = Path(folder) / "merged.gguf"
            writer = gguf.GGUFWriter(merged, ARCHITECTURE)
            writer.add_name(f"{_NAME} ({base.file.short_name})")
            _add_vocabulary(writer, base)
            shapes = {name: tensors.shape(name) for name in tensors}
            write_tensors(writer, merged, shapes, tensors.__getitem__, plan, progress)
            added = convert_to_ctransformers(merged, target, progress).entries_added
    except OSError as error:
        raise cannot_write(target, error) from error
    return len(base.vocabulary.tokens) + added


def _add_vocabulary(writer: gguf.GGUFWriter, base: LlamaBase) -> None:
    vocabulary = base.vocabulary
    add_facts(writer, base.file.file.metadata, _COPIED_PREFIXES)
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(vocabulary.types)
    if vocabulary.merges:
        writer.add_token_merges([f"{left} {right}" for left, right in vocabulary.merges])
    else:
        writer.add_token_scores(vocabulary.scores)
