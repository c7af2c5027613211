"""The vocabulary as ctransformers needs it: SentencePiece's, with all 256 byte tokens and our control tokens.

Its llama.cpp of 2023 crashes on a byte-level BPE vocabulary, so such a one is written as a SentencePiece one:
tokens in plain text with U+2581 for a space, single bytes as ``<0xNN>``, and minus the rank of its merge as
a token's score. No entry moves. Text is then split almost as before (merges may cross the borders that
BPE's pre-tokeniser draws, and some characters fall to bytes), so our engine does not use that split: it keeps
the vocabulary as it was, see `LlamaTokenizer`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from agent.errors import ModelBuildError, ModelFileCorrupt, WrongArchitecture
from agent.model._vocabulary import TokenType
from agent.model.convert._byte_alphabet import bytes_of
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from agent.model._gguf_file import GgufFile, MetadataValue

SPACE_MARK: Final = "\u2581"
_LOWEST: Final = -1e9
"""The score of what no merge makes."""

_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "<bos>": ("<s>", "<|begin_of_text|>", "<|endoftext|>"),
    "<eos>": ("</s>", "<|end_of_text|>", "<|endoftext|>"),
    "<pad>": ("</s>", "<|end_of_text|>", "<|endoftext|>"),
    "<unk>": ("</s>", "<|end_of_text|>", "<|endoftext|>"),
    "<start_of_turn>": ("<|im_start|>",),
    "<end_of_turn>": ("<|im_end|>", "<|eot_id|>"),
}
"""What LLaMA's descendants call the tokens that mean the same; the first that a vocabulary has is taken."""


@dataclass(frozen=True)
class SourceVocabulary:
    """A vocabulary as the source has it: of byte-level BPE (``gpt2``) or SentencePiece (``llama``).

    ``pre`` names how BPE's text is cut before merging; ``merges`` are in order of rank. ``space_prefix`` says
    that llama.cpp puts a space before a text; our prompt format has none there.
    """

    model: str
    pre: str
    tokens: tuple[str, ...]
    scores: tuple[float, ...]
    types: tuple[int, ...]
    merges: tuple[tuple[str, str], ...]
    space_prefix: bool


@dataclass(frozen=True)
class ConvertedVocabulary:
    """What is written: one entry an id, ``control`` from the names of our control tokens to ids."""

    tokens: tuple[str, ...]
    scores: tuple[float, ...]
    types: tuple[int, ...]
    control: Mapping[str, int]


def read_source(file: GgufFile) -> SourceVocabulary:
    """Read the vocabulary of a file that is not converted.

    Raises:
        ModelFileCorrupt: a part of it is missing.
        WrongArchitecture: it is of another kind.

    """
    metadata = file.metadata
    tokens = _strings(file, "tokenizer.ggml.tokens")
    model = metadata.get("tokenizer.ggml.model")
    if model not in ("gpt2", "llama"):
        raise WrongArchitecture(
            f"{file.path} has a vocabulary of the kind '{model}'; only BPE ('gpt2') and SentencePiece "
            "('llama') can be converted: take the model from another source",
            path=str(file.path),
            architecture=str(metadata.get("general.architecture")),
        )
    is_bpe = model == "gpt2"
    scores = (_LOWEST,) * len(tokens) if is_bpe else _numbers(file, "tokenizer.ggml.scores", len(tokens))
    types = _numbers(file, "tokenizer.ggml.token_type", len(tokens))
    if not {int(kind) for kind in types} <= {int(kind) for kind in TokenType}:
        raise _missing(file, "tokenizer.ggml.token_type")
    return SourceVocabulary(
        model=str(model),
        pre=str(metadata.get("tokenizer.ggml.pre", "default")),
        tokens=tokens,
        scores=scores,
        types=tuple(int(kind) for kind in types),
        merges=tuple(_pairs(file)) if is_bpe else (),
        # Where a file says nothing, llama.cpp puts one for SentencePiece and none for BPE.
        space_prefix=bool(metadata.get("tokenizer.ggml.add_space_prefix", not is_bpe)),
    )


def convert_vocabulary(source: SourceVocabulary) -> ConvertedVocabulary:
    """Return the vocabulary for ctransformers: the source's ids, then the entries that had to be added."""
    entries = list(_of_bpe(source) if source.model == "gpt2" else _of_sentencepiece(source))
    tokens = [token for token, _, _ in entries]
    scores = [score for _, score, _ in entries]
    types = [int(kind) for _, _, kind in entries]

    def add(token: str, kind: TokenType) -> int:
        tokens.append(token)
        scores.append(_LOWEST)
        types.append(int(kind))
        return len(tokens) - 1

    present = {token for token, kind in zip(tokens, types, strict=True) if kind == TokenType.BYTE}
    for byte in range(256):
        if (name := byte_name(byte)) not in present:
            add(name, TokenType.BYTE)
    known = control_ids(source)
    control = {}
    for name in CONTROL_TOKENS:
        identity = known[name] if name in known else add(name, TokenType.CONTROL)
        if types[identity] != TokenType.UNKNOWN:
            types[identity] = int(TokenType.CONTROL)
        control[name] = identity
    return ConvertedVocabulary(tuple(tokens), tuple(scores), tuple(types), control)


