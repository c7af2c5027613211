"""Cutting the vocabulary: Gemma's 262,144 entries cost more than the rest of the network.

Gemma's pieces stand in merge order: an id below another was merged earlier. So any choice of them that holds,
with each, the two that it is merged from is a vocabulary of its own, and text is split by it exactly as the
whole vocabulary would split it, up to the merges that were left out. The first N merges with the single
characters are such a choice; `choose_entries` makes a better one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from agent.errors import ModelFileCorrupt
from agent.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from agent.model._base import BaseModel

DEFAULT_MERGES = 32_768


class TokenType(IntEnum):
    """What a vocabulary entry is; the numbers are the same in SentencePiece's model and in GGUF."""

    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3
    USER_DEFINED = 4
    UNUSED = 5
    BYTE = 6


@dataclass(frozen=True)
class VocabularyCut:
    """The entries that are kept, in ascending order of their old ids.

    `kept` gives the old id of each new id; `tokens`, `scores` and `types` have one entry a new id. All ids
    below the first merge, and so those of control and byte tokens, are the same in both.
    """

    kept: NDArray[np.int64]
    tokens: tuple[str, ...]
    scores: NDArray[np.float32]
    types: NDArray[np.int32]

    def new_ids(self, old_size: int) -> NDArray[np.int64]:
        """Return an array from old id to new id, -1 where the entry was cut."""
        ids = np.full(old_size, -1, dtype=np.int64)
        ids[self.kept] = np.arange(len(self.kept))
        return ids


def cut_vocabulary(
    base: BaseModel, merges: int = DEFAULT_MERGES, entries: NDArray[np.int32] | None = None
) -> VocabularyCut:
    """Keep `entries`, or the block before the first merge, the first `merges` and all single characters.

    The entries that Gemma 3 has unused at FunctionGemma's control ids get FunctionGemma's names.

    Raises:
        ValueError: `merges` is negative.
        ModelFileCorrupt: the vocabulary is not in merge order, control tokens are not where Gemma has them,
            or `entries` are not of this vocabulary.

    """
    if merges < 0:
        raise ValueError(f"merges must be 0 or more, got {merges}")
    first = first_normal(base)
    if entries is None:
        normal = np.flatnonzero(base.token_types == TokenType.NORMAL)
        merged = [old for old in normal.tolist() if len(base.tokens[old]) > 1][:merges]
        kept = np.array([*range(first), *sorted([*merged, *single_characters(base)])], dtype=np.int64)
    else:
        kept = entries.astype(np.int64)
        if not np.array_equal(kept[:first], np.arange(first)) or kept[-1] >= len(base.tokens):
            raise ModelFileCorrupt(
                f"the adapter's vocabulary is not one of {base.path}: it is for another base model",
                path=str(base.path),
            )
    tokens = [base.tokens[old] for old in kept.tolist()]
    types = base.token_types[kept].astype(np.int32)
    for name, identity in CONTROL_TOKENS.items():
        tokens[identity] = name
        types[identity] = TokenType.CONTROL
    unreachable = unreachable_pieces(
        {tokens[new] for new in np.flatnonzero(types == TokenType.NORMAL).tolist()}
    )
    if unreachable:
        raise ModelFileCorrupt(
            f"the vocabulary of {base.path} is not in merge order: {unreachable[0]!r} cannot be made of "
            "the other pieces",
            path=str(base.path),
            piece=unreachable[0],
        )
    return VocabularyCut(kept, tuple(tokens), base.scores[kept], types)


def first_normal(base: BaseModel) -> int:
    """Return the id of the first merge; below it are control and byte tokens.

    Raises:
        ModelFileCorrupt: there is none, or control tokens are not where Gemma has them.

    """
    normal = np.flatnonzero(base.token_types == TokenType.NORMAL)
    if not len(normal):
        raise ModelFileCorrupt(f"{base.path} has no ordinary tokens", path=str(base.path))
    first = int(normal[0])
    if first <= max(CONTROL_TOKENS.values()):
        raise ModelFileCorrupt(
            f"{base.path} has ordinary tokens from id {first} on, where Gemma 3 has control tokens",
            path=str(base.path),
        )
    return first


def single_characters(base: BaseModel) -> list[int]:
    """Return the ids of all single characters, ascending."""
    text = np.flatnonzero(np.isin(base.token_types, (TokenType.NORMAL, TokenType.USER_DEFINED)))
    first = first_normal(base)
    return [old for old in text.tolist() if old > first and len(base.tokens[old]) == 1]


def unreachable_pieces(pieces: Collection[str]) -> list[str]:
    """Return the pieces that no two others of them make when joined, and that are no single character."""
    known = set(pieces)
    return [
        piece
        for piece in pieces
        if len(piece) > 1
        and not any(piece[:middle] in known and piece[middle:] in known for middle in range(1, len(piece)))
    ]
