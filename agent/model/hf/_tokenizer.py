"""The vocabulary of a folder from Hugging Face, as a GGUF file would have it.

The rules are those of llama.cpp's ``convert_hf_to_gguf.py`` for Gemma: the pieces of ``tokenizer.model`` with
the added tokens over them; special ones and those that look so are control tokens, the others user-defined,
written with spaces.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from google.protobuf.message import DecodeError
from sentencepiece import sentencepiece_model_pb2

from agent.errors import ModelFileCorrupt, ModelFileMissing
from agent.model._vocabulary import TokenType

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TOKENIZER_FILES = ("tokenizer.model", "tokenizer.json", "tokenizer_config.json")
"""All that can hold a part of the vocabulary; the first that exists has the pieces."""

_SPECIAL_SCORE = -1000.0
_MOST_UNNAMED = 256
"""Rows without a token: an embedding may be padded to a multiple of as many."""
_LOOKS_SPECIAL = re.compile(r"<pad>|<mask>|<unused\d+>")
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
_SPACE_MARK = "\u2581"


@dataclass(frozen=True)
class HfVocabulary:
    """GGUF's three lists, one entry a token id."""

    tokens: tuple[str, ...]
    scores: NDArray[np.float32]
    types: NDArray[np.int32]


@dataclass
class _Entry:
    token: str
    score: float
    kind: TokenType


def read_vocabulary(folder: Path, rows: int) -> HfVocabulary:
    """Read the vocabulary of an embedding of `rows` entries.

    Added tokens past its end, as those for images, are left out; ids that nothing names are unused entries.

    Raises:
        ModelFileMissing: there is neither ``tokenizer.model`` nor ``tokenizer.json``.
        ModelFileCorrupt: a file cannot be read, or has more pieces than the embedding has rows.

    """
    pieces, described = folder / "tokenizer.model", folder / "tokenizer.json"
    if pieces.is_file():
        entries = _sentencepiece_entries(pieces)
    elif described.is_file():
        entries = _json_entries(described)
    else:
        raise ModelFileMissing(
            f"{folder} has no tokenizer: put tokenizer.model or tokenizer.json beside the weights",
            path=str(folder),
        )
    for identity, token, special in _added(folder):
        control = special or _LOOKS_SPECIAL.fullmatch(token)
        entries[identity] = _special(token, TokenType.CONTROL if control else TokenType.USER_DEFINED)
    ordinary = [identity for identity, entry in entries.items() if entry.kind == TokenType.NORMAL]
    unnamed = rows - sum(identity < rows for identity in entries)
    if max(ordinary, default=0) >= rows or unnamed > _MOST_UNNAMED:
        raise ModelFileCorrupt(
            f"the tokenizer in {folder} has {len(entries)} entries, the weights have rows for {rows}: "
            "it is of another model, or incomplete",
            path=str(folder),
        )
    listed = [
        entries.get(identity) or _Entry(f"[PAD{identity}]", _SPECIAL_SCORE, TokenType.UNUSED)
        for identity in range(rows)
    ]
    return HfVocabulary(
        tokens=tuple(entry.token for entry in listed),
        scores=np.array([entry.score for entry in listed], np.float32),
        types=np.array([entry.kind for entry in listed], np.int32),
    )


def _special(token: str, kind: TokenType) -> _Entry:
    written = token.replace(_SPACE_MARK, " ") if kind == TokenType.USER_DEFINED else token
    return _Entry(written, _SPECIAL_SCORE, kind)


def _sentencepiece_entries(path: Path) -> dict[int, _Entry]:
    model = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined] # built at run time
    try:
        model.ParseFromString(path.read_bytes())
    except DecodeError as error:
        raise _unreadable(path, "it is no SentencePiece model") from error
    entries = {}
    for identity, piece in enumerate(model.pieces):
        kind = TokenType(piece.type)
        if kind == TokenType.USER_DEFINED and _LOOKS_SPECIAL.fullmatch(piece.piece):
            kind = TokenType.CONTROL
        ordinary = kind in (TokenType.NORMAL, TokenType.BYTE)
        entries[identity] = (
            _Entry(piece.piece, piece.score, kind) if ordinary else _special(piece.piece, kind)
        )
    return entries


def _json_entries(path: Path) -> dict[int, _Entry]:
    model = _json(path).get("model")
    vocabulary = model.get("vocab") if isinstance(model, dict) and model.get("type") == "BPE" else None
    if not isinstance(vocabulary, dict) or not all(isinstance(value, int) for value in vocabulary.values()):
        raise _unreadable(path, "it holds no BPE vocabulary, which is what Gemma has")
    kinds = {token: TokenType.BYTE if _BYTE.fullmatch(token) else TokenType.NORMAL for token in vocabulary}
    added = {identity for identity, _, _ in _added(path.parent)}
    normal = (
        identity
        for token, identity in vocabulary.items()
        if kinds[token] == TokenType.NORMAL and identity not in added
    )
    first = min(normal, default=0)
    # The file has no scores; Gemma's fall with the id, and only their order counts.
    return {
        identity: _Entry(
            token, float(first - identity) if kinds[token] == TokenType.NORMAL else 0.0, kinds[token]
        )
        for token, identity in vocabulary.items()
    }


def _added(folder: Path) -> list[tuple[int, str, bool]]:
    """Return id, text and whether it is special, of every added token."""
    found: dict[int, tuple[str, bool]] = {}
    described, settings = folder / "tokenizer.json", folder / "tokenizer_config.json"
    try:
        if described.is_file():
            for entry in _json(described).get("added_tokens", []):
                found[int(entry["id"])] = (str(entry["content"]), bool(entry.get("special")))
        if settings.is_file():
            for identity, entry in _json(settings).get("added_tokens_decoder", {}).items():
                found[int(identity)] = (str(entry["content"]), bool(entry.get("special")))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _unreadable(folder, "its list of added tokens is not as expected") from error
    return [(identity, *entry) for identity, entry in sorted(found.items())]


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except ValueError as error:
        raise _unreadable(path, "it is no whole JSON file") from error
    if not isinstance(value, dict):
        raise _unreadable(path, "it is no JSON object")
    return value


def _unreadable(path: Path, why: str) -> ModelFileCorrupt:
    return ModelFileCorrupt(f"the tokenizer {path} cannot be used: {why}; fetch it again", path=str(path))
