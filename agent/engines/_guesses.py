"""What is guessed from the training's answers, as the file that llama.cpp reads: decision 0028."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_NO_TOKEN: Final = -1
_FOLLOWERS: Final = 1
_SEEN: Final = 2
"""How often the follower was seen, as far as llama.cpp is told: it guesses from two times on."""


@contextmanager
def guesses_file(guesses: NDArray[np.int32]) -> Iterator[Path]:
    """Yield a file of guesses [n, 3] (two tokens and what follows) for as long as the block lasts.

    It is in the form of llama.cpp's static lookup cache (``common/ngram-cache.cpp``): for each run of tokens
    four ids, of which two are used, the number of followers, and each follower with how often it was seen.
    """
    entries = np.full((len(guesses), 7), _NO_TOKEN, dtype="<i4")
    entries[:, :2] = guesses[:, :2]
    entries[:, 4] = _FOLLOWERS
    entries[:, 5] = guesses[:, 2]
    entries[:, 6] = _SEEN
    with tempfile.TemporaryDirectory(prefix="intent-agent-") as folder:
        path = Path(folder) / "guesses"
        path.write_bytes(entries.tobytes())
        yield path
