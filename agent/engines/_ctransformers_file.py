"""A converted LLaMA file, checked before ctransformers sees it: that library says nothing, or crashes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.engines._protocol import PromptOrder
from agent.errors import WrongArchitecture
from agent.model import file_sha256, read_manifest, verify
from agent.model.convert import CONVERTER_VERSION, LlamaConfig, LlamaTokenizer, read_llama

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ConvertedFile:
    """What the engine needs to know of a converted file."""

    path: Path
    name: str
    sha256: str
    order: PromptOrder
    known: frozenset[str]
    config: LlamaConfig
    vocabulary_size: int
    quantised: bool
    tokenizer: LlamaTokenizer


def check_converted_file(path: Path) -> ConvertedFile:
    """Check a file that ``model convert`` has written and read what is not weights.

    A manifest beside the file says which tools it was trained on; a file without one knows none. Prompts are
    in the compact order either way: the official one is FunctionGemma's.

    Raises:
        ModelFileMissing: there is no readable file.
        ModelFileTruncated: the file is incomplete.
        ModelFileCorrupt: the file or its manifest cannot be read.
        WrongArchitecture: the model is no LLaMA, or the file is not converted.
        ModelHashMismatch: the file is not the one that its manifest describes.

    """
    llama = read_llama(path)
    if llama.converter_version != CONVERTER_VERSION:
        raise WrongArchitecture(
            f"{path} is not converted for ctransformers, or by another version; run: "
            f"intent-agent model convert --to ctransformers {path}",
            path=str(path),
            architecture="llama",
        )
    manifest = read_manifest(path)
    if manifest is not None:
        verify(path, manifest)
    return ConvertedFile(
        path=path,
        name=llama.name,
        sha256=manifest.sha256 if manifest else file_sha256(path),
        order=PromptOrder.COMPACT,
        known=frozenset(manifest.known_signatures) if manifest else frozenset(),
        config=llama.config,
        vocabulary_size=llama.vocabulary_size,
        quantised=llama.quantised,
        tokenizer=LlamaTokenizer.from_converted(llama.file),
    )
