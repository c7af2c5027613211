"""What mostly follows two tokens in answers, for the engine to guess with: decision 0028."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from agent.model.train._rows import Example

_ROWS: Final = 12_000
"""Rows that are counted: more of them give more guesses that are hardly ever made."""
_LEAST: Final = 3
"""How often the two tokens have to be seen."""
_SHARE: Final = 0.5
"""In how many of these the third has to follow: a guess costs a fifth of the pass that a right one saves."""


def guesses(examples: Iterable[Example], entries: NDArray[np.int32] | None) -> NDArray[np.int32]:
    """Return the guesses [n, 3] as ids of the whole vocabulary, ascending.

    ``entries`` are the whole vocabulary's ids of the examples' ids; None where these are that already.
    """
    followers: defaultdict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for example in islice(examples, _ROWS):
        ids = example.ids[max(0, example.answer - 2) :].tolist()
        for first, second, third in zip(ids, ids[1:], ids[2:], strict=False):
            followers[first, second][third] += 1
    found = []
    for (first, second), counts in sorted(followers.items()):
        third, count = counts.most_common(1)[0]
        seen = counts.total()
        if seen >= _LEAST and count >= _SHARE * seen:
            found.append((first, second, third))
    table = np.array(found, dtype=np.int32).reshape(-1, 3)
    return table if entries is None else entries[table]