def control_ids(source: SourceVocabulary) -> dict[str, int]:
    """Return the ids of those control tokens of our call format that a vocabulary has, by our names."""
    ids = {token: identity for identity, token in enumerate(source.tokens)}
    found = {}
    for name in CONTROL_TOKENS:
        for alias in (name, *_ALIASES.get(name, ())):
            if alias in ids:
                found[name] = ids[alias]
                break
    return found


def with_control_tokens(source: SourceVocabulary, path: Path) -> SourceVocabulary:
    """Give the control tokens of our call format that a vocabulary lacks the places of others, in order.

    An adapter replaces their embeddings, so what they meant before is lost: SmolLM2's are of use for source
    code alone.

    Raises:
        ModelBuildError: the vocabulary of `path` has too few control tokens without a use.

    """
    known = control_ids(source)
    missing = [name for name in CONTROL_TOKENS if name not in known]
    spare = [
        identity
        for identity, kind in enumerate(source.types)
        if kind in (TokenType.CONTROL, TokenType.UNUSED) and identity not in known.values()
    ]
    if len(spare) < len(missing):
        raise ModelBuildError(
            f"the vocabulary of {path} has {len(spare)} control tokens to spare, and the call format needs "
            f"{len(missing)} more: take another model, such as SmolLM2-135M",
            path=str(path),
        )
    tokens, types = list(source.tokens), list(source.types)
    for name, identity in zip(missing, spare, strict=False):
        tokens[identity], types[identity] = name, int(TokenType.CONTROL)
    return replace(source, tokens=tuple(tokens), types=tuple(types))


def byte_name(byte: int) -> str:
    """Return how SentencePiece's vocabularies write a byte token."""
    return f"<0x{byte:02X}>"


def _of_bpe(source: SourceVocabulary) -> Iterator[tuple[str, float, TokenType]]:
    ranks = {left + right: rank for rank, (left, right) in enumerate(source.merges)}
    for token, kind in zip(source.tokens, source.types, strict=True):
        if kind in (TokenType.CONTROL, TokenType.UNUSED):
            yield token, 0.0, TokenType.CONTROL
            continue
        contents = bytes_of(token) if kind == TokenType.NORMAL else None
        if contents is None:
            yield token.replace(" ", SPACE_MARK), _LOWEST, TokenType.NORMAL
        elif len(contents) == 1 and contents != b" ":
            yield byte_name(contents[0]), 0.0, TokenType.BYTE
        else:
            yield _written(contents), -float(ranks.get(token, len(ranks))), TokenType.NORMAL


def _of_sentencepiece(source: SourceVocabulary) -> Iterator[tuple[str, float, TokenType]]:
    for token, score, kind in zip(source.tokens, source.scores, source.types, strict=True):
        match kind:
            case TokenType.USER_DEFINED:
                yield token.replace(" ", SPACE_MARK), score, TokenType.NORMAL
            case TokenType.UNUSED:
                yield token, score, TokenType.CONTROL
            case _:
                yield token, score, TokenType(kind)


def _written(contents: bytes) -> str:
    try:
        return contents.decode("utf-8").replace(" ", SPACE_MARK)
    except UnicodeDecodeError:
        # A part of a character: SentencePiece has no such entries. It splits no text into this one.
        return "".join(byte_name(byte) for byte in contents)


def _strings(file: GgufFile, key: str) -> tuple[str, ...]:
    value = file.metadata.get(key)
    if not isinstance(value, tuple):
        raise _missing(file, key)
    return value


def _numbers(file: GgufFile, key: str, length: int) -> tuple[float, ...]:
    value: MetadataValue | None = file.metadata.get(key)
    if not isinstance(value, np.ndarray) or len(value) != length:
        raise _missing(file, key)
    return tuple(value.tolist())


def _pairs(file: GgufFile) -> Iterator[tuple[str, str]]:
    merges: Sequence[str] = _strings(file, "tokenizer.ggml.merges")
    for merge in merges:
        left, space, right = merge.partition(" ")
        if not (left and space and right):
            raise _missing(file, "tokenizer.ggml.merges")
        yield left, right


def _missing(file: GgufFile, key: str) -> ModelFileCorrupt:
    return ModelFileCorrupt(
        f"{file.path} has no usable value for {key}, so its vocabulary cannot be read: fetch it again",
        path=str(file.path),
        key=key,
    )
