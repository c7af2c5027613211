"""Which entries of the vocabulary are worth keeping: those that the training rows are written in.

Merges stand in the order of how often they occurred in Gemma's training text, most of which is neither a
request nor in one of the ten languages. So the first N are a poor choice for Russian or Hindi: their words
are merged late, and without them a word falls into pieces that the pretrained model has hardly ever seen.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from agent.model._tokenizer import Tokenizer
from agent.model._vocabulary import TokenType, first_normal, single_characters
from agent.prompt import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from agent.model._base import BaseModel

SINGLE_CHARACTERS = 4_000
"""How many characters are kept whatever the texts are; they stand in the order of their frequency. Others are
written as UTF-8 bytes."""

LEAST_COUNT = 2
"""How often the whole vocabulary must have used an entry for the texts."""


def choose_entries(base: BaseModel, texts: Iterable[str], entries: int) -> NDArray[np.int32]:
    """Return the ids to keep, ascending, at most `entries` of them and all below the first merge.

    Kept are the single characters, then what the whole vocabulary uses for `texts` (the most frequent first)
    with every entry that it is merged from, then merges in their order until there are enough.

    Raises:
        ValueError: `entries` leaves no room for more than the single characters.

    """
    first = first_normal(base)
    tokenizer = Tokenizer(base.tokens, base.scores.tolist(), base.token_types.tolist())
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(tokenizer.encode([Piece(text)]))
    singles = single_characters(base)
    used = set(singles) & counts.keys()
    kept = {*range(first), *singles[:SINGLE_CHARACTERS], *used}
    if len(kept) >= entries:
        raise ValueError(f"the vocabulary needs more than {len(kept)} entries, not {entries}")
    merges = _Merges(base)
    frequent = (identity for identity, count in counts.most_common() if count >= LEAST_COUNT)
    for identity in [*frequent, *merges.in_order]:
        if len(kept) == entries:
            break
        wanted = merges.needed_for(identity, kept)
        if len(kept) + len(wanted) <= entries:
            kept |= wanted
    return np.array(sorted(kept), dtype=np.int32)


class _Merges:
    """How each entry is merged from others."""

    def __init__(self, base: BaseModel) -> None:
        self._tokens = base.tokens
        normal = np.flatnonzero(base.token_types == TokenType.NORMAL).tolist()
        self._ids = {base.tokens[identity]: identity for identity in normal}
        self.in_order = [identity for identity in normal if len(base.tokens[identity]) > 1]

    def needed_for(self, identity: int, kept: set[int]) -> set[int]:
        """Return `identity` and all that it is merged from, without what is kept."""
        needed: set[int] = set()
        waiting = [identity]
        while waiting:
            current = waiting.pop()
            if current in kept or current in needed:
                continue
            needed.add(current)
            if self._tokens[current] in self._ids and len(self._tokens[current]) > 1:
                waiting += self._parts(current)
        return needed

    def _parts(self, identity: int) -> list[int]:
        """Return the two entries that byte-pair encoding joins last to make this one."""
        parts = list(self._tokens[identity])
        while len(parts) > 2:
            joined = [self._ids.get(left + right, identity) for left, right in pairwise(parts)]
            where = min(range(len(joined)), key=joined.__getitem__)
            if joined[where] >= identity:
                break
            parts[where : where + 2] = [parts[where] + parts[where + 1]]
        return [self._ids[part] for part in parts if part in self._ids]
