"""A model file, checked before llama.cpp sees it: that library aborts the process on some broken files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from agent.engines._protocol import PromptOrder
from agent.errors import ModelFileCorrupt
from agent.model import (
    GUESSES_KEY,
    Tokenizer,
    TokenType,
    file_sha256,
    read_manifest,
    read_model_file,
    verify,
)
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from agent.model import BaseModel


@dataclass(frozen=True)
class ModelFile:
    """What an engine needs to know of a model file. ``tokens`` are the vocabulary's entries as written."""

    path: Path
    name: str
    sha256: str
    order: PromptOrder
    known: frozenset[str]
    tokens: tuple[str, ...]
    tokenizer: Tokenizer
    guesses: NDArray[np.int32]
    """Two tokens and what mostly follows them in answers, [n, 3]; decision 0028."""


def check_model_file(path: Path) -> ModelFile:
    """Check a model file and read what is not weights.

    A manifest beside the file says which prompts it was trained with; a file without one is a stock
    FunctionGemma and gets the official prompts.

    Raises:
        ModelFileMissing: there is no readable file.
        ModelFileTruncated: the file is incomplete.
        ModelFileCorrupt: the file or its manifest cannot be read.
        WrongArchitecture: the model is no Gemma 3.
        ModelHashMismatch: the file is not the one that its manifest describes.

    """
    base = read_model_file(path)
    manifest = read_manifest(path)
    if manifest is None:
        sha256, order, known = file_sha256(path), PromptOrder.OFFICIAL, frozenset[str]()
    else:
        verify(path, manifest)
        sha256 = manifest.sha256
        order = PromptOrder(manifest.prompt_order)
        known = frozenset(manifest.known_signatures)
    return ModelFile(
        path=path,
        name=str(base.metadata.get("general.name", path.stem)),
        sha256=sha256,
        order=order,
        known=known,
        tokens=base.tokens,
        tokenizer=_tokenizer(base),
        guesses=_guesses(base),
    )


def _guesses(base: BaseModel) -> NDArray[np.int32]:
    """Return what mostly follows two tokens in answers, [n, 3]; nothing of a file that was not built here."""
    ids = base.metadata.get(GUESSES_KEY)
    if ids is None:
        return np.empty((0, 3), dtype=np.int32)
    # llama.cpp looks up whatever is guessed, outside of its tables too.
    if not isinstance(ids, np.ndarray) or len(ids) % 3 or np.any((ids < 0) | (ids >= len(base.tokens))):
        raise ModelFileCorrupt(
            f"{base.path} has guesses that are no tokens of its vocabulary; build the model again",
            path=str(base.path),
        )
    return ids.reshape(-1, 3)


def _tokenizer(base: BaseModel) -> Tokenizer:
    """Make the tokenizer with FunctionGemma's control tokens.

    A plain Gemma 3 has them under the names of unused ones, and llama.cpp's converter gives some of a
    FunctionGemma's the type of ordinary added tokens.
    """
    tokens = list(base.tokens)
    types = base.token_types.tolist()
    for name, token_id in CONTROL_TOKENS.items():
        if token_id < len(tokens) and (tokens[token_id] == name or tokens[token_id].startswith("<unused")):
            tokens[token_id] = name
            types[token_id] = int(TokenType.CONTROL)
    return Tokenizer(tokens, base.scores.tolist(), types)
