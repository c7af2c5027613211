"""Writing the file that ctransformers loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import gguf
import numpy as np

from agent.errors import ModelBuildError, ModelFileCorrupt
from agent.model._files import cannot_write, file_sha256, replacing
from agent.model._manifest import manifest_path, read_manifest, verify
from agent.model._quantise import quantise, stored_size
from agent.model.convert import _keys
from agent.model.convert._source import ARCHITECTURE, EMBEDDING, OUTPUT, LlamaFile, read_llama, tensor_shapes
from agent.model.convert._tokenizer import LlamaTokenizer
from agent.model.convert._vocabulary import (
    ConvertedVocabulary,
    SourceVocabulary,
    convert_vocabulary,
    read_source,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from agent.model._gguf_file import TensorEntry
    from agent.model._gguf_writer import Progress

_STAGE: Final = "Converting the model file"
_VERSION: Final = 2
_VERSION_OFFSET: Final = 4
_Q: Final = gguf.GGMLQuantizationType
_KNOWN: Final = frozenset(
    {_Q.F32, _Q.F16, _Q.Q4_0, _Q.Q4_1, _Q.Q5_0, _Q.Q5_1, _Q.Q8_0}
    | {_Q.Q2_K, _Q.Q3_K, _Q.Q4_K, _Q.Q5_K, _Q.Q6_K}
)
"""The formats of 2023; tensors in others are stored anew as Q8_0."""


@dataclass(frozen=True)
class Conversion:
    """What was written: how many vocabulary entries were added, and which tensors are in another format."""

    path: Path
    entries_added: int
    stored_anew: tuple[str, ...]


def convert_to_ctransformers(source: Path, target: Path, progress: Progress | None = None) -> Conversion:
    """Write a LLaMA GGUF file anew so that ctransformers 0.2.27 loads it.

    The weights are the source's to the bit, but for formats that came after 2023. A tied embedding is written
    twice; the vocabulary gets the entries that it lacks, each with the weights of the end-of-text token. A
    manifest beside the source is written beside the target with the new hash. The target appears under its
    name only when it is complete; the same source gives the same bytes.

    Raises:
        ModelFileError: the source cannot be converted, or the target not written; the message says why and
            what to do.

    """
    llama = read_llama(source)
    if llama.converter_version is not None:
        raise ModelBuildError(
            f"{source} is converted already: use it with --engine ctransformers", path=str(source)
        )
    if target.exists() and target.samefile(source):
        raise ModelBuildError(f"{source} would be overwritten: choose another --out", path=str(source))
    manifest = read_manifest(source)
    if manifest is not None:
        verify(source, manifest)
    before = read_source(llama.file)
    LlamaTokenizer(before)  # A vocabulary that cannot be used is refused before anything is written.
    after = convert_vocabulary(before)
    digest = manifest.sha256 if manifest else file_sha256(source)
    try:
        with replacing(target) as unfinished:
            anew = _write(llama, before, after, digest, unfinished, progress)
        if manifest is not None:
            facts = {
                "sha256": file_sha256(target),
                "size": target.stat().st_size,
                "vocabulary_size": len(after.tokens),
            }
            with replacing(manifest_path(target)) as unfinished:
                text = manifest.model_copy(update=facts).model_dump_json(indent=2)
                unfinished.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise cannot_write(target, error) from error
    return Conversion(target, len(after.tokens) - len(before.tokens), anew)


def _write(
    llama: LlamaFile,
    before: SourceVocabulary,
    after: ConvertedVocabulary,
    digest: str,
    target: Path,
    progress: Progress | None,
) -> tuple[str, ...]:
    writer = gguf.GGUFWriter(target, ARCHITECTURE)
    _add_network(writer, llama)
    _add_vocabulary(writer, llama, after)
    _add_own(writer, before, after, digest)
    entries = {name: _stored(llama, name) for name in tensor_shapes(llama.config, 1)}
    added = len(after.tokens) - len(before.tokens)
    total = 0
    for name, entry in entries.items():
        shape = (entry.shape[0] + added, *entry.shape[1:]) if name in (EMBEDDING, OUTPUT) else entry.shape
        kind = _format(entry)
        size = stored_size(shape, kind)
        writer.add_tensor_info(name, shape, np.dtype(np.float32), size, raw_dtype=kind)
        total += size
    try:
        writer.write_header_to_file(target)
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        done = 0
        for name, entry in entries.items():
            contents = _contents(llama, entry)
            if name in (EMBEDDING, OUTPUT):
                contents = _with_rows(contents, entry.shape[0], added, after.control["<eos>"])
            writer.write_tensor_data(contents)
            done += contents.nbytes
            if progress:
                progress(_STAGE, done, total)
    finally:
        writer.close()
    with target.open("r+b") as file:
        # The layouts of versions 2 and 3 are the same; ctransformers was made for 2.
        file.seek(_VERSION_OFFSET)
        file.write(_VERSION.to_bytes(4, "little"))
    return tuple(name for name, entry in entries.items() if _format(entry) is not entry.quantisation)


def _add_network(writer: gguf.GGUFWriter, llama: LlamaFile) -> None:
    config = llama.config
    writer.add_name(llama.name)
    licence = llama.file.metadata.get("general.license")
    if isinstance(licence, str):
        writer.add_license(licence)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(config.context)
    writer.add_embedding_length(config.width)
    writer.add_block_count(config.layers)
    writer.add_feed_forward_length(config.ffn_width)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_base)
    writer.add_head_count(config.heads)
    writer.add_head_count_kv(config.kv_heads)
    writer.add_layer_norm_rms_eps(config.rms_epsilon)


def _add_vocabulary(writer: gguf.GGUFWriter, llama: LlamaFile, after: ConvertedVocabulary) -> None:
    writer.add_tokenizer_model("llama")
    writer.add_token_list(after.tokens)
    writer.add_token_scores(after.scores)
    writer.add_token_types(after.types)
    for key, add in (
        ("bos", writer.add_bos_token_id),
        ("eos", writer.add_eos_token_id),
        ("unknown", writer.add_unk_token_id),
        ("padding", writer.add_pad_token_id),
    ):
        value = llama.file.metadata.get(f"tokenizer.ggml.{key}_token_id")
        if isinstance(value, int) and 0 <= value < len(after.tokens):
            add(value)


def _add_own(
    writer: gguf.GGUFWriter, before: SourceVocabulary, after: ConvertedVocabulary, digest: str
) -> None:
    writer.add_uint32(_keys.VERSION, _keys.CONVERTER_VERSION)
    writer.add_string(_keys.SOURCE_SHA256, digest)
    writer.add_array(_keys.CONTROL_NAMES, tuple(after.control))
    writer.add_array(_keys.CONTROL_IDS, tuple(after.control.values()))
    writer.add_string(_keys.MODEL, before.model)
    writer.add_string(_keys.PRE, before.pre)
    writer.add_array(_keys.TOKENS, before.tokens)
    writer.add_array(_keys.TYPES, before.types)
    if before.merges:
        writer.add_array(_keys.MERGES, tuple(f"{left} {right}" for left, right in before.merges))
    writer.add_bool(_keys.SPACE_PREFIX, before.space_prefix)


def _stored(llama: LlamaFile, name: str) -> TensorEntry:
    tensors = llama.file.tensors
    return tensors[EMBEDDING] if name == OUTPUT and OUTPUT not in tensors else tensors[name]


def _format(entry: TensorEntry) -> gguf.GGMLQuantizationType:
    if len(entry.shape) == 1:
        return _Q.F32
    if entry.quantisation in _KNOWN:
        return entry.quantisation
    block, _ = gguf.GGML_QUANT_SIZES[_Q.Q8_0]
    return _Q.F16 if entry.shape[-1] % block else _Q.Q8_0


def _contents(llama: LlamaFile, entry: TensorEntry) -> NDArray[np.uint8]:
    kind = _format(entry)
    if kind is not entry.quantisation:
        return quantise(llama.file.read(entry.name), kind).view(np.uint8).reshape(-1)
    return np.fromfile(llama.file.path, dtype=np.uint8, count=entry.size, offset=entry.offset)


def _with_rows(contents: NDArray[np.uint8], rows: int, added: int, like: int) -> NDArray[np.uint8]:
    """Append copies of a row. An added token has so never a better score than the end of the text."""
    stored = contents.reshape(rows, -1)
    if like >= rows:
        raise ModelFileCorrupt("the vocabulary has no token for the end of a text: take another model")
    return np.concatenate([stored, np.repeat(stored[like : like + 1], added, axis=0)]).reshape(-1)
